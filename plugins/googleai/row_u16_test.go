package googleai

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aio-llm/aio/internal/rows"
	"github.com/aio-llm/aio/plugins/internal/plugintest"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
)

// genai follows no redirect, wherever it leads and whatever is asked: the key stays with the configured host.
func TestRow_U16_RedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var strangers, requests atomic.Int64
	decoy := httptest.NewUnstartedServer(http.NotFoundHandler())
	decoy.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			strangers.Add(1)
		}
	}
	decoy.Start()
	t.Cleanup(decoy.Close)
	var status atomic.Int64
	var location atomic.Value
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		if r.Header.Get(keyHeader) != canary || r.URL.Query().Has("key") {
			t.Errorf("%s came without the key: it was sent from elsewhere", r.URL)
		}
		to, _ := location.Load().(string)
		w.Header().Set("Location", to)
		w.WriteHeader(int(status.Load()))
	}))
	t.Cleanup(server.Close)
	client := behind(t, opened(t, options{Options: openaicompat.Options{BaseURL: server.URL, Transport: server.Client().Transport}}))
	ask := func(body string) *sdk.Call { return asked("gemini-2.5-flash", "hi", body) }

	asks := map[string]func(context.Context) error{
		"chat": func(ctx context.Context) error { _, err := client.Chat(ctx, ask(`"n":1`)); return err },
		"stream": func(ctx context.Context) error {
			_, _, err := plugintest.Stream(ctx, client, ask(`"n":1`))
			return err
		},
		"embeddings": func(ctx context.Context) error { _, err := client.Embed(ctx, rig().Call(`{"input":"x"}`)); return err },
		"tokens":     func(ctx context.Context) error { _, err := client.CountTokens(ctx, ask(`"n":1`)); return err },
		"models":     func(ctx context.Context) error { _, err := client.ListModels(ctx, rig().Call("")); return err },
		"key":        func(ctx context.Context) error { _, err := client.ValidateKey(ctx, rig().Call("")); return err },
	}
	stranger := strings.TrimPrefix(decoy.URL, "http://")
	upstream := strings.TrimPrefix(server.URL, "https://")
	targets := map[string]string{
		"another host": decoy.URL + "/v1beta/models", "another host over TLS": "https://" + stranger + "/v1",
		"the same host without TLS": "http://" + upstream + "/v1beta/models", "no scheme": "//" + stranger + "/v1",
		"credentials": "http://" + upstream + "@" + stranger + "/", "itself": server.URL + "/v1beta/models",
		"a path": "/v1beta/models", "the key in the query": decoy.URL + "/?key=" + canary, "nowhere": "",
	}
	made := int64(0)
	for _, code := range []int{301, 302, 303, 307, 308} {
		for where, to := range targets {
			status.Store(int64(code))
			location.Store(to)
			for what, ask := range asks {
				made++
				e := sdk.AsError(ask(t.Context()))
				if e == nil || e.Kind != sdk.KindBadReply || e.Status != code || strings.Contains(e.Error(), canary) {
					t.Errorf("%s, %d to %s: got %v, want bad_reply", what, code, where, e)
				}
			}
		}
	}
	if requests.Load() != made || strangers.Load() != 0 {
		t.Errorf("%d requests for %d calls, %d connections to another host", requests.Load(), made, strangers.Load())
	}
	rows.Report(t, "U16", fmt.Sprintf("301, 302, 303, 307, 308 to %d targets from TLS, 6 kinds of call", len(targets)), "not followed; another host sees 0 bytes", func() string {
		return fmt.Sprintf("%d requests for %d calls, %d connections to another host", requests.Load(), made, strangers.Load())
	})
}
