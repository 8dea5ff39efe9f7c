package host_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// successor makes a host that goes on where r's is, from a configuration with a few changes.
func successor(t *testing.T, r *rig, change func(*host.Config)) *host.Host {
	t.Helper()
	config := r.Config()
	config.Providers = slices.Clone(config.Providers)
	for i := range config.Providers {
		config.Providers[i].Keys = slices.Clone(config.Providers[i].Keys)
	}
	change(&config)
	next, err := host.New(t.Context(), config, host.WithStateOf(r.Host))
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// What a host learned of its keys holds for the one that replaces it, whether the keys are configured alike or
// not, and daily counts neither begin anew nor count twice.
func TestSuccessorKeepsKeys(t *testing.T) {
	for name, change := range map[string]func(*host.Config){
		"same keys":  func(c *host.Config) { c.Auto = true },
		"other keys": func(c *host.Config) { c.Providers[0].Keys[1].Priority = 7; c.Providers[0].Keys[1].Disabled = false },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := start(t, setup{keys: []int{2}, script: simulator.Script{Rules: []simulator.Rule{{
					Match: simulator.Match{Key: "first-2"}, Fault: simulator.Fault{Kind: simulator.FaultError, Error: simulator.ErrorRateMinute},
				}}}, change: func(c *host.Config) {
					c.Providers[0].Keys[0].DailyLimit, c.Providers[0].Keys[1].DailyLimit = 2000, 2000
					c.Providers[0].Keys[1].Priority = 5 // tried first, and refused
				}})
				for range 3 {
					if _, err := r.Chat(t.Context(), ask("hello")); err != nil {
						t.Fatal(err)
					}
				}
				before := r.Status()
				next := successor(t, r, change)
				defer next.Close(context.WithoutCancel(t.Context()))
				after := next.Status()
				ignore := cmpopts.IgnoreFields(host.KeyStatus{}, "Priority", "Reason")
				if diff := cmp.Diff(before.Providers[0].Keys, after.Providers[0].Keys, ignore); diff != "" {
					t.Errorf("keys changed (-before +after):\n%s", diff)
				}
				if diff := cmp.Diff(before.Totals, after.Totals); diff != "" {
					t.Errorf("totals changed (-before +after):\n%s", diff)
				}
				// Both go on counting into the same limit while the old one still serves.
				for _, h := range []*host.Host{r.Host, next, r.Host, next} {
					if _, err := h.Chat(t.Context(), ask("hello")); err != nil {
						t.Fatal(err)
					}
				}
				if err := r.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
				last := successor(t, &rig{Host: next}, change)
				defer last.Close(context.WithoutCancel(t.Context()))
				if got := last.Status().Providers[0].Keys[0].UsedToday; got != 7 {
					t.Errorf("used today is %d after 7 calls", got)
				}
				if got := last.Status().Totals.Requests; got != 7 {
					t.Errorf("totals count %d requests of 7", got)
				}
			})
		})
	}
}

// A daily limit holds over many successors, while the old ones still serve.
func TestSuccessorsKeepTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const limit = 30
		r := start(t, setup{change: func(c *host.Config) { c.Providers[0].Keys[0].DailyLimit = limit }})
		hosts := []*host.Host{r.Host}
		for i := range 5 {
			next := successor(t, &rig{Host: hosts[len(hosts)-1]}, func(c *host.Config) { c.Providers[0].Keys[0].Priority = i + 1 })
			defer next.Close(context.WithoutCancel(t.Context()))
			hosts = append(hosts, next)
		}
		served := 0
		for i := range 10 * limit {
			_, err := hosts[i%len(hosts)].Chat(t.Context(), ask("hello"))
			if err == nil {
				served++
			}
			time.Sleep(time.Second) // virtual: units given back are asked for again
		}
		if served != limit || len(r.asked()) != limit {
			t.Errorf("%d served, %d arrived; want %d", served, len(r.asked()), limit)
		}
	})
}

// A provider configured alike keeps its plugin; closing the host that started it does not end it.
func TestSuccessorKeepsPlugins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opened := 0
		plugin := sdk.Plugin{Name: "first", Version: "1", Open: func(context.Context, sdk.Setup) (sdk.Provider, error) {
			opened++
			return echo{}, nil
		}}
		r := start(t, setup{change: func(c *host.Config) { c.Providers[0].Local = &plugin }})
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		same := successor(t, r, func(c *host.Config) { c.Auto = true })
		if err := r.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := same.Chat(t.Context(), ask("hello")); err != nil {
			t.Fatal(err)
		}
		if opened != 1 {
			t.Errorf("the plugin was opened %d times; both hosts configure it alike", opened)
		}
		other := successor(t, &rig{Host: same}, func(c *host.Config) { c.Providers[0].Proxy = sdk.NewSecret("http://proxy.example:1") })
		if err := same.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := other.Chat(t.Context(), ask("hello")); err != nil {
			t.Fatal(err)
		}
		if opened != 2 {
			t.Errorf("the plugin was opened %d times; the last host configures it otherwise", opened)
		}
		if err := other.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := other.Chat(t.Context(), ask("hello")); err == nil {
			t.Error("a closed host answers")
		}
	})
}

// echo answers every chat.
type echo struct{}

func (echo) Chat(context.Context, *sdk.Call) (*sdk.Reply, error) {
	return &sdk.Reply{Body: []byte(`{"choices":[{"index":0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}]}`)}, nil
}
