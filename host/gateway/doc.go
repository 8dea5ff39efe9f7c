// Package gateway serves a host's router over HTTP, in the shape of OpenAI's API, to any OpenAI client:
//
//	g, err := gateway.New(gateway.Static(h), gateway.Config{Tokens: []gateway.Token{{Name: "me", Hash: gateway.HashToken(secret)}}})
//	server := g.Server()
//	err = server.Serve(g.Listener(listener))
//
// A request's life is one exchange (exchange.go): id, CORS, authentication, route, all from the headers alone;
// then the body is read whole (body.go), checked (strict.go), waits for its turn (gate.go) and goes to the
// host as the bytes it came in (chat.go, embeddings.go). What comes back goes out as the bytes the upstream
// wrote, streams as server-sent events (sse.go); what failed goes out in OpenAI's shape (failure.go).
//
// Reading a body before passing it on is not a choice: a handler that hands the inbound body to a transport
// races with an upstream that answers at once.
package gateway
