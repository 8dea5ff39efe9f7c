package sdk_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/sdk"
)

// fake is a provider made of functions; a nil one is an ability it lacks.
type fake struct {
	chat   func(context.Context, *sdk.Call) (*sdk.Reply, error)
	stream func(context.Context, *sdk.Call, *sdk.Sender) (*sdk.ReplyInfo, error)
}

type unaryFake struct{ fake }

func (f unaryFake) Chat(ctx context.Context, c *sdk.Call) (*sdk.Reply, error) { return f.chat(ctx, c) }

type streamFake struct{ fake }

func (f streamFake) ChatStream(ctx context.Context, c *sdk.Call, out *sdk.Sender) (*sdk.ReplyInfo, error) {
	return f.stream(ctx, c, out)
}

type keyFake struct{ unaryFake }

func (keyFake) ValidateKey(context.Context, *sdk.Call) (string, error) { return "fine", nil }

// opener opens a provider.
type opener func(t *testing.T, p sdk.Provider) *sdk.Local

// inBothWays runs a test with calls that are an RPC each, and with calls in the exchange.
func inBothWays(t *testing.T, test func(t *testing.T, open opener)) {
	t.Run("exchange", func(t *testing.T) { test(t, open) })
	t.Run("rpc", func(t *testing.T) {
		test(t, func(t *testing.T, p sdk.Provider) *sdk.Local {
			t.Helper()
			local := open(t, p)
			local.OnlyRPCs()
			return local
		})
	})
}

func open(t *testing.T, p sdk.Provider) *sdk.Local {
	t.Helper()
	local, err := sdk.NewLocal(sdk.Plugin{
		Name: "fake", Version: "1", Settings: sdk.Schema{{Name: "base_url", Type: sdk.String, Default: "http://x"}},
		Open: func(context.Context, sdk.Setup) (sdk.Provider, error) { return p, nil },
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := local.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := local.Configure(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return local
}

func read(t *testing.T, s *sdk.ClientStream) (string, *sdk.ReplyInfo, error) {
	t.Helper()
	var text strings.Builder
	for {
		b, err := s.Recv()
		if err != nil {
			return text.String(), nil, err
		}
		text.Write(b.Chunks)
		if b.End != nil {
			if _, err := s.Recv(); !errors.Is(err, io.EOF) {
				t.Errorf("after the end: %v, want EOF", err)
			}
			return text.String(), b.End, nil
		}
	}
}

const (
	hello     = `{"choices":[{"index":0,"delta":{"content":"hel"}}]}`
	lo        = `{"choices":[{"index":0,"delta":{"content":"lo"}}]}`
	role      = `{"choices":[{"index":0,"delta":{"role":"assistant"}}]}`
	finished  = `{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`
	requestJS = `{"model":"asked","messages":[{"role":"user","content":"hi"}],"big":12345678901234567890}`
)

func TestDescribeAndConfigure(t *testing.T) {
	t.Parallel()
	local := open(t, keyFake{})
	d, err := local.Describe(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	want := sdk.Description{
		Name: "fake", Version: "1", SDK: sdk.SDKVersion,
		Settings: sdk.Schema{{Name: "base_url", Type: sdk.String, Default: "http://x"}},
	}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Error(diff)
	}
	if _, err := local.Configure(t.Context(), nil); sdk.KindOf(err) != sdk.KindInternal {
		t.Errorf("configured twice: %v", err)
	}
}

func TestConfigureReportsRefusedSettings(t *testing.T) {
	t.Parallel()
	local, err := sdk.NewLocal(sdk.Plugin{Name: "picky", Open: func(context.Context, sdk.Setup) (sdk.Provider, error) {
		return nil, sdk.BadSetting([]string{"headers", "X"}, "must not be empty")
	}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer local.Close()
	_, err = local.Configure(t.Context(), nil)
	var refused *sdk.SettingsError
	if !errors.As(err, &refused) {
		t.Fatalf("got %v", err)
	}
	want := []sdk.SettingProblem{{Path: []string{"headers", "X"}, Message: "must not be empty"}}
	if diff := cmp.Diff(want, refused.Problems); diff != "" {
		t.Error(diff)
	}
	if _, err := local.Chat(t.Context(), &sdk.Call{}); sdk.KindOf(err) != sdk.KindInternal {
		t.Errorf("call before configuration: %v", err)
	}
}

func TestChatCarriesTheEnvelopeAndTheBytes(t *testing.T) {
	t.Parallel()
	inBothWays(t, func(t *testing.T, open opener) {
		var got sdk.Call
		reply := &sdk.Reply{Body: []byte(`{"choices":[],"x":1e400}`), Info: sdk.ReplyInfo{
			Model: "served", UpstreamRequestID: "up-1", FinishReason: "stop",
			Usage:      &sdk.Usage{PromptTokens: 3, CompletionTokens: 4, TotalTokens: 7, Cost: sdk.Ptr(0.5)},
			Dropped:    []sdk.Dropped{{Path: "logit_bias", Reason: "not taken"}},
			RateLimits: []sdk.RateLimit{{Unit: "tokens", Window: "minute", Limit: 10, Remaining: 2, Reset: time.Second}},
		}}
		local := open(t, unaryFake{fake{chat: func(_ context.Context, c *sdk.Call) (*sdk.Reply, error) {
			got = *c
			return reply, nil
		}}})
		call := sdk.Call{
			RequestID: "r", AttemptID: "a", Model: "m", Key: sdk.NewSecret("secret-key"), Body: []byte(requestJS),
			Deadlines: sdk.Deadlines{Connect: time.Second, FirstToken: time.Minute, Stall: 3 * time.Second},
		}
		out, err := local.Chat(t.Context(), &call)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(call, got, cmp.Comparer(func(a, b sdk.Secret) bool { return a == b })); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(reply, out); diff != "" {
			t.Error(diff)
		}
		req, err := got.ChatRequest()
		if err != nil || req.Model != "m" || string(req.Extra["big"]) != "12345678901234567890" {
			t.Errorf("typed view: %+v, %v", req, err)
		}
	})
}

func TestEitherFormIsDerivedFromTheOther(t *testing.T) {
	t.Parallel()
	inBothWays(t, func(t *testing.T, open opener) {
		t.Run("stream from unary", func(t *testing.T) {
			t.Parallel()
			local := open(t, unaryFake{fake{chat: func(context.Context, *sdk.Call) (*sdk.Reply, error) {
				return &sdk.Reply{Body: []byte(`{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}]}`)}, nil
			}}})
			s, err := local.ChatStream(t.Context(), &sdk.Call{})
			if err != nil {
				t.Fatal(err)
			}
			text, end, err := read(t, s)
			if err != nil || end == nil || !strings.Contains(text, `"hello"`) {
				t.Errorf("got %q, %v, %v", text, end, err)
			}
		})
		t.Run("unary from stream", func(t *testing.T) {
			t.Parallel()
			local := open(t, streamFake{fake{stream: func(_ context.Context, _ *sdk.Call, out *sdk.Sender) (*sdk.ReplyInfo, error) {
				for _, c := range []string{role, hello, lo, finished} {
					if err := out.SendRaw([]byte(c)); err != nil {
						return nil, err
					}
				}
				return &sdk.ReplyInfo{FinishReason: "stop"}, nil
			}}})
			reply, err := local.Chat(t.Context(), &sdk.Call{})
			if err != nil {
				t.Fatal(err)
			}
			var c sdk.ChatCompletion
			if err := c.UnmarshalJSON(reply.Body); err != nil {
				t.Fatal(err)
			}
			if got := c.Choices[0].Message.Content.Text(); got != "hello" {
				t.Errorf("content %q", got)
			}
		})
	})
}

func TestErrorsKeepTheirFactsAndLoseTheKey(t *testing.T) {
	t.Parallel()
	inBothWays(t, func(t *testing.T, open opener) {
		const key = "gsk_canary_0123456789"
		full := &sdk.Error{
			Kind: sdk.KindRateMinute, Scope: sdk.ScopeAccountModel, Status: 429, Code: "rate_limit_exceeded", Param: "messages",
			Message: "slow down, " + key, RetryAfter: 1500 * time.Millisecond, Certainty: sdk.ResponseStarted,
			UpstreamRequestID: "up-9", Usage: &sdk.Usage{PromptTokens: 5},
		}
		want := *full
		want.Message = "slow down, [redacted]"
		for _, test := range []struct {
			name string
			give error
			want sdk.Error
		}{
			{"typed", full, want},
			{"wrapped", errors.Join(errors.New("context"), full), want},
			{"plain", errors.New("no " + key + "\nplease"), sdk.Error{Kind: sdk.KindUnknown, Message: "no [redacted] please"}},
			{"canceled", context.Canceled, sdk.Error{Kind: sdk.KindCanceled, Message: "context canceled"}},
			{"deadline", context.DeadlineExceeded, sdk.Error{Kind: sdk.KindTimeout, Message: "context deadline exceeded"}},
		} {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				local := open(t, unaryFake{fake{chat: func(context.Context, *sdk.Call) (*sdk.Reply, error) { return nil, test.give }}})
				_, err := local.Chat(t.Context(), &sdk.Call{Key: sdk.NewSecret(key)})
				if diff := cmp.Diff(&test.want, sdk.AsError(err)); diff != "" {
					t.Error(diff)
				}
			})
		}
	})
}

func TestEveryKindTravels(t *testing.T) {
	t.Parallel()
	inBothWays(t, func(t *testing.T, open opener) {
		for _, kind := range sdk.Kinds() {
			if kind == sdk.KindNoTarget || kind == sdk.KindKeysExhausted || kind == sdk.KindLimitLocal || kind == sdk.KindStateUnavailable {
				continue // a host's own
			}
			local := open(t, unaryFake{fake{chat: func(context.Context, *sdk.Call) (*sdk.Reply, error) {
				return nil, &sdk.Error{Kind: kind}
			}}})
			if _, err := local.Chat(t.Context(), &sdk.Call{}); sdk.KindOf(err) != kind {
				t.Errorf("%s arrived as %s", kind, sdk.KindOf(err))
			}
			if kind.Category() == "" {
				t.Errorf("%s has no category", kind)
			}
		}
	})
}

func TestMissingAbilityIsUnsupported(t *testing.T) {
	t.Parallel()
	local := open(t, unaryFake{})
	_, err := local.Embed(t.Context(), &sdk.Call{})
	if e := sdk.AsError(err); e.Kind != sdk.KindUnsupported || e.Certainty != sdk.NotSent {
		t.Errorf("got %+v", e)
	}
}

func TestAPanicFailsOneCallOnly(t *testing.T) {
	t.Parallel()
	inBothWays(t, func(t *testing.T, open opener) {
		local := open(t, unaryFake{fake{chat: func(_ context.Context, c *sdk.Call) (*sdk.Reply, error) {
			if c.RequestID == "bad" {
				var nothing *sdk.Reply
				nothing.Body = nil
			}
			return &sdk.Reply{Body: []byte(`{}`)}, nil
		}}})
		if _, err := local.Chat(t.Context(), &sdk.Call{RequestID: "bad"}); sdk.KindOf(err) != sdk.KindInternal {
			t.Errorf("panic: %v", err)
		}
		if _, err := local.Chat(t.Context(), &sdk.Call{RequestID: "good"}); err != nil {
			t.Errorf("after the panic: %v", err)
		}
	})
}

func TestCancelReachesTheProviderAndBlamesNobody(t *testing.T) {
	t.Parallel()
	inBothWays(t, func(t *testing.T, open opener) {
		entered := make(chan struct{})
		left := make(chan error, 1)
		local := open(t, streamFake{fake{stream: func(ctx context.Context, _ *sdk.Call, _ *sdk.Sender) (*sdk.ReplyInfo, error) {
			close(entered)
			<-ctx.Done()
			left <- ctx.Err()
			return nil, ctx.Err()
		}}})
		ctx, cancel := context.WithCancel(t.Context())
		s, err := local.ChatStream(ctx, &sdk.Call{})
		if err != nil {
			t.Fatal(err)
		}
		<-entered
		cancel()
		if _, err := s.Recv(); sdk.KindOf(err) != sdk.KindCanceled {
			t.Errorf("caller sees %v", err)
		}
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("provider sees %v", err)
		}
	})
}

// The SDK keeps the deadlines of the envelope for every author, on a fake clock.
func TestDeadlines(t *testing.T) {
	t.Parallel()
	inBothWays(t, func(t *testing.T, open opener) {
		slow := func(ctx context.Context, d time.Duration) error {
			select {
			case <-time.After(d):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		for _, test := range []struct {
			name   string
			stream func(context.Context, *sdk.Call, *sdk.Sender) (*sdk.ReplyInfo, error)
			want   sdk.Kind
			after  time.Duration
		}{
			{"no first token", func(ctx context.Context, _ *sdk.Call, _ *sdk.Sender) (*sdk.ReplyInfo, error) {
				return nil, slow(ctx, time.Hour)
			}, sdk.KindTimeout, 10 * time.Second},
			{"comments do not count as a first token", func(ctx context.Context, _ *sdk.Call, out *sdk.Sender) (*sdk.ReplyInfo, error) {
				for {
					out.Heard()
					if err := slow(ctx, time.Second); err != nil {
						return nil, err
					}
				}
			}, sdk.KindTimeout, 10 * time.Second},
			{"stall", func(ctx context.Context, _ *sdk.Call, out *sdk.Sender) (*sdk.ReplyInfo, error) {
				if err := out.SendRaw([]byte(hello)); err != nil {
					return nil, err
				}
				return nil, slow(ctx, time.Hour)
			}, sdk.KindTimeout, 3 * time.Second},
			{"comments keep a stream alive", func(ctx context.Context, _ *sdk.Call, out *sdk.Sender) (*sdk.ReplyInfo, error) {
				if err := out.SendRaw([]byte(hello)); err != nil {
					return nil, err
				}
				for range 20 {
					if err := slow(ctx, 2*time.Second); err != nil {
						return nil, err
					}
					out.Heard()
				}
				return &sdk.ReplyInfo{}, out.SendRaw([]byte(finished))
			}, "", 40 * time.Second},
		} {
			t.Run(test.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					local := open(t, streamFake{fake{stream: test.stream}})
					began := time.Now()
					s, err := local.ChatStream(t.Context(), &sdk.Call{Deadlines: sdk.Deadlines{FirstToken: 10 * time.Second, Stall: 3 * time.Second}})
					if err != nil {
						t.Fatal(err)
					}
					_, _, err = read(t, s)
					if got := sdk.KindOf(err); got != test.want {
						t.Errorf("got %v, want kind %q", err, test.want)
					}
					if took := time.Since(began); took != test.after {
						t.Errorf("after %v, want %v", took, test.after)
					}
				})
			})
		}
	})
}

func TestAliveWhileWaiting(t *testing.T) {
	inBothWays(t, func(t *testing.T, open opener) {
		synctest.Test(t, func(t *testing.T) {
			local := open(t, streamFake{fake{stream: func(_ context.Context, _ *sdk.Call, out *sdk.Sender) (*sdk.ReplyInfo, error) {
				time.Sleep(3500 * time.Millisecond) // the fake clock's
				return &sdk.ReplyInfo{}, out.SendRaw([]byte(hello))
			}}})
			s, err := local.ChatStream(t.Context(), &sdk.Call{})
			if err != nil {
				t.Fatal(err)
			}
			var alive int
			for {
				b, err := s.Recv()
				if err != nil {
					t.Fatal(err)
				}
				if b.Content {
					break
				}
				if b.Alive {
					alive++
				}
			}
			if alive != 3 {
				t.Errorf("%d signs of life in 3.5 s, want 3", alive)
			}
			for {
				if _, err := s.Recv(); err != nil {
					break
				}
			}
		})
	})
}
