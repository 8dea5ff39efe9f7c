package googleai

import (
	"net/http"
	"testing"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/sdktest"
	"github.com/aio-llm/aio/sdk/simulator"
)

// upstream is the Gemini API for the conformance kit.
func upstream() sdktest.Upstream {
	row := func(name string, status int, kind sdk.Kind, scopes ...sdk.Scope) sdktest.ErrorRow {
		return sdktest.ErrorRow{Error: name, Status: status, Kinds: []sdk.Kind{kind}, Scopes: scopes}
	}
	return sdktest.Upstream{
		Dialect:     simulator.Gemini,
		Settings:    map[string]any{"include_thoughts": true}, // the kit says nothing about reasoning
		Has:         []sdktest.Need{sdktest.NeedSSE, sdktest.NeedTools, sdktest.NeedSchema, sdktest.NeedReasoning, sdktest.NeedVision},
		Unsupported: map[string]string{"logit_bias": `{"42":1}`, "user": `"me"`, "metadata": `{"a":"b"}`, "x_unknown": `1`},
		Hints:       []string{simulator.HintBody, simulator.HintRetryAfter, simulator.HintRetryAfterDate, simulator.HintRetryAfterMS},
		Errors: []sdktest.ErrorRow{
			row(simulator.ErrorAuthInvalid, http.StatusBadRequest, sdk.KindAuthInvalid, sdk.ScopeKey),
			row(simulator.ErrorAuthMissing, http.StatusForbidden, sdk.KindAuthInvalid, sdk.ScopeKey),
			row(simulator.ErrorKeyLimit, http.StatusForbidden, sdk.KindAuthInvalid, sdk.ScopeKey),
			row(simulator.ErrorForbidden, http.StatusBadRequest, sdk.KindForbidden, sdk.ScopeProvider),
			row(simulator.ErrorBlocked, http.StatusOK, sdk.KindBlocked),
			row(simulator.ErrorBadRequest, http.StatusBadRequest, sdk.KindBadRequest),
			row(simulator.ErrorUnprocessable, http.StatusBadRequest, sdk.KindBadRequest),
			row(simulator.ErrorTooLarge, http.StatusRequestEntityTooLarge, sdk.KindTooLong),
			row(simulator.ErrorTooLong, http.StatusBadRequest, sdk.KindTooLong),
			row(simulator.ErrorModelNotFound, http.StatusNotFound, sdk.KindModelGone),
			row(simulator.ErrorModelRetired, http.StatusNotFound, sdk.KindModelGone),
			row(simulator.ErrorRateMinute, http.StatusTooManyRequests, sdk.KindRateMinute, sdk.ScopeAccountModel),
			row(simulator.ErrorRateTokens, http.StatusTooManyRequests, sdk.KindRateMinute, sdk.ScopeAccountModel),
			row(simulator.ErrorRateDay, http.StatusTooManyRequests, sdk.KindRateDay, sdk.ScopeAccountModel),
			row(simulator.ErrorRateUpstream, http.StatusTooManyRequests, sdk.KindRateMinute, sdk.ScopeAccountModel),
			row(simulator.ErrorOverloaded, http.StatusServiceUnavailable, sdk.KindOverloaded),
			row(simulator.ErrorServer, http.StatusInternalServerError, sdk.KindServerError),
			row(simulator.ErrorBadGateway, http.StatusBadGateway, sdk.KindOverloaded),
			row(simulator.ErrorTimeout, http.StatusGatewayTimeout, sdk.KindServerError),
			row(simulator.ErrorToolUse, http.StatusOK, sdk.KindGenFailed),
		},
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	rig().Conform(t, upstream())
}

func TestConformanceOverTheWire(t *testing.T) {
	t.Parallel()
	rig().ConformOverTheWire(t, upstream())
}
