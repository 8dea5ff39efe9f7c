package googleai

import (
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the machine may have none, and quotas end at midnight in California

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
)

const keyHeader = "X-Goog-Api-Key"

// dialect is the Gemini API as far as HTTP goes: where it is, where the key goes and how errors read. Its
// errors are {"error":{"code":429,"message":"..","status":"RESOURCE_EXHAUSTED","details":[..]}}, at times
// in a list; the status word is what openaicompat takes for the code.
func dialect() openaicompat.Dialect {
	return openaicompat.Dialect{
		Name: "googleai", BaseURL: "https://generativelanguage.googleapis.com", SignupURL: "https://aistudio.google.com/apikey",
		KeyHeader: keyHeader, Errors: errorRules(), Message: wording,
	}
}

func errorRules() []openaicompat.ErrorRule {
	return []openaicompat.ErrorRule{
		// A bad key is a 400.
		{When: reason("API_KEY_INVALID"), Kind: sdk.KindAuthInvalid},
		{Status: 400, Says: []string{"api key expired", "api key not valid"}, Kind: sdk.KindAuthInvalid},
		{Status: 403, Says: []string{"reported as leaked", "unregistered callers"}, Kind: sdk.KindAuthInvalid},
		{When: reason("SERVICE_DISABLED", "CONSUMER_SUSPENDED"), Kind: sdk.KindAuthInvalid},
		// No other key helps where Google does not serve.
		{Status: 400, Codes: []string{"FAILED_PRECONDITION"}, Says: []string{"location is not supported"}, Kind: sdk.KindForbidden, Scope: sdk.ScopeProvider},
		{Status: 400, Codes: []string{"FAILED_PRECONDITION"}, Says: []string{"enable billing", "free tier is not available"}, Kind: sdk.KindForbidden, Scope: sdk.ScopeAccount},
		// A quota of zero: the model is not in the free tier.
		{Status: 429, When: noQuota, Kind: sdk.KindModelGone, Scope: sdk.ScopeAccountModel},
		// Quotas are per project and model.
		{Status: 429, When: quotaOf("PerDay"), Kind: sdk.KindRateDay, Scope: sdk.ScopeAccountModel, Wait: untilReset},
		{Status: 429, Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccountModel, Wait: retryDelay},
		{Status: 400, Says: signatureWords(), Kind: sdk.KindBadRequest},
		{Status: 400, Says: []string{"exceeds the maximum number of tokens", "input token count"}, Kind: sdk.KindTooLong},
		{Status: 500, Kind: sdk.KindServerError},
		{Status: 504, Kind: sdk.KindServerError},
		{Status: 499, Kind: sdk.KindServerError}, // CANCELLED, and not by us
		{Status: 503, Kind: sdk.KindOverloaded},
		{Status: 404, Kind: sdk.KindModelGone, Scope: sdk.ScopeModel},
	}
}

func signatureWords() []string {
	return []string{"thought_signature", "thought signature", "thoughtsignature"}
}

// reason looks for a google.rpc.ErrorInfo.
func reason(words ...string) func(*openaicompat.Failure) bool {
	return func(f *openaicompat.Failure) bool {
		for _, found := range f.Error.Get("details.#.reason").Array() {
			if slices.Contains(words, found.String()) {
				return true
			}
		}
		return false
	}
}

// violations are those of all google.rpc.QuotaFailure.
func violations(f *openaicompat.Failure) []gjson.Result {
	return f.Error.Get("details.#.violations|@flatten").Array()
}

func quotaOf(window string) func(*openaicompat.Failure) bool {
	return func(f *openaicompat.Failure) bool {
		return slices.ContainsFunc(violations(f), func(v gjson.Result) bool {
			return strings.Contains(v.Get("quotaId").String(), window)
		})
	}
}

var limitZero = regexp.MustCompile(`\blimit: 0(?:[^0-9.]|\.?$)`)

func noQuota(f *openaicompat.Failure) bool {
	return limitZero.MatchString(f.Message) || slices.ContainsFunc(violations(f), func(v gjson.Result) bool {
		return v.Get("quotaValue").String() == "0"
	})
}

// retryDelay is google.rpc.RetryInfo, and a second more: at the very moment the window is not yet over.
func retryDelay(f *openaicompat.Failure) time.Duration {
	if d := retryInfo(f); d > 0 {
		return d + time.Second
	}
	return 0
}

func retryInfo(f *openaicompat.Failure) time.Duration {
	for _, found := range f.Error.Get("details.#.retryDelay").Array() {
		if d, ok := openaicompat.ParseWait(found.String(), f.Now); ok {
			return d
		}
	}
	return 0
}

// A daily quota's RetryInfo is about the minute (tens of seconds); from here on it would be about the day.
const meansDay = time.Hour

// untilReset is the time to midnight in California, when daily quotas begin anew.
func untilReset(f *openaicompat.Failure) time.Duration {
	if d := retryInfo(f); d >= meansDay {
		return d
	}
	return untilMidnight(f.Now)
}

func untilMidnight(now time.Time) time.Duration {
	const resetZone = "America/Los_Angeles"
	zone, err := time.LoadLocation(resetZone)
	if err != nil {
		zone = time.FixedZone(resetZone, -8*60*60) // cannot be: the zones are in the binary
	}
	local := now.In(zone)
	return time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, zone).Sub(now)
}

// wording adds the way out where Google's text has none.
func wording(f *openaicompat.Failure) string {
	low := strings.ToLower(f.Message)
	switch {
	case f.Status == 400 && slices.ContainsFunc(signatureWords(), func(w string) bool { return strings.Contains(low, w) }):
		return f.Message + " (send assistant messages back as they came, with extra_content; signatures of another model or conversation do not count)"
	case f.Status == 400 && strings.HasPrefix(low, "request contains an invalid argument"):
		return f.Message + " (often a JSON Schema that is too complex: fewer or shorter enums, less nesting, smaller maxItems)"
	default:
		return ""
	}
}
