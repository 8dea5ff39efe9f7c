package openrouter_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/plugins/internal/plugintest"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

const asked = `{"messages":[{"role":"user","content":"hello there"}],"provider":{"allow_fallbacks":false},"n":1}`

// free is a call of a model that the simulator serves.
func free() *sdk.Call {
	c := rig().Call(asked)
	c.Model = "openai/gpt-oss-20b:free"
	return c
}

func TestAgainstTheSimulator(t *testing.T) {
	t.Parallel()
	client, sim := rig().Simulated(t, simulator.Options{})
	reply, err := client.Chat(t.Context(), free())
	if err != nil {
		t.Fatal(err)
	}
	if info := reply.Info; !strings.Contains(string(reply.Body), "hello there") || info.Usage.Cost == nil || !strings.HasPrefix(info.UpstreamRequestID, "gen-") {
		t.Errorf("unary: %+v\n%s", info, reply.Body)
	}
	chunks, end, err := plugintest.Stream(t.Context(), client, free())
	if err != nil || !strings.Contains(plugintest.Text(chunks), "hello there") || end.FinishReason != "stop" || end.Usage.TotalTokens == 0 || !strings.Contains(chunks, `"usage"`) {
		t.Errorf("stream: %v, %+v\n%s", err, end, chunks)
	}
	if models, err := client.ListModels(t.Context(), rig().Call("")); err != nil || len(models) == 0 || models[0].Context == 0 {
		t.Errorf("models: %v, %v", models, err)
	}
	if note, err := client.ValidateKey(t.Context(), rig().Call("")); err != nil || note == "" {
		t.Errorf("key: %q, %v", note, err)
	}
	c := rig().Call(`{"input":["a"]}`)
	c.Model = "openai/text-embedding-3-small"
	if reply, err := client.Embed(t.Context(), c); err != nil || !gjson.GetBytes(reply.Body, "data.0.embedding").Exists() {
		t.Errorf("embeddings: %v", err)
	}
	if n := sim.Ledger().Count(simulator.ByKey("a")); n != 5 {
		t.Errorf("%d requests with the key, want 5", n)
	}
}

// What the simulator names is what the plugin understands: by status, in a 200 and in a stream.
func TestSimulatedErrors(t *testing.T) {
	t.Parallel()
	type understood struct {
		Kind  sdk.Kind
		Scope sdk.Scope
	}
	want := map[string]understood{
		simulator.ErrorAuthInvalid: {sdk.KindAuthInvalid, sdk.ScopeKey}, simulator.ErrorAuthMissing: {sdk.KindAuthInvalid, sdk.ScopeKey},
		simulator.ErrorNoCredit: {sdk.KindNoCredit, sdk.ScopeAccount}, simulator.ErrorCannotAfford: {sdk.KindTooLong, sdk.ScopeNone},
		simulator.ErrorInFlight: {sdk.KindRateMinute, sdk.ScopeAccount}, simulator.ErrorKeyLimit: {sdk.KindNoCredit, sdk.ScopeKey},
		simulator.ErrorForbidden: {sdk.KindForbidden, sdk.ScopeAccountModel}, simulator.ErrorBlocked: {sdk.KindBlocked, sdk.ScopeNone},
		simulator.ErrorBadRequest: {sdk.KindBadRequest, sdk.ScopeNone}, simulator.ErrorTooLong: {sdk.KindTooLong, sdk.ScopeNone},
		simulator.ErrorModelNotFound: {sdk.KindModelGone, sdk.ScopeModel}, simulator.ErrorNoEndpoints: {sdk.KindModelGone, sdk.ScopeModel},
		simulator.ErrorRateMinute: {sdk.KindRateMinute, sdk.ScopeAccount}, simulator.ErrorRateDay: {sdk.KindRateDay, sdk.ScopeAccount},
		simulator.ErrorRateUpstream: {sdk.KindRateMinute, sdk.ScopeModel}, simulator.ErrorOverloaded: {sdk.KindOverloaded, sdk.ScopeModel},
		simulator.ErrorBadGateway: {sdk.KindOverloaded, sdk.ScopeModel}, simulator.ErrorTimeout: {sdk.KindOverloaded, sdk.ScopeModel},
		simulator.ErrorServer: {sdk.KindServerError, sdk.ScopeModel},
	}
	for name, wanted := range want {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check := func(err error) {
				t.Helper()
				e := sdk.AsError(err)
				if e == nil {
					t.Fatal("no error")
				}
				if diff := cmp.Diff(wanted, understood{e.Kind, e.Scope}); diff != "" || strings.Contains(e.Error(), rig().Key) {
					t.Errorf("%s\n%v", diff, e)
				}
				if limited := e.Kind == sdk.KindRateMinute || e.Kind == sdk.KindRateDay || name == simulator.ErrorKeyLimit; limited && e.RetryAfter <= 0 {
					t.Errorf("no wait: %+v", e)
				}
			}
			client, _ := rig().Simulated(t, simulator.Options{}, simulator.Fault{Kind: simulator.FaultError, Error: name})
			_, err := client.Chat(t.Context(), free())
			check(err)
			if name == simulator.ErrorRateUpstream || name == simulator.ErrorInFlight {
				return // its wait is in a header, which an error inside a 200 has not
			}
			client, _ = rig().Simulated(t, simulator.Options{}, simulator.Fault{Kind: simulator.FaultInband, Error: name})
			_, err = client.Chat(t.Context(), free())
			check(err)
			client, _ = rig().Simulated(t, simulator.Options{}, simulator.Fault{Kind: simulator.FaultInband, Error: name, After: 1})
			chunks, _, err := plugintest.Stream(t.Context(), client, free())
			check(err)
			if chunks == "" {
				t.Error("what came before the error is lost")
			}
		})
	}
}
