package simulator

import (
	"iter"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// geminiDialect is generativelanguage.googleapis.com at /gemini, REST v1beta: generateContent,
// streamGenerateContent?alt=sse, countTokens, embedContent, batchEmbedContents and models. Where a rule has
// no other source it is from Google's API reference or from errors as observed.
type geminiDialect struct{}

func (geminiDialect) name() string { return Gemini }
func (geminiDialect) base() string { return "/gemini" }

// credential is a header only: a key in the query would land in logs, and nothing here shall rely on it.
func (geminiDialect) credential(r *http.Request) string { return r.Header.Get("X-Goog-Api-Key") }

// models: the ids of October 2026, with 1048576 tokens in and 65536 out.
func (geminiDialect) models() []Model {
	const in, out = 1_048_576, 65_536
	return []Model{
		{ID: "gemini-2.5-flash", Reasoning: true, Vision: true, Context: in, MaxOutput: out},
		{ID: "gemini-2.5-flash-lite", Vision: true, Context: in, MaxOutput: out},
		{ID: "gemini-2.5-pro", Reasoning: true, Vision: true, Context: in, MaxOutput: out},
		{ID: "gemini-3.1-pro-preview", Reasoning: true, Vision: true, Context: in, MaxOutput: out},
		{ID: "gemini-3.8-flash", Reasoning: true, Vision: true, Context: in, MaxOutput: out},
		{ID: "gemini-embedding-001", Embedding: true, Context: 2048},
	}
}

var geminiPath = regexp.MustCompile(`^/v1(?:beta|alpha)?/((?:models|tunedModels)/[^:]+):([A-Za-z]+)$`)

// method takes a path apart: models/<name>:<method>.
func (geminiDialect) method(rest string) (model, method string) {
	found := geminiPath.FindStringSubmatch(rest)
	if found == nil {
		return "", ""
	}
	return strings.TrimPrefix(found[1], "models/"), found[2]
}

// address reads the model and the wish to stream, which are in the path.
func (d geminiDialect) address(c *call) {
	model, method := d.method(c.rest)
	c.model, c.stream = model, method == "streamGenerateContent"
}

func (d geminiDialect) route(c *call) (endpoint, *apiError) {
	_, method := d.method(c.rest)
	to, wants := endpointNone, http.MethodPost
	switch method {
	case "generateContent", "streamGenerateContent":
		to = endpointChat
	case "countTokens":
		to = endpointTokens
	case "embedContent", "batchEmbedContents":
		to = endpointEmbeddings
	case "":
		wants = http.MethodGet
		switch {
		case c.rest == "/v1beta/models":
			to = endpointModels
		case strings.HasPrefix(c.rest, "/v1beta/models/"):
			to = endpointModel
		}
	}
	if to == endpointNone || c.method != wants {
		return endpointNone, &apiError{status: 404, code: "NOT_FOUND", message: "Requested entity was not found."}
	}
	return to, nil
}

func (d geminiDialect) failure(c *call, f failing) *apiError { return geminiFailure(c, f) }

func (geminiDialect) header(_ *call, h http.Header) {
	h.Set("Server", "scaffolding on HTTPServer2")
	h.Set("X-Content-Type-Options", "nosniff")
}

// allowance: limits are per project and model, a day ends at midnight Pacific time; failed calls do not count.
func (geminiDialect) allowance(c *call) allowance {
	scope := ""
	if c.known != nil {
		scope = c.known.ID
	}
	return allowance{scope: scope, dayEnd: midnightPacific(c.now)}
}

func midnightPacific(now time.Time) time.Time {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil { // a machine without time zones
		zone = time.FixedZone("PST", -8*60*60)
	}
	local := now.In(zone)
	return time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, zone)
}

// bill is usageMetadata. Counts of zero are left out, as protobuf's JSON does.
func (geminiDialect) bill(_ *call, a *answer) []byte { return encode(geminiUsage(a.tally)) }

func geminiUsage(t tally) map[string]any {
	out := map[string]any{
		"promptTokenCount": t.prompt, "totalTokenCount": t.total(),
		"promptTokensDetails": []any{map[string]any{"modality": "TEXT", "tokenCount": t.prompt}},
	}
	for name, n := range map[string]int{
		"candidatesTokenCount": t.completion - t.reasoning, "thoughtsTokenCount": t.reasoning, "cachedContentTokenCount": t.cached,
	} {
		if n > 0 {
			out[name] = n
		}
	}
	return out
}

func (d geminiDialect) page(c *call) ([]byte, *apiError) {
	switch c.endpoint {
	case endpointModels:
		return geminiModels(c)
	case endpointModel:
		return geminiModelPage(c)
	case endpointTokens:
		return d.countTokens(c)
	default:
		return d.embed(c)
	}
}

func (geminiDialect) shape() shape { return geminiShape() }

func (geminiDialect) whole(c *call, a *answer) []byte {
	var candidates []any
	for i := range c.prompt.n {
		candidate := map[string]any{"finishReason": geminiFinish(a), "index": i}
		if parts := geminiParts(c, a); len(parts) > 0 {
			candidate["content"] = map[string]any{"parts": parts, "role": "model"}
		} else {
			candidate["content"] = map[string]any{"role": "model"} // all tokens went into thinking
		}
		if c.prompt.logprobs {
			candidate["logprobsResult"] = geminiLogprobs(a.text)
		}
		candidates = append(candidates, candidate)
	}
	return encode(geminiReply(c, candidates, a.tally))
}

func geminiReply(c *call, candidates []any, t tally) map[string]any {
	return map[string]any{
		"candidates": candidates, "usageMetadata": geminiUsage(t), "modelVersion": c.prompt.model.ID, "responseId": "sim" + pad(c.id),
	}
}

func geminiFinish(a *answer) string {
	if word, ok := map[string]string{
		"stop": "STOP", "tool_calls": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY",
	}[a.finish]; ok {
		return word
	}
	return a.finish // a script's, in Gemini's own words
}

func geminiParts(c *call, a *answer) []any {
	var parts []any
	if a.reasoning != "" && c.prompt.thinking == thinkField {
		parts = append(parts, map[string]any{"text": a.reasoning, "thought": true})
	}
	if a.text != "" {
		parts = append(parts, map[string]any{"text": a.text})
	}
	for i, t := range a.calls {
		parts = append(parts, geminiCallPart(c, i, t))
	}
	return parts
}

// geminiCallPart: from Gemini 3 on a call has an id, and the first of a step is signed.
func geminiCallPart(c *call, i int, t toolCall) any {
	args := parseObject([]byte(t.arguments))
	if args == nil {
		args = object{}
	}
	named := map[string]any{"name": t.name, "args": map[string]any(args)}
	part := map[string]any{"functionCall": named}
	if signsThoughts(c.prompt.model.ID) {
		named["id"] = t.id
		if i == 0 {
			part["thoughtSignature"] = signatureOf(c.prompt.model.ID, t.name)
		}
	}
	return part
}

// chunks: each event is a whole reply with what is new, counts so far, and no [DONE] at the end.
func (geminiDialect) chunks(c *call, a *answer) iter.Seq[event] {
	return func(yield func(event) bool) {
		so := tally{prompt: a.tally.prompt, cached: a.tally.cached}
		for i := range c.prompt.n {
			send := func(e event, candidate map[string]any) bool {
				candidate["index"] = i
				e.kind, e.data = eventData, encode(geminiReply(c, []any{candidate}, so))
				return yield(e)
			}
			said := func(part any) map[string]any {
				return map[string]any{"content": map[string]any{"parts": []any{part}, "role": "model"}}
			}
			if i == 0 {
				so.completion, so.reasoning = a.tally.reasoning, a.tally.reasoning
			}
			if c.prompt.thinking == thinkField {
				for t := range tokens(a.reasoning) {
					if !send(event{content: true}, said(map[string]any{"text": t, "thought": true})) {
						return
					}
				}
			}
			for t := range tokens(a.text) {
				so.completion++
				candidate := said(map[string]any{"text": t})
				if c.prompt.logprobs {
					candidate["logprobsResult"] = geminiLogprobs(t)
				}
				if !send(event{content: true}, candidate) {
					return
				}
			}
			for n, t := range a.calls {
				if !send(event{content: true}, said(geminiCallPart(c, n, t))) {
					return
				}
			}
			if i == c.prompt.n-1 {
				so = a.tally
			}
			last := said(map[string]any{"text": ""})
			last["finishReason"] = geminiFinish(a)
			if !send(event{finish: true}, last) {
				return
			}
		}
	}
}

func geminiLogprobs(text string) any {
	chosen, top := []any{}, []any{}
	for t := range tokens(text) {
		one := map[string]any{"token": t, "tokenId": 1, "logProbability": -0.25}
		chosen = append(chosen, one)
		top = append(top, map[string]any{"candidates": []any{one}})
	}
	return map[string]any{"chosenCandidates": chosen, "topCandidates": top}
}

// signsThoughts: from Gemini 3 on.
func signsThoughts(model string) bool { return geminiVersion(model) >= 3 }

var geminiVersions = regexp.MustCompile(`^gemini-([0-9]{1,3})(?:[.-]|$)`)

func geminiVersion(model string) int {
	found := geminiVersions.FindStringSubmatch(model)
	if found == nil {
		return 0
	}
	n, err := strconv.Atoi(found[1])
	if err != nil {
		return 0
	}
	return n
}
