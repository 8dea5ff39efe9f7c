package sdk

import "time"

// Call is one attempt at one upstream: the envelope and the caller's bytes.
type Call struct {
	// RequestID is the caller's request, AttemptID this attempt at it.
	RequestID string
	AttemptID string
	// Model is the upstream's own id and wins over the `model` member of Body.
	Model string
	// Key is the one API key this call may use; empty when the provider block has none.
	Key       Secret
	Deadlines Deadlines
	// Body is the OpenAI-shaped request as the caller wrote it; nil for ListModels and ValidateKey. It is
	// shared: do not change it in place.
	Body []byte
}

// Deadlines bound the phases of a call; zero means no limit. The SDK enforces FirstToken and Stall; Connect
// is the dialler's. The total is the host's, which cancels the call when it passes.
type Deadlines struct {
	// Connect bounds dialling and TLS.
	Connect time.Duration
	// FirstToken is the time to a stream's first content, or to the whole of a unary reply.
	FirstToken time.Duration
	// Stall is the time between two pieces of upstream data in a stream, comments included.
	Stall time.Duration
}

// ChatRequest decodes the body into the typed view, with Model set to the upstream's id. Unknown members
// are kept. A body that cannot be decoded is KindBadRequest.
func (c *Call) ChatRequest() (*ChatRequest, error) {
	req, err := DecodeChatRequest(c.Body)
	if err != nil {
		return nil, &Error{Kind: KindBadRequest, Message: err.Error(), Cause: err}
	}
	req.Model = c.Model
	return req, nil
}

// Reply is what an upstream answered in one piece.
type Reply struct {
	// Body is the OpenAI-shaped reply, as the upstream wrote it where it already has that shape.
	Body []byte
	Info ReplyInfo
}

// ReplyInfo is what the host decides on and shows, read out of the reply by the plugin.
type ReplyInfo struct {
	// Model is the model that answered; empty when the upstream does not say.
	Model string
	// UpstreamRequestID is the upstream's id of the call.
	UpstreamRequestID string
	// FinishReason is that of the first choice; empty for embeddings.
	FinishReason string
	// Usage is nil when the upstream did not say.
	Usage *Usage
	// Dropped lists the request members that were not passed on, or were added.
	Dropped []Dropped
	// RateLimits are what the upstream's headers said.
	RateLimits []RateLimit
}

// Dropped is a request member that a plugin did not pass on as it was.
type Dropped struct {
	// Path is the JSON path, e.g. "logit_bias" or "messages.0.name".
	Path   string
	Reason string
}

// RateLimit is one limit as the upstream reports it.
type RateLimit struct {
	// Unit is "requests" or "tokens", Window "minute", "hour" or "day".
	Unit   string
	Window string
	Limit  int64
	// Remaining is what is left in this window; Reset the time until it is full again, zero when unknown.
	Remaining int64
	Reset     time.Duration
}
