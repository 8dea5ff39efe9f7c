package openaicompat

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	openai "github.com/sashabaranov/go-openai"
	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
)

// Client returns the typed go-openai client of one call: the call's key, deadlines and HTTP client, and the
// Provider's errors in place of go-openai's. It is for the endpoints the Provider does not cover.
func (p *Provider) Client(call *sdk.Call) *openai.Client {
	return openai.NewClientWithConfig(p.clientConfig(&doer{p: p, call: call}))
}

func (p *Provider) clientConfig(d *doer) openai.ClientConfig {
	config := p.config
	config.HTTPClient = d
	return config
}

// doer carries go-openai's requests.
type doer struct {
	p    *Provider
	call *sdk.Call
	body []byte // of the last reply
}

// Do implements openai.HTTPDoer. Requests that cannot be read a second time are fine: nothing is resent.
func (d *doer) Do(req *http.Request) (*http.Response, error) {
	for name, values := range d.p.headers(d.call, acceptJSON) {
		req.Header[name] = values
	}
	if d.call.Key.IsZero() {
		req.Header.Del("Authorization") // go-openai's would be an empty one
	}
	x, err := d.p.exchange(req.Context(), d.call, req)
	if err != nil {
		return nil, err
	}
	defer x.close()
	if d.body, _, err = x.reply(); err != nil {
		return nil, err
	}
	x.resp.Body = io.NopCloser(bytes.NewReader(d.body))
	return x.resp, nil
}

// ListModels implements sdk.ModelLister. go-openai asks; the reply is read from its bytes, since go-openai's
// type of a model keeps little more than the id.
func (p *Provider) ListModels(ctx context.Context, call *sdk.Call) ([]sdk.Model, error) {
	d := &doer{p: p, call: call}
	_, err := openai.NewClientWithConfig(p.clientConfig(d)).ListModels(ctx)
	var failed *sdk.Error
	if errors.As(err, &failed) {
		return nil, failed
	}
	list := gjson.GetBytes(d.body, "data")
	if !list.IsArray() {
		return nil, &sdk.Error{
			Kind: sdk.KindBadReply, Scope: sdk.ScopeProvider, Status: http.StatusOK, Certainty: sdk.ResponseStarted,
			Message: "the model list has no data", Cause: err,
		}
	}
	var out []sdk.Model
	list.ForEach(func(_, raw gjson.Result) bool {
		if m := p.model(raw); m.ID != "" {
			out = append(out, m)
		}
		return true
	})
	return out, nil
}

func (p *Provider) model(raw gjson.Result) sdk.Model {
	m := sdk.Model{
		ID: raw.Get("id").String(), Name: raw.Get("name").String(), Raw: []byte(raw.Raw),
		Context:   firstCount(raw, "context_window", "context_length", "max_context_length", "max_model_len"),
		MaxOutput: firstCount(raw, "max_completion_tokens", "max_output_tokens", "top_provider.max_completion_tokens"),
	}
	if p.dialect.Model != nil {
		p.dialect.Model(raw, &m)
	}
	return m
}

func firstCount(raw gjson.Result, paths ...string) int64 {
	for _, path := range paths {
		if n := tokens(raw.Get(path)); n > 0 {
			return n
		}
	}
	return 0
}

// ValidateKey implements sdk.KeyValidator.
func (p *Provider) ValidateKey(ctx context.Context, call *sdk.Call) (string, error) {
	path := p.dialect.KeyPath
	if path == "" {
		path = "/models"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.config.BaseURL+path, nil)
	if err != nil {
		return "", sdk.Errorf(sdk.KindInternal, "key request: %w", err)
	}
	d := &doer{p: p, call: call}
	resp, err := d.Do(req)
	if err != nil {
		return "", err
	}
	_ = resp.Body.Close() // in memory
	about := gjson.ParseBytes(d.body)
	if p.dialect.KeyTrouble != nil {
		if trouble := p.dialect.KeyTrouble(about, time.Now()); trouble != nil {
			return "", trouble
		}
	}
	if p.dialect.KeyNote == nil {
		return "", nil
	}
	return p.dialect.KeyNote(about), nil
}
