package openaicompat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/internal/rows"
	"github.com/aio-llm/aio/sdk/sdktest/recut"
)

// Wherever the connection cuts a stream, in the middle of a character too, and in whichever of its legal
// forms it is written, the caller gets the same bytes.
func TestRow_U12_StreamsCutAnywhere(t *testing.T) {
	t.Parallel()
	events := []string{
		`{"id":"c1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}`,
		word("日本語, naïve 👩‍👩‍👧‍👦 🇨🇭 עברית"),
		`{"id":"c1","choices":[{"index":0,"delta":{"content":"\ud83d\ude80 \"quoted\", \\ tab\tend \u2028"},"x":"data: [DONE]"}]}`,
		`{"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}`,
	}
	var upstream recut.Upstream
	client := served(t, opened(t, Dialect{}, "https://upstream.example/v1", func(o *Options) { o.Transport = http.RoundTripper(&upstream) }))
	read := func() (string, error) {
		s := streaming(t.Context(), client, call(`{"messages":[]}`))
		if s.Err != nil {
			return "", s.Err
		}
		return s.Chunks, nil
	}
	cuts := 0
	for n, stream := range recut.Corpus(events, "[DONE]") {
		places := recut.Places(len(stream.Body), 17, n == 0 || rows.Full())
		got, err := upstream.Compare(stream.Body, places, read)
		if err != nil {
			t.Errorf("%s: %v", stream.Name, err)
			continue
		}
		if diff := cmp.Diff(events, compacted(t, got)); diff != "" {
			t.Errorf("%s: (-sent +got)\n%s", stream.Name, diff)
		}
		cuts += len(places)
	}
	large, places := largeStream()
	got, err := upstream.Compare(large, places, read)
	if err != nil || len(got) < 5<<20 {
		t.Errorf("the large event: %d bytes, %v", len(got), err)
	}
	rows.Report(t, "U12", fmt.Sprintf("13 forms cut at %d places and into single bytes; an event of 5 MB cut at %d", cuts, len(places)),
		"the same bytes as uncut, no replacement character", func() string { return "OpenAI's dialect, over the wire codec" })
}

// compacted is each line without the white space between its tokens.
func compacted(t *testing.T, chunks string) []string {
	t.Helper()
	var lines []string
	for line := range strings.Lines(chunks) {
		var b bytes.Buffer
		if err := json.Compact(&b, []byte(line)); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		lines = append(lines, b.String())
	}
	return lines
}

// largeStream has an event of 5 MB of characters of three bytes, and places to cut: near both its ends and
// near the sizes that buffers have.
func largeStream() (stream []byte, places []int) {
	stream = []byte("data: " + word(strings.Repeat("語", 5<<20/3+1)) + "\r\n\r\ndata: " + last + "\r\n\r\ndata: [DONE]\r\n\r\n")
	spread := rows.Dose(2, 300)
	for i := range spread {
		places = append(places, (i+1)*len(stream)/(spread+1))
	}
	near := rows.Dose(0, 20)
	for _, at := range []int{near + 7, 16 << 10, 64 << 10, 1 << 20, 4 << 20, len(stream) - near - 30} {
		for i := -near; i <= near; i++ {
			places = append(places, at+i)
		}
	}
	return stream, places
}
