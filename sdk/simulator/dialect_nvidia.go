package simulator

import (
	"fmt"
	"net/http"
)

// nvidiaDialect is integrate.api.nvidia.com at /nvidia/v1.
func nvidiaDialect() dialect {
	return &chatDialect{
		label:  Nvidia,
		prefix: "/nvidia/v1",
		// As listed by trackers in July 2026.
		catalog: []Model{
			{ID: "nvidia/nemotron-3-super-120b-a12b", Reasoning: true, Context: 262_144},
			{ID: "openai/gpt-oss-120b", Reasoning: true, Context: 131_072},
			{ID: "moonshotai/kimi-k2.6", Vision: true, Context: 262_144},
			{ID: "nvidia/nv-embedqa-e5-v5", Embedding: true, Context: 512},
			{ID: "deepseek-ai/deepseek-r1", Retired: true},
		},
		rules:  nvidiaRules,
		check:  nvidiaCheck,
		routes: map[string]endpoint{"/chat/completions": endpointChat, "/models": endpointModels, "/embeddings": endpointEmbeddings},
		plain:  true, // served by vLLM (NVIDIA docs), whose messages have no refusal
		dayEnd: rollingDay,

		newID:   func(n int64) string { return "chatcmpl-sim" + pad(n) },
		dress:   func(*call, *answer, *completion, place) {},
		think:   func(m *message, text string) { m.ReasoningContent = text },
		usage:   func(_ *call, t tally) usage { return usageOf(t) },
		usageIn: func(_ *call, p *prompt, at place) bool { return p.includeUsage && at == placeUsage },

		fail:   nvidiaFailure,
		write:  writeNvidia,
		broken: brokenNvidia,
		adorn:  adornNvidia,
		pages: map[endpoint]func(*call) ([]byte, *apiError){
			endpointModels: modelList, endpointEmbeddings: nvidiaEmbeddings,
		},
	}
}

// nvidiaRules: OpenAI's API as vLLM serves it (NVIDIA docs); nothing is known to
// be refused beyond what makes no sense.
func nvidiaRules(*call) rules {
	return rules{
		roles:       []string{"system", "developer", "user", "assistant", "tool"},
		parts:       []string{"text", "image_url", "input_audio", "video_url"},
		formats:     []string{"text", "json_object", "json_schema"},
		tidyOptions: true,
	}
}

// nvidiaCheck: reasoning is switched by chat_template_kwargs, whose names belong
// to the model's template (as observed).
func nvidiaCheck(_ *call, req object, p *prompt) *apiError {
	if !req.has("chat_template_kwargs") {
		return nil
	}
	kwargs, ok := req.obj("chat_template_kwargs")
	if !ok {
		return invalid("chat_template_kwargs", "chat_template_kwargs: Input should be a valid dictionary")
	}
	for _, name := range []string{"enable_thinking", "thinking"} {
		if on, isBool := kwargs[name].(bool); isBool && !on {
			p.thinking = thinkOff
		}
	}
	return nil
}

// nvidiaEmbeddings: input_type is query or passage; recalled: models that embed
// the two apart refuse a request without it.
func nvidiaEmbeddings(c *call) ([]byte, *apiError) {
	kind, _ := c.tree.str("input_type")
	switch {
	case c.tree.has("input_type") && kind != "query" && kind != "passage":
		return nil, invalid("input_type", "input_type: Input should be 'query' or 'passage'")
	case !c.tree.has("input_type") && c.unconfirmed:
		return nil, invalid("input_type", "'input_type' parameter is required for asymmetric models")
	}
	return embeddings(c)
}

// nvidiaFailure: bodies as observed unless said otherwise. A refused key is 403.
func nvidiaFailure(c *call, f failing) *apiError {
	switch f.name {
	case ErrorAuthInvalid, ErrorForbidden:
		return &apiError{status: 403, message: "Authorization failed"}
	case ErrorAuthMissing:
		return &apiError{status: 401, message: "Authorization header is missing"}
	case ErrorNoCredit, ErrorCannotAfford, ErrorKeyLimit, ErrorSpendCap: // recalled: 402
		return &apiError{status: 402, message: "Cloud credits expired - Please contact NVIDIA representatives"}
	case ErrorModelNotFound, ErrorNoEndpoints: // the model is not enabled for the account, or removed
		return &apiError{status: 404, message: "Function '23d4f03a-0000-4000-8000-000000000000': Not found for account 'simulated'"}
	case ErrorModelRetired:
		return &apiError{status: 410, message: fmt.Sprintf("The model '%s' has reached its end of life and is no longer available.", c.model)}
	case ErrorRateMinute, ErrorRateTokens, ErrorRateDay, ErrorRateUpstream, ErrorInFlight:
		e := &apiError{status: http.StatusTooManyRequests} // no detail, and no header says how long
		e.hint(hinted(f, HintNone), max(f.wait, 0), c.now)
		return e
	case ErrorOverloaded, ErrorCapacity:
		return &apiError{status: 503, message: "ResourceExhausted: Worker local total request limit reached (33/32)"}
	case ErrorTooLong: // vLLM's words
		return &apiError{status: 400, message: fmt.Sprintf("This model's maximum context length is %d tokens. However, you requested %d tokens. Please reduce the length of the messages.", c.context(), max(f.ask, c.context()+1))}
	case errorNoVision:
		return invalid("", "This model does not support image input.")
	case errorNoTools:
		return invalid("", "\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set")
	}
	return commonFailure(c, f)
}

// writeNvidia: {"status","title","detail"}.
func writeNvidia(e *apiError) []byte {
	return encode(struct {
		Status int    `json:"status"`
		Title  string `json:"title"`
		Detail string `json:"detail,omitempty"`
	}{e.status, http.StatusText(e.status), clip(e.message)})
}

// brokenNvidia: vLLM's error event, the code a number.
func brokenNvidia(d *chatDialect, _ *call, e *apiError) ([]byte, event) {
	event := event{kind: eventData, data: encode(map[string]any{"error": struct {
		Message string  `json:"message"`
		Type    string  `json:"type"`
		Param   *string `json:"param"`
		Code    int     `json:"code"`
	}{orElse(clip(e.message), http.StatusText(e.status)), orElse(e.kind, http.StatusText(e.status)), nil, e.status}})}
	return d.write(e), event
}

// adornNvidia: no rate-limit headers (as observed); recalled: the id of the call.
func adornNvidia(c *call, h http.Header) {
	if c.unconfirmed {
		h.Set("Nvcf-Reqid", "sim"+pad(c.id))
	}
}
