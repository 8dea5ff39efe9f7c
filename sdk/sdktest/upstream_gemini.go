package sdktest

import (
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// Gemini is generativelanguage.googleapis.com. Its dialect is not the contract's: a plugin translates.
func Gemini() Upstream {
	return Upstream{
		Dialect:     simulator.Gemini,
		Settings:    map[string]any{"include_thoughts": true}, // the kit says nothing about reasoning
		Has:         []Need{NeedSSE, NeedTools, NeedSchema, NeedReasoning, NeedVision},
		Unsupported: map[string]string{"logit_bias": `{"42":1}`, "user": `"me"`, "metadata": `{"a":"b"}`, "x_unknown": `1`},
		Hints:       []string{simulator.HintBody, simulator.HintRetryAfter, simulator.HintRetryAfterDate, simulator.HintRetryAfterMS},
		Errors:      geminiErrors(),
	}
}

// geminiErrors: a bad key is a 400, limits are per project and model, and a blocked prompt is a 200.
func geminiErrors() []ErrorRow {
	return []ErrorRow{
		row(simulator.ErrorAuthInvalid, 400, sdk.KindAuthInvalid).about(sdk.ScopeKey),
		row(simulator.ErrorAuthMissing, 403, sdk.KindAuthInvalid).about(sdk.ScopeKey),
		row(simulator.ErrorKeyLimit, 403, sdk.KindAuthInvalid).about(sdk.ScopeKey),
		row(simulator.ErrorForbidden, 400, sdk.KindForbidden).about(sdk.ScopeProvider),
		row(simulator.ErrorBlocked, 200, sdk.KindBlocked),
		row(simulator.ErrorBadRequest, 400, sdk.KindBadRequest),
		row(simulator.ErrorUnprocessable, 400, sdk.KindBadRequest),
		row(simulator.ErrorTooLarge, 413, sdk.KindTooLong),
		row(simulator.ErrorTooLong, 400, sdk.KindTooLong),
		row(simulator.ErrorModelNotFound, 404, sdk.KindModelGone),
		row(simulator.ErrorModelRetired, 404, sdk.KindModelGone),
		row(simulator.ErrorRateMinute, 429, sdk.KindRateMinute).about(sdk.ScopeAccountModel),
		row(simulator.ErrorRateTokens, 429, sdk.KindRateMinute).about(sdk.ScopeAccountModel),
		row(simulator.ErrorRateDay, 429, sdk.KindRateDay).about(sdk.ScopeAccountModel),
		row(simulator.ErrorRateUpstream, 429, sdk.KindRateMinute).about(sdk.ScopeAccountModel),
		row(simulator.ErrorOverloaded, 503, sdk.KindOverloaded),
		row(simulator.ErrorServer, 500, sdk.KindServerError),
		row(simulator.ErrorBadGateway, 502, sdk.KindOverloaded),
		row(simulator.ErrorTimeout, 504, sdk.KindServerError),
		row(simulator.ErrorToolUse, 200, sdk.KindGenFailed),
	}
}
