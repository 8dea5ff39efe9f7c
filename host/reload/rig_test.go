package reload

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
	"github.com/aio-llm/aio/sdk/simulator"
)

// rig is a Current whose hosts have providers in this process and a simulator in memory as upstream: inside a
// synctest bubble its time is virtual.
type rig struct {
	*Current
	sim    *simulator.Simulator
	config host.Config // of the first host
}

const keyValue = "sk-simulated-only-0123456789"

func newRig(t *testing.T, o simulator.Options) *rig {
	t.Helper()
	o.Keys = []simulator.Key{{Label: "only", Value: keyValue}}
	o.LedgerSize = 1 << 16
	r := &rig{sim: simulator.New(o)}
	server := r.sim.StartMemory()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy, transport.DisableCompression, transport.DialContext = nil, true, server.DialContext
	transport.MaxIdleConnsPerHost = 100
	r.config = host.Config{Auto: true, Providers: []host.Provider{{
		Name: "first", Local: plugin("first", server.BaseURL(simulator.OpenAI), transport),
		Keys:   []host.Key{{Label: "only", Value: sdk.NewSecret(keyValue), DailyLimit: 1_000_000}},
		Models: []host.Model{{Name: "echo", ID: "gpt-5.4-mini"}},
	}}}
	h, err := host.New(t.Context(), r.config)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.Current = NewCurrent(h)
	t.Cleanup(func() {
		if err := r.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		transport.CloseIdleConnections()
		_ = server.Close()
	})
	return r
}

func plugin(name, base string, transport http.RoundTripper) *sdk.Plugin {
	return &sdk.Plugin{Name: name, Version: "test", Open: func(context.Context, sdk.Setup) (sdk.Provider, error) {
		return openaicompat.New(openaicompat.Dialect{Name: name, BaseURL: base, StreamUsage: true},
			openaicompat.Options{Transport: transport, AllowInsecureHTTP: true})
	}}
}

// broken is a plugin that does not start.
func broken(name string, err error) *sdk.Plugin {
	return &sdk.Plugin{Name: name, Version: "test", Open: func(context.Context, sdk.Setup) (sdk.Provider, error) { return nil, err }}
}

// other is the first configuration with a change that matters to no provider.
func (r *rig) other(n int) host.Config {
	c := r.config
	c.Routes = []host.Route{{Name: "route-" + string(rune('a'+n%26)), Targets: []string{"first"}}}
	return c
}

func ask(text string) *sdk.ChatRequest {
	return &sdk.ChatRequest{Model: "auto", Messages: []sdk.Message{sdk.User(text)}}
}

// chat makes a request as the gateway does.
func (r *rig) chat(ctx context.Context, text string) (string, error) {
	h, release := r.Acquire()
	defer release()
	reply, err := h.Chat(ctx, ask(text))
	if err != nil {
		return "", err
	}
	c, err := reply.Completion()
	if err != nil {
		return "", err
	}
	return c.Text(), nil
}

// stream reads a stream to its end.
func (r *rig) stream(ctx context.Context, text string) (string, error) {
	h, release := r.Acquire()
	defer release()
	s, err := h.ChatStream(ctx, ask(text))
	if err != nil {
		return "", err
	}
	c, err := s.Completion()
	if err != nil {
		return "", err
	}
	return c.Text(), nil
}

func pause(d time.Duration) { time.Sleep(d) } // in bubbles only, where it takes no time
