package fetch_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/aio-llm/aio/sdk/fetch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const png = "\x89PNG\r\n\x1a\n"

func TestGet(t *testing.T) {
	t.Parallel()
	n, f := newNetwork(t, map[string][]string{"a.example": {"93.184.215.14"}, "b.example": {"2606:2800:21f:cb07::1"}}, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization")+r.Header.Get("Cookie")+r.Header.Get("Referer") != "" {
			t.Errorf("got headers %v", r.Header)
		}
		switch r.URL.Path {
		case "/typed":
			w.Header().Set("Content-Type", "Image/WebP; q=1")
			_, _ = w.Write([]byte("x"))
		case "/untyped":
			w.Header()["Content-Type"] = nil
			_, _ = w.Write([]byte(png))
		case "/octets":
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = w.Write([]byte(png))
		case "/moved":
			w.Header().Set("Set-Cookie", "a=b")
			http.Redirect(w, r, "http://b.example/typed", http.StatusTemporaryRedirect)
		case "/loop":
			http.Redirect(w, r, "/loop?token=signed", http.StatusFound)
		case "/large":
			_, _ = w.Write(make([]byte, 1001))
		case "/endless":
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 4096)); err != nil {
					return
				}
			}
		case "/zipped":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write([]byte("x"))
		case "/cut":
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("x"))
		default:
			http.NotFound(w, r)
		}
	})
	for path, want := range map[string]fetch.Document{
		"typed": {Type: "image/webp", Data: []byte("x")}, "untyped": {Type: "image/png", Data: []byte(png)},
		"octets": {Type: "image/png", Data: []byte(png)}, "moved": {Type: "image/webp", Data: []byte("x")},
	} {
		got, err := f.Get(t.Context(), "http://a.example/"+path+"?token=signed")
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", path, err, diff)
		}
	}
	for path, want := range map[string]error{"large": fetch.ErrTooLarge, "endless": fetch.ErrTooLarge, "loop": fetch.ErrBlocked, "zipped": nil, "cut": nil, "missing": nil} {
		_, err := f.Get(t.Context(), "http://a.example/"+path+"?token=signed")
		if err == nil || want != nil && !errors.Is(err, want) || strings.Contains(err.Error(), "signed") || !strings.Contains(err.Error(), "a.example") {
			t.Errorf("%s: got %v, want %v", path, err, want)
		}
	}
	if to := n.connects(); !strings.Contains(strings.Join(to, " "), "[2606:2800:21f:cb07::1]:80") {
		t.Errorf("connected to %v, never to the second host", to)
	}
}

// A server that accepts and says nothing costs the time limit.
func TestGetIsBoundedInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var far []net.Conn
		f := fetch.New(fetch.Options{
			Timeout: 7 * time.Second,
			Connect: func(context.Context, netip.AddrPort) (net.Conn, error) {
				a, b := net.Pipe()
				far = append(far, b)
				return a, nil
			},
		})
		began := time.Now()
		_, err := f.Get(t.Context(), "http://93.184.215.14/")
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 7*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		for _, c := range far {
			_ = c.Close()
		}
	})
}

func FuzzGet(f *testing.F) {
	for _, u := range []string{"http://127.0.0.1/", "https://a.example:443/x?y#z", "http://0x7f.1/", "http://[::1%25lo]/", "http://１２７.1/", "//a"} {
		f.Add(u)
	}
	f.Fuzz(func(t *testing.T, address string) {
		fetcher := fetch.New(fetch.Options{
			Lookup: func(context.Context, string) ([]netip.Addr, error) {
				return []netip.Addr{netip.MustParseAddr("10.0.0.1")}, nil
			},
			Connect: func(_ context.Context, to netip.AddrPort) (net.Conn, error) {
				if a := to.Addr(); a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsUnspecified() || a.IsMulticast() || a.Is4In6() {
					t.Errorf("%q connects to %s", address, to)
				}
				return nil, errors.New("enough")
			},
		})
		if _, err := fetcher.Get(t.Context(), address); err == nil {
			t.Errorf("%q was fetched", address)
		}
	})
}
