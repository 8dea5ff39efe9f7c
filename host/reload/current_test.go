package reload

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/internal/rows"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// load makes requests and streams side by side until stopped, and counts those that failed.
type load struct {
	made, failed atomic.Int64
	mu           sync.Mutex
	first        error
	stop         func()
}

func (r *rig) load(t *testing.T, streams int) *load {
	l := &load{}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	done := func(text, want string, err error) {
		l.made.Add(1)
		if err == nil && text != want {
			err = fmt.Errorf("got %q, want %q", text, want)
		}
		if err != nil {
			l.failed.Add(1)
			l.mu.Lock()
			defer l.mu.Unlock()
			if l.first == nil {
				l.first = err
			}
		}
	}
	for i := range streams {
		running.Go(func() {
			for ctx.Err() == nil { // ended only between requests: none is given up
				text := fmt.Sprintf("stream %d %s", i, strings.Repeat("word ", 20))
				got, err := r.stream(t.Context(), text)
				done(got, "echo: "+text, err)
			}
		})
	}
	running.Go(func() {
		var requests sync.WaitGroup
		for n := 0; ctx.Err() == nil; n++ {
			requests.Go(func() {
				text := fmt.Sprint("request ", n)
				got, err := r.chat(t.Context(), text)
				done(got, "echo: "+text, err)
			})
			pause(5 * time.Millisecond) // 200 a second
		}
		requests.Wait()
	})
	l.stop = func() { cancel(); running.Wait() }
	return l
}

func TestRow_C3_GoodReloads(t *testing.T) {
	reloads := rows.Dose(10, 100)
	var l *load
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Options{TokenGap: 20 * time.Millisecond, Latency: 10 * time.Millisecond})
		l = r.load(t, 50)
		for i := range reloads {
			problems, err := r.Apply(t.Context(), r.other(i), nil)
			if err != nil || len(problems) > 0 {
				t.Fatal(err, problems)
			}
			pause(100 * time.Millisecond)
		}
		l.stop()
		synctest.Wait()
		if n := len(r.Hosts()); n != 1 {
			t.Errorf("%d hosts are open though nothing runs; want the one of now", n)
		}
		if l.failed.Load() > 0 {
			t.Errorf("%d of %d failed, the first: %v", l.failed.Load(), l.made.Load(), l.first)
		}
		arrived := r.sim.Ledger().Count(func(e simulator.Entry) bool { return e.Status == 200 && !e.ClientGone })
		if arrived != int(l.made.Load()) {
			t.Errorf("%d arrived whole, %d were made", arrived, l.made.Load())
		}
		s := r.Host().Status()
		if used := s.Providers[0].Keys[0].UsedToday; used != l.made.Load() {
			t.Errorf("the key counts %d of %d", used, l.made.Load())
		}
		if s.Totals.Requests != l.made.Load() {
			t.Errorf("totals count %d of %d", s.Totals.Requests, l.made.Load())
		}
	})
	rows.Report(t, "C3", fmt.Sprintf("%d good reloads, 200 requests/s and 50 streams", reloads),
		"nothing dropped, counts kept, replaced hosts closed", func() string {
			return fmt.Sprintf("%d requests, %d failed", l.made.Load(), l.failed.Load())
		})
}

func TestRow_C6_KeysAndProvidersInUse(t *testing.T) {
	t.Run("a provider in use goes", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, simulator.Options{TokenGap: 20 * time.Millisecond})
			ended := make(chan error, 1)
			go func() {
				_, err := r.stream(t.Context(), strings.Repeat("word ", 100))
				ended <- err
			}()
			pause(100 * time.Millisecond)
			c := r.config
			second := c.Providers[0]
			second.Name = "second"
			c.Providers = []host.Provider{second}
			if _, err := r.Apply(t.Context(), c, nil); err != nil {
				t.Fatal(err)
			}
			if n := len(r.Hosts()); n != 2 {
				t.Errorf("%d hosts; the one before serves a stream", n)
			}
			if err := <-ended; err != nil {
				t.Errorf("the stream of the provider that went: %v", err)
			}
			if _, err := r.chat(t.Context(), "hello"); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("a key in use goes and comes back", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, simulator.Options{})
			for range 3 {
				if _, err := r.chat(t.Context(), "hello"); err != nil {
					t.Fatal(err)
				}
			}
			without := r.config
			p := without.Providers[0]
			p.Keys = []host.Key{{Label: "other", Value: sdk.NewSecret("sk-of-nobody-0123456789")}}
			without.Providers = []host.Provider{p}
			for _, c := range []host.Config{without, r.config} {
				if _, err := r.Apply(t.Context(), c, nil); err != nil {
					t.Fatal(err)
				}
			}
			synctest.Wait() // the hosts before are closed
			if used := r.Host().Status().Providers[0].Keys[0].UsedToday; used != 3 {
				t.Errorf("the key that came back counts %d of 3", used)
			}
		})
	})
	for name, test := range map[string]struct {
		change  func(*host.Config)
		applied bool
	}{
		"a new provider fails to start": {func(c *host.Config) {
			c.Providers = append(c.Providers, host.Provider{Name: "second", Local: broken("second", errors.New("no licence")), AnyModel: true})
		}, true},
		"a provider that was ready fails to start": {func(c *host.Config) {
			c.Providers[0].Local = broken("first", errors.New("no licence"))
		}, false},
		"a new provider refuses its settings": {func(c *host.Config) {
			c.Providers = append(c.Providers, host.Provider{Name: "second", AnyModel: true, Settings: []byte(`{"colour":"blue"}`),
				Local: &sdk.Plugin{Name: "second", Settings: sdk.Schema{{Name: "size", Type: sdk.Number}}}})
		}, false},
		"a mistake": {func(c *host.Config) { c.Routes = []host.Route{{Name: "auto"}} }, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, simulator.Options{})
				before := r.Host()
				c := r.config
				c.Providers = append([]host.Provider{}, c.Providers...)
				test.change(&c)
				committed := false
				problems, err := r.Apply(t.Context(), c, func() error { committed = true; return nil })
				if test.applied != (err == nil) || test.applied != committed || test.applied != (r.Host() != before) {
					t.Errorf("applied: %v, committed: %v, error: %v", r.Host() != before, committed, err)
				}
				if test.applied && (len(problems) != 1 || !strings.Contains(problems[0].Error(), "second")) {
					t.Errorf("problems %v do not name the provider", problems)
				}
				if _, err := r.chat(t.Context(), "hello"); err != nil {
					t.Error(err)
				}
			})
		})
	}
	rows.Report(t, "C6", "a key, a provider in use removed; plugins that fail to start; mistakes",
		"in-flight ends well, counts kept; applied with the failed provider reported, or nothing changed", func() string { return "as documented" })
}

// A commit that fails changes nothing.
func TestCommitFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Options{})
		before, failed := r.Host(), errors.New("no")
		if _, err := r.Apply(t.Context(), r.other(1), func() error { return failed }); !errors.Is(err, failed) || r.Host() != before {
			t.Errorf("error %v, replaced: %v", err, r.Host() != before)
		}
		if _, err := r.chat(t.Context(), "hello"); err != nil {
			t.Error(err)
		}
	})
}

// A stream that outlives every bound is cut, with an error.
func TestLingerEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Options{TokenGap: 10 * time.Second})
		r.config.Timeouts.Total = time.Hour
		if _, err := r.Apply(t.Context(), r.config, nil); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() {
			_, err := r.stream(t.Context(), strings.Repeat("word ", 1000))
			ended <- err
		}()
		pause(time.Minute)
		if _, err := r.Apply(t.Context(), r.other(1), nil); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; host.KindOf(err) != sdk.KindCanceled {
			t.Errorf("the stream ended with %v", err)
		}
		pause(time.Minute)
		if n := len(r.Hosts()); n != 1 {
			t.Errorf("%d hosts are left", n)
		}
	})
}

func TestClosedCurrent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Options{})
		for range 2 {
			if err := r.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.chat(t.Context(), "hello"); !errors.Is(err, host.ErrClosed) {
			t.Errorf("a closed host answers %v", err)
		}
		if _, err := r.Apply(t.Context(), r.other(1), nil); !errors.Is(err, ErrClosed) {
			t.Errorf("a closed Current applies: %v", err)
		}
	})
}
