package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// The defaults of Options.
const (
	// DefaultMaxBytes leaves room for base64 and the rest of a request in the contract's 32 MiB.
	DefaultMaxBytes = 20 << 20
	DefaultTimeout  = 20 * time.Second
)

const (
	maxRedirects = 3
	maxURL       = 8 << 10
	maxHeader    = 64 << 10
)

// Why a document was not fetched; the errors of Get wrap them.
var (
	// ErrBlocked: the URL, or where it leads, is not for fetching.
	ErrBlocked = errors.New("not allowed")
	// ErrTooLarge: the document is larger than it may be.
	ErrTooLarge = errors.New("too large")
)

// Options of a Fetcher. The zero value is for production.
type Options struct {
	// MaxBytes bounds a document; zero means DefaultMaxBytes.
	MaxBytes int64
	// Timeout bounds a Get, redirects included; zero means DefaultTimeout.
	Timeout time.Duration
	// Lookup finds the addresses of a name; nil asks the system.
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
	// Connect opens a connection to an address that was found allowed; nil is TCP.
	Connect func(ctx context.Context, to netip.AddrPort) (net.Conn, error)
}

// Document is what a URL named.
type Document struct {
	// Type is its media type without parameters, such as image/png: as the server says, or recognised by its
	// first bytes where it does not.
	Type string
	Data []byte
}

// Fetcher gets documents. It keeps no connection open and is safe for concurrent use.
type Fetcher struct {
	options Options
	guard   guard
}

// New returns a Fetcher.
func New(o Options) *Fetcher {
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Lookup == nil {
		o.Lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	if o.Connect == nil {
		o.Connect = func(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", to.String())
		}
	}
	return &Fetcher{options: o, guard: newGuard()}
}

// client is for one Get: its dials end with ctx, where a shared transport would go on dialling for later
// requests.
func (f *Fetcher) client(ctx context.Context) *http.Client {
	return &http.Client{
		CheckRedirect: redirect,
		Transport: &http.Transport{
			// No Proxy: it would dial for us, unchecked.
			DialContext:       func(_ context.Context, _, target string) (net.Conn, error) { return f.dial(ctx, target) },
			DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: maxHeader, TLSHandshakeTimeout: f.options.Timeout,
		},
	}
}

// Get returns the document at an http or https URL. The text of its errors names the host and never the rest
// of the URL, which may be signed, nor an address that a name resolved to.
func (f *Fetcher) Get(ctx context.Context, address string) (Document, error) {
	u, err := parse(address)
	if err != nil {
		return Document{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, f.options.Timeout)
	defer cancel()
	doc, err := f.get(ctx, u)
	if err != nil {
		var outer *url.Error
		if errors.As(err, &outer) {
			err = outer.Err // it quotes the whole URL
		}
		return Document{}, fmt.Errorf("fetch from %s: %w", u.Hostname(), err)
	}
	return doc, nil
}

func (f *Fetcher) get(ctx context.Context, u *url.URL) (Document, error) {
	req := (&http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: http.Header{
		"User-Agent": {"aio-fetch"}, "Accept": {"image/*, audio/*, video/*, application/pdf, text/plain, */*;q=0.1"},
	}}).WithContext(ctx)
	resp, err := f.client(ctx).Do(req)
	if err != nil {
		return Document{}, err
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode != http.StatusOK:
		return Document{}, fmt.Errorf("HTTP %d", resp.StatusCode)
	case resp.Header.Get("Content-Encoding") != "":
		return Document{}, errors.New("the document is compressed, though that was not asked for")
	case resp.ContentLength > f.options.MaxBytes:
		return Document{}, f.tooLarge()
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, f.options.MaxBytes+1))
	switch {
	case err != nil:
		return Document{}, err
	case int64(len(data)) > f.options.MaxBytes:
		return Document{}, f.tooLarge()
	}
	return Document{Type: typeOf(resp.Header.Get("Content-Type"), data), Data: data}, nil
}

func (f *Fetcher) tooLarge() error {
	return fmt.Errorf("%w: the document has more than %d bytes", ErrTooLarge, f.options.MaxBytes)
}

// typeOf believes the server unless it does not say.
func typeOf(told string, data []byte) string {
	kind, _, err := mime.ParseMediaType(told)
	if err != nil || kind == "application/octet-stream" || kind == "binary/octet-stream" {
		kind, _, _ = strings.Cut(http.DetectContentType(data), ";")
	}
	return strings.ToLower(kind)
}

// redirect checks where a redirect leads. The address is checked when it is dialled.
func redirect(req *http.Request, via []*http.Request) error {
	req.Header.Del("Referer") // the first URL may be signed
	if len(via) > maxRedirects {
		return fmt.Errorf("%w: more than %d redirects", ErrBlocked, maxRedirects)
	}
	if via[len(via)-1].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return fmt.Errorf("%w: a redirect from https to %s", ErrBlocked, req.URL.Scheme)
	}
	_, err := parse(req.URL.String())
	return err
}
