// Package exchange carries many calls over one gRPC stream, in both directions what ExchangeService of the
// contract says. A gRPC call of its own costs a stream's set-up, headers, trailers and a wake-up for each; here
// it is a frame, and frames of all calls that are ready at the same time share a message.
//
// A [Caller] is the host's end: it begins calls and reads their answers. [Answer] is the plugin's. What the
// requests and messages hold is not this package's business.
//
//	Caller.Start   a frame that begins the call          -> Answer: Handler
//	Call.Recv      messages, in frames of PieceBytes     <- send
//	               grants, as messages are taken         ->
//	               an end, with a status or without      <- Handler returns
//	ctx is done    a cancel                              -> Handler's ctx is done
//
// Each call has a window of its own, so a slow reader holds up its own call alone: neither end ever waits for
// a call while it reads the stream.
package exchange
