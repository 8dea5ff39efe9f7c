package sdk

// Kind says what went wrong, in a closed list that hosts and plugins share. The plugin picks it from typed
// upstream facts; what follows from it is the host's decision alone. The zero value is KindUnknown.
type Kind string

// The kinds a plugin may report.
const (
	KindUnknown      Kind = "unknown"
	KindAuthInvalid  Kind = "auth_invalid"  // the key is wrong, expired or revoked
	KindNoCredit     Kind = "no_credit"     // the account has nothing left to spend
	KindRateMinute   Kind = "rate_minute"   // a limit that refills within minutes
	KindRateDay      Kind = "rate_day"      // a quota that refills at a reset time
	KindOverloaded   Kind = "overloaded"    // the upstream has no capacity now
	KindServerError  Kind = "server_error"  // the upstream failed
	KindTooLong      Kind = "too_long"      // the request exceeds the model's context or size limit
	KindBlocked      Kind = "blocked"       // refused by moderation or safety
	KindModelGone    Kind = "model_gone"    // the model does not exist, or not for this account
	KindForbidden    Kind = "forbidden"     // the account may not do this
	KindBadRequest   Kind = "bad_request"   // no upstream would take this request
	KindGenFailed    Kind = "gen_failed"    // the model produced something the upstream refused
	KindNetwork      Kind = "network"       // no usable connection to the upstream
	KindBrokenStream Kind = "broken_stream" // the reply stopped before its end
	KindCanceled     Kind = "canceled"      // the caller gave up
	KindTimeout      Kind = "timeout"       // a deadline of the call passed
	KindPluginDown   Kind = "plugin_down"   // the plugin process died or does not answer
	KindBadReply     Kind = "bad_reply"     // the upstream answered something that is not its protocol
	KindUnsupported  Kind = "unsupported"   // the provider cannot do what the request asks
	KindInternal     Kind = "internal"      // a defect of the plugin or the host
)

// The kinds only a host reports.
const (
	KindNoTarget         Kind = "no_target"         // nothing is configured for this model or route
	KindKeysExhausted    Kind = "keys_exhausted"    // every key is disabled, resting or used up
	KindLimitLocal       Kind = "limit_local"       // a limit of this host, not of an upstream
	KindStateUnavailable Kind = "state_unavailable" // the key state cannot be read or written
)

// Kinds returns every kind, plugin kinds first.
func Kinds() []Kind {
	return []Kind{
		KindUnknown, KindAuthInvalid, KindNoCredit, KindRateMinute, KindRateDay, KindOverloaded, KindServerError,
		KindTooLong, KindBlocked, KindModelGone, KindForbidden, KindBadRequest, KindGenFailed, KindNetwork,
		KindBrokenStream, KindCanceled, KindTimeout, KindPluginDown, KindBadReply, KindUnsupported, KindInternal,
		KindNoTarget, KindKeysExhausted, KindLimitLocal, KindStateUnavailable,
	}
}

// Category is the coarse view of a Kind.
type Category string

// The categories.
const (
	CategoryRateLimit      Category = "rate_limit"
	CategoryAuth           Category = "auth"
	CategoryInvalidRequest Category = "invalid_request"
	CategoryServer         Category = "server"
	CategoryNetwork        Category = "network"
	CategoryUnknown        Category = "unknown"
)

// Category returns the coarse view of the kind.
func (k Kind) Category() Category {
	switch k {
	case KindRateMinute, KindRateDay, KindLimitLocal, KindKeysExhausted:
		return CategoryRateLimit
	case KindAuthInvalid, KindNoCredit, KindForbidden:
		return CategoryAuth
	case KindBadRequest, KindTooLong, KindUnsupported, KindBlocked, KindModelGone, KindNoTarget:
		return CategoryInvalidRequest
	case KindServerError, KindOverloaded, KindGenFailed, KindBadReply, KindPluginDown, KindInternal, KindStateUnavailable:
		return CategoryServer
	case KindNetwork, KindTimeout, KindBrokenStream:
		return CategoryNetwork
	default:
		return CategoryUnknown
	}
}

// Scope is what an error is about: everything inside it is affected. The zero value, ScopeNone, is the
// request itself.
type Scope string

// The scopes, from narrow to wide.
const (
	ScopeNone         Scope = ""
	ScopeKey          Scope = "key"
	ScopeAccountModel Scope = "account_model"
	ScopeAccount      Scope = "account"
	ScopeModel        Scope = "model"
	ScopeProvider     Scope = "provider"
)

// Certainty is how far a failed call got, which decides whether another try may be paid twice. The zero
// value, MaybeSent, is the safe assumption.
type Certainty int

// The certainties.
const (
	MaybeSent       Certainty = iota // the upstream may have seen the request
	NotSent                          // the dial failed: the upstream cannot have seen it
	ResponseStarted                  // the upstream answered, at least in part
)

// String implements fmt.Stringer.
func (c Certainty) String() string {
	switch c {
	case NotSent:
		return "not_sent"
	case ResponseStarted:
		return "response_started"
	default:
		return "maybe_sent"
	}
}
