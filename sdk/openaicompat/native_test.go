package openaicompat

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/sdk"
)

// exchanged sends a request of another API to handler.
func exchanged(t *testing.T, d Dialect, handler http.HandlerFunc) (*Exchange, error) {
	t.Helper()
	base := upstream(t, handler)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/v9/things:make?alt=sse", strings.NewReader(`{"x":1}`))
	if err != nil {
		t.Fatal(err)
	}
	x, err := opened(t, d, base).Exchange(t.Context(), call(""), req)
	if err == nil {
		t.Cleanup(x.Close)
	}
	return x, err
}

func TestExchange(t *testing.T) {
	t.Parallel()
	x, err := exchanged(t, Dialect{KeyHeader: "x-thing-key"}, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("X-Thing-Key") != canary || r.Header.Get("Authorization") != "" || string(body) != `{"x":1}` || r.URL.String() != "/v9/things:make?alt=sse" {
			t.Errorf("asked %s with %v: %s", r.URL, r.Header, body)
		}
		w.Header().Set("X-Said", "so")
		_, _ = io.WriteString(w, `{"things":[]}`)
	})
	if err != nil {
		t.Fatal(err)
	}
	if body, err := x.Reply(); err != nil || string(body) != `{"things":[]}` || x.Header().Get("X-Said") != "so" {
		t.Errorf("got %s, %v", body, err)
	}
}

func TestExchangeRefused(t *testing.T) {
	t.Parallel()
	rules := []ErrorRule{{Status: 400, Codes: []string{"ODD"}, Kind: sdk.KindForbidden}}
	_, err := exchanged(t, Dialect{Errors: rules}, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `[{"error":{"code":400,"status":"ODD","message":"no `+canary+`"}}]`)
	})
	if e := sdk.AsError(err); e == nil || e.Kind != sdk.KindForbidden || strings.Contains(e.Error(), canary) {
		t.Errorf("got %v", err)
	}
	x, err := exchanged(t, Dialect{}, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"error":{"code":503,"message":"busy"}}`)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.Reply(); sdk.KindOf(err) != sdk.KindOverloaded {
		t.Errorf("inside a 200: got %v", err)
	}
}

func TestExchangeEvents(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, body string
		events     []string
		kind       sdk.Kind
	}{
		{"whole", ": hi\n\ndata: {\"a\":1}\r\n\r\ndata: [2]\n\ndata:\n\ndata: [DONE]\n\n", []string{`{"a":1}`, `[2]`}, ""},
		{"an error", "data: {\"a\":1}\n\ndata: {\"error\":{\"code\":503,\"message\":\"busy\"}}\n\n", []string{`{"a":1}`}, sdk.KindOverloaded},
		{"an error by its name", "event: error\ndata: {\"code\":503,\"message\":\"busy\"}\n\n", nil, sdk.KindOverloaded},
		{"broken at once", "data: {\n\n", nil, sdk.KindBadReply},
		{"broken in the middle", "data: {\"a\":1}\n\ndata: {\n\n", []string{`{"a":1}`}, sdk.KindBrokenStream},
		{"no stream", "hello\n", nil, sdk.KindBadReply},
		{"an error without a stream", "[{\n\"error\": {\"code\": 503, \"message\": \"busy\"}\n}]\n", nil, sdk.KindOverloaded},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x, err := exchanged(t, Dialect{}, func(w http.ResponseWriter, _ *http.Request) { sse(w, tt.body) })
			if err != nil {
				t.Fatal(err)
			}
			events, err := x.Events(&sdk.Sender{})
			var got []string
			for err == nil {
				var data []byte
				if data, err = events.Next(); err == nil {
					got = append(got, string(data))
				}
			}
			if diff := cmp.Diff(tt.events, got); diff != "" {
				t.Error(diff)
			}
			if tt.kind == "" && !errors.Is(err, io.EOF) || tt.kind != "" && sdk.KindOf(err) != tt.kind {
				t.Errorf("ended with %v, want %s", err, tt.kind)
			}
		})
	}
}

func TestExchangeWithoutEvents(t *testing.T) {
	t.Parallel()
	x, err := exchanged(t, Dialect{}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{}`)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.Events(&sdk.Sender{}); sdk.KindOf(err) != sdk.KindBadReply {
		t.Errorf("got %v", err)
	}
	if e := x.Broken("it stopped"); e.Kind != sdk.KindBrokenStream || e.Status != http.StatusOK || e.Certainty != sdk.ResponseStarted {
		t.Errorf("got %+v", e)
	}
}

// TestOnceMore: what the upstream has not touched is sent again once, not twice.
func TestOnceMore(t *testing.T) {
	t.Parallel()
	again := onceMore(func() (io.ReadCloser, error) { return http.NoBody, nil })
	if _, err := again(); err != nil {
		t.Fatal(err)
	}
	if _, err := again(); !errors.Is(err, errResent) {
		t.Errorf("got %v", err)
	}
}
