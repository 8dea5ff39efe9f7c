package simulator

import (
	"fmt"
	"strconv"
	"strings"
)

func geminiModel(m Model) any {
	methods := []string{"generateContent", "countTokens", "createCachedContent", "batchGenerateContent"}
	if m.Embedding {
		methods = []string{"embedContent", "countTextTokens", "countTokens"}
	}
	out := map[string]any{
		"name": "models/" + m.ID, "version": "001", "displayName": m.ID, "description": "simulated",
		"inputTokenLimit": m.Context, "outputTokenLimit": max(m.MaxOutput, 1), "supportedGenerationMethods": methods,
		"temperature": 1, "topP": 0.95, "topK": 64, "maxTemperature": 2,
	}
	if m.Reasoning {
		out["thinking"] = true
	}
	return out
}

// geminiModels is GET models: 50 a page unless asked for more, 1000 at most.
func geminiModels(c *call) ([]byte, *apiError) {
	size, start := 50, 0
	if text := c.query.Get("pageSize"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, argument("Invalid value at 'page_size' (TYPE_INT32), " + strconv.Quote(clip(text)))
		}
		size = min(max(n, 1), 1000)
	}
	if token := c.query.Get("pageToken"); token != "" {
		n, err := strconv.Atoi(strings.TrimPrefix(token, "page-"))
		if err != nil || n < 0 {
			return nil, argument("The page token is invalid.")
		}
		start = n
	}
	var listed []any
	for _, m := range c.models {
		if !m.Retired {
			listed = append(listed, geminiModel(m))
		}
	}
	start = min(start, len(listed))
	end := min(start+size, len(listed))
	out := map[string]any{"models": listed[start:end]}
	if end < len(listed) {
		out["nextPageToken"] = "page-" + strconv.Itoa(end)
	}
	return encode(out), nil
}

func geminiModelPage(c *call) ([]byte, *apiError) {
	c.model = strings.TrimPrefix(c.rest, "/v1beta/models/")
	m := c.find(c.model, nil)
	if m == nil || m.Retired {
		return nil, c.dialect.failure(c, failing{name: ErrorModelNotFound})
	}
	return encode(geminiModel(*m)), nil
}

// countTokens takes contents, or a whole request, and not both.
func (d geminiDialect) countTokens(c *call) ([]byte, *apiError) {
	known, e := d.lookup(c)
	if e != nil {
		return nil, e
	}
	req, e := geminiCount().read("", c.tree)
	if e != nil {
		return nil, e
	}
	whole, isWhole := req.obj("generateContentRequest")
	if isWhole {
		if req.has("contents") {
			return nil, argument("Only one of contents and generate_content_request can be set.")
		}
		if name, _ := whole.str("model"); name != "models/"+known.ID {
			return nil, argument("The model in generate_content_request must be models/" + known.ID)
		}
		req = whole
	}
	p, e := readGemini(c, known, req)
	if e != nil {
		return nil, e
	}
	n := p.tokens()
	for _, t := range p.tools {
		n += 1 + len(strings.Fields(encodeText(t.schema)))
	}
	return encode(map[string]any{"totalTokens": n, "promptTokensDetails": []any{map[string]any{"modality": "TEXT", "tokenCount": n}}}), nil
}

// embed is embedContent and batchEmbedContents, at most 100 texts at a time.
func (d geminiDialect) embed(c *call) ([]byte, *apiError) {
	known, e := d.lookup(c)
	if e != nil {
		return nil, e
	}
	if _, method := d.method(c.rest); method == "embedContent" {
		req, e := geminiEmbed().read("", c.tree)
		if e != nil {
			return nil, e
		}
		one, words, e := embedOne("EmbedContentRequest", req)
		if e != nil {
			return nil, e
		}
		return encode(map[string]any{"embedding": one, "usageMetadata": embedUsage(words)}), nil
	}
	req, e := geminiEmbedBatch().read("", c.tree)
	if e != nil {
		return nil, e
	}
	list, _ := req.list("requests")
	switch {
	case len(list) == 0:
		return nil, argument("* BatchEmbedContentsRequest.requests: requests must not be empty\n")
	case len(list) > 100:
		return nil, argument("* BatchEmbedContentsRequest.requests: at most 100 requests can be in one batch\n")
	}
	out, total := []any{}, 0
	for i, item := range list {
		r, _ := asObject(item)
		at := fmt.Sprintf("BatchEmbedContentsRequest.requests[%d]", i)
		if name, _ := r.str("model"); name != "models/"+known.ID {
			return nil, argument("* " + at + ".model: must be the same as the model of the batch\n")
		}
		one, words, e := embedOne(at, r)
		if e != nil {
			return nil, e
		}
		out, total = append(out, one), total+words
	}
	return encode(map[string]any{"embeddings": out, "usageMetadata": embedUsage(total)}), nil
}

// embedUsage is EmbeddingUsageMetadata (Google's API reference).
func embedUsage(words int) any {
	return map[string]any{"promptTokenCount": words, "promptTokenDetails": []any{map[string]any{"modality": "TEXT", "tokenCount": words}}}
}

// embedOne also counts the words.
func embedOne(at string, r object) (any, int, *apiError) {
	content, _ := r.obj("content")
	parts, _ := content.list("parts")
	text := ""
	for _, item := range parts {
		p, _ := asObject(item)
		one, _ := p.str("text")
		text += one
	}
	if text == "" {
		return nil, 0, argument("* " + at + ".content: content is empty\n")
	}
	size, ok := r.integer("outputDimensionality")
	if ok && (size < 1 || size > 3072) {
		return nil, 0, argument("* " + at + ".output_dimensionality: must be in the range [1, 3072]\n")
	}
	return map[string]any{"values": vector(text, orElseInt(size, 8))}, max(len(strings.Fields(text)), 1), nil
}
