package groq_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// simulated is the plugin before a simulator that misbehaves as told.
func simulated(t *testing.T, options simulator.Options, faults ...simulator.Fault) (*sdk.Client, *simulator.Simulator) {
	t.Helper()
	for _, f := range faults {
		options.Script.Rules = append(options.Script.Rules, simulator.Rule{Fault: f})
	}
	if err := options.Script.Validate(); err != nil {
		t.Fatal(err)
	}
	if options.Keys == nil {
		options.Keys = []simulator.Key{{Label: "a", Value: canary}}
	}
	sim := simulator.New(options)
	server, err := sim.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return at(t, server.BaseURL(simulator.Groq), nil), sim
}

func text(chunks string) string {
	var b strings.Builder
	for line := range strings.Lines(chunks) {
		b.WriteString(gjson.Get(line, "choices.0.delta.content").String())
	}
	return b.String()
}

const asked = `{"messages":[{"role":"user","name":"bob","content":"hello there"}],"logprobs":true,"n":2,"store":true}`

// The simulator refuses what Groq refuses, so that what is left must be what Groq takes.
func TestAgainstTheSimulator(t *testing.T) {
	t.Parallel()
	client, sim := simulated(t, simulator.Options{Unconfirmed: true})
	reply, err := client.Chat(t.Context(), call(asked))
	if err != nil {
		t.Fatal(err)
	}
	info := reply.Info
	if !strings.Contains(string(reply.Body), "hello there") || info.FinishReason != "stop" || info.Usage.TotalTokens == 0 || len(info.RateLimits) != 2 || len(info.Dropped) != 4 {
		t.Errorf("unary: %+v\n%s", info, reply.Body)
	}
	chunks, end, err := streaming(t.Context(), client, call(asked))
	if err != nil || !strings.Contains(text(chunks), "hello there") || end.FinishReason != "stop" || end.Usage.TotalTokens == 0 || len(end.RateLimits) != 2 || len(end.Dropped) != 4 {
		t.Errorf("stream: %v, %+v\n%s", err, end, chunks)
	}
	if models, err := client.ListModels(t.Context(), call("")); err != nil || len(models) == 0 {
		t.Errorf("models: %v, %v", models, err)
	}
	if note, err := client.ValidateKey(t.Context(), call("")); err != nil || note == "" {
		t.Errorf("key: %q, %v", note, err)
	}
	if _, err := client.ValidateKey(t.Context(), &sdk.Call{Key: sdk.NewSecret("gsk_wrong0123456")}); sdk.KindOf(err) != sdk.KindAuthInvalid {
		t.Errorf("wrong key: %v", err)
	}
	if n := sim.Ledger().Count(simulator.ByKey("a")); n != 4 {
		t.Errorf("%d requests with the key, want 4", n)
	}
}

// What the simulator names is what the plugin understands, by status and in the middle of a stream.
func TestSimulatedErrors(t *testing.T) {
	t.Parallel()
	want := map[string]sdk.Kind{
		simulator.ErrorAuthInvalid: sdk.KindAuthInvalid, simulator.ErrorAuthMissing: sdk.KindAuthInvalid,
		simulator.ErrorNoCredit: sdk.KindNoCredit, simulator.ErrorSpendCap: sdk.KindNoCredit,
		simulator.ErrorForbidden: sdk.KindForbidden, simulator.ErrorBadRequest: sdk.KindBadRequest, simulator.ErrorUnprocessable: sdk.KindBadRequest,
		simulator.ErrorTooLarge: sdk.KindTooLong, simulator.ErrorTooLong: sdk.KindTooLong,
		simulator.ErrorModelNotFound: sdk.KindModelGone, simulator.ErrorModelRetired: sdk.KindModelGone,
		simulator.ErrorRateMinute: sdk.KindRateMinute, simulator.ErrorRateTokens: sdk.KindRateMinute, simulator.ErrorRateDay: sdk.KindRateDay,
		simulator.ErrorCapacity: sdk.KindOverloaded, simulator.ErrorOverloaded: sdk.KindOverloaded, simulator.ErrorBadGateway: sdk.KindOverloaded,
		simulator.ErrorServer: sdk.KindServerError, simulator.ErrorToolUse: sdk.KindGenFailed, simulator.ErrorJSON: sdk.KindGenFailed,
	}
	for name, kind := range want {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := simulated(t, simulator.Options{}, simulator.Fault{Kind: simulator.FaultError, Error: name})
			_, err := client.Chat(t.Context(), call(asked))
			e := sdk.AsError(err)
			if e == nil || e.Kind != kind || strings.Contains(e.Error(), canary) {
				t.Fatalf("got %+v, want %s", e, kind)
			}
			if limited := kind == sdk.KindRateMinute || kind == sdk.KindRateDay; limited != (e.RetryAfter > 0) {
				t.Errorf("wait %v", e.RetryAfter)
			}
			client, _ = simulated(t, simulator.Options{}, simulator.Fault{Kind: simulator.FaultInband, Error: name, After: 1})
			chunks, _, err := streaming(t.Context(), client, call(asked))
			if sdk.KindOf(err) != kind || chunks == "" {
				t.Errorf("in a stream: got %v after %q, want %s", err, chunks, kind)
			}
		})
	}
}

func TestEarlyEnd(t *testing.T) {
	t.Parallel()
	client, _ := simulated(t, simulator.Options{}, simulator.Fault{Kind: simulator.FaultInband, Error: simulator.ErrorServer, Style: "x_groq", After: 1})
	if _, _, err := streaming(t.Context(), client, call(asked)); sdk.KindOf(err) != sdk.KindServerError {
		t.Errorf("got %v", err)
	}
	client, _ = simulated(t, simulator.Options{}, simulator.Fault{Kind: simulator.FaultNoFinish})
	if _, _, err := streaming(t.Context(), client, call(asked)); sdk.KindOf(err) != sdk.KindBrokenStream {
		t.Errorf("no finish reason: got %v", err)
	}
}

func TestDailyLimitIsOfTheAccountAndModel(t *testing.T) {
	t.Parallel()
	client, _ := simulated(t, simulator.Options{Keys: []simulator.Key{{Label: "a", Value: canary, DailyLimit: 1}}})
	if _, err := client.Chat(t.Context(), call(asked)); err != nil {
		t.Fatal(err)
	}
	_, err := client.Chat(t.Context(), call(asked))
	e := sdk.AsError(err)
	if e == nil || e.RetryAfter <= 0 {
		t.Fatalf("got %+v", e)
	}
	if diff := cmp.Diff([]any{sdk.KindRateDay, sdk.ScopeAccountModel, 429}, []any{e.Kind, e.Scope, e.Status}); diff != "" {
		t.Error(diff)
	}
}
