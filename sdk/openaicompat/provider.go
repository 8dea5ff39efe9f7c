package openaicompat

import (
	"net/http"
	"net/url"
	"strings"
	"sync"

	openai "github.com/sashabaranov/go-openai"

	"github.com/aio-llm/aio/sdk"
)

// Provider is one OpenAI-shaped upstream. It implements sdk.Chatter, sdk.Streamer, sdk.ModelLister and
// sdk.KeyValidator; EmbeddingProvider adds sdk.Embedder. Close it.
type Provider struct {
	dialect  Dialect
	config   openai.ClientConfig // base URL and HTTP client; the key belongs to the call
	client   *http.Client
	rewrite  *rewriter
	limits   []limitNames
	header   http.Header
	chatURL  *url.URL
	embedURL *url.URL
	buffers  sync.Pool // of *[]byte, for streams
}

var (
	_ sdk.Chatter      = (*Provider)(nil)
	_ sdk.Streamer     = (*Provider)(nil)
	_ sdk.ModelLister  = (*Provider)(nil)
	_ sdk.KeyValidator = (*Provider)(nil)
	_ sdk.Embedder     = EmbeddingProvider{}
)

// New returns the Provider for an upstream. Options it refuses are a *sdk.SettingsError. It sends nothing.
func New(d Dialect, o Options) (*Provider, error) {
	raw := o.BaseURL
	if raw == "" {
		raw = d.BaseURL
	}
	base, err := parseBaseURL(raw, o.AllowInsecureHTTP)
	if err != nil {
		return nil, err
	}
	header, err := mergeHeaders(d.Headers, o.Headers)
	if err != nil {
		return nil, err
	}
	if header.Get("User-Agent") == "" {
		header.Set("User-Agent", "aio/"+strings.TrimPrefix(sdk.SDKVersion, "go/"))
	}
	switch o.UnsupportedParams {
	case "", UnsupportedDrop, UnsupportedRefuse:
	default:
		return nil, sdk.BadSetting([]string{"unsupported_params"}, "is %q; want drop or refuse", o.UnsupportedParams)
	}
	transport := o.Transport
	if transport == nil {
		transport = newTransport()
	}
	if len(d.RequestIDs) == 0 {
		d.RequestIDs = []string{"X-Request-Id"}
	}
	p := &Provider{
		dialect: d, client: newClient(transport), header: header,
		rewrite:  newRewriter(d, o.UnsupportedParams == UnsupportedRefuse),
		limits:   compileLimits(d.Limits),
		chatURL:  below(base, "/chat/completions"),
		embedURL: below(base, "/embeddings"),
	}
	p.config = openai.DefaultConfig("")
	p.config.BaseURL = base.String()
	p.config.HTTPClient = p.client
	return p, nil
}

func below(base *url.URL, path string) *url.URL {
	u := *base
	u.Path += path
	if u.RawPath != "" {
		u.RawPath += path
	}
	return &u
}

// Close drops the idle connections. Calls that run are not disturbed.
func (p *Provider) Close() error {
	p.client.CloseIdleConnections()
	return nil
}
