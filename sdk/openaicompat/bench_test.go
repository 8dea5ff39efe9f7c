package openaicompat

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
)

// BenchmarkEvents is what a stream event costs between the socket and the batch: cutting it out, checking it
// and telling whether it matters.
func BenchmarkEvents(b *testing.B) {
	const chunks = 1000
	text := []byte(strings.Repeat(events(word("hello")), chunks))
	src := bytes.NewReader(text)
	buf := make([]byte, eventBuffer)
	b.SetBytes(int64(len(text) / chunks))
	b.ReportAllocs()
	for n := 0; n < b.N; {
		src.Reset(text)
		r := eventReader{src: src, limit: sdk.MaxBody, idle: func() error { return nil }, comment: func() {}, buf: buf}
		for {
			ev, err := r.next()
			if err != nil {
				break
			}
			if !gjson.ValidBytes(ev.data) || !plain(ev.data) {
				b.Fatal("not plain")
			}
			n++
		}
	}
}

// canned answers every request from memory.
type canned struct {
	contentType string
	body        []byte
}

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	_, _ = io.Copy(io.Discard, r.Body)
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {c.contentType}}, ContentLength: int64(len(c.body)),
		Body: io.NopCloser(bytes.NewReader(c.body)), Request: r,
	}, nil
}

// BenchmarkStream is the whole way of an event from an upstream in memory to the host's side of the
// contract, several sharing a message.
func BenchmarkStream(b *testing.B) {
	const chunks = 1000
	body := []byte(strings.Repeat(events(word("hello")), chunks) + events(last) + done)
	p := opened(b, Dialect{}, "https://upstream.example", func(o *Options) { o.Transport = canned{acceptStream, body} })
	client := served(b, p)
	c := call(request700)
	b.ReportAllocs()
	for n := 0; n < b.N; n += chunks {
		s, err := client.ChatStream(b.Context(), c)
		for err == nil {
			_, err = s.Recv()
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
}

// BenchmarkUnary is a whole call without the network, called directly.
func BenchmarkUnary(b *testing.B) {
	reply := []byte(strings.Replace(completion, `"hi"`, fmt.Sprintf("%q", strings.Repeat("word ", 160)), 1))
	p := opened(b, Dialect{}, "https://upstream.example", func(o *Options) { o.Transport = canned{acceptJSON, reply} })
	c := call(request700)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Chat(b.Context(), c); err != nil {
			b.Fatal(err)
		}
	}
}

const request700 = `{"model":"alias","messages":[{"role":"system","content":"You are a helpful assistant that answers briefly and precisely."},` +
	`{"role":"user","content":"What is the capital of France, how many people live there, and which river runs through it? Answer in one sentence, please."},` +
	`{"role":"assistant","content":"Paris, with about two million people, lies on the Seine."},{"role":"user","content":"And of Italy?"}],` +
	`"temperature":0.2,"max_completion_tokens":256,"top_p":1,"seed":42,"stop":["\n\n"],"user":"someone"}`

func BenchmarkRewrite(b *testing.B) {
	for name, body := range map[string]string{
		"700B": request700,
		"4MB":  `{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,` + strings.Repeat("A", 4<<20) + `"}}]}]}`,
	} {
		b.Run(name, func(b *testing.B) {
			r := newRewriter(Dialect{Name: "bench", Rules: testRules()}, false)
			c := call(body)
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.chat(c, true); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
