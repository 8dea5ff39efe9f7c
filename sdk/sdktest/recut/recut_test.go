package recut_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/sdk/sdktest/recut"
)

func TestPiecesAreReadOneAtATime(t *testing.T) {
	t.Parallel()
	var u recut.Upstream
	u.Set([]byte("abcdef"), 1, 4)
	resp, err := u.RoundTrip(&http.Request{})
	if err != nil {
		t.Fatal(err)
	}
	var pieces []string
	for buf := make([]byte, 10); ; {
		n, err := resp.Body.Read(buf)
		if err == io.EOF {
			break
		}
		pieces = append(pieces, string(buf[:n]))
	}
	if diff := cmp.Diff([]string{"a", "bcd", "ef"}, pieces); diff != "" {
		t.Error(diff)
	}
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"LF":                            "data: {\"a\":\"x,y\",\"b\":[1,2]}\n\ndata: [DONE]\n\n",
		"CRLF":                          "data: {\"a\":\"x,y\",\"b\":[1,2]}\r\n\r\ndata: [DONE]\r\n\r\n",
		"data over several lines":       "data: {\"a\":\"x,y\",\ndata: \"b\":[1,\ndata: 2]}\n\ndata: [DONE]\n\n",
		"no space behind the colon":     "data:{\"a\":\"x,y\",\"b\":[1,2]}\n\ndata:[DONE]\n\n",
		"no line break at the end":      "data: {\"a\":\"x,y\",\"b\":[1,2]}\n\ndata: [DONE]\n",
		"other fields":                  "id: 7\nretry: 3000\ndata: {\"a\":\"x,y\",\"b\":[1,2]}\n\nid: 7\nretry: 3000\ndata: [DONE]\n\n",
		"CRLF, data over several lines": "data: {\"a\":\"x,y\",\r\ndata: \"b\":[1,\r\ndata: 2]}\r\n\r\ndata: [DONE]\r\n\r\n",
	}
	seen := 0
	for _, s := range recut.Corpus([]string{`{"a":"x,y","b":[1,2]}`}, "[DONE]") {
		text, ok := want[s.Name]
		if !ok {
			continue
		}
		seen++
		if diff := cmp.Diff(text, string(s.Body)); diff != "" {
			t.Errorf("%s: %s", s.Name, diff)
		}
	}
	if seen != len(want) {
		t.Errorf("%d of %d streams are there", seen, len(want))
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff([]int{1, 4, 7}, recut.Places(9, 3, false)); diff != "" {
		t.Error(diff)
	}
	if n := len(recut.Places(9, 3, true)); n != 8 {
		t.Errorf("%d places in full, want 8", n)
	}
}

// A reader that takes every read for a line is found out.
func TestCompareFindsAReaderThatMindsCuts(t *testing.T) {
	t.Parallel()
	var u recut.Upstream
	reader := func(separator string) func() (string, error) {
		return func() (string, error) {
			resp, err := u.RoundTrip(&http.Request{})
			if err != nil {
				return "", err
			}
			out := ""
			for buf := make([]byte, 100); ; {
				n, err := resp.Body.Read(buf)
				if err == io.EOF {
					return out, nil
				}
				out += string(buf[:n]) + separator
			}
		}
	}
	if got, err := u.Compare([]byte("data: 語\n\n"), recut.Places(11, 1, true), reader("")); err != nil || got != "data: 語\n\n" {
		t.Errorf("a sound reader: %q, %v", got, err)
	}
	for _, bad := range []string{"|", "\ufffd"} {
		if _, err := u.Compare([]byte("data: 語\n\n"), nil, reader(bad)); err == nil {
			t.Errorf("a reader that puts %q between reads is taken for sound", bad)
		}
	}
}
