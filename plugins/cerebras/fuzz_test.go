package cerebras_test

import "testing"

func FuzzReplies(f *testing.F) {
	rig().Fuzz(f,
		completion,
		flat("Tokens per day limit exceeded", "too_many_requests_error", "quota", "token_quota_exceeded"),
		`{"detail":[{"loc":["body"],"msg":"Field required"}]}`,
		`{"error":{"message":"m","type":"t","param":"p","code":"c","id":"x"},"status_code":429}`,
		`{"choices":null,"usage":{"prompt_tokens":1}}`,
	)
}
