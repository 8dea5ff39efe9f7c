package openrouter_test

import "testing"

func FuzzReplies(f *testing.F) {
	rig().Fuzz(f,
		completion,
		errorBody(429, "Rate limit exceeded: free-models-per-day", `,"metadata":{"headers":{"X-RateLimit-Reset":"1795463389000"}}`),
		errorBody(402, "can only afford 30104", `,"metadata":{"provider_name":"P","raw":"{\"error\":{\"message\":\"m\"}}"}`),
		`{"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}],"error":{"code":502,"message":"m"}}`,
	)
}
