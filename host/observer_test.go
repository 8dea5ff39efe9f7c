package host_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk/simulator"
)

type callerKey struct{}

// notebook is a ContextObserver that writes down what it is told, and whose context came along.
type notebook struct {
	t     *testing.T
	mu    sync.Mutex
	notes []string
	ended []host.RequestEnded
}

func (n *notebook) Observe(e host.Event) { n.t.Errorf("%T came without a context", e) }

func (n *notebook) ObserveContext(ctx context.Context, e host.Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.notes = append(n.notes, fmt.Sprintf("%T of %v", e, ctx.Value(callerKey{})))
	if e, ok := e.(host.RequestEnded); ok {
		n.ended = append(n.ended, e)
	}
}

func TestContextObserver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &notebook{t: t}
		r := start(t, setup{
			keys: []int{2}, observer: n,
			script: script(rule(simulator.FaultReply, "first-1", func(r *simulator.Rule) {
				r.Fault.Status, r.Fault.Body = 401, `{"error":{"message":"bad key","code":"invalid_api_key"}}`
			})),
			change: func(c *host.Config) { c.Providers[0].AnyModel, c.DisableAfter = true, 1 },
		})
		began := time.Now()
		ctx := context.WithValue(t.Context(), callerKey{}, "anna")
		request := ask("hi")
		request.Model = "first/of-the-caller"
		_, _ = r.Chat(ctx, request) // whether this upstream has the model does not matter
		n.mu.Lock()
		defer n.mu.Unlock()
		if diff := cmp.Diff([]string{
			"host.RequestStarted of anna", "host.KeyChanged of <nil>", "host.AttemptEnded of anna", "host.AttemptEnded of anna", "host.RequestEnded of anna",
		}, n.notes); diff != "" {
			t.Error(diff)
		}
		if len(n.ended) != 1 || n.ended[0].Operation != host.OperationChat || len(n.ended[0].Trail.Attempts) != 2 {
			t.Fatalf("ended: %s", pretty(n.ended))
		}
		for _, a := range n.ended[0].Trail.Attempts {
			if !a.Unlisted || a.Started.Before(began) || a.Started.After(time.Now()) {
				t.Errorf("attempt: %s", pretty(a))
			}
		}
	})
}

// What a route or a provider block names is no caller's word, whoever else may name models freely.
func TestListedModels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, setup{change: func(c *host.Config) {
			c.Providers[0].AnyModel = true
			c.Routes = []host.Route{{Name: "fast", Targets: []string{"first/gpt-5.4-nano"}}}
		}})
		for _, model := range []string{"auto", "first/echo", "fast"} {
			request := ask("hi")
			request.Model = model
			var trail host.Trail
			if reply, err := r.Chat(t.Context(), request); err == nil {
				trail = reply.Route
			} else if e, ok := err.(*host.Error); ok {
				trail = *e.Trail
			}
			if len(trail.Attempts) == 0 || trail.Attempts[0].Unlisted {
				t.Errorf("%s: %s", model, pretty(trail))
			}
		}
	})
}
