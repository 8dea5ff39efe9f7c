package openai

import (
	"net/http"
	"regexp"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
)

// errorRules know what the codes of OpenAI do not say, and the words of servers that have no codes. Where a
// rule has no status, its server uses several.
func errorRules() []openaicompat.ErrorRule {
	return []openaicompat.ErrorRule{
		// OpenAI: a 429 that no waiting helps. LiteLLM: the budget of a key, user or team, as 400 or 429.
		{Codes: []string{"insufficient_quota", "budget_exceeded"}, Kind: sdk.KindNoCredit, Scope: sdk.ScopeAccount},
		{Says: []string{"budget has been exceeded"}, Kind: sdk.KindNoCredit, Scope: sdk.ScopeAccount},
		// OpenAI: a daily limit has the code of a minute's, and says "requests per day (RPD)".
		{Status: 429, Says: []string{"per day"}, Kind: sdk.KindRateDay, Scope: sdk.ScopeAccountModel},

		// OpenAI's code, llama.cpp's type; the words of llama.cpp, vLLM and LiteLLM.
		{Codes: []string{"context_length_exceeded", "exceed_context_size_error"}, Kind: sdk.KindTooLong},
		{
			Says: []string{
				"maximum context length", "exceeds the available context size", "context size has been exceeded", "contextwindowexceedederror",
			},
			Kind: sdk.KindTooLong,
		},
		{Codes: []string{"content_filter", "content_policy_violation"}, Kind: sdk.KindBlocked},
		{Says: []string{"contentpolicyviolationerror"}, Kind: sdk.KindBlocked},

		// LiteLLM's 400 for a model it has not.
		{Status: 400, Says: []string{"invalid model name passed in"}, Kind: sdk.KindModelGone, Scope: sdk.ScopeModel},
		// OpenAI: the model refuses a member that others take. Ollama and vLLM: it cannot call tools.
		{Status: 400, Codes: []string{"unsupported_parameter", "unsupported_value"}, Kind: sdk.KindUnsupported},
		{Status: 400, Says: []string{"does not support tools", "tool choice requires --enable-auto-tool-choice"}, Kind: sdk.KindUnsupported},
	}
}

var (
	// OpenAI's 401 repeats the key with its middle masked; LiteLLM's shows the end of the key and its hash.
	echoed = regexp.MustCompile(`(?i)\b((?:api[ _-]?key|token)(?: provided)?\)?)\s*[:=]\s*\S+`)
	masked = regexp.MustCompile(`\S*\*{3,}\S*`)
	hashed = regexp.MustCompile(`\b[0-9a-fA-F]{32,}\b`)
)

const redacted = "[redacted]"

// message takes keys out of what an error says, also masked ones and hashes: enough of a key to tell whose
// it is has no place in a log.
func message(f *openaicompat.Failure) string {
	text := masked.ReplaceAllLiteralString(hashed.ReplaceAllLiteralString(f.Message, redacted), redacted)
	if f.Status == http.StatusUnauthorized || f.Status == http.StatusForbidden {
		text = echoed.ReplaceAllString(text, "$1: "+redacted)
	}
	return text
}
