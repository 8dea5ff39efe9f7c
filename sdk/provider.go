package sdk

import "context"

// Provider is one upstream, opened from its settings. It implements Chatter, Streamer or both (whichever is
// missing is derived from the other) and any of ModelLister, Embedder, TokenCounter and KeyValidator, which
// the host learns before the first call. If it implements io.Closer it is closed when the plugin stops.
//
// Calls run concurrently. Each is bounded by its context, which ends when the caller gives up: a Provider
// must then return at once and close the upstream connection.
type Provider any

// Chatter answers a chat request in one piece.
type Chatter interface {
	// Chat makes one upstream call. Failures are *Error.
	Chat(ctx context.Context, call *Call) (*Reply, error)
}

// Streamer answers a chat request as it is produced.
type Streamer interface {
	// ChatStream makes one upstream call and hands each chunk to out. It returns when the upstream has
	// properly finished, with what is known of the reply; a stream that merely stops is KindBrokenStream.
	ChatStream(ctx context.Context, call *Call, out *Sender) (*ReplyInfo, error)
}

// ModelLister lists the upstream's models.
type ModelLister interface {
	ListModels(ctx context.Context, call *Call) ([]Model, error)
}

// Embedder answers an embeddings request.
type Embedder interface {
	Embed(ctx context.Context, call *Call) (*Reply, error)
}

// TokenCounter counts the prompt tokens of a chat request without answering it.
type TokenCounter interface {
	CountTokens(ctx context.Context, call *Call) (TokenCount, error)
}

// KeyValidator checks the call's key with the cheapest request the upstream has.
type KeyValidator interface {
	// ValidateKey returns nil error when the key works, with one line about the key or its account if the
	// upstream tells; a key that does not work is an error of its kind.
	ValidateKey(ctx context.Context, call *Call) (note string, err error)
}

// Capability is an optional ability of a Provider.
type Capability string

// The capabilities.
const (
	CapabilityModels     Capability = "models"
	CapabilityEmbeddings Capability = "embeddings"
	CapabilityTokens     Capability = "tokens"
	CapabilityKeys       Capability = "keys"
)

// Model is one model an upstream offers.
type Model struct {
	ID   string
	Name string
	// Context and MaxOutput are in tokens; zero when the upstream does not say.
	Context   int64
	MaxOutput int64
	// Features are tools, vision, audio, video, files, json_schema, reasoning; nil when not said.
	Features []string
	// Raw is the upstream's own object; nil when there is none.
	Raw []byte
}

// TokenCount is the size of a prompt.
type TokenCount struct {
	Tokens int64
	// Estimated says the count is the plugin's guess, not the upstream's.
	Estimated bool
}
