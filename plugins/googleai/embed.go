package googleai

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/tidwall/gjson"
	"google.golang.org/genai"

	"github.com/aio-llm/aio/sdk"
)

// Embed implements sdk.Embedder.
func (p *Provider) Embed(ctx context.Context, call *sdk.Call) (*sdk.Reply, error) {
	var req sdk.EmbeddingRequest
	if err := req.UnmarshalJSON(call.Body); err != nil {
		return nil, &sdk.Error{Kind: sdk.KindBadRequest, Certainty: sdk.NotSent, Message: "embeddings request: " + err.Error(), Cause: err}
	}
	if err := modelOf(call.Model).check(); err != nil {
		return nil, err
	}
	m := &mapping{report: report{refuse: p.refuse}}
	requests := m.embedRequests(call.Model, &req)
	if m.err != nil {
		return nil, m.err
	}
	w := p.wire(call, nil)
	defer w.close()
	resp, err := guarded(w, func() (*genai.EmbedContentResponse, error) {
		return p.models.EmbedContent(carry(ctx, w), call.Model, stub(), &genai.EmbedContentConfig{
			HTTPOptions: sending(map[string]any{"requests": requests}),
		})
	})
	if err != nil {
		return nil, err
	}
	if len(resp.Embeddings) != len(requests) {
		return nil, w.last().Bad("the reply has " + strconv.Itoa(len(resp.Embeddings)) + " embeddings for " + strconv.Itoa(len(requests)) + " texts")
	}
	out := sdk.EmbeddingReply{Object: "list", Model: call.Model, Usage: embedUsage(w.raw)}
	for i, e := range resp.Embeddings {
		if e == nil {
			return nil, w.strange()
		}
		out.Data = append(out.Data, sdk.Embedding{Object: "embedding", Index: i, Vector: vector(w.raw, i, e, req.EncodingFormat)})
	}
	raw, err := out.MarshalJSON()
	if err != nil {
		return nil, sdk.Errorf(sdk.KindInternal, "encode reply: %w", err)
	}
	return &sdk.Reply{Body: raw, Info: sdk.ReplyInfo{Model: call.Model, Usage: out.Usage, Dropped: m.dropped}}, nil
}

// embedRequests is one request a text, with the members of "google" (taskType, title) in each.
func (m *mapping) embedRequests(model string, req *sdk.EmbeddingRequest) []map[string]any {
	if req.Input.Raw != nil || len(req.Input.Texts) == 0 {
		m.fail(sdk.KindUnsupported, "input", "want a text or a list of texts; the Gemini API takes no tokens")
		return nil
	}
	switch req.EncodingFormat {
	case "", "float", "base64":
	default:
		m.fail(sdk.KindBadRequest, "encoding_format", "want float or base64")
	}
	if req.User != "" {
		m.drop("user", "the Gemini API has nothing like it")
	}
	var native map[string]json.RawMessage
	if raw, ok := req.Extra["google"]; ok && raw.Kind() != jsontext.KindNull && json.Unmarshal(raw, &native) != nil {
		m.fail(sdk.KindBadRequest, "google", "want an object of members of embedContent")
	}
	m.unknown("", req.Extra, "google")
	var out []map[string]any
	for _, text := range req.Input.Texts {
		one := map[string]any{}
		for name, value := range native {
			one[camel(name)] = value
		}
		one["model"] = fullName(model)
		one["content"] = content{Parts: []part{textPart(text)}}
		if req.Dimensions != nil {
			one["outputDimensionality"] = *req.Dimensions
		}
		out = append(out, one)
	}
	return out
}

// vector is the upstream's own numbers, or their base64 of little-endian 32-bit ones.
func vector(raw []byte, i int, e *genai.ContentEmbedding, format string) jsontext.Value {
	if format != "base64" {
		if values := gjson.GetBytes(raw, "embeddings."+strconv.Itoa(i)+".values"); values.IsArray() {
			return jsontext.Value(strings.Clone(values.Raw))
		}
		return jsontext.Value("[]")
	}
	packed, err := binary.Append(nil, binary.LittleEndian, e.Values)
	if err != nil {
		return jsontext.Value("[]") // numbers always encode
	}
	return quoted(base64.StdEncoding.EncodeToString(packed))
}

// embedUsage is what newer models tell; nil when the reply does not say.
func embedUsage(raw []byte) *sdk.Usage {
	n := gjson.GetBytes(raw, "usageMetadata.promptTokenCount")
	if n.Type != gjson.Number {
		return nil
	}
	return &sdk.Usage{PromptTokens: n.Int(), TotalTokens: n.Int()}
}
