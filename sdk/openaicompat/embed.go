package openaicompat

import (
	"context"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
)

// EmbeddingProvider is a Provider whose upstream has /embeddings too.
type EmbeddingProvider struct{ *Provider }

// Embed implements sdk.Embedder. Request and reply pass as bytes, like chat: go-openai would turn every
// vector into numbers and back.
func (p EmbeddingProvider) Embed(ctx context.Context, call *sdk.Call) (*sdk.Reply, error) {
	req, err := p.rewrite.plain(call)
	if err != nil {
		return nil, err
	}
	x, err := p.post(ctx, call, p.embedURL, req.body, acceptJSON)
	if err != nil {
		return nil, err
	}
	defer x.close()
	body, said, err := x.reply()
	if err != nil {
		return nil, err
	}
	if !gjson.GetBytes(body, "data").IsArray() {
		return nil, x.bad("the reply has no data")
	}
	reply := &sdk.Reply{Body: body, Info: x.info(req)}
	said.note(&reply.Info)
	return reply, nil
}
