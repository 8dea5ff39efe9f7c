package nvidia_test

import "testing"

func FuzzReplies(f *testing.F) {
	rig().Fuzz(f,
		`{"status":403,"title":"Forbidden","detail":"Authorization failed"}`,
		`{"status":429,"title":"Too Many Requests"}`,
		`{"object":"error","message":"maximum context length","type":"BadRequestError","param":null,"code":400}`,
		`{"choices":[{"index":0,"delta":{"reasoning_content":"hm"},"finish_reason":"stop"}]}`,
	)
}
