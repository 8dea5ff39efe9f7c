package cerebras

import (
	"net/http"
	"time"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
)

const (
	// The bucket refills continuously, so that a wait is often seconds.
	minuteWait = 15 * time.Second
	// Whatever is used up for a day is asked for again once an hour when nothing says when it is back.
	dayWait = time.Hour
)

// errorRules know Cerebras's errors, {"message","type","param","code"}. Its limits are per organisation and
// model; the code tells requests from tokens, only the text or the headers a minute from a day.
func errorRules() []openaicompat.ErrorRule {
	return []openaicompat.ErrorRule{
		{Status: 401, Codes: []string{"wrong_api_key"}, Kind: sdk.KindAuthInvalid},
		// The reply to a request without a key.
		{Status: 403, Says: []string{"not authenticated"}, Kind: sdk.KindAuthInvalid},
		{Codes: []string{"payment_required"}, Kind: sdk.KindNoCredit, Scope: sdk.ScopeAccount},
		// Everybody's traffic, not this key's quota.
		{Codes: []string{"queue_exceeded"}, Kind: sdk.KindOverloaded},
		{
			Status: 429, Says: []string{"per day", "daily", "per hour", "hourly"},
			Kind: sdk.KindRateDay, Scope: sdk.ScopeAccountModel, Otherwise: dayWait,
		},
		{Status: 429, When: dayUsedUp, Kind: sdk.KindRateDay, Scope: sdk.ScopeAccountModel, Otherwise: dayWait},
		{
			Codes: []string{"request_quota_exceeded", "token_quota_exceeded"},
			Kind:  sdk.KindRateMinute, Scope: sdk.ScopeAccountModel, Otherwise: minuteWait,
		},
		{Status: 429, Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccountModel, Otherwise: minuteWait},
		// "does not exist or you do not have access to it": another account may.
		{Codes: []string{"model_not_found"}, Kind: sdk.KindModelGone, Scope: sdk.ScopeAccountModel},
		{Status: 400, Codes: []string{"context_length_exceeded"}, Kind: sdk.KindTooLong},
		{Status: 400, Says: []string{"reduce the length"}, Kind: sdk.KindTooLong},
	}
}

// dayUsedUp: no request is left for the day, whatever the text speaks of. An error inside a 200 came with the
// headers of a request that was still let in.
func dayUsedUp(f *openaicompat.Failure) bool {
	return !f.InBand && f.Header.Get("X-Ratelimit-Remaining-Requests-Day") == "0"
}

// message helps with the 404 of a path that has no API behind it, which is empty.
func message(f *openaicompat.Failure) string {
	if f.Status == http.StatusNotFound && f.Code == "" {
		return "there is no such API at this address (" + f.Message + "); check base_url, which ends in /v1"
	}
	return ""
}
