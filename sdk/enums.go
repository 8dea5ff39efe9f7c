package sdk

import "github.com/aio-llm/aio/sdk/internal/pb"

// The wire's numbers and the Go names they stand for.

//nolint:gochecknoglobals // read-only tables
var (
	kindNames = map[pb.Kind]Kind{
		pb.Kind_KIND_AUTH_INVALID: KindAuthInvalid, pb.Kind_KIND_NO_CREDIT: KindNoCredit,
		pb.Kind_KIND_RATE_MINUTE: KindRateMinute, pb.Kind_KIND_RATE_DAY: KindRateDay,
		pb.Kind_KIND_OVERLOADED: KindOverloaded, pb.Kind_KIND_SERVER_ERROR: KindServerError,
		pb.Kind_KIND_TOO_LONG: KindTooLong, pb.Kind_KIND_BLOCKED: KindBlocked,
		pb.Kind_KIND_MODEL_GONE: KindModelGone, pb.Kind_KIND_FORBIDDEN: KindForbidden,
		pb.Kind_KIND_BAD_REQUEST: KindBadRequest, pb.Kind_KIND_GEN_FAILED: KindGenFailed,
		pb.Kind_KIND_NETWORK: KindNetwork, pb.Kind_KIND_BROKEN_STREAM: KindBrokenStream,
		pb.Kind_KIND_CANCELED: KindCanceled, pb.Kind_KIND_TIMEOUT: KindTimeout,
		pb.Kind_KIND_PLUGIN_DOWN: KindPluginDown, pb.Kind_KIND_BAD_REPLY: KindBadReply,
		pb.Kind_KIND_UNSUPPORTED: KindUnsupported, pb.Kind_KIND_INTERNAL: KindInternal, pb.Kind_KIND_UNKNOWN: KindUnknown,
	}
	scopeNames = map[pb.Scope]Scope{
		pb.Scope_SCOPE_KEY: ScopeKey, pb.Scope_SCOPE_ACCOUNT: ScopeAccount, pb.Scope_SCOPE_ACCOUNT_MODEL: ScopeAccountModel,
		pb.Scope_SCOPE_MODEL: ScopeModel, pb.Scope_SCOPE_PROVIDER: ScopeProvider,
	}
	certaintyNames = map[pb.Certainty]Certainty{
		pb.Certainty_CERTAINTY_NOT_SENT: NotSent, pb.Certainty_CERTAINTY_MAYBE_SENT: MaybeSent,
		pb.Certainty_CERTAINTY_RESPONSE_STARTED: ResponseStarted,
	}
	capabilityNames = map[pb.Capability]Capability{
		pb.Capability_CAPABILITY_MODELS: CapabilityModels, pb.Capability_CAPABILITY_EMBEDDINGS: CapabilityEmbeddings,
		pb.Capability_CAPABILITY_TOKENS: CapabilityTokens, pb.Capability_CAPABILITY_KEYS: CapabilityKeys,
	}
	settingNames = map[pb.SettingType]SettingType{
		pb.SettingType_SETTING_TYPE_STRING: String, pb.SettingType_SETTING_TYPE_NUMBER: Number,
		pb.SettingType_SETTING_TYPE_BOOL: Bool, pb.SettingType_SETTING_TYPE_DURATION: Duration,
		pb.SettingType_SETTING_TYPE_STRING_LIST: StringList, pb.SettingType_SETTING_TYPE_STRING_MAP: StringMap,
		pb.SettingType_SETTING_TYPE_ANY: Any,
	}
	unitNames = map[pb.RateLimit_Unit]string{
		pb.RateLimit_UNIT_REQUESTS: "requests", pb.RateLimit_UNIT_TOKENS: "tokens",
	}
	windowNames = map[pb.RateLimit_Window]string{
		pb.RateLimit_WINDOW_MINUTE: "minute", pb.RateLimit_WINDOW_HOUR: "hour", pb.RateLimit_WINDOW_DAY: "day",
	}
)

// toEnum finds the number of a name; the zero number, "unspecified", when it has none. The tables are small
// and only errors, descriptions and rate limits come this way.
func toEnum[E, N comparable](names map[E]N, name N) E {
	for e, n := range names {
		if n == name {
			return e
		}
	}
	var unspecified E
	return unspecified
}
