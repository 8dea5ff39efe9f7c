package googleai

import (
	"context"
	"encoding/json"
	"maps"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
)

// request is a chat request on its way out.
type request struct {
	body         map[string]any // the members of the generateContent request
	includeUsage bool           // the caller wants a usage chunk at the end of a stream
	dropped      []sdk.Dropped
}

// mapping is one chat request being mapped.
type mapping struct {
	report
	model  model
	req    *sdk.ChatRequest
	out    body
	extras []jsontext.Value // of the caller, for Gemini alone
	fetch  *fetching        // nil: URLs are for Google to fetch
}

// mapRequest maps a chat request to Gemini's. Every member is mapped, reported or refused.
func (p *Provider) mapRequest(ctx context.Context, call *sdk.Call) (*request, error) {
	named := modelOf(call.Model)
	if err := named.check(); err != nil {
		return nil, err
	}
	req, err := decode(call)
	if err != nil {
		return nil, err
	}
	m := &mapping{report: report{refuse: p.refuse}, model: named, req: req}
	m.out.SafetySettings = p.safety
	if p.fetch != nil {
		m.fetch = &fetching{ctx: ctx, from: p.fetch}
	}
	for _, do := range []func(){
		m.messages, m.sampling, m.length, m.choices, m.format, m.tools, m.toolChoice,
		func() { m.thinking(p.includeThoughts) }, m.delivery, m.rest,
	} {
		if do(); m.err != nil {
			return nil, m.err
		}
	}
	members, err := m.members()
	if err != nil {
		return nil, err
	}
	out := &request{body: members, dropped: m.dropped}
	if o := req.StreamOptions; o != nil && o.IncludeUsage != nil {
		out.includeUsage = *o.IncludeUsage
	}
	return out, nil
}

// decode reads the request. What it says about the model does not count, not even twice.
func decode(call *sdk.Call) (*sdk.ChatRequest, error) {
	models := 0
	gjson.ParseBytes(call.Body).ForEach(func(name, _ gjson.Result) bool {
		if name.Str == "model" {
			models++
		}
		return models < 2
	})
	if models < 2 || !jsontext.Value(call.Body).IsValid(jsontext.AllowDuplicateNames(true)) {
		return call.ChatRequest()
	}
	body := []byte{'{'}
	gjson.ParseBytes(call.Body).ForEach(func(name, value gjson.Result) bool {
		if name.Str != "model" {
			if len(body) > 1 {
				body = append(body, ',')
			}
			body = append(append(append(body, name.Raw...), ':'), value.Raw...)
		}
		return true
	})
	body = append(body, '}')
	again := *call
	again.Body = body
	return again.ChatRequest()
}

// rest is what is left: members with a meaning for Gemini alone, and those without one.
func (m *mapping) rest() {
	m.google()
	known := []string{"google", "extra_body"}
	if string(m.req.Extra["store"]) == "false" {
		known = append(known, "store") // nothing is stored anyway
	}
	m.unknown("", m.req.Extra, known...)
}

// members are the top-level members of the body, with the caller's own merged in.
func (m *mapping) members() (map[string]any, error) {
	members := map[string]any{"contents": m.out.Contents}
	rest := m.out
	rest.Contents = nil
	raw, err := json.Marshal(rest)
	if err != nil {
		return nil, sdk.Errorf(sdk.KindInternal, "encode request: %w", err)
	}
	own := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &own); err != nil {
		return nil, sdk.Errorf(sdk.KindInternal, "encode request: %w", err)
	}
	delete(own, "contents")
	for _, extra := range m.extras {
		if err := merge(own, extra, 0); err != nil {
			return nil, &sdk.Error{Kind: sdk.KindBadRequest, Certainty: sdk.NotSent, Param: "google", Message: "googleai: google: " + err.Error()}
		}
	}
	for name, value := range maps.All(own) {
		members[name] = value
	}
	return members, nil
}
