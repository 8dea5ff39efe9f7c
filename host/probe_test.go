package host_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

const tiny = `{"messages":[{"role":"user","content":"hi"}]}`

func probe(t *testing.T, r *rig, label string) *host.Probe {
	t.Helper()
	p, err := r.Probe("first", label)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A probe uses the key it is told to, whatever the order of keys would be, and never another.
func TestProbeUsesItsKey(t *testing.T) {
	t.Parallel()
	r := start(t, setup{keys: []int{3}})
	p := probe(t, r, "first-2")
	if _, err := p.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	if models, err := p.Models(t.Context()); err != nil || len(models) == 0 {
		t.Errorf("%d models, %v", len(models), err)
	}
	if _, err := p.Chat(t.Context(), "gpt-5.4-mini", []byte(tiny)); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"first-2", "first-2", "first-2"}, r.asked()); diff != "" {
		t.Error(diff)
	}
	if k := r.key(t, "first", "first-2"); k.UsedToday != 1 || k.Total != 1 {
		t.Errorf("the chat, and only that, counts: %s", pretty(k))
	}
}

// Only a chat teaches: a key that was merely looked at goes on as before.
func TestProbeTeachesByChatOnly(t *testing.T) {
	t.Parallel()
	r := start(t, setup{keys: []int{1}, script: script(rule(simulator.FaultError, "", func(r *simulator.Rule) {
		r.Fault.Error = simulator.ErrorRateMinute
	}))})
	p := probe(t, r, "first-1")
	if _, err := p.Validate(t.Context()); sdk.KindOf(err) != sdk.KindRateMinute {
		t.Errorf("validate: %v", err)
	}
	if k := r.key(t, "first", "first-1"); k.State != "ready" {
		t.Errorf("after validating: %s", pretty(k))
	}
	if _, err := p.Chat(t.Context(), "gpt-5.4-mini", []byte(tiny)); sdk.KindOf(err) != sdk.KindRateMinute {
		t.Errorf("chat: %v", err)
	}
	_, err := p.Chat(t.Context(), "gpt-5.4-mini", []byte(tiny))
	var held *host.Error
	if !errors.As(err, &held) || held.Kind != sdk.KindKeysExhausted || held.RetryAfter <= 0 {
		t.Errorf("a resting key: %v", err)
	}
	if n := len(r.asked()); n != 2 {
		t.Errorf("%d calls, want 2", n)
	}
}

func TestProbeOfNobody(t *testing.T) {
	t.Parallel()
	r := start(t, setup{})
	for _, at := range [][2]string{{"nobody", "x"}, {"first", "x"}, {"first", ""}} {
		if _, err := r.Probe(at[0], at[1]); sdk.KindOf(err) == "" {
			t.Errorf("%v: no error", at)
		}
	}
}

// The error of a model that is gone names what there is, once the host has seen the upstream's list.
func TestGoneModelsNameTheNearest(t *testing.T) {
	t.Parallel()
	r := start(t, setup{change: func(c *host.Config) {
		c.Providers[0].Models = []host.Model{{Name: "echo", ID: "gpt-5.4-minni"}}
	}})
	before := gone(t, r)
	if strings.Contains(before, "nearest") {
		t.Errorf("nobody listed anything: %s", before)
	}
	if _, err := r.UpstreamModels(t.Context(), "first"); err != nil {
		t.Fatal(err)
	}
	if after := gone(t, r); !strings.Contains(after, "the nearest that first has: gpt-5.4-mini") {
		t.Errorf("got %s", after)
	}
}

func gone(t *testing.T, r *rig) string {
	t.Helper()
	_, err := r.Chat(context.WithoutCancel(t.Context()), ask("hi"))
	var e *host.Error
	if !errors.As(err, &e) || e.Kind != sdk.KindModelGone {
		t.Fatalf("got %v, want model_gone", err)
	}
	return e.Message
}
