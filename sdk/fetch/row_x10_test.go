package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/internal/rows"
	"github.com/aio-llm/aio/sdk/fetch"
)

// network is a world of names in which every public address is one server; it notes what is connected to.
type network struct {
	mu        sync.Mutex
	names     map[string][]string // answers in turn, addresses separated by spaces
	connected []string
	server    *httptest.Server
}

func (n *network) lookup(_ context.Context, host string) ([]netip.Addr, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	answers := n.names[host]
	if len(answers) == 0 {
		return nil, errors.New("no such host on the resolver at 10.0.0.2")
	}
	if len(answers) > 1 {
		n.names[host] = answers[1:]
	}
	var out []netip.Addr
	for _, text := range strings.Fields(answers[0]) {
		out = append(out, netip.MustParseAddr(text))
	}
	return out, nil
}

func (n *network) connect(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
	n.mu.Lock()
	n.connected = append(n.connected, to.String())
	n.mu.Unlock()
	return (&net.Dialer{}).DialContext(ctx, "tcp", n.server.Listener.Addr().String())
}

func (n *network) connects() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.connected...)
}

func newNetwork(t *testing.T, names map[string][]string, handler http.HandlerFunc) (*network, *fetch.Fetcher) {
	t.Helper()
	n := &network{names: names, server: httptest.NewServer(handler)}
	t.Cleanup(n.server.Close)
	return n, fetch.New(fetch.Options{MaxBytes: 1000, Lookup: n.lookup, Connect: n.connect})
}

// inside are addresses that only a machine inside some network can reach, or none at all.
func inside() []string {
	return []string{
		"127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1",
		"100.64.0.1", "100.127.255.255", "169.254.169.254", "192.0.0.1", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1",
		"203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "192.88.99.1",
		"::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "fe80::1", "febf::1",
		"fc00::1", "fdff::1", "fd00:ec2::254", "fec0::1", "feff::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "64:ff9b::7f00:1", "64:ff9b::169.254.169.254",
		"64:ff9b:1::1", "2001::1", "2001:0:7f00:1::1", "2001:db8::1", "3fff::1", "100::1", "ff02::1", "5f00::1",
	}
}

// A client's URL connects to nothing that is not public, however it is written and wherever it leads.
func TestRow_X10_OnlyPublicAddressesAreFetched(t *testing.T) {
	t.Parallel()
	names := map[string][]string{
		"rebinds.example": {"93.184.215.14", "127.0.0.1"}, "mixed.example": {"93.184.215.14 10.0.0.1"}, "empty.example": {""},
		"moves.example": {"93.184.215.14"}, "localhost": {"127.0.0.1", "::1"},
	}
	urls := []string{
		"http://localhost/", "http://LOCALHOST./", "http://mixed.example/", "http://empty.example/", "http://unknown.example/",
		"http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://0x7F.0x0.0x0.0x1/", "http://017700000001/", "http://0177.0.0.1/",
		"http://127.1/", "http://127.0.1/", "http://0/", "http://00.0x0/", "http://127.0.0.1./", "http://127.0.0.01/", "http://１２７.０.０.１/",
		"http://127。0。0。1/", "http://%31%32%37.0.0.1/", "http://[fe80::1%25eth0]/", "http://[::ffff:7f00:1]:80/", "http://[0:0:0:0:0:ffff:127.0.0.1]/",
		"http://user@93.184.215.14/", "http://user:secret@93.184.215.14/", "http://93.184.215.14@127.0.0.1/", "http://127.0.0.1#@93.184.215.14/",
		"http://127.0.0.1\\@93.184.215.14/", "http:///path", "http://:80/", "//93.184.215.14/", "/etc/passwd", "file:///etc/passwd",
		"ftp://93.184.215.14/", "gopher://93.184.215.14:6379/_", "unix:///run/docker.sock", "data:text/plain,x", "", "http://",
		"http://93.184.215.14:99999/", "http://" + strings.Repeat("a", 9000) + ".example/",
	}
	for i, addr := range inside() {
		host, name := addr, fmt.Sprintf("inside-%d.example", i)
		if strings.Contains(addr, ":") {
			host = "[" + addr + "]"
		}
		names[name] = []string{addr}
		urls = append(urls, "http://"+host+"/", "https://"+host+":8443/x?y", "http://"+name+"/")
	}
	n, f := newNetwork(t, names, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Query().Get("to"), http.StatusFound)
	})
	for _, u := range urls {
		if doc, err := f.Get(t.Context(), u); err == nil {
			t.Errorf("%s was fetched: %+v", u, doc)
		} else if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "10.0.0.2") {
			t.Errorf("%s: the error tells too much: %v", u, err)
		}
	}
	if diff := cmp.Diff([]string(nil), n.connects()); diff != "" {
		t.Errorf("connected to (-want +got):\n%s", diff)
	}

	// Through redirects: the public server is connected to, and nothing else.
	redirected := 0
	for _, u := range urls {
		if !strings.HasPrefix(u, "http") {
			continue
		}
		redirected++
		before := len(n.connects())
		_, err := f.Get(t.Context(), "http://moves.example/?to="+strings.NewReplacer("%", "%25", "#", "%23", "&", "%26").Replace(u))
		if err == nil {
			t.Errorf("a redirect to %s was followed to a document", u)
		}
		for _, to := range n.connects()[before:] {
			if to != "93.184.215.14:80" {
				t.Errorf("a redirect to %s connected to %s", u, to)
			}
		}
	}

	// The second answer of a name that rebinds is inside; it is asked for at the redirect.
	before := len(n.connects())
	if _, err := f.Get(t.Context(), "http://rebinds.example/?to=http://rebinds.example/again"); !errors.Is(err, fetch.ErrBlocked) {
		t.Errorf("rebinding: %v", err)
	}
	if diff := cmp.Diff([]string{"93.184.215.14:80"}, n.connects()[before:]); diff != "" {
		t.Errorf("rebinding (-want +got):\n%s", diff)
	}
	rows.Report(t, "X10", fmt.Sprintf("%d URLs, %d of them also as redirects, rebinding", len(urls), redirected),
		"0 connects to what is not public, checked on the address dialled", func() string {
			return fmt.Sprintf("%d connections, all to the public server", len(n.connects()))
		})
}
