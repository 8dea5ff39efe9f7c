package host

import (
	"time"

	"github.com/aio-llm/aio/sdk"
)

// Config is everything a Host needs to know. It is plain data: package hclconfig fills it from a file, a
// program may as well write it down. New validates it.
type Config struct {
	Plugins   Plugins
	Accounts  []Account
	Providers []Provider
	Routes    []Route
	// Auto lets a request without a model name mean the model "auto". The name "auto" itself always works.
	Auto bool
	// Retry and Timeouts hold for every provider and route that says nothing of its own.
	Retry    Retry
	Timeouts Timeouts
	// DisableAfter is how many authentication errors in a row disable a key; 0 means 3, negative never.
	DisableAfter int
	// Budget bounds retries on one provider.
	Budget Budget
	// Secrets are values besides keys and proxies that no error, trail or log line may show, such as those inside
	// Settings.
	Secrets []sdk.Secret
}

// Plugins says where plugin binaries are and how they run.
type Plugins struct {
	// Dir holds the binaries, named aio-provider-<name>. Only those a Provider names are ever executed.
	Dir string
	// AllowRoot permits starting plugins as root.
	AllowRoot bool
	// StartTimeout bounds a plugin's start; 0 means 5 s.
	StartTimeout time.Duration
}

// Account is what an upstream counts its limits by. Keys that name the same account share its cooldowns and
// quotas.
type Account struct {
	Name   string
	Limits Limits
	Reset  Reset
}

// Limits are the most this host uses, whatever the upstream would allow; 0 is no limit. Requests of accounts
// and keys are counted; limits of tokens, and those of a model, are not enforced yet.
type Limits struct {
	RequestsPerMinute int64
	RequestsPerDay    int64
	TokensPerMinute   int64
	TokensPerDay      int64
}

// Reset is when a daily quota starts anew: At ("15:04"; empty is midnight) in the zone TZ (IANA name; empty
// is UTC).
type Reset struct {
	TZ string
	At string
}

// Provider is one upstream behind one plugin.
type Provider struct {
	// Name is how models and routes refer to it.
	Name string
	// Plugin is the plugin's name; empty means Name.
	Plugin string
	// Priority: higher is tried first.
	Priority int
	// Disabled takes the provider out of service.
	Disabled bool
	// Proxy is the HTTP proxy the plugin uses; empty leaves it to the host's proxy variables.
	Proxy sdk.Secret
	// AnyModel accepts model ids that are not listed.
	AnyModel bool
	// Settings is the plugin's own block as a JSON object; nil is an empty one.
	Settings []byte
	// SettingsError turns a problem the plugin finds in its settings into an error that points at its place
	// in a file; nil reports the bare path.
	SettingsError func(sdk.SettingProblem) error
	Keys          []Key
	Models        []Model
	Retry         Retry
	Timeouts      Timeouts
	// Local runs this plugin inside the host's process instead of a binary.
	Local *sdk.Plugin
}

// Key is one API key of a provider.
type Key struct {
	// Label names the key everywhere; the value shows nowhere.
	Label string
	Value sdk.Secret
	// Missing says why there is no value, e.g. "GROQ_API_KEY_2 is not set"; such a key is disabled.
	Missing string
	// Account is the Account the key belongs to; empty is an account of its own.
	Account  string
	Priority int
	Disabled bool
	// DailyLimit is the most requests a day through this key; 0 is no limit.
	DailyLimit int64
	Limits     Limits
}

// Model is one model of a provider.
type Model struct {
	// Name is what requests say, ID what the upstream says; an empty ID means Name.
	Name     string
	ID       string
	Priority int
	Disabled bool
	// Context is the model's window in tokens; 0 leaves it to the table this program carries.
	Context int64
	// Price takes the place of the table's; nil leaves it to that.
	Price *Price
	// Features are what the model can do (tools, vision, audio, video, files, json_schema, reasoning); nil
	// is unknown, an empty list is text only.
	Features []string
	Limits   Limits
}

// Route is a name for an ordered list of targets.
type Route struct {
	Name string
	// Targets are "provider/model" or "provider" (all its models by priority), tried in this order.
	Targets  []string
	Retry    Retry
	Timeouts Timeouts
}

// Retry says how often and how fast one target is tried again. The zero value of each field inherits: a
// route's from the provider, a provider's from the Config, the Config's from the defaults given here.
type Retry struct {
	// MaxTries is how many calls one key of the last target gets, the first included; default 3.
	MaxTries int
	// Delay is the first wait (default 500 ms), Multiplier its growth (default 2), MaxDelay its bound
	// (default 8 s). The wait is drawn evenly from zero to that.
	Delay      time.Duration
	Multiplier float64
	MaxDelay   time.Duration
	// OnAmbiguous says what follows a failed call that may have reached the upstream and so may be paid
	// twice: AmbiguousFallback (default) or AmbiguousError.
	OnAmbiguous OnAmbiguous
	// FallbackOnBlocked goes on to the next target when an upstream refuses for moderation; nil inherits,
	// default false.
	FallbackOnBlocked *bool
}

// OnAmbiguous is a choice about calls that may be paid twice.
type OnAmbiguous string

// The choices.
const (
	AmbiguousFallback OnAmbiguous = "fallback"
	AmbiguousError    OnAmbiguous = "error"
)

// Timeouts bound the phases of a request. Zero inherits as in Retry.
type Timeouts struct {
	// Connect bounds dialling and TLS of one call; default 10 s.
	Connect time.Duration
	// FirstToken bounds the wait for a stream's first content; default 60 s.
	FirstToken time.Duration
	// Unary bounds one call that answers in one piece; default 120 s.
	Unary time.Duration
	// Stall bounds the silence inside a stream; default 60 s.
	Stall time.Duration
	// Total bounds the whole request, over all its calls; default 10 min.
	Total time.Duration
}

// Budget bounds how many calls may be retries on the same provider, so that an outage is not made worse.
type Budget struct {
	// Ratio is the part of requests that may be retried; 0 means 0.2.
	Ratio float64
	// PerSecond may be retried however few requests there are; 0 means 3.
	PerSecond float64
}
