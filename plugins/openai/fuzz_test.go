package openai_test

import "testing"

func FuzzReplies(f *testing.F) {
	rig().Fuzz(f,
		completion,
		said("Incorrect API key provided: sk-abc*****wxyz.", "invalid_request_error", "invalid_api_key"),
		`{"error":"Unauthorized"}`,
		`{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}`,
		`{"choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":null}]}`,
	)
}
