package openrouter

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tidwall/gjson"
	"golang.org/x/net/http/httpguts"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
)

// Version is the plugin's own.
const Version = "0.1.0"

// attribution is how an application is shown in OpenRouter's statistics.
type attribution struct {
	SiteURL  string `json:"site_url"`
	AppTitle string `json:"app_title"`
}

// Plugin describes the openrouter provider. OpenRouter's own request members (provider, models, plugins,
// reasoning, ...) pass through untouched; parameters a model does not support it leaves out by itself.
func Plugin() sdk.Plugin {
	return sdk.Plugin{
		Name: "openrouter", Version: Version,
		Settings: openaicompat.Settings(dialect(),
			sdk.Setting{Name: "site_url", Type: sdk.String, Doc: "your application's address, for OpenRouter's app statistics"},
			sdk.Setting{Name: "app_title", Type: sdk.String, Doc: "your application's name, for OpenRouter's app statistics"},
		),
		Open: open,
	}
}

func open(ctx context.Context, setup sdk.Setup) (sdk.Provider, error) {
	var app attribution
	if err := setup.Settings.Decode(&app); err != nil {
		return nil, err
	}
	d := dialect()
	d.Headers = http.Header{}
	if app.SiteURL != "" {
		if u, err := url.Parse(app.SiteURL); err != nil || u.Host == "" || u.User != nil {
			return nil, sdk.BadSetting([]string{"site_url"}, "is not an address such as https://example.org")
		}
		d.Headers.Set("HTTP-Referer", app.SiteURL)
	}
	if app.AppTitle != "" {
		if !httpguts.ValidHeaderFieldValue(app.AppTitle) {
			return nil, sdk.BadSetting([]string{"app_title"}, "must not hold control characters")
		}
		d.Headers.Set("X-OpenRouter-Title", app.AppTitle)
	}
	return openaicompat.Open(ctx, d, setup)
}

func dialect() openaicompat.Dialect {
	return openaicompat.Dialect{
		Name: "openrouter", BaseURL: "https://openrouter.ai/api/v1", SignupURL: "https://openrouter.ai/keys",
		Errors:     errorRules(),
		Finishes:   true,
		Message:    message,
		RequestIDs: []string{"X-Generation-Id", "X-Request-Id"},
		Model:      completeModel,
		// /models answers without a key; /key costs nothing and tells about the account.
		KeyPath: "/key", KeyNote: keyNote, KeyTrouble: keyTrouble,
		Embeddings: true,
	}
}

// keyNote sums up GET /key. The label OpenRouter gives a key is a part of the key, so it stays out.
func keyNote(reply gjson.Result) string {
	data := reply.Get("data")
	var parts []string
	if data.Get("is_free_tier").Bool() {
		parts = append(parts, "free tier")
	}
	if left := data.Get("limit_remaining"); left.Type == gjson.Number {
		parts = append(parts, fmt.Sprintf("$%.2f of the key's limit left", left.Num))
	}
	if spent := data.Get("usage"); spent.Type == gjson.Number {
		parts = append(parts, fmt.Sprintf("$%.2f spent", spent.Num))
	}
	if free := data.Get("free_model_daily_requests"); free.Get("remaining").Exists() {
		parts = append(parts, fmt.Sprintf("%d of %d free requests left today", free.Get("remaining").Int(), free.Get("limit").Int()))
	}
	if expires := data.Get("expires_at"); expires.Type == gjson.String && expires.Str != "" {
		parts = append(parts, "expires "+expires.Str)
	}
	return strings.Join(parts, ", ")
}

// keyTrouble finds what GET /key tells before any request does: the key's own limit is spent, or the account,
// which never bought credit, has used up the free requests of its day. That ends at midnight UTC.
func keyTrouble(reply gjson.Result, now time.Time) *sdk.Error {
	data := reply.Get("data")
	if left := data.Get("limit_remaining"); left.Type == gjson.Number && left.Num <= 0 {
		return &sdk.Error{
			Kind: sdk.KindNoCredit, Scope: sdk.ScopeKey, Status: http.StatusOK, Certainty: sdk.ResponseStarted,
			Message: "the key's own limit is spent: " + keyNote(reply),
		}
	}
	free := data.Get("free_model_daily_requests")
	if left := free.Get("remaining"); data.Get("is_free_tier").Bool() && left.Type == gjson.Number && left.Num <= 0 {
		day := now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
		return &sdk.Error{
			Kind: sdk.KindRateDay, Scope: sdk.ScopeAccount, Status: http.StatusOK, Certainty: sdk.ResponseStarted,
			RetryAfter: day.Sub(now), Message: "the day's free requests are used up: " + keyNote(reply),
		}
	}
	return nil
}

// completeModel reads what OpenRouter tells about a model beyond its id.
func completeModel(raw gjson.Result, m *sdk.Model) {
	add := func(have bool, feature string) {
		if have {
			m.Features = append(m.Features, feature)
		}
	}
	takes := func(list, value string) bool { return raw.Get(list + `.#(=="` + value + `")`).Exists() }
	const parameters, inputs = "supported_parameters", "architecture.input_modalities"
	add(takes(parameters, "tools"), "tools")
	add(takes(inputs, "image"), "vision")
	add(takes(inputs, "audio"), "audio")
	add(takes(inputs, "video"), "video")
	add(takes(inputs, "file"), "files")
	add(takes(parameters, "structured_outputs"), "json_schema")
	add(takes(parameters, "reasoning"), "reasoning")
}
