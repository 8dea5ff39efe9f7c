package sdktest_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/sdktest"
)

// broken is a provider that passes calls on to a sound one, and can spoil each.
type broken struct {
	sdk.Provider
	chat   func(context.Context, *sdk.Call, chatter) (*sdk.Reply, error)
	stream func(context.Context, *sdk.Call, *sdk.Sender, streamer) (*sdk.ReplyInfo, error)
}

type (
	chatter  func(context.Context, *sdk.Call) (*sdk.Reply, error)
	streamer func(context.Context, *sdk.Call, *sdk.Sender) (*sdk.ReplyInfo, error)
)

func (b broken) Chat(ctx context.Context, c *sdk.Call) (*sdk.Reply, error) {
	next := b.Provider.(sdk.Chatter).Chat
	if b.chat == nil {
		return next(ctx, c)
	}
	return b.chat(ctx, c, next)
}

func (b broken) ChatStream(ctx context.Context, c *sdk.Call, out *sdk.Sender) (*sdk.ReplyInfo, error) {
	next := b.Provider.(sdk.Streamer).ChatStream
	if b.stream == nil {
		return next(ctx, c, out)
	}
	return b.stream(ctx, c, out, next)
}

func (b broken) ValidateKey(ctx context.Context, c *sdk.Call) (string, error) {
	return b.Provider.(sdk.KeyValidator).ValidateKey(ctx, c)
}

func (b broken) Close() error { return b.Provider.(interface{ Close() error }).Close() }

// defects are the mistakes that providers make, and the cases that must notice.
func defects() map[string]struct {
	spoil func() broken
	cases []string
} {
	type defect = struct {
		spoil func() broken
		cases []string
	}
	return map[string]defect{
		"retries by itself": {func() broken {
			return broken{chat: func(ctx context.Context, c *sdk.Call, next chatter) (*sdk.Reply, error) {
				reply, err := next(ctx, c)
				if err != nil {
					return next(ctx, c)
				}
				return reply, nil
			}}
		}, []string{"errors/server-error", "errors/rate-minute", "faults/reset-before-headers/unary", "faults/html/unary"}},
		"takes a cut stream for a whole one": {func() broken {
			return broken{stream: func(ctx context.Context, c *sdk.Call, out *sdk.Sender, next streamer) (*sdk.ReplyInfo, error) {
				info, err := next(ctx, c, out)
				if sdk.KindOf(err) == sdk.KindBrokenStream {
					return &sdk.ReplyInfo{FinishReason: "stop"}, nil
				}
				return info, err
			}}
		}, []string{"faults/truncated/stream", "faults/reset-mid-body/stream", "faults/no-end/stream", "faults/malformed/stream"}},
		"puts the key into its errors": {func() broken {
			return broken{chat: func(ctx context.Context, c *sdk.Call, next chatter) (*sdk.Reply, error) {
				reply, err := next(ctx, c)
				if err != nil {
					err = fmt.Errorf("%w (%s)", err, base64.StdEncoding.EncodeToString([]byte("Bearer "+c.Key.Reveal())))
					failed := *sdk.AsError(err)
					failed.Message = err.Error()
					return nil, &failed
				}
				return reply, nil
			}}
		}, []string{"errors/auth-invalid", "key/refused"}},
		"puts an end of the key into the reply": {func() broken {
			return broken{chat: func(ctx context.Context, c *sdk.Call, next chatter) (*sdk.Reply, error) {
				reply, err := next(ctx, c)
				if err == nil {
					reply.Info.UpstreamRequestID = "by " + c.Key.Reveal()[:8]
				}
				return reply, err
			}}
		}, []string{"text/unary"}},
		"logs the key": {func() broken {
			return broken{chat: func(ctx context.Context, c *sdk.Call, next chatter) (*sdk.Reply, error) {
				if _, err := next(ctx, c); err != nil {
					return nil, err
				}
				panic("unexpected key " + fmt.Sprintf("%x", c.Key.Reveal()))
			}}
		}, []string{"text/unary", "process/secrets"}},
		"decodes requests into what it knows": {func() broken {
			return broken{chat: func(ctx context.Context, c *sdk.Call, next chatter) (*sdk.Reply, error) {
				var known struct {
					Messages    json.RawMessage `json:"messages"`
					Temperature float64         `json:"temperature,omitempty"`
				}
				if json.Unmarshal(c.Body, &known) == nil {
					poorer := *c
					poorer.Body, _ = json.Marshal(known)
					c = &poorer
				}
				return next(ctx, c)
			}}
		}, []string{"fidelity/unknown-request-members", "fidelity/explicit-zeros", "tools/one", "format/schema"}},
		"decodes numbers into floats": {func() broken {
			return broken{chat: func(ctx context.Context, c *sdk.Call, next chatter) (*sdk.Reply, error) {
				reply, err := next(ctx, c)
				var loose map[string]any
				if err == nil && json.Unmarshal(reply.Body, &loose) == nil {
					reply.Body, _ = json.Marshal(loose)
				}
				return reply, err
			}}
		}, []string{"fidelity/unknown-reply-members"}},
		"does not hear the caller leave": {func() broken {
			return broken{
				chat: func(ctx context.Context, c *sdk.Call, next chatter) (*sdk.Reply, error) {
					return next(context.WithoutCancel(ctx), c)
				},
				stream: func(ctx context.Context, c *sdk.Call, out *sdk.Sender, next streamer) (*sdk.ReplyInfo, error) {
					return next(context.WithoutCancel(ctx), c, out)
				},
			}
		}, []string{"cancel/unary", "cancel/stream", "deadline/first-token-unary", "deadline/stall", "deadline/total"}},
		"mixes keys": {func() broken {
			var mu sync.Mutex
			var last sdk.Secret
			return broken{chat: func(ctx context.Context, c *sdk.Call, next chatter) (*sdk.Reply, error) {
				mu.Lock()
				mine := *c
				if !last.IsZero() {
					mine.Key = last
				}
				last = c.Key
				mu.Unlock()
				return next(ctx, &mine)
			}}
		}, []string{"key/of-the-call", "key/interleaved"}},
		"keeps a key for calls without one": {func() broken {
			var mu sync.Mutex
			var last sdk.Secret
			return broken{chat: func(ctx context.Context, c *sdk.Call, next chatter) (*sdk.Reply, error) {
				mu.Lock()
				mine := *c
				if mine.Key.IsZero() {
					mine.Key = last
				}
				last = mine.Key
				mu.Unlock()
				return next(ctx, &mine)
			}}
		}, []string{"key/none"}},
		"never ends a stream": {func() broken {
			return broken{stream: func(ctx context.Context, c *sdk.Call, out *sdk.Sender, next streamer) (*sdk.ReplyInfo, error) {
				if _, err := next(ctx, c, out); err != nil {
					return nil, err
				}
				<-ctx.Done()
				return nil, ctx.Err()
			}}
		}, []string{"text/stream"}},
		"reorders and forgets": {func() broken {
			return broken{stream: func(ctx context.Context, c *sdk.Call, out *sdk.Sender, next streamer) (*sdk.ReplyInfo, error) {
				info, err := next(ctx, c, out)
				if err == nil {
					info = nil
					err = out.SendRaw([]byte(`{"choices":[{"index":0,"delta":{"content":"!"}}]}`))
				}
				return info, err
			}}
		}, []string{"text/stream", "usage/cached"}},
		"believes the model of the body": {func() broken {
			return broken{chat: func(ctx context.Context, c *sdk.Call, next chatter) (*sdk.Reply, error) {
				var body struct {
					Model string `json:"model"`
				}
				if json.Unmarshal(c.Body, &body) == nil && body.Model != "" {
					own := *c
					own.Model = body.Model
					c = &own
				}
				return next(ctx, c)
			}}
		}, []string{"model/envelope-wins"}},
		"calls everything unknown": {func() broken {
			return broken{chat: func(ctx context.Context, c *sdk.Call, next chatter) (*sdk.Reply, error) {
				reply, err := next(ctx, c)
				if err != nil {
					return nil, errors.New(sdk.AsError(err).Message)
				}
				return reply, nil
			}}
		}, []string{"errors/auth-invalid", "errors/too-long", "hints/retry-after", "connect/refused", "text/not-a-request"}},
		"says it was not sent": {func() broken {
			return broken{chat: func(ctx context.Context, c *sdk.Call, next chatter) (*sdk.Reply, error) {
				reply, err := next(ctx, c)
				if err != nil {
					failed := *sdk.AsError(err)
					failed.Certainty = sdk.NotSent
					return nil, &failed
				}
				return reply, nil
			}}
		}, []string{"faults/reset-before-headers/unary", "errors/server-error", "deadline/first-token-unary"}},
	}
}

// Each defect fails the cases that are about it, and a case that is not about it still passes.
func TestEachDefectIsNoticed(t *testing.T) {
	t.Parallel()
	for name, defect := range defects() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spoiled := sound(func(p sdk.Provider) sdk.Provider {
				b := defect.spoil()
				b.Provider = p
				return b
			})
			session := open(t, sdktest.Runner{Target: sdktest.InProcess(spoiled), Upstream: sdktest.OpenAI(), Patience: 2 * time.Second})
			for _, want := range defect.cases {
				r := session.Run(t.Context(), named(t, want))
				if r.Verdict != sdktest.Fail || r.Detail == "" {
					t.Errorf("%s: %s, want a failure", want, r.Verdict)
				}
				t.Logf("%s: %s", want, r.Detail)
			}
			if r := session.Run(t.Context(), named(t, "describe/schema")); r.Verdict != sdktest.Pass {
				t.Errorf("describe/schema: %s %s, want a pass", r.Verdict, r.Detail)
			}
		})
	}
}
