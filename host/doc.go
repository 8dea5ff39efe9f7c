// Package host runs provider plugins and routes requests over them. It is the whole of aio as a library:
//
//	h, err := host.New(ctx, config)
//	defer h.Close(ctx)
//	reply, err := h.Chat(ctx, &sdk.ChatRequest{Model: "auto", Messages: []sdk.Message{sdk.User("Hello")}})
//
// A request's life reads from top to bottom through the files: chat.go takes it in, request.go reads what
// routing needs, internal/route plans the targets, walk.go goes through them one call at a time (attempt.go),
// verdict.go decides what follows a failed call, stream.go hands out what a stream brings, and trail.go
// remembers how it all came about. Keys and their limits live in internal/keyring, plugin processes in
// internal/pluginproc.
//
// Plugins classify errors; only this package retries. One deadline holds for a request over all its calls.
// Until the first content of a stream has been handed out everything may be tried elsewhere; after it
// nothing is, and a stream that breaks ends in an error.
package host
