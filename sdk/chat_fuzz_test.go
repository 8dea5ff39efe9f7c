package sdk

import (
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
)

// FuzzChatRequestRoundTrip: what can be read can be written, and reads the same.
func FuzzChatRequestRoundTrip(f *testing.F) {
	for _, b := range testFiles(f, "request_*.json") {
		f.Add(b)
	}
	f.Add([]byte(`{"messages":[{"content":[{"text":"a","type":"text","image_url":{}}]}],"stop":null,"tool_choice":{}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		first, err := DecodeChatRequest(b)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without a text")
			}
			return
		}
		first.Validate() // must only not panic
		once, err := json.Marshal(first)
		if err != nil {
			t.Fatalf("read but not written: %v", err)
		}
		second, err := DecodeChatRequest(once)
		if err != nil {
			t.Fatalf("written but not read: %v\n%s", err, once)
		}
		twice, err := json.Marshal(second)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(once), string(twice)); diff != "" {
			t.Errorf("(-once +twice):\n%s", diff)
		}
	})
}

// FuzzChatChunk: the same for chunks, which are read leniently, and no chunk
// upsets what looks into or adds up chunks.
func FuzzChatChunk(f *testing.F) {
	for _, pattern := range []string{"chunk_*.json", "completion_*.json"} {
		for _, b := range testFiles(f, pattern) {
			f.Add(b)
		}
	}
	f.Add([]byte(`{"id":5,"choices":[{"index":1.5,"delta":{"content":[{"type":"text"}],"tool_calls":[{"function":{"arguments":{}}}],"reasoning_details":[{"type":"reasoning.text"}]}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		HasContent(b)
		var first ChatChunk
		if json.Unmarshal(b, &first) != nil {
			return
		}
		once, err := json.Marshal(&first)
		if err != nil {
			t.Fatalf("read but not written: %v", err)
		}
		var second ChatChunk
		if err := json.Unmarshal(once, &second); err != nil {
			t.Fatalf("written but not read: %v\n%s", err, once)
		}
		twice, err := json.Marshal(&second)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(once), string(twice)); diff != "" {
			t.Errorf("(-once +twice):\n%s", diff)
		}
		var a Accumulator
		a.Add(&first)
		a.Add(&second)
		whole := a.Completion()
		if _, err := json.Marshal(whole); err != nil {
			t.Errorf("added up but not written: %v", err)
		}
		whole.Chunks()
	})
}
