package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// The same answers over HTTP/2, which a server with TLS speaks by itself.
func TestHTTP2(t *testing.T) {
	r := start(t, setup{tcp: true})
	server := httptest.NewUnstartedServer(r.Handler())
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	send := func(method, path, body string) answer {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+tokenValue)
		resp, err := server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.ProtoMajor != 2 {
			t.Fatal(resp.Proto)
		}
		var out strings.Builder
		if err := resp.Write(&out); err != nil {
			t.Fatal(err)
		}
		_, text, _ := strings.Cut(out.String(), "\r\n\r\n")
		return answer{status: resp.StatusCode, header: resp.Header, body: text}
	}
	if a := send("POST", "/v1/chat/completions", ask("first/echo", "hi")); a.status != 200 || !strings.Contains(a.body, "echo: hi") {
		t.Error(a)
	}
	if a := send("POST", "/v1/chat/completions", askStream("first/echo", "hi")); a.status != 200 || !strings.Contains(a.body, "data: [DONE]") {
		t.Error(a)
	}
	if a := send("POST", "/v1/nothing", strings.Repeat("x", 1<<20)); a.status != 404 || !strings.Contains(a.body, "unknown_url") {
		t.Error(a)
	}
	if a := send("GET", "/v1/models/first/echo", ""); a.status != 200 || !gjson.Valid(a.body) {
		t.Error(a)
	}
}
