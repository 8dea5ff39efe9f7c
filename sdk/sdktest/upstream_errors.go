package sdktest

import (
	"slices"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

func row(name string, status int, kinds ...sdk.Kind) ErrorRow {
	return ErrorRow{Error: name, Status: status, Kinds: kinds}
}

func (r ErrorRow) about(scopes ...sdk.Scope) ErrorRow {
	r.Scopes = scopes
	return r
}

// openaiErrors are OpenAI's own. A daily limit differs from a minute's only in its words, so a generic
// plugin may take it for one.
func openaiErrors() []ErrorRow {
	return []ErrorRow{
		row(simulator.ErrorAuthInvalid, 401, sdk.KindAuthInvalid).about(sdk.ScopeKey),
		row(simulator.ErrorNoCredit, 429, sdk.KindNoCredit).about(sdk.ScopeAccount),
		row(simulator.ErrorForbidden, 403, sdk.KindForbidden),
		row(simulator.ErrorBlocked, 400, sdk.KindBlocked),
		row(simulator.ErrorBadRequest, 400, sdk.KindBadRequest),
		row(simulator.ErrorUnprocessable, 422, sdk.KindBadRequest),
		row(simulator.ErrorTooLarge, 413, sdk.KindTooLong),
		row(simulator.ErrorTooLong, 400, sdk.KindTooLong),
		row(simulator.ErrorModelNotFound, 404, sdk.KindModelGone),
		row(simulator.ErrorModelRetired, 404, sdk.KindModelGone),
		row(simulator.ErrorRateMinute, 429, sdk.KindRateMinute),
		row(simulator.ErrorRateTokens, 429, sdk.KindRateMinute),
		row(simulator.ErrorRateDay, 429, sdk.KindRateDay, sdk.KindRateMinute),
		row(simulator.ErrorOverloaded, 503, sdk.KindOverloaded),
		row(simulator.ErrorServer, 500, sdk.KindServerError),
		row(simulator.ErrorBadGateway, 502, sdk.KindOverloaded),
		row(simulator.ErrorTimeout, 504, sdk.KindOverloaded),
	}
}

// groqErrors: limits are per organisation and model; a daily cap is told apart by its words alone.
func groqErrors() []ErrorRow {
	return replace(openaiErrors(),
		row(simulator.ErrorNoCredit, 400, sdk.KindNoCredit).about(sdk.ScopeAccount),
		row(simulator.ErrorSpendCap, 400, sdk.KindNoCredit).about(sdk.ScopeAccount),
		row(simulator.ErrorModelRetired, 400, sdk.KindModelGone),
		row(simulator.ErrorRateMinute, 429, sdk.KindRateMinute).about(sdk.ScopeAccountModel),
		row(simulator.ErrorRateTokens, 429, sdk.KindRateMinute).about(sdk.ScopeAccountModel),
		row(simulator.ErrorRateDay, 429, sdk.KindRateDay).about(sdk.ScopeAccountModel),
		row(simulator.ErrorCapacity, 498, sdk.KindOverloaded),
		row(simulator.ErrorToolUse, 400, sdk.KindGenFailed),
		row(simulator.ErrorJSON, 400, sdk.KindGenFailed),
	)
}

// openrouterErrors: limits of the free models are the account's; 402 has three meanings.
func openrouterErrors() []ErrorRow {
	return replace(openaiErrors(),
		row(simulator.ErrorNoCredit, 402, sdk.KindNoCredit).about(sdk.ScopeAccount),
		row(simulator.ErrorCannotAfford, 402, sdk.KindTooLong),
		row(simulator.ErrorInFlight, 402, sdk.KindRateMinute).about(sdk.ScopeAccount),
		row(simulator.ErrorKeyLimit, 403, sdk.KindNoCredit).about(sdk.ScopeKey),
		row(simulator.ErrorBlocked, 403, sdk.KindBlocked),
		row(simulator.ErrorModelNotFound, 400, sdk.KindModelGone),
		row(simulator.ErrorNoEndpoints, 404, sdk.KindModelGone),
		row(simulator.ErrorRateMinute, 429, sdk.KindRateMinute).about(sdk.ScopeAccount),
		row(simulator.ErrorRateTokens, 429, sdk.KindRateMinute).about(sdk.ScopeAccount),
		row(simulator.ErrorRateDay, 429, sdk.KindRateDay).about(sdk.ScopeAccount),
		row(simulator.ErrorRateUpstream, 429, sdk.KindRateMinute).about(sdk.ScopeModel),
	)
}

// cerebrasErrors: limits are per organisation and model; a full queue is a 429 that is no limit of ours.
func cerebrasErrors() []ErrorRow {
	return replace(openaiErrors(),
		row(simulator.ErrorAuthMissing, 403, sdk.KindAuthInvalid).about(sdk.ScopeKey),
		row(simulator.ErrorNoCredit, 402, sdk.KindNoCredit).about(sdk.ScopeAccount),
		row(simulator.ErrorModelNotFound, 404, sdk.KindModelGone).about(sdk.ScopeAccountModel),
		row(simulator.ErrorRateMinute, 429, sdk.KindRateMinute).about(sdk.ScopeAccountModel),
		row(simulator.ErrorRateTokens, 429, sdk.KindRateMinute).about(sdk.ScopeAccountModel),
		row(simulator.ErrorRateDay, 429, sdk.KindRateDay).about(sdk.ScopeAccountModel),
		row(simulator.ErrorOverloaded, 429, sdk.KindOverloaded).about(sdk.ScopeModel),
		row(simulator.ErrorCapacity, 503, sdk.KindOverloaded).about(sdk.ScopeModel),
	)
}

// nvidiaErrors: a refused key is a 403 like any other; limits are the account's, and none is daily.
func nvidiaErrors() []ErrorRow {
	rows := replace(openaiErrors(),
		row(simulator.ErrorAuthInvalid, 403, sdk.KindAuthInvalid).about(sdk.ScopeKey),
		row(simulator.ErrorAuthMissing, 401, sdk.KindAuthInvalid).about(sdk.ScopeKey),
		row(simulator.ErrorNoCredit, 402, sdk.KindNoCredit).about(sdk.ScopeAccount),
		row(simulator.ErrorModelNotFound, 404, sdk.KindModelGone).about(sdk.ScopeAccountModel),
		row(simulator.ErrorModelRetired, 410, sdk.KindModelGone).about(sdk.ScopeModel),
		row(simulator.ErrorRateMinute, 429, sdk.KindRateMinute).about(sdk.ScopeAccount),
		row(simulator.ErrorOverloaded, 503, sdk.KindOverloaded).about(sdk.ScopeModel),
	)
	return slices.DeleteFunc(rows, func(r ErrorRow) bool {
		return slices.Contains([]string{simulator.ErrorForbidden, simulator.ErrorRateTokens, simulator.ErrorRateDay, simulator.ErrorBlocked}, r.Error)
	})
}

// replace puts rows in the place of those of the same name, or at the end.
func replace(rows []ErrorRow, by ...ErrorRow) []ErrorRow {
	for _, r := range by {
		i := slices.IndexFunc(rows, func(have ErrorRow) bool { return have.Error == r.Error })
		if i < 0 {
			rows = append(rows, r)
			continue
		}
		rows[i] = r
	}
	return rows
}
