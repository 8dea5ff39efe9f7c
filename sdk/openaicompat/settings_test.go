package openaicompat

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aio-llm/aio/sdk"
)

func TestBaseURL(t *testing.T) {
	t.Parallel()
	tests := []struct {
		url      string
		insecure bool
		says     string // empty: good
	}{
		{url: "https://api.example/v1"}, {url: "https://api.example/v1///"}, {url: "https://api.example:8443"},
		{url: "http://127.0.0.1:8080/v1"}, {url: "http://localhost/v1"}, {url: "http://[::1]:1/v1"}, {url: "http://127.9.9.9/"},
		{url: "http://10.0.0.1/v1", insecure: true}, {url: "http://api.example/v1", insecure: true},
		{url: "http://api.example/v1", says: "allow_insecure_http"}, {url: "http://10.0.0.1/v1", says: "plain http"},
		{url: "http://localhost.example/v1", says: "plain http"}, {url: "http://127.0.0.1.example/v1", says: "plain http"}, {url: "http://0.0.0.0/v1", says: "plain http"},
		{url: "https://user:hunter2@api.example/v1", says: "user name"}, {url: "https://hunter2@api.example/v1", says: "user name"},
		{url: "https://api.example/v1?key=hunter2", says: "query"}, {url: "https://api.example/v1#hunter2", says: "query"},
		{url: "ftp://api.example", says: "scheme"}, {url: "api.example/v1", says: "host"}, {url: "https:///v1", says: "host"}, {url: "https://:443", says: "host"},
		{url: "https://hunter2\x00/", says: "not a URL"}, {url: "://", says: "not a URL"},
	}
	for _, tt := range tests {
		_, err := New(Dialect{Name: "test"}, Options{BaseURL: tt.url, AllowInsecureHTTP: tt.insecure})
		var refused *sdk.SettingsError
		switch {
		case tt.says == "" && err != nil:
			t.Errorf("%s: %v", tt.url, err)
		case tt.says != "" && (!errors.As(err, &refused) || refused.Problems[0].Path[0] != "base_url" || !strings.Contains(err.Error(), tt.says)):
			t.Errorf("%s: got %v, want %q", tt.url, err, tt.says)
		case err != nil && strings.Contains(err.Error(), "hunter2"):
			t.Errorf("%s: repeated in %v", tt.url, err)
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	var got http.Header
	p := opened(t, Dialect{Headers: http.Header{"X-Fixed": {"1"}, "X-Both": {"dialect"}}}, upstream(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		_, _ = io.WriteString(w, completion)
	}), func(o *Options) {
		o.Headers = map[string]string{"x-own": "2", "X-Both": "settings", "User-Agent": "me"}
	})
	if _, err := p.Chat(t.Context(), &sdk.Call{Body: []byte(`{}`)}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"X-Fixed": "1", "X-Own": "2", "X-Both": "settings", "User-Agent": "me", "Authorization": "", "Content-Type": "application/json", "Accept": "application/json"} {
		if got.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, got.Get(name), want)
		}
	}
	for _, bad := range []map[string]string{
		{"authorization": "hunter2"}, {"Host": "x"}, {"Idempotency-Key": "x"}, {"Accept-Encoding": "gzip"}, {"bad name": "x"}, {"X-A": "a\r\nX-B: hunter2"}, {"": "x"},
	} {
		_, err := New(Dialect{Name: "test", BaseURL: "https://api.example"}, Options{Headers: bad})
		var refused *sdk.SettingsError
		if !errors.As(err, &refused) || refused.Problems[0].Path[0] != "headers" || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v: got %v", bad, err)
		}
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	d := Dialect{Name: "test", BaseURL: "https://api.example/v1", Embeddings: true}
	p, err := Open(t.Context(), d, sdk.Setup{Settings: sdk.Settings(`{"unsupported_params":"refuse","headers":{"X-A":"b"}}`)})
	if _, ok := p.(sdk.Embedder); !ok || err != nil {
		t.Errorf("got %T, %v; want an Embedder", p, err)
	}
	d.Embeddings = false
	if p, err = Open(t.Context(), d, sdk.Setup{}); err != nil {
		t.Error(err)
	}
	if _, ok := p.(sdk.Embedder); ok {
		t.Error("an Embedder without embeddings")
	}
	for _, raw := range []string{`{"unsupported_params":"maybe"}`, `{"base_url":7}`, `{"headers":["x"]}`} {
		_, err := Open(t.Context(), d, sdk.Setup{Settings: sdk.Settings(raw)})
		var refused *sdk.SettingsError
		if !errors.As(err, &refused) {
			t.Errorf("%s: got %v", raw, err)
		}
	}
	names := map[string]bool{}
	for _, s := range Settings(d, sdk.Setting{Name: "own"}) {
		names[s.Name] = s.Name == "own" || s.Doc != ""
	}
	for _, name := range []string{"base_url", "headers", "unsupported_params", "allow_insecure_http", "own"} {
		if !names[name] {
			t.Errorf("no setting %s, or no word about it", name)
		}
	}
}
