package openaicompat

import (
	"net/http"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
)

// Dialect is what tells one OpenAI-shaped upstream from another. It is plain data; the zero value of every
// field but Name and BaseURL means "like OpenAI".
type Dialect struct {
	// Name is the provider's name, for messages.
	Name string
	// BaseURL is the upstream's, used unless the settings give another.
	BaseURL string
	// SignupURL is where keys are made; it is named when a key is refused.
	SignupURL string
	// KeyHeader is the header that carries the key as it is; empty is Authorization, as a bearer token.
	KeyHeader string
	// Headers go out with every request.
	Headers http.Header
	// Rules are the request members the upstream does not take as they are.
	Rules []Rule
	// Defaults are members that chat requests get when they do not have them.
	Defaults []Default
	// EmbedDefaults are the same for embeddings.
	EmbedDefaults []Default
	// StreamUsage asks for usage at the end of a stream (stream_options.include_usage). Leave it false for
	// upstreams that always tell. A usage chunk the caller did not ask for is read and not passed on.
	StreamUsage bool
	// Finishes says that the upstream always gives a finish reason, so that a stream without one was broken
	// even when [DONE] came, as from a proxy that lost what is behind it. Otherwise [DONE] after content is
	// an end as good as any.
	Finishes bool
	// Errors are the upstream's own errors, in the order they are tried; what none of them knows is
	// classified by OpenAI's error codes and then by HTTP status.
	Errors []ErrorRule
	// Message words an error whose own message says too little; nil, or an empty text, keeps it.
	Message func(*Failure) string
	// Limits are the upstream's rate-limit headers.
	Limits []LimitHeader
	// RequestIDs are the response headers that may hold the upstream's id of the call, best first; nil is
	// X-Request-Id.
	RequestIDs []string
	// Model completes m from the upstream's own object of a model list; nil leaves it as read.
	Model func(raw gjson.Result, m *sdk.Model)
	// KeyPath is what ValidateKey gets, below the base URL; empty is /models.
	KeyPath string
	// KeyNote makes one line about a working key from that reply; nil gives none.
	KeyNote func(reply gjson.Result) string
	// KeyTrouble finds in that reply why a key that is a good one cannot be used now, such as a quota used
	// up; nil when it can, or when the reply cannot tell.
	KeyTrouble func(reply gjson.Result, now time.Time) *sdk.Error
	// Embeddings says the upstream has /embeddings.
	Embeddings bool
}

// Rule is a request member that an upstream does not take. Such a member is dropped and reported, or refused
// when the settings ask for that; a null, or the Default, asks for nothing and is dropped without a word.
type Rule struct {
	// Member is a top-level member ("logit_bias") or a member of the objects in a top-level list
	// ("messages[].name").
	Member string
	// Reason tells people why.
	Reason string
	// Default is the JSON of the value that asks for nothing, e.g. "false" or "0"; empty when there is none.
	Default string
	// When limits the rule to the values it reports true for; nil means every value.
	When func(value gjson.Result) bool
	// Rename passes the value on under another name instead; a member of that name wins over it. Only for
	// top-level members.
	Rename string
}

// ErrorRule classifies an upstream error. Its conditions must all hold; unset ones always do.
type ErrorRule struct {
	// Status is the HTTP status, or the one the error itself carries when it came inside a 200.
	Status int
	// Codes are error codes or types, any of which must match exactly.
	Codes []string
	// Says are texts, in lower case, any of which the message must contain. Only for upstreams that say it
	// nowhere else.
	Says []string
	// When is any other condition.
	When func(*Failure) bool

	Kind sdk.Kind
	// Scope is what the error is about; ScopeNone takes the usual scope of the Kind.
	Scope sdk.Scope
	// Wait reads the time to wait where the usual places do not hold it; zero falls back to those.
	Wait func(*Failure) time.Duration
	// Otherwise is the time to wait when the upstream says none anywhere; zero leaves that to the host.
	Otherwise time.Duration
}
