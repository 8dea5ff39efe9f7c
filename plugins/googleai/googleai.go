package googleai

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"google.golang.org/genai"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/fetch"
	"github.com/aio-llm/aio/sdk/openaicompat"
)

// Version is the plugin's own.
const Version = "0.1.0"

// Plugin describes the googleai provider.
func Plugin() sdk.Plugin {
	return sdk.Plugin{
		Name: "googleai", Version: Version, Settings: schema(),
		Open: func(ctx context.Context, setup sdk.Setup) (sdk.Provider, error) {
			var o options
			if err := setup.Settings.Decode(&o); err != nil {
				return nil, err
			}
			return open(ctx, o)
		},
	}
}

// Provider is the Gemini API.
type Provider struct {
	http   *openaicompat.Provider // one transport for all keys
	models *genai.Models

	refuse          bool // parameters that Gemini does not take
	safety          []*genai.SafetySetting
	includeThoughts bool
	fetch           *fetch.Fetcher // nil: URLs are for Google to fetch
}

var (
	_ sdk.Chatter      = (*Provider)(nil)
	_ sdk.Streamer     = (*Provider)(nil)
	_ sdk.ModelLister  = (*Provider)(nil)
	_ sdk.Embedder     = (*Provider)(nil)
	_ sdk.TokenCounter = (*Provider)(nil)
	_ sdk.KeyValidator = (*Provider)(nil)
)

func open(ctx context.Context, o options) (*Provider, error) {
	d := dialect()
	upstream, err := openaicompat.New(d, o.Options)
	if err != nil {
		return nil, err
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	client, err := genai.NewClient(ctx, &genai.ClientConfig{
		APIKey: noKey, Backend: genai.BackendGeminiAPI,
		HTTPClient: &http.Client{Transport: relay{}},
		HTTPOptions: genai.HTTPOptions{
			BaseURL: strings.TrimRight(cmp.Or(o.BaseURL, d.BaseURL), "/"), APIVersion: cmp.Or(o.APIVersion, defaultVersion),
		},
	})
	if err != nil {
		// The text shows the whole configuration, the headers too.
		return nil, sdk.Errorf(sdk.KindInternal, "genai refuses its configuration")
	}
	return &Provider{
		http: upstream, models: client.Models, refuse: o.UnsupportedParams == openaicompat.UnsupportedRefuse,
		safety: o.safety(), includeThoughts: o.IncludeThoughts, fetch: o.fetcher(),
	}, nil
}

// noKey stands where genai wants a key. The real one is put on each request by the relay.
const noKey = "the-relay-has-the-key"

// Close drops the idle connections.
func (p *Provider) Close() error { return p.http.Close() }

// Chat implements sdk.Chatter.
func (p *Provider) Chat(ctx context.Context, call *sdk.Call) (*sdk.Reply, error) {
	req, err := p.mapRequest(ctx, call)
	if err != nil {
		return nil, err
	}
	w := p.wire(call, nil)
	defer w.close()
	resp, err := guarded(w, func() (*genai.GenerateContentResponse, error) {
		return p.models.GenerateContent(carry(ctx, w), call.Model, stub(), configOf(req.body))
	})
	if err != nil {
		return nil, err
	}
	r := newReply(call, w)
	completion, err := r.completion(resp)
	if err != nil {
		return nil, err
	}
	raw, err := completion.MarshalJSON()
	if err != nil {
		return nil, sdk.Errorf(sdk.KindInternal, "encode reply: %w", err)
	}
	info := r.info()
	info.Dropped = req.dropped
	return &sdk.Reply{Body: raw, Info: *info}, nil
}

// ChatStream implements sdk.Streamer.
func (p *Provider) ChatStream(ctx context.Context, call *sdk.Call, out *sdk.Sender) (*sdk.ReplyInfo, error) {
	req, err := p.mapRequest(ctx, call)
	if err != nil {
		return nil, err
	}
	w := p.wire(call, out)
	defer w.close()
	s := &stream{reply: newReply(call, w), out: out}
	if err := s.run(p.models.GenerateContentStream(carry(ctx, w), call.Model, stub(), configOf(req.body)), req.includeUsage); err != nil {
		return nil, s.blame(err)
	}
	info := s.info()
	info.Dropped = req.dropped
	return info, nil
}

// configOf makes genai send these members and nothing of its own.
func configOf(members map[string]any) *genai.GenerateContentConfig {
	off := false
	return &genai.GenerateContentConfig{AutomaticContinuation: &off, HTTPOptions: sending(members)}
}

func sending(members map[string]any) *genai.HTTPOptions {
	return &genai.HTTPOptions{ExtrasRequestProvider: func(map[string]any) map[string]any { return members }}
}

// stub is where genai wants contents; what is sent is what sending says.
func stub() []*genai.Content { return []*genai.Content{{Parts: []*genai.Part{{Text: "-"}}}} }
