package openaicompat

import (
	"context"
	"net/http"
	"net/netip"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/aio-llm/aio/sdk"
)

// Options are the settings every OpenAI-shaped provider shares.
type Options struct {
	// BaseURL replaces the dialect's; empty keeps it.
	BaseURL string `json:"base_url"`
	// Headers go out with every request, after the dialect's own.
	Headers map[string]string `json:"headers"`
	// UnsupportedParams is what happens to request members the upstream does not take: "drop" (also when
	// empty) leaves them out and reports them, "refuse" fails the call before it is sent.
	UnsupportedParams string `json:"unsupported_params"`
	// AllowInsecureHTTP permits http:// to hosts other than this machine.
	AllowInsecureHTTP bool `json:"allow_insecure_http"`

	// Transport carries the requests; nil is a pooled HTTP transport of the Provider's own. Whoever sets it
	// answers for its limits.
	Transport http.RoundTripper `json:"-"`
}

// The values of Options.UnsupportedParams.
const (
	UnsupportedDrop   = "drop"
	UnsupportedRefuse = "refuse"
)

// Settings is the schema of Options, followed by a plugin's own settings.
func Settings(d Dialect, own ...sdk.Setting) sdk.Schema {
	return append(sdk.Schema{
		{Name: "base_url", Type: sdk.String, Default: d.BaseURL, Doc: "where the API lives; change it for a proxy or a simulator"},
		{Name: "headers", Type: sdk.StringMap, Doc: "further HTTP headers for every request"},
		{
			Name: "unsupported_params", Type: sdk.String, Default: UnsupportedDrop, Values: []string{UnsupportedDrop, UnsupportedRefuse},
			Doc: "what to do with request parameters the API does not take: leave them out and report them, or refuse the request",
		},
		{Name: "allow_insecure_http", Type: sdk.Bool, Default: false, Doc: "allow base_url to be http:// on another machine: keys and prompts then travel in the clear"},
	}, own...)
}

// Open is the body of a plugin's Open: it decodes the shared settings and returns the Provider. Settings that
// do not fit are a *sdk.SettingsError.
func Open(_ context.Context, d Dialect, setup sdk.Setup) (sdk.Provider, error) {
	var o Options
	if err := setup.Settings.Decode(&o); err != nil {
		return nil, err
	}
	p, err := New(d, o)
	if err != nil {
		return nil, err
	}
	if d.Embeddings {
		return EmbeddingProvider{Provider: p}, nil
	}
	return p, nil
}

func parseBaseURL(raw string, insecure bool) (*url.URL, error) {
	bad := func(format string, args ...any) (*url.URL, error) {
		return nil, sdk.BadSetting([]string{"base_url"}, format, args...)
	}
	u, err := url.Parse(strings.TrimRight(raw, "/"))
	switch {
	case err != nil:
		return bad("is not a URL") // the parser's text repeats the value, credentials and all
	case u.User != nil:
		return bad("must not hold a user name or password; keys go into key blocks")
	case u.Host == "" || u.Hostname() == "":
		return bad("names no host; want something like https://host/v1")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return bad("must not have a query or fragment")
	case u.Scheme == "https":
		return u, nil
	case u.Scheme != "http":
		return bad("has scheme %q; want https", u.Scheme)
	case insecure || isLoopback(u.Hostname()):
		return u, nil
	default:
		return bad("is plain http to %s: keys and prompts would travel in the clear; use https, or set allow_insecure_http = true", u.Hostname())
	}
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// reservedHeaders are ours or the transport's. An idempotency key would make net/http resend on its own.
func reservedHeaders() []string {
	return []string{
		"Accept", "Accept-Encoding", "Authorization", "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Cookie", "Expect", "Host",
		"Idempotency-Key", "X-Idempotency-Key", "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
	}
}

// mergeHeaders adds the configured headers to the dialect's.
func mergeHeaders(fixed http.Header, own map[string]string) (http.Header, error) {
	out := fixed.Clone()
	if out == nil {
		out = http.Header{}
	}
	var refused sdk.SettingsError
	bad := func(name, message string) {
		refused.Problems = append(refused.Problems, sdk.SettingProblem{Path: []string{"headers", name}, Message: message})
	}
	for name, value := range own {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		switch {
		case !httpguts.ValidHeaderFieldName(name):
			bad(name, "is not a valid HTTP header name")
		case slices.Contains(reservedHeaders(), canonical):
			bad(name, "is set by the provider itself")
		case !httpguts.ValidHeaderFieldValue(value):
			bad(name, "has a value with control characters")
		default:
			out[canonical] = []string{value}
		}
	}
	if len(refused.Problems) > 0 {
		slices.SortFunc(refused.Problems, func(a, b sdk.SettingProblem) int { return strings.Compare(a.Path[1], b.Path[1]) })
		return nil, &refused
	}
	return out, nil
}
