package googleai

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/fetch"
	"github.com/aio-llm/aio/sdk/openaicompat"
)

func showing(members string) *sdk.Call {
	return rig().Call(`{"messages":[{"role":"user","content":[{"type":"text","text":"look"},` + members + `]}]}`)
}

func image(address string) string {
	return `{"type":"image_url","image_url":{"url":"` + address + `"}}`
}

// library is a host with documents; its public name is library.example.
func library(t *testing.T) fetch.Options {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch name := strings.TrimPrefix(r.URL.Path, "/"); name {
		case "page":
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<html>log in</html>")
		case "notes":
			w.Header()["Content-Type"] = nil
			_, _ = io.WriteString(w, "plain words")
		case "empty":
			w.Header().Set("Content-Type", "image/png")
		case "large":
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write(make([]byte, 10<<20))
		case "gone":
			http.NotFound(w, r)
		default:
			w.Header().Set("Content-Type", "image/png")
			_, _ = io.WriteString(w, name)
		}
	}))
	t.Cleanup(server.Close)
	return fetch.Options{
		Lookup: func(_ context.Context, host string) ([]netip.Addr, error) {
			if host != "library.example" {
				return nil, errors.New("no such host")
			}
			return []netip.Addr{netip.MustParseAddr("93.184.215.14")}, nil
		},
		Connect: func(ctx context.Context, _ netip.AddrPort) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", server.Listener.Addr().String())
		},
	}
}

func TestURLsAreFetchedWhenTheSettingsSaySo(t *testing.T) {
	t.Parallel()
	var sent atomic.Value
	p := opened(t, options{FetchURLs: true, fetching: library(t), Options: openaicompat.Options{Transport: roundTripper(func(r *http.Request) *http.Response {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		sent.Store(string(body))
		return response(http.StatusOK, "application/json", `{"candidates":[{"content":{"parts":[{"text":"seen"}]},"finishReason":"STOP"}]}`)
	})}})
	for _, test := range []struct{ part, want string }{
		{image("http://library.example/cat?signed=yes"), `{"mimeType":"image/png","data":"Y2F0"}`},
		{`{"type":"file","file":{"file_data":"http://library.example/notes","filename":"notes.md"}}`, `{"mimeType":"text/markdown","data":"cGxhaW4gd29yZHM="}`},
		{`{"type":"video_url","video_url":{"url":"http://library.example/film"}}`, `{"mimeType":"image/png","data":"ZmlsbQ=="}`},
	} {
		if _, err := p.Chat(t.Context(), showing(test.part)); err != nil {
			t.Errorf("%s: %v", test.part, err)
			continue
		}
		body, _ := sent.Load().(string)
		if diff := cmp.Diff(test.want, gjson.Get(body, "contents.0.parts.1.inlineData").Raw); diff != "" {
			t.Errorf("%s: %s", test.part, diff)
		}
	}
	// What Google knows better stays its own to fetch.
	if _, err := p.Chat(t.Context(), showing(`{"type":"video_url","video_url":{"url":"https://youtu.be/x"}}`)); err != nil {
		t.Error(err)
	}
	if body, _ := sent.Load().(string); gjson.Get(body, "contents.0.parts.1.fileData.fileUri").Str != "https://youtu.be/x" {
		t.Errorf("sent %s", body)
	}
}

func TestWhatCannotBeFetchedIsABadRequest(t *testing.T) {
	t.Parallel()
	p := opened(t, options{FetchURLs: true, fetching: library(t), Options: openaicompat.Options{Transport: roundTripper(func(*http.Request) *http.Response {
		t.Error("the request was sent")
		return response(http.StatusInternalServerError, "text/plain", "")
	})}})
	many := strings.Repeat(image("http://library.example/a")+",", maxFetches+1)
	for part, want := range map[string]string{
		image("http://library.example/page?signed"):                                                   `"text/html"`,
		image("http://library.example/empty"):                                                         "empty document",
		image("http://library.example/gone"):                                                          "HTTP 404",
		image("http://nowhere.example/x"):                                                             "does not resolve",
		image("http://127.0.0.1/x"):                                                                   "only public addresses",
		image("http://user:secret@library.example/"):                                                  "credentials",
		strings.TrimSuffix(strings.Repeat(image("http://library.example/large")+",", 3), ","):         "together",
		strings.TrimSuffix(many, ","):                                                                 "one URL too many",
		image("http://library.example/cat") + `,{"type":"image_url","image_url":{"url":"ftp://x/y"}}`: "",
	} {
		for form, do := range map[string]func(*sdk.Call) error{
			"chat":  func(c *sdk.Call) error { _, err := p.Chat(t.Context(), c); return err },
			"count": func(c *sdk.Call) error { _, err := p.CountTokens(t.Context(), c); return err },
		} {
			if form == "count" && strings.Contains(part, "large") {
				continue // once is enough of what takes 30 MB
			}
			var e *sdk.Error
			err := do(showing(part))
			if !errors.As(err, &e) || e.Kind != sdk.KindBadRequest && e.Kind != sdk.KindUnsupported || e.Certainty != sdk.NotSent ||
				!strings.HasPrefix(e.Param, "messages.0.content.") || !strings.Contains(e.Message, want) || strings.Contains(e.Error(), "signed") || strings.Contains(e.Error(), "secret") {
				t.Errorf("%s of %.60s: got %v, want %q", form, part, err, want)
			}
		}
	}
}

func TestACallThatEndsWhileFetchingIsCanceled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	p := opened(t, options{FetchURLs: true, fetching: fetch.Options{Connect: func(ctx context.Context, _ netip.AddrPort) (net.Conn, error) {
		cancel()
		<-ctx.Done()
		return nil, ctx.Err()
	}}})
	_, err := p.Chat(ctx, showing(image("http://93.184.215.14/x")))
	if e := sdk.AsError(err); e.Kind != sdk.KindCanceled || e.Certainty != sdk.NotSent {
		t.Errorf("got %v", err)
	}
}

// Nothing is fetched unless the settings say so, and then nothing on this machine.
func TestNothingIsFetchedUnasked(t *testing.T) {
	t.Parallel()
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ConnState = func(net.Conn, http.ConnState) { connections.Add(1) }
	server.Start()
	defer server.Close()
	for _, on := range []bool{false, true} {
		p := opened(t, options{FetchURLs: on})
		for _, address := range []string{server.URL + "/x.png", strings.Replace(server.URL, "127.0.0.1", "localhost", 1) + "/x.png"} {
			if got := mapped(p, showing(image(address))); !strings.Contains(got, "! ") {
				t.Errorf("fetch_urls = %v: %s became %s", on, address, got)
			}
		}
	}
	if n := connections.Load(); n != 0 {
		t.Errorf("%d connections", n)
	}
	off := mapped(opened(t, options{}), showing(image("https://library.example/cat.png")))
	if !strings.Contains(off, `"fileUri":"https://library.example/cat.png"`) {
		t.Errorf("without fetch_urls: %s", off)
	}
	if _, err := rig().Plugin.Settings.Check([]byte(fmt.Sprintf(`{"fetch_urls":%t}`, true))); err != nil {
		t.Error(err)
	}
}
