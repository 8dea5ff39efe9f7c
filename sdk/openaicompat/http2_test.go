package openaicompat

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestHTTP2(t *testing.T) {
	t.Parallel()
	left := make(chan struct{})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("asked over %s", r.Proto)
		}
		_, _ = io.ReadAll(r.Body)
		sse(w, events(word("a"), last)+done)
		w.(http.Flusher).Flush()
		<-r.Context().Done() // the stream is left open: leaving it must not cost the connection
		left <- struct{}{}
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	transport := newTransport()
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	client := served(t, opened(t, Dialect{}, server.URL, func(o *Options) { o.Transport = transport }))
	for range 2 {
		if got := streaming(t.Context(), client, call(`{}`)); got.Err != nil || got.Chunks != lines(word("a"), last) {
			t.Fatalf("got %+v", got)
		}
		await(t, left, "the upstream to see the caller go")
	}
}
