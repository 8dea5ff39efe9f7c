package simulator

import (
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"time"
)

// chatDialect is an OpenAI-shaped provider: the shape is common, the fields say
// what is its own.
type chatDialect struct {
	label   string
	prefix  string
	catalog []Model
	rules   func(c *call) rules
	check   func(c *call, req object, p *prompt) *apiError // what else it refuses or asks for; may be nil
	routes  map[string]endpoint

	alternatives string   // request field that lists further models to try
	variants     []string // suffixes of a model's name that do not name another model

	plain    bool                          // refusals are plain content
	perModel bool                          // limits count per account and model
	counts   bool                          // failed calls count too
	dayEnd   func(now time.Time) time.Time // when a day's count begins anew

	newID   func(n int64) string
	dress   func(c *call, a *answer, m *completion, at place)
	think   func(m *message, text string)
	usage   func(c *call, t tally) usage
	usageIn func(c *call, p *prompt, at place) bool // whether a chunk carries usage
	preface string                                  // SSE comment before the first chunk

	fail   func(c *call, f failing) *apiError
	write  func(e *apiError) []byte
	broken func(d *chatDialect, c *call, e *apiError) ([]byte, event)
	adorn  func(c *call, h http.Header)
	pages  map[endpoint]func(c *call) ([]byte, *apiError)
}

// place is where in a reply a completion object stands.
type place int

const (
	placeWhole place = iota // a unary reply
	placeFirst              // the chunk with the role
	placeMiddle
	placeFinish // the chunk with the finish reason
	placeUsage  // a chunk of its own for usage
)

func (d *chatDialect) name() string                                { return d.label }
func (d *chatDialect) base() string                                { return d.prefix }
func (d *chatDialect) models() []Model                             { return d.catalog }
func (d *chatDialect) body(e *apiError) []byte                     { return d.write(e) }
func (d *chatDialect) failure(c *call, f failing) *apiError        { return d.fail(c, f) }
func (d *chatDialect) shape() shape                                { return openaiShape() }
func (d *chatDialect) header(c *call, h http.Header)               { d.adorn(c, h) }
func (d *chatDialect) inband(c *call, e *apiError) ([]byte, event) { return d.broken(d, c, e) }

// credential reads "Authorization: Bearer <key>"; the scheme is not case-sensitive.
func (d *chatDialect) credential(r *http.Request) string { return bearer(r) }

func bearer(r *http.Request) string {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(key)
}

func (d *chatDialect) allowance(c *call) allowance {
	scope := ""
	if d.perModel && c.known != nil {
		scope = c.known.ID
	}
	return allowance{scope: scope, dayEnd: d.dayEnd(c.now), failedCount: d.counts}
}

func (d *chatDialect) route(c *call) (endpoint, *apiError) {
	to, ok := d.routes[c.rest]
	if !ok && strings.HasPrefix(c.rest, "/models/") && d.pages[endpointModel] != nil {
		to, ok = endpointModel, true
	}
	method := http.MethodGet
	if to == endpointChat || to == endpointEmbeddings {
		method = http.MethodPost
	}
	switch {
	case !ok:
		return endpointNone, &apiError{status: http.StatusNotFound, kind: "invalid_request_error", code: "unknown_url", message: fmt.Sprintf("Unknown request URL: %s %s. Please check the URL for typos.", c.method, c.path)}
	case c.method != method:
		e := &apiError{status: http.StatusMethodNotAllowed, kind: "invalid_request_error", code: "method_not_supported", message: fmt.Sprintf("Not allowed to %s on %s. (HINT: Perhaps you meant to use a different HTTP method?)", c.method, c.path)}
		e.set("Allow", method)
		return endpointNone, e
	}
	return to, nil
}

// decode is the strict reading of a chat request.
func (d *chatDialect) decode(c *call) (*prompt, *apiError) {
	known, e := c.lookup(d.alternatives, d.variants)
	if e != nil {
		return nil, e
	}
	v := validator{rules: d.rules(c), req: c.tree, out: &prompt{model: known, plain: d.plain}}
	if e := v.run(); e != nil {
		return nil, e
	}
	p := v.out
	if d.check != nil {
		if e := d.check(c, c.tree, p); e != nil {
			return nil, e
		}
	}
	switch images := p.imageAt(); {
	case images >= 0 && !known.Vision:
		return nil, d.fail(c, failing{name: errorNoVision, ask: images})
	case len(p.tools) > 0 && known.NoTools:
		return nil, d.fail(c, failing{name: errorNoTools})
	}
	if ask := p.tokens() + p.limit; known.Context > 0 && ask > known.Context {
		return nil, d.fail(c, failing{name: ErrorTooLong, ask: ask})
	}
	return p, nil
}

func (d *chatDialect) bill(c *call, a *answer) []byte { return encode(d.usage(c, a.tally)) }

func (d *chatDialect) page(c *call) ([]byte, *apiError) { return d.pages[c.endpoint](c) }

// whole writes a unary reply.
func (d *chatDialect) whole(c *call, a *answer) []byte {
	m := d.object(c, a, "chat.completion", placeWhole)
	for i := range c.prompt.n {
		body := &message{Role: "assistant", Content: jsonText(d.spoken(c, a))}
		if a.refusal != "" || a.text == "" && len(a.calls) > 0 {
			body.Content = json.RawMessage("null")
		}
		if a.refusal != "" {
			body.Refusal = jsonText(a.refusal)
		}
		if c.prompt.thinking == thinkField && a.reasoning != "" {
			d.think(body, a.reasoning)
		}
		for _, t := range a.calls {
			body.ToolCalls = append(body.ToolCalls, wireCall{ID: t.id, Type: "function", Function: wireFunction{t.name, t.arguments}})
		}
		m.Choices = append(m.Choices, choice{Index: i, Message: body, FinishReason: &a.finish, Logprobs: logprobs(c.prompt, a.text)})
	}
	d.dress(c, a, m, placeWhole)
	return encode(m)
}

// spoken is the content, with the reasoning in it where that was asked for.
func (d *chatDialect) spoken(c *call, a *answer) string {
	if c.prompt.thinking == thinkInline && a.reasoning != "" {
		return "<think>" + a.reasoning + "</think>" + a.text
	}
	return a.text
}

// object is a completion without its choices.
func (d *chatDialect) object(c *call, a *answer, kind string, at place) *completion {
	m := &completion{ID: d.newID(c.id), Object: kind, Created: c.now.Unix(), Model: c.prompt.model.ID, Choices: []choice{}}
	if at == placeWhole || d.usageIn(c, c.prompt, at) {
		m.Usage = encode(d.usage(c, a.tally))
	}
	return m
}

func (d *chatDialect) chunks(c *call, a *answer) iter.Seq[event] {
	return func(yield func(event) bool) {
		s := &streamer{dialect: d, call: c, answer: a, yield: yield}
		s.run()
	}
}

// logprobs gives every token the same probability, in OpenAI's shape.
func logprobs(p *prompt, text string) json.RawMessage {
	if !p.logprobs {
		return json.RawMessage("null")
	}
	content := []any{}
	for t := range tokens(text) {
		content = append(content, map[string]any{"token": t, "logprob": -0.25, "bytes": byteValues(t), "top_logprobs": []any{}})
	}
	return encode(map[string]any{"content": content, "refusal": nil})
}

func byteValues(s string) []int {
	out := make([]int, len(s))
	for i := range len(s) {
		out[i] = int(s[i])
	}
	return out
}

func jsonText(s string) json.RawMessage { return encode(s) }
