package sdk

import (
	"context"

	"github.com/go-json-experiment/json"
)

var errNoChat = &Error{Kind: KindInternal, Message: "the provider implements neither Chatter nor Streamer"}

func answersChat(p Provider) bool {
	_, unary := p.(Chatter)
	_, stream := p.(Streamer)
	return unary || stream
}

func capabilitiesOf(p Provider) []Capability {
	var out []Capability
	if _, ok := p.(ModelLister); ok {
		out = append(out, CapabilityModels)
	}
	if _, ok := p.(Embedder); ok {
		out = append(out, CapabilityEmbeddings)
	}
	if _, ok := p.(TokenCounter); ok {
		out = append(out, CapabilityTokens)
	}
	if _, ok := p.(KeyValidator); ok {
		out = append(out, CapabilityKeys)
	}
	return out
}

// chat answers in one piece, gathering a stream if that is all the provider has.
func chat(ctx context.Context, p Provider, call *Call) (*Reply, error) {
	if c, ok := p.(Chatter); ok {
		reply, err := c.Chat(ctx, call)
		if err == nil && reply == nil {
			return nil, Errorf(KindInternal, "provider returned neither reply nor error")
		}
		return reply, err
	}
	streamer, ok := p.(Streamer)
	if !ok {
		return nil, errNoChat
	}
	var gathered gatherer
	out := &Sender{emit: gathered.take}
	out.startWatch(Deadlines{}, func(error) {})
	defer out.stopWatch()
	info, err := streamer.ChatStream(ctx, call, out)
	if err == nil {
		err = out.end(info)
	}
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(gathered.acc.Completion())
	if err != nil {
		return nil, Errorf(KindInternal, "encode reply: %w", err)
	}
	if info == nil {
		info = &ReplyInfo{}
	}
	return &Reply{Body: body, Info: *info}, nil
}

// chatStream answers as a stream, cutting up a whole reply if that is all the provider has.
func chatStream(ctx context.Context, p Provider, call *Call, out *Sender) (*ReplyInfo, error) {
	if s, ok := p.(Streamer); ok {
		return s.ChatStream(ctx, call, out)
	}
	chatter, ok := p.(Chatter)
	if !ok {
		return nil, errNoChat
	}
	reply, err := chatter.Chat(ctx, call)
	if err != nil {
		return nil, err
	}
	if reply == nil {
		return nil, Errorf(KindInternal, "provider returned neither reply nor error")
	}
	var completion ChatCompletion
	if err := json.Unmarshal(reply.Body, &completion); err != nil {
		return nil, Errorf(KindBadReply, "decode reply: %w", err)
	}
	for _, chunk := range completion.Chunks() {
		raw, err := json.Marshal(chunk)
		if err != nil {
			return nil, Errorf(KindInternal, "encode chunk: %w", err)
		}
		if err := out.Queue(raw); err != nil {
			return nil, err
		}
	}
	return &reply.Info, nil
}
