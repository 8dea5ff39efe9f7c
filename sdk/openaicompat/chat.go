package openaicompat

import (
	"context"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
)

// Chat implements sdk.Chatter.
func (p *Provider) Chat(ctx context.Context, call *sdk.Call) (*sdk.Reply, error) {
	req, err := p.rewrite.chat(call, false)
	if err != nil {
		return nil, err
	}
	x, err := p.post(ctx, call, p.chatURL, req.body, acceptJSON)
	if err != nil {
		return nil, err
	}
	defer x.close()
	body, said, err := x.reply()
	if err != nil {
		return nil, err
	}
	if said.choices < 1 {
		return nil, x.bad("the reply has no choices")
	}
	reply := &sdk.Reply{Body: body, Info: x.info(req)}
	said.note(&reply.Info)
	return reply, nil
}

// reply reads a whole JSON reply that is no error.
func (x *exchange) reply() ([]byte, facts, error) {
	body, err := x.whole()
	if err != nil {
		return nil, facts{}, err
	}
	if !sdk.ValidJSON(body) {
		return nil, facts{}, x.bad(describe(x.resp.Header, body))
	}
	said := read(body)
	if said.failed || said.choices < 0 && looksFailed(body) {
		return nil, facts{}, x.inBand(errorIn(body))
	}
	return body, said, nil
}

// looksFailed recognises a flat error: a reply without the list it should have, but with a message.
func looksFailed(body []byte) bool {
	root := gjson.ParseBytes(body)
	if root.Get("data").Exists() {
		return false
	}
	return root.Get("message").Type == gjson.String || root.Get("detail").Exists() ||
		root.Get("title").Type == gjson.String && root.Get("status").Int() >= 400
}

func (x *exchange) info(req rewritten) sdk.ReplyInfo {
	return sdk.ReplyInfo{UpstreamRequestID: x.requestID(), Dropped: req.dropped, RateLimits: x.rateLimits()}
}
