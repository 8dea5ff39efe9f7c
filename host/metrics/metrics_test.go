package metrics_test

import (
	"errors"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/prometheus/common/expfmt"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/metrics"
	"github.com/aio-llm/aio/sdk"
)

var update = flag.Bool("update", false, "write the golden files")

func observe(m *metrics.Metrics, events ...host.Event) {
	for _, e := range events {
		m.Observe(e)
	}
}

// exposition is what a scrape would get of m alone.
func exposition(t *testing.T, m *metrics.Metrics) string {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	if err := r.Register(m); err != nil {
		t.Fatal(err)
	}
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range families {
		names = append(names, f.GetName())
	}
	text, err := testutil.CollectAndFormat(m, expfmt.TypeTextPlain, names...)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func everything() *metrics.Metrics {
	m := metrics.New()
	m.Watch(status)
	observe(m, request(false, "")...)
	observe(m, request(true, sdk.KindRateMinute, "")...)
	observe(m, request(false, sdk.KindServerError, sdk.KindTimeout)...)
	observe(m, request(true, sdk.KindCanceled)...)
	observe(m, request(false, sdk.KindBadRequest)...)
	observe(m, request(false)[0], host.RequestEnded{Kind: sdk.KindNoTarget, Trail: host.Trail{Requested: "what the caller wrote"}})
	observe(m, request(false)[0], // one that stays under way
		host.KeyChanged{Provider: "groq", Key: "a", State: "cooled"},
		host.PluginChanged{Provider: "cerebras", State: "backoff", Reason: "exit status 1"})
	m.ConfigReloaded(errors.New("line 3: no such block"))
	return m
}

func TestExposition(t *testing.T) {
	t.Parallel()
	got := exposition(t, everything())
	golden := filepath.Join("testdata", "exposition.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func TestNamesFollowTheConventions(t *testing.T) {
	t.Parallel()
	problems, err := promlint.New(strings.NewReader(exposition(t, everything()))).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// What callers write never becomes a label, and two thousand of them no more series than one.
func TestCallersCannotMakeSeries(t *testing.T) {
	t.Parallel()
	m := metrics.New()
	for i := range 2000 {
		name := fmt.Sprintf("free-text-%d", i)
		a := host.Attempt{Provider: "openrouter", Model: name, Unlisted: true, Key: "main", Kind: sdk.Kind(name)}
		observe(m,
			host.RequestStarted{ID: name, Model: name}, host.AttemptEnded{RequestID: name, Attempt: a},
			host.RequestEnded{Kind: sdk.Kind(name), Trail: host.Trail{RequestID: name, Requested: name, Attempts: []host.Attempt{a}}},
			host.RequestStarted{ID: name, Model: name},
			host.RequestEnded{Kind: sdk.KindNoTarget, Trail: host.Trail{RequestID: name, Requested: name}},
			host.RequestStarted{ID: name, Model: name},
			host.RequestEnded{Trail: host.Trail{RequestID: name, Requested: name, ServedModel: name, Attempts: []host.Attempt{{Provider: "openrouter", Model: name, Unlisted: true}}}})
	}
	text := exposition(t, m)
	if strings.Contains(text, "free-text") {
		t.Error("a caller's words became a label")
	}
	if got := testutil.CollectAndCount(m, "aio_requests_total"); got != 3 {
		t.Errorf("%d series of requests, want one each of unknown errors, no target, and success", got)
	}
	if !strings.Contains(text, `aio_requests_total{kind="unknown",model="other",outcome="error",provider="openrouter",stream="false"} 2000`) {
		t.Error("the requests were not counted under other:\n" + text)
	}
}

func TestReloads(t *testing.T) {
	t.Parallel()
	m := metrics.New()
	for _, step := range []struct {
		err  error
		want string
	}{
		{nil, "1"}, {errors.New("broken"), "0"}, {nil, "1"},
	} {
		m.ConfigReloaded(step.err)
		if text := exposition(t, m); !strings.Contains(text, "aio_config_last_reload_successful "+step.want+"\n") {
			t.Errorf("after %v the last reload is not %s", step.err, step.want)
		}
	}
	text := exposition(t, m)
	for _, want := range []string{`aio_config_reloads_total{outcome="error"} 1`, `aio_config_reloads_total{outcome="success"} 2`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestHandler(t *testing.T) {
	t.Parallel()
	m := everything()
	for range 2 { // each handler has a registry of its own
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
		for _, want := range []string{`aio_build_info{version="1.2.3"} 1`, "go_goroutines", "process_start_time_seconds"} {
			if w.Code != 200 || !strings.Contains(w.Body.String(), want) {
				t.Errorf("status %d, no %s", w.Code, want)
			}
		}
	}
}

// The status of a reloaded host takes the place of the old one's, while requests and scrapes go on.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	m := metrics.New()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 50 {
				observe(m, request(true, sdk.KindTimeout, "")...)
			}
		})
		group.Go(func() {
			for range 5 {
				m.Watch(status)
				exposition(t, m)
			}
		})
	}
	group.Wait()
	if text := exposition(t, m); !strings.Contains(text, `aio_requests_total{kind="success",model="llama",outcome="success",provider="cerebras",stream="true"} 400`) {
		t.Error(text)
	}
}

func TestHostileNumbers(t *testing.T) {
	t.Parallel()
	m := metrics.New()
	minus := int64(-5)
	m.Observe(host.RequestEnded{Info: sdk.ReplyInfo{Usage: &sdk.Usage{
		PromptTokens: minus, CompletionTokens: minus, PromptTokensDetails: &sdk.PromptTokensDetails{CachedTokens: &minus},
	}}, Trail: host.Trail{Duration: -1, Cost: &host.Cost{USD: -1}, Attempts: []host.Attempt{{Provider: "p", Model: "m", Duration: 1}}}})
	if text := exposition(t, m); !strings.Contains(text, `aio_tokens_total{model="m",provider="p",type="prompt"} 0`) {
		t.Error(text)
	}
}

func BenchmarkObserve(b *testing.B) {
	for _, shape := range []struct {
		name  string
		kinds []sdk.Kind
	}{
		{"stream", []sdk.Kind{""}}, {"stream-fallback", []sdk.Kind{sdk.KindRateMinute, ""}},
	} {
		b.Run(shape.name, func(b *testing.B) {
			events := request(true, shape.kinds...)
			m := metrics.New()
			b.ReportAllocs()
			for b.Loop() {
				observe(m, events...)
			}
		})
	}
}

// Counting happens on the path of requests.
func TestObserveDoesNotAllocate(t *testing.T) {
	events := request(true, sdk.KindRateMinute, "")
	m := metrics.New()
	if n := testing.AllocsPerRun(100, func() { observe(m, events...) }); n != 0 {
		t.Errorf("%v allocations for one request", n)
	}
}
