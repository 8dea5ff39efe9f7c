package groq_test

import "testing"

func FuzzReplies(f *testing.F) {
	rig().Fuzz(f,
		completion,
		`{"error":{"message":"Rate limit reached on tokens per day (TPD). Please try again in 1h53m56.832s.","type":"tokens","code":"rate_limit_exceeded"}}`,
		`{"choices":[],"x_groq":{"id":"req_1","error":"over capacity"}}`,
	)
}
