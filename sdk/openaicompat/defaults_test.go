package openaicompat

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/sdk"
)

func TestDefaults(t *testing.T) {
	t.Parallel()
	d := Dialect{
		Name:          "test",
		Rules:         []Rule{{Member: "max_tokens", Rename: "max_completion_tokens"}},
		Defaults:      []Default{{Member: "max_completion_tokens", Value: "64", Reason: "r"}, {Member: "extra", Value: `{"a":1}`}},
		EmbedDefaults: []Default{{Member: "input_type", Value: `"query"`}},
	}
	const added = "max_completion_tokens"
	tests := []struct {
		name, body, want, reported string
		embed                      bool
	}{
		{name: "nothing said", body: `{}`, want: `{"max_completion_tokens":64,"extra":{"a":1},"model":"m"}`, reported: added},
		{name: "said", body: `{"max_completion_tokens":0,"extra":false}`, want: `{"max_completion_tokens":0,"extra":false,"model":"m"}`},
		{name: "said under its old name", body: `{"max_tokens":5,"extra":1}`, want: `{"extra":1,"max_completion_tokens":5,"model":"m"}`},
		{name: "null", body: `{"extra":null,"max_completion_tokens":null,"max_tokens":null}`, want: `{"max_completion_tokens":64,"extra":{"a":1},"model":"m"}`, reported: added},
		{name: "said in escapes", body: `{"e\u0078tra":1,"max_tokens":5}`, want: `{"e\u0078tra":1,"max_completion_tokens":5,"model":"m"}`},
		{name: "embeddings", body: `{"input":"x"}`, want: `{"input":"x","input_type":"query","model":"m"}`, embed: true},
		{name: "embeddings that say it", body: `{"input_type":"passage"}`, want: `{"input_type":"passage","model":"m"}`, embed: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, call := newRewriter(d, false), &sdk.Call{Model: "m", Body: []byte(tt.body)}
			got, err := r.chat(call, false)
			if tt.embed {
				got, err = r.plain(call)
			}
			if err != nil {
				t.Fatal(err)
			}
			var reported []string
			for _, d := range got.dropped {
				reported = append(reported, d.Path)
			}
			if diff := cmp.Diff([]string{tt.want, tt.reported}, []string{string(got.body), strings.Join(reported, " ")}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWaitOtherwise(t *testing.T) {
	t.Parallel()
	d := Dialect{
		Limits: []LimitHeader{{Name: "tokens", Unit: "tokens", Window: "minute"}},
		Errors: []ErrorRule{
			{Status: 429, Says: []string{"per day"}, Kind: sdk.KindRateDay, Otherwise: time.Hour},
			{Status: 429, Kind: sdk.KindRateMinute, Otherwise: 15 * time.Second},
		},
	}
	for body, want := range map[string]time.Duration{
		`{"message":"tokens per day"}`:                           time.Hour, // the minute's header says nothing about it
		`{"message":"tokens per day, try again in 2h"}`:          2 * time.Hour,
		`{"message":"tokens per minute"}`:                        7 * time.Second,
		`{"message":"tokens per minute, retry after 3s please"}`: 3 * time.Second,
	} {
		p := opened(t, d, upstream(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Ratelimit-Limit-Tokens", "10")
			w.Header().Set("X-Ratelimit-Remaining-Tokens", "0")
			w.Header().Set("X-Ratelimit-Reset-Tokens", "7")
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = io.WriteString(w, body)
		}))
		_, err := p.Chat(t.Context(), call(`{}`))
		if e := sdk.AsError(err); e == nil || e.RetryAfter != want {
			t.Errorf("%s: got %+v, want %v", body, e, want)
		}
	}
	bare := opened(t, d, upstream(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) }))
	if _, err := bare.Chat(t.Context(), call(`{}`)); sdk.AsError(err).RetryAfter != 15*time.Second {
		t.Errorf("got %v", err)
	}
}

func TestProblemDetailsInsideA200(t *testing.T) {
	t.Parallel()
	p := opened(t, Dialect{}, upstream(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"status":429,"title":"Too Many Requests"}`)
	}))
	_, err := p.Chat(t.Context(), call(`{}`))
	if e := sdk.AsError(err); e == nil || e.Kind != sdk.KindRateMinute || e.Status != 429 || e.Message != "Too Many Requests" {
		t.Errorf("got %+v", e)
	}
}

func TestStreamOptionsCanBeDropped(t *testing.T) {
	t.Parallel()
	r := newRewriter(Dialect{Name: "test", Rules: []Rule{{Member: "stream_options", Reason: "r"}}}, false)
	got, err := r.chat(&sdk.Call{Model: "m", Body: []byte(`{"stream_options":{"include_usage":true}}`)}, true)
	if err != nil || string(got.body) != `{"model":"m","stream":true}` || len(got.dropped) != 1 {
		t.Errorf("got %s, %v, %v", got.body, got.dropped, err)
	}
}
