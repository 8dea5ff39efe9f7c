package groq_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/plugins/internal/plugintest"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

const asked = `{"messages":[{"role":"user","name":"bob","content":"hello there"}],"logprobs":true,"n":2,"store":true}`

// The simulator refuses what Groq refuses, so that what is left must be what Groq takes.
func TestAgainstTheSimulator(t *testing.T) {
	t.Parallel()
	client, sim := rig().Simulated(t, simulator.Options{Unconfirmed: true})
	reply, err := client.Chat(t.Context(), rig().Call(asked))
	if err != nil {
		t.Fatal(err)
	}
	info := reply.Info
	if !strings.Contains(string(reply.Body), "hello there") || info.FinishReason != "stop" || info.Usage.TotalTokens == 0 || len(info.RateLimits) != 2 || len(info.Dropped) != 4 {
		t.Errorf("unary: %+v\n%s", info, reply.Body)
	}
	chunks, end, err := plugintest.Stream(t.Context(), client, rig().Call(asked))
	if err != nil || !strings.Contains(plugintest.Text(chunks), "hello there") || end.FinishReason != "stop" || end.Usage.TotalTokens == 0 || len(end.RateLimits) != 2 || len(end.Dropped) != 4 {
		t.Errorf("stream: %v, %+v\n%s", err, end, chunks)
	}
	if models, err := client.ListModels(t.Context(), rig().Call("")); err != nil || len(models) == 0 {
		t.Errorf("models: %v, %v", models, err)
	}
	if note, err := client.ValidateKey(t.Context(), rig().Call("")); err != nil || note == "" {
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
	rig().SimulatedErrors(t, asked, false, map[string]sdk.Kind{
		simulator.ErrorAuthInvalid: sdk.KindAuthInvalid, simulator.ErrorAuthMissing: sdk.KindAuthInvalid,
		simulator.ErrorNoCredit: sdk.KindNoCredit, simulator.ErrorSpendCap: sdk.KindNoCredit,
		simulator.ErrorForbidden: sdk.KindForbidden, simulator.ErrorBadRequest: sdk.KindBadRequest, simulator.ErrorUnprocessable: sdk.KindBadRequest,
		simulator.ErrorTooLarge: sdk.KindTooLong, simulator.ErrorTooLong: sdk.KindTooLong,
		simulator.ErrorModelNotFound: sdk.KindModelGone, simulator.ErrorModelRetired: sdk.KindModelGone,
		simulator.ErrorRateMinute: sdk.KindRateMinute, simulator.ErrorRateTokens: sdk.KindRateMinute, simulator.ErrorRateDay: sdk.KindRateDay,
		simulator.ErrorCapacity: sdk.KindOverloaded, simulator.ErrorOverloaded: sdk.KindOverloaded, simulator.ErrorBadGateway: sdk.KindOverloaded,
		simulator.ErrorServer: sdk.KindServerError, simulator.ErrorToolUse: sdk.KindGenFailed, simulator.ErrorJSON: sdk.KindGenFailed,
	})
}

func TestEarlyEnd(t *testing.T) {
	t.Parallel()
	client, _ := rig().Simulated(t, simulator.Options{}, simulator.Fault{Kind: simulator.FaultInband, Error: simulator.ErrorServer, Style: "x_groq", After: 1})
	if _, _, err := plugintest.Stream(t.Context(), client, rig().Call(asked)); sdk.KindOf(err) != sdk.KindServerError {
		t.Errorf("got %v", err)
	}
	client, _ = rig().Simulated(t, simulator.Options{}, simulator.Fault{Kind: simulator.FaultNoFinish})
	if _, _, err := plugintest.Stream(t.Context(), client, rig().Call(asked)); sdk.KindOf(err) != sdk.KindBrokenStream {
		t.Errorf("no finish reason: got %v", err)
	}
}

func TestDailyLimitIsOfTheAccountAndModel(t *testing.T) {
	t.Parallel()
	client, _ := rig().Simulated(t, simulator.Options{Keys: []simulator.Key{{Label: "a", Value: rig().Key, DailyLimit: 1}}})
	if _, err := client.Chat(t.Context(), rig().Call(asked)); err != nil {
		t.Fatal(err)
	}
	_, err := client.Chat(t.Context(), rig().Call(asked))
	e := sdk.AsError(err)
	if e == nil || e.RetryAfter <= 0 {
		t.Fatalf("got %+v", e)
	}
	if diff := cmp.Diff([]any{sdk.KindRateDay, sdk.ScopeAccountModel, 429}, []any{e.Kind, e.Scope, e.Status}); diff != "" {
		t.Error(diff)
	}
}
