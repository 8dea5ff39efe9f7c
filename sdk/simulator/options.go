package simulator

import (
	"fmt"
	"time"

	"github.com/hashicorp/go-hclog"
)

// The dialects served, which are also their first path segment.
const (
	OpenAI     = "openai"     // a generic OpenAI-compatible API
	Groq       = "groq"       // api.groq.com
	OpenRouter = "openrouter" // openrouter.ai
	Cerebras   = "cerebras"   // api.cerebras.ai
	Nvidia     = "nvidia"     // integrate.api.nvidia.com
	Gemini     = "gemini"     // generativelanguage.googleapis.com
)

// Options configures New. The zero value is a working simulator without faults
// that refuses every caller, because no key is declared.
type Options struct {
	Keys     []Key         // accepted API keys; any other gets the dialect's real 401
	AnyKey   bool          // accept every non-empty key, labelled "unknown-<n>" by first appearance
	Models   []Model       // the catalog; a dialect for which it names no model serves its own default list
	Script   Script        // faults
	Latency  time.Duration // before the reply's headers
	TokenGap time.Duration // between streamed tokens

	// KeepBodies keeps the first 64 KiB of each request body in the ledger.
	KeepBodies bool
	// LedgerSize bounds the entries kept in memory; the oldest finished ones go
	// first. Zero means 100000.
	LedgerSize int
	// Unconfirmed adds provider rules that are recalled rather than verified.
	Unconfirmed bool
	// Logger gets one debug line a request, without keys or prompts. Nil is silent.
	Logger hclog.Logger
}

// Key is an API key the simulator accepts.
type Key struct {
	Label   string // how the ledger and scripts name it
	Value   string // the secret as clients send it; it appears nowhere else
	Dialect string // the only dialect that accepts it; "" means any

	// DailyLimit is the number of requests a day before the dialect's real
	// daily-quota 429; 0 means none. Groq counts per account and model,
	// OpenRouter per account and UTC day (failed calls included).
	DailyLimit int
	// PerMinute is the same for one minute; 0 means none.
	PerMinute int
	// Account owns the limits; keys of one account share its counts. "" means
	// the key's label, so that each key is its own account.
	Account string
}

// String names the key by its label, so that no format verb prints the value.
func (k Key) String() string { return fmt.Sprintf("key %q", k.Label) }

// GoString keeps %#v from printing the value.
func (k Key) GoString() string { return k.String() }

func (k Key) account() string {
	if k.Account != "" {
		return k.Account
	}
	return k.Label
}

// Model is one entry of a dialect's catalog.
type Model struct {
	ID      string // as clients send it
	Dialect string // the only dialect that serves it; "" means any
	Reply   string // canned answer; "" echoes the last user text

	Reasoning bool // emits reasoning before its answer
	Vision    bool // accepts image parts
	NoTools   bool // refuses tools
	Embedding bool // serves /embeddings instead of chat
	Retired   bool // answers with the dialect's real "decommissioned" error

	Context   int // tokens of context, 0 means unlimited
	MaxOutput int // tokens of output it allows to ask for, 0 means unlimited
}
