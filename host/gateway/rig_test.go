package gateway_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/accesslog"
	"github.com/aio-llm/aio/host/gateway"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
	"github.com/aio-llm/aio/sdk/simulator"
)

// rig is a gateway over a host with in-process providers whose upstream is a simulator. Everything talks over
// memory: inside a synctest bubble its time is virtual.
type rig struct {
	*gateway.Gateway
	host   *host.Host
	sim    *simulator.Simulator
	client *http.Client
	dial   func(context.Context) (net.Conn, error)
	// address is what a rig with real listeners listens on.
	address string
}

// setup describes a rig: providers "first", "second" and "third" (as many as keys are given), each key named
// <provider>-<n>, with the models echo, think and embed.
type setup struct {
	keys    []int
	script  simulator.Script
	config  gateway.Config
	change  func(*host.Config)
	options []gateway.Option
	// hostOptions are the host's, simulated the simulator's.
	hostOptions []host.Option
	simulated   func(*simulator.Options)
	dialect     func(*openaicompat.Dialect)
	// log gets the access log.
	log hclog.Logger
	// tap gets what goes upstream.
	tap *record
	// upstream answers instead of the simulator; once makes one call a request.
	upstream http.Handler
	once     bool
	// tcp takes real listeners, for what only real connections have.
	tcp bool
}

const (
	tokenValue = "aio-test-token-of-the-first-client"
	origin     = "https://app.example"
)

func token(name, value string) gateway.Token {
	return gateway.Token{Name: name, Hash: gateway.HashToken(sdk.NewSecret(value))}
}

func keyValue(label string) string { return "sk-simulated-" + label + "-0123456789" }

func start(t *testing.T, s setup) *rig {
	t.Helper()
	if s.keys == nil {
		s.keys = []int{1}
	}
	o := simulator.Options{Script: s.script, KeepBodies: true, Models: []simulator.Model{
		{ID: "gpt-5.4-mini", Vision: true}, {ID: "thinker", Reasoning: true}, {ID: "embedder", Embedding: true},
	}}
	config := host.Config{}
	for i, n := range s.keys {
		p := host.Provider{Name: [...]string{"first", "second", "third"}[i], Priority: -i, Models: []host.Model{
			{Name: "echo", ID: "gpt-5.4-mini", Context: 100_000}, {Name: "think", ID: "thinker", Priority: -1}, {Name: "embed", ID: "embedder", Priority: -2},
		}}
		for k := range n {
			label := fmt.Sprintf("%s-%d", p.Name, k+1)
			o.Keys = append(o.Keys, simulator.Key{Label: label, Value: keyValue(label)})
			p.Keys = append(p.Keys, host.Key{Label: label, Value: sdk.NewSecret(keyValue(label)), Priority: -k})
		}
		config.Providers = append(config.Providers, p)
	}
	// The route "chat" is their chat models alone.
	chat := host.Route{Name: "chat"}
	for _, p := range config.Providers {
		chat.Targets = append(chat.Targets, p.Name+"/echo")
	}
	config.Routes = []host.Route{chat}
	if s.simulated != nil {
		s.simulated(&o)
	}
	r := &rig{sim: simulator.New(o)}
	transport := cleanTransport()
	base, closeUpstream := upstream(t, r.sim, s.tcp, transport)
	if s.upstream != nil {
		closeUpstream()
		fake := httptest.NewServer(s.upstream)
		base, closeUpstream = fake.URL, fake.Close
	}
	if s.once {
		config.Retry.MaxTries = 1
	}
	if s.tap != nil {
		s.tap.tap(transport)
	}
	for i := range config.Providers {
		local := openaiPlugin(config.Providers[i].Name, base, transport, s.dialect)
		config.Providers[i].Local = &local
	}
	if s.change != nil {
		s.change(&config)
	}
	if s.tcp {
		s.config.Limits.KeepAlive = time.Hour // real time passes by itself
	}
	var err error
	if r.host, err = host.New(t.Context(), config, s.hostOptions...); err != nil {
		t.Fatal(err)
	}
	if s.config.Tokens == nil && s.config.Auth == gateway.AuthTokens {
		s.config.Tokens = []gateway.Token{token("tester", tokenValue)}
	}
	if r.Gateway, err = gateway.New(gateway.Static(r.host), s.config, s.options...); err != nil {
		t.Fatal(err)
	}
	closeServer := r.listen(t, s.tcp, s.log)
	t.Cleanup(func() {
		closeServer()
		if err := r.host.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		transport.CloseIdleConnections()
		closeUpstream()
	})
	return r
}

func cleanTransport() *http.Transport {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy, transport.DisableCompression = nil, true
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = 4096, 4096
	return transport
}

func upstream(t *testing.T, sim *simulator.Simulator, tcp bool, transport *http.Transport) (base string, stop func()) {
	t.Helper()
	if tcp {
		srv, err := sim.Start("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		return srv.BaseURL(simulator.OpenAI), func() { _ = srv.Close() }
	}
	srv := sim.StartMemory()
	transport.DialContext = srv.DialContext
	return srv.BaseURL(simulator.OpenAI), func() { _ = srv.Close() }
}

func openaiPlugin(name, base string, transport http.RoundTripper, change func(*openaicompat.Dialect)) sdk.Plugin {
	return sdk.Plugin{Name: name, Version: "test", Open: func(context.Context, sdk.Setup) (sdk.Provider, error) {
		d := openaicompat.Dialect{Name: name, BaseURL: base, StreamUsage: true, Embeddings: true}
		if change != nil {
			change(&d)
		}
		p, err := openaicompat.New(d, openaicompat.Options{Transport: transport, AllowInsecureHTTP: true})
		return openaicompat.EmbeddingProvider{Provider: p}, err
	}}
}

// listen serves the gateway and returns how to stop it.
func (r *rig) listen(t *testing.T, tcp bool, log hclog.Logger) func() {
	t.Helper()
	var listener net.Listener
	if tcp {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		listener, r.address = l, l.Addr().String()
		r.dial = func(ctx context.Context) (net.Conn, error) { return new(net.Dialer).DialContext(ctx, "tcp", r.address) }
	} else {
		l := newPipes()
		listener, r.dial = l, l.dial
	}
	server := r.Server()
	if log != nil {
		server.Handler = accesslog.Handler(server.Handler, log)
	}
	var open sync.WaitGroup
	server.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			open.Add(1)
		case http.StateClosed, http.StateHijacked:
			open.Done()
		default:
		}
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(r.Listener(listener)) }()
	transport := cleanTransport()
	transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) { return r.dial(ctx) }
	r.client = &http.Client{Transport: transport}
	return func() {
		transport.CloseIdleConnections()
		_ = server.Close()
		<-done
		open.Wait() // some linger
	}
}

// request is one to the rig, with the tester's token.
type request struct {
	method string
	path   string
	body   string
	header map[string]string
}

func (r *rig) new(t *testing.T, q request) *http.Request {
	t.Helper()
	var body io.Reader
	if q.body != "" {
		body = strings.NewReader(q.body)
	}
	req, err := http.NewRequestWithContext(t.Context(), cmp.Or(q.method, http.MethodPost), "http://localhost"+cmp.Or(q.path, "/v1/chat/completions"), body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+tokenValue)
	for name, value := range q.header {
		if req.Header.Set(name, value); value == "" {
			req.Header.Del(name)
		}
	}
	return req
}

// answer is a reply read to its end.
type answer struct {
	status  int
	header  http.Header
	trailer http.Header
	body    string
}

func (r *rig) do(t *testing.T, q request) answer {
	t.Helper()
	a, err := r.try(r.new(t, q))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (r *rig) try(req *http.Request) (answer, error) {
	resp, err := r.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	var body bytes.Buffer
	_, err = body.ReadFrom(resp.Body)
	return answer{resp.StatusCode, resp.Header, resp.Trailer, body.String()}, err
}

func ask(model, text string) string {
	return fmt.Sprintf(`{"model":%q,"messages":[{"role":"user","content":%q}]}`, model, text)
}

func askStream(model, text string) string {
	return fmt.Sprintf(`{"model":%q,"stream":true,"messages":[{"role":"user","content":%q}]}`, model, text)
}

// events cuts a stream into the data of its events; comments are kept with their colon.
func events(t *testing.T, body string) []string {
	t.Helper()
	var out []string
	for block := range strings.SplitSeq(strings.TrimSuffix(body, "\n\n"), "\n\n") {
		data, ok := strings.CutPrefix(block, "data: ")
		if !ok && !strings.HasPrefix(block, ":") || strings.Contains(data, "\n") {
			t.Fatalf("not an event: %q", block)
		}
		if !ok {
			data = block
		}
		out = append(out, data)
	}
	return out
}

func script(rules ...simulator.Rule) simulator.Script { return simulator.Script{Rules: rules} }

func on(key string, f simulator.Fault) simulator.Rule {
	return simulator.Rule{Match: simulator.Match{Key: key}, Fault: f}
}

// pipes is a listener in memory.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	select {
	case <-p.closed:
	default:
		close(p.closed)
	}
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "memory"} }

func (p *pipes) dial(ctx context.Context) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.conns <- far:
		return near, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
