package openrouter

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
)

// errorRules know OpenRouter's errors, {"error":{"code":<HTTP status>,"message","metadata":{...}}}, which come
// with their status, inside a 200, or in the middle of a stream. Limits of the free models belong to the
// whole account, and failed calls count against the daily one.
func errorRules() []openaicompat.ErrorRule {
	return []openaicompat.ErrorRule{
		{Status: 401, Kind: sdk.KindAuthInvalid},

		// 402 has three meanings. Money reserved by the account's own running calls comes back by itself.
		{Status: 402, When: inFlight, Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccount},
		{Status: 402, When: affordsLess, Kind: sdk.KindTooLong},
		{Status: 402, Codes: []string{"weight_exceeds_budget"}, Kind: sdk.KindTooLong},
		{Status: 402, Kind: sdk.KindNoCredit, Scope: sdk.ScopeAccount},

		{Status: 403, When: moderated, Kind: sdk.KindBlocked},
		{Codes: []string{"content_policy_violation", "refusal"}, Kind: sdk.KindBlocked},
		{Status: 403, When: limitedBy("_key_limit"), Kind: sdk.KindNoCredit, Scope: sdk.ScopeKey, Wait: untilReset},
		{Status: 403, When: limitedBy("_budget"), Kind: sdk.KindNoCredit, Scope: sdk.ScopeAccount, Wait: untilReset},

		// No endpoint of this model does what this request, or this account, asks: others may.
		{Says: []string{"no endpoints found that support", "no endpoints found that can handle"}, Kind: sdk.KindModelGone, Scope: sdk.ScopeModel, Wait: briefly},
		{Says: []string{"no endpoints found matching your", "no endpoints available matching your"}, Kind: sdk.KindModelGone, Scope: sdk.ScopeAccountModel, Wait: briefly},
		{When: available("privacy_restricted", "constraint_filtered"), Kind: sdk.KindModelGone, Scope: sdk.ScopeAccountModel, Wait: briefly},
		{Says: []string{"no endpoints found"}, Kind: sdk.KindModelGone, Scope: sdk.ScopeModel},
		{When: available("no_endpoints", "free_variant_ended", "wrong_endpoint"), Kind: sdk.KindModelGone, Scope: sdk.ScopeModel},
		{Status: 400, Says: []string{"is not a valid model id"}, Kind: sdk.KindModelGone, Scope: sdk.ScopeModel},
		{When: availableAs("model_"), Kind: sdk.KindModelGone, Scope: sdk.ScopeModel},
		{When: available("capacity_exhausted", "temporarily_unavailable"), Kind: sdk.KindOverloaded, Scope: sdk.ScopeModel, Wait: availabilityWait},
		{When: available("region_restricted"), Kind: sdk.KindForbidden, Scope: sdk.ScopeModel},

		{Status: 429, When: dailyQuota, Kind: sdk.KindRateDay, Scope: sdk.ScopeAccount, Wait: untilDayReset},
		{Status: 429, Says: []string{"free-models-per-min"}, Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccount, Wait: headerReset},
		// The limit is that of OpenRouter's own upstream: no key of ours changes it.
		{Status: 429, When: ofUpstream, Kind: sdk.KindRateMinute, Scope: sdk.ScopeModel},
		{Status: 429, Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccountModel, Wait: headerReset},

		{Codes: []string{"context_length_exceeded", "max_tokens_exceeded", "token_limit_exceeded", "payload_too_large"}, Kind: sdk.KindTooLong},
		{Codes: []string{"provider_overloaded", "provider_unavailable", "timeout"}, Kind: sdk.KindOverloaded, Scope: sdk.ScopeModel},
	}
}

// message adds who failed and what they said: OpenRouter itself only says "Provider returned error".
func message(f *openaicompat.Failure) string {
	name := metadata(f, "provider_name").Str
	if name == "" {
		return ""
	}
	said := metadata(f, "raw").String()
	if inner := gjson.Parse(said); inner.IsObject() {
		said = inner.Get("error.message").String()
		if said == "" {
			said = inner.Get("message").String()
		}
	}
	if said == "" || strings.HasPrefix(strings.TrimSpace(said), "<") {
		return f.Message + " (" + name + ")"
	}
	return f.Message + " (" + name + ": " + said + ")"
}

func metadata(f *openaicompat.Failure, name string) gjson.Result {
	return f.Error.Get("metadata." + name)
}

func inFlight(f *openaicompat.Failure) bool {
	return metadata(f, "limit_source").Str == "openrouter_in_flight_budget" || f.Header.Get("Retry-After") != ""
}

var affordable = regexp.MustCompile(`(?i)can only afford ([0-9]+)`)

// affordsLess: fewer max_tokens would do.
func affordsLess(f *openaicompat.Failure) bool {
	m := affordable.FindStringSubmatch(f.Message)
	return m != nil && strings.Trim(m[1], "0") != ""
}

func moderated(f *openaicompat.Failure) bool {
	return metadata(f, "reasons").Exists() || metadata(f, "flagged_input").Exists() || metadata(f, "patterns").Exists()
}

func limitedBy(suffix string) func(*openaicompat.Failure) bool {
	return func(f *openaicompat.Failure) bool { return strings.HasSuffix(metadata(f, "limit_source").Str, suffix) }
}

func available(codes ...string) func(*openaicompat.Failure) bool {
	return func(f *openaicompat.Failure) bool {
		for _, code := range codes {
			if f.Error.Get("availability.code").Str == code || f.Code == code {
				return true
			}
		}
		return false
	}
}

func availableAs(prefix string) func(*openaicompat.Failure) bool {
	return func(f *openaicompat.Failure) bool {
		return strings.HasPrefix(f.Error.Get("availability.code").Str, prefix) || strings.HasPrefix(f.Code, prefix)
	}
}

func availabilityWait(f *openaicompat.Failure) time.Duration {
	wait, _ := openaicompat.ParseWait(f.Error.Get("availability.retry_after").String(), f.Now)
	return wait
}

func ofUpstream(f *openaicompat.Failure) bool { return metadata(f, "provider_name").Str != "" }

// A minute's limit is full again within minutes; what takes longer is the day's.
const longestMinute = 10 * time.Minute

func dailyQuota(f *openaicompat.Failure) bool {
	return strings.Contains(strings.ToLower(f.Message), "free-models-per-day") ||
		metadata(f, "limit_source").Str == "openrouter_free_tier_daily" || headerReset(f) > longestMinute
}

// headerReset reads X-RateLimit-Reset, in Unix milliseconds, from the header or its copy in the body.
func headerReset(f *openaicompat.Failure) time.Duration {
	for _, text := range []string{f.Header.Get("X-Ratelimit-Reset"), metadata(f, "headers.X-RateLimit-Reset").String()} {
		if n, err := strconv.ParseFloat(text, 64); err != nil || n < 1e9 {
			continue // a count of something, not a time
		}
		if wait, ok := openaicompat.ParseWait(text, f.Now); ok {
			return wait
		}
	}
	return 0
}

// untilDayReset falls back to when OpenRouter's days end, midnight UTC.
func untilDayReset(f *openaicompat.Failure) time.Duration {
	if wait := headerReset(f); wait > 0 {
		return wait
	}
	return f.Now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour).Sub(f.Now)
}

func untilReset(f *openaicompat.Failure) time.Duration {
	wait, _ := openaicompat.ParseWait(metadata(f, "resets_at").String(), f.Now)
	return wait
}

// briefly marks a model for a moment only: another request may suit it.
func briefly(*openaicompat.Failure) time.Duration { return time.Minute }
