package doctor_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/doctor"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

const chat = `{"messages":[{"role":"user","content":"hi"}]}`

// A dead key, an unknown model and a used-up quota are told apart at each provider.
func TestEveryDialect(t *testing.T) {
	t.Parallel()
	for name, u := range upstreams() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, server := serve(t, simulator.Options{Keys: []simulator.Key{
				{Label: "good", Value: u.keyOf("good")}, {Label: "used", Value: u.keyOf("used"), DailyLimit: 1},
			}})
			wrong := strings.Replace(u.model, "g", "j", 1)
			h := open(t, host.Config{Providers: []host.Provider{
				u.provider(server.BaseURL(u.dialect), []string{"good", "dead", "used"}, u.model, wrong),
			}})
			p, err := h.Probe(name, "used")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.Chat(t.Context(), u.model, []byte(chat)); err != nil {
				t.Fatal(err)
			}
			report := examine(t, h, doctor.Options{Deep: true})
			quota := "quota used up"
			if name == "nvidia" {
				quota = "rate-limited now" // it does not say which limit it was, nor until when
			}
			want := []string{
				"provider: ok", "key good: ok", "key dead: key dead", "key used: " + quota,
				"model " + u.model + ": ok", "model " + wrong + ": model unknown, nearest " + u.model,
			}
			if diff := cmp.Diff(want, verdicts(report.Providers[0])); diff != "" {
				t.Errorf("(-want +got):\n%s\n%s", diff, pretty(t, report))
			}
			if report.Problems() != 3 || report.Healthy() || !report.Usable() {
				t.Errorf("%d problems, healthy %v, usable %v", report.Problems(), report.Healthy(), report.Usable())
			}
			if until := report.Providers[0].Keys[2].Until; name != "nvidia" && until.Before(time.Now()) {
				t.Errorf("the quota is said to be back at %v", until)
			}
		})
	}
}

// OpenRouter's page about a key tells what elsewhere only a request does.
func TestAQuotaToldBeforehand(t *testing.T) {
	t.Parallel()
	u := upstreams()["openrouter"]
	_, server := serve(t, simulator.Options{Keys: []simulator.Key{{Label: "used", Value: u.keyOf("used"), DailyLimit: 1}}})
	h := open(t, host.Config{Providers: []host.Provider{u.provider(server.BaseURL(u.dialect), []string{"used"}, u.model)}})
	p, err := h.Probe("openrouter", "used")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Chat(t.Context(), u.model, []byte(chat)); err != nil {
		t.Fatal(err)
	}
	k := examine(t, h, doctor.Options{}).Providers[0].Keys[0]
	if k.Verdict != doctor.VerdictQuotaUsed || k.Until.Before(time.Now()) || !strings.Contains(k.Detail, "0 of 1 free requests left") {
		t.Errorf("got %+v", k)
	}
}

// An alias need not be listed; a request tells whether it is one.
func TestAliases(t *testing.T) {
	t.Parallel()
	u := upstreams()["googleai"]
	_, server := serve(t, simulator.Options{AnyKey: true})
	h := open(t, host.Config{Providers: []host.Provider{u.provider(server.BaseURL(u.dialect), []string{"one"}, "gemini-flash-latest", u.model)}})
	if m := examine(t, h, doctor.Options{}).Providers[0].Models[0]; m.Verdict != doctor.VerdictUnchecked || !strings.Contains(m.Detail, "alias") {
		t.Errorf("listed nowhere: %+v", m)
	}
	deep := examine(t, h, doctor.Options{Deep: true}).Providers[0]
	want := []string{"provider: ok", "key one: ok", "model gemini-flash-latest: model unknown, nearest gemini-2.5-flash-lite", "model gemini-2.5-flash: ok"}
	if diff := cmp.Diff(want, verdicts(deep)); diff != "" || deep.Keys[0].Asked != u.model {
		t.Errorf("refused (-want +got):\n%s\nasked %s", diff, deep.Keys[0].Asked)
	}
}

// Without Deep an examination is free: one call a key and one list, and not one chat.
func TestItCostsNothing(t *testing.T) {
	t.Parallel()
	for name, u := range upstreams() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim, server := serve(t, simulator.Options{AnyKey: true})
			h := open(t, host.Config{Providers: []host.Provider{u.provider(server.BaseURL(u.dialect), []string{"one", "two"}, u.model)}})
			report := examine(t, h, doctor.Options{})
			if !report.Healthy() {
				t.Errorf("not healthy:\n%s", pretty(t, report))
			}
			calls := sim.Ledger().Entries()
			if len(calls) != 3 {
				t.Errorf("%d calls, want 3", len(calls))
			}
			for _, e := range calls {
				if e.Method != http.MethodGet {
					t.Errorf("%s %s", e.Method, e.Path)
				}
			}
			stats, err := h.KeyStats(name)
			if err != nil {
				t.Fatal(err)
			}
			if stats.TotalUsage != 0 {
				t.Errorf("the keys are said to be used %d times", stats.TotalUsage)
			}
		})
	}
}

// What the upstream answers to a call with the key decides the verdict.
func TestVerdictsOfErrors(t *testing.T) {
	t.Parallel()
	u := upstreams()["groq"]
	for name, tt := range map[string]struct {
		fault  simulator.Fault
		want   doctor.Verdict
		advice string
		// whole: it is the provider's, not the key's.
		whole bool
	}{
		"401":      {simulator.Fault{Kind: simulator.FaultError, Error: simulator.ErrorAuthInvalid}, doctor.VerdictDead, "make a new key", false},
		"402":      {simulator.Fault{Kind: simulator.FaultError, Status: 402, Body: `{"error":{"message":"pay"}}`}, doctor.VerdictNoCredit, "add credit", false},
		"403":      {simulator.Fault{Kind: simulator.FaultError, Error: simulator.ErrorForbidden}, doctor.VerdictForbidden, "console", false},
		"404":      {simulator.Fault{Kind: simulator.FaultReply, Status: 404, Body: `{}`}, doctor.VerdictFailing, "base_url", true},
		"day":      {simulator.Fault{Kind: simulator.FaultError, Error: simulator.ErrorRateDay}, doctor.VerdictQuotaUsed, "start anew", false},
		"minute":   {simulator.Fault{Kind: simulator.FaultError, Error: simulator.ErrorRateMinute}, doctor.VerdictRateLimited, "wait", false},
		"500":      {simulator.Fault{Kind: simulator.FaultError, Error: simulator.ErrorServer}, doctor.VerdictFailing, "later", true},
		"503":      {simulator.Fault{Kind: simulator.FaultError, Error: simulator.ErrorOverloaded}, doctor.VerdictFailing, "later", true},
		"reset":    {simulator.Fault{Kind: simulator.FaultReset}, doctor.VerdictUnreachable, "firewall", true},
		"redirect": {simulator.Fault{Kind: simulator.FaultRedirect, Location: "https://elsewhere.invalid/"}, doctor.VerdictFailing, "base_url", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, server := serve(t, simulator.Options{AnyKey: true, Script: simulator.Script{Rules: []simulator.Rule{{Fault: tt.fault}}}})
			h := open(t, host.Config{Providers: []host.Provider{u.provider(server.BaseURL(u.dialect), []string{"one", "two"}, u.model)}})
			p := examine(t, h, doctor.Options{Deep: true}).Providers[0]
			got := p.Keys[0].Finding
			if tt.whole {
				got = p.Finding
				if p.Keys[1].Verdict != doctor.VerdictUnchecked {
					t.Errorf("the key is said to be %s", p.Keys[1].Verdict)
				}
			}
			if got.Verdict != tt.want || !strings.Contains(got.Advice, tt.advice) || got.Detail == "" {
				t.Errorf("got %+v, want %s and %q", got, tt.want, tt.advice)
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + l.Addr().String() + "/v1"
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for name, u := range upstreams() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t, host.Config{Providers: []host.Provider{u.provider(nobody, []string{"one"}, u.model)}})
			p := examine(t, h, doctor.Options{}).Providers[0]
			if p.Verdict != doctor.VerdictUnreachable || !strings.Contains(p.Advice, "nothing listens there") {
				t.Errorf("got %+v", p.Finding)
			}
			if p.Models[0].Verdict != doctor.VerdictUnchecked {
				t.Errorf("the model is said to be %s", p.Models[0].Verdict)
			}
		})
	}
}

// What needs no call is told without one.
func TestWithoutACall(t *testing.T) {
	t.Parallel()
	sim, server := serve(t, simulator.Options{AnyKey: true})
	u := upstreams()["groq"]
	p := u.provider(server.BaseURL(u.dialect), nil, u.model)
	p.Keys = []host.Key{{Label: "unset", Missing: "GROQ_API_KEY is not set"}, u.key("off")}
	p.Keys[1].Disabled = true
	off := upstreams()["cerebras"].provider("", []string{"one"})
	off.Disabled = true
	h := open(t, host.Config{Providers: []host.Provider{p, off}})
	report := examine(t, h, doctor.Options{})
	want := []string{"provider: ok", "key unset: key missing", "key off: not active", "model " + u.model + ": unchecked"}
	if diff := cmp.Diff(want, verdicts(report.Providers[0])); diff != "" || len(report.Providers) != 1 {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if report.Problems() != 0 || report.Usable() || report.Healthy() {
		t.Errorf("%d problems, usable %v, healthy %v", report.Problems(), report.Usable(), report.Healthy())
	}
	named := examine(t, h, doctor.Options{Providers: []string{"cerebras"}})
	if len(named.Providers) != 1 || named.Providers[0].Verdict != doctor.VerdictNotActive {
		t.Errorf("got %s", pretty(t, named))
	}
	if n := sim.Ledger().Len(); n != 0 {
		t.Errorf("%d calls", n)
	}
	_, err := doctor.Examine(t.Context(), h, doctor.Options{Providers: []string{"gorq"}})
	var refused *host.Error
	if !errors.As(err, &refused) || refused.Kind != sdk.KindNoTarget {
		t.Errorf("an unknown provider: %v", err)
	}
}

func TestBrokenPlugins(t *testing.T) {
	t.Parallel()
	u := upstreams()["groq"]
	refusing := u.provider("ftp://nowhere", []string{"one"})
	missing := host.Provider{Name: "absent", Keys: []host.Key{u.key("one")}}
	h := open(t, host.Config{Plugins: host.Plugins{Dir: t.TempDir(), AllowRoot: true}, Providers: []host.Provider{refusing, missing}})
	report := examine(t, h, doctor.Options{})
	if p := report.Providers[0]; p.Verdict != doctor.VerdictBroken || !strings.Contains(p.Detail, "https") {
		t.Errorf("refused settings: %+v", p.Finding)
	}
	if p := report.Providers[1]; p.Verdict != doctor.VerdictNoPlugin || !strings.Contains(p.Advice, "aio-provider-absent") {
		t.Errorf("no binary: %+v", p.Finding)
	}
}

// A key in the wrong place is named as what it looks like, and is still tried.
func TestLooksLike(t *testing.T) {
	t.Parallel()
	all := upstreams()
	u := all["groq"]
	_, server := serve(t, simulator.Options{Keys: []simulator.Key{{Label: "good", Value: u.keyOf("good")}}})
	p := u.provider(server.BaseURL(u.dialect), []string{"good"}, u.model)
	for _, other := range []string{"openrouter", "cerebras", "nvidia", "googleai"} {
		k := all[other].key(other)
		p.Keys = append(p.Keys, k)
	}
	p.Keys = append(p.Keys, host.Key{Label: "odd", Value: sdk.NewSecret("canary-odd-51d0b3e9a7c84f62")})
	got := examine(t, open(t, host.Config{Providers: []host.Provider{p}}), doctor.Options{}).Providers[0]
	for _, k := range got.Keys {
		want := k.Label
		if k.Label == "good" || k.Label == "odd" {
			want = ""
		}
		if k.LooksLike != want || want != "" && !strings.Contains(k.Advice, "a key of "+want) {
			t.Errorf("%s: looks like %q, advice %q", k.Label, k.LooksLike, k.Advice)
		}
	}
}

// One provider that never answers takes its own time, and nothing of the others.
func TestEachProviderHasItsDeadline(t *testing.T) {
	t.Parallel()
	all := upstreams()
	_, server := serve(t, simulator.Options{AnyKey: true, Script: simulator.Script{Rules: []simulator.Rule{{
		Match: simulator.Match{Dialect: simulator.Groq}, Fault: simulator.Fault{Kind: simulator.FaultHang},
	}}}})
	var providers []host.Provider
	for _, name := range []string{"groq", "nvidia"} {
		providers = append(providers, all[name].provider(server.BaseURL(all[name].dialect), []string{"one"}, all[name].model))
	}
	h := open(t, host.Config{Providers: providers})
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	slow := examine(t, h, doctor.Options{Providers: []string{"groq"}, Timeout: 50 * time.Millisecond})
	if p := slow.Providers[0]; p.Verdict != doctor.VerdictTimeout {
		t.Errorf("got %s", pretty(t, p))
	}
	if p := examine(t, h, doctor.Options{Providers: []string{"nvidia"}}).Providers[0]; p.Keys[0].Verdict != doctor.VerdictOK {
		t.Errorf("got %s", pretty(t, p))
	}
}

// The caller's end is the end, with its cause.
func TestCancel(t *testing.T) {
	t.Parallel()
	u := upstreams()["groq"]
	sim, server := serve(t, simulator.Options{AnyKey: true, Script: simulator.Script{Rules: []simulator.Rule{{
		Fault: simulator.Fault{Kind: simulator.FaultHang},
	}}}})
	h := open(t, host.Config{Providers: []host.Provider{u.provider(server.BaseURL(u.dialect), []string{"one"}, u.model)}})
	enough := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := doctor.Examine(ctx, h, doctor.Options{Timeout: time.Hour})
		ended <- err
	}()
	if _, err := sim.Ledger().Wait(t.Context(), 1, nil); err != nil {
		t.Fatal(err)
	}
	cancel(enough)
	select {
	case err := <-ended:
		if !errors.Is(err, enough) {
			t.Errorf("got %v", err)
		}
	case <-time.After(time.Minute):
		t.Error("it did not end")
	}
}
