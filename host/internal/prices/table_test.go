package prices

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/sdk"
)

func everyPlugin() []string { return []string{"cerebras", "googleai", "groq", "openai", "openrouter"} }

func shipped(t testing.TB) *Table {
	t.Helper()
	table, err := Load(everyPlugin()...)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func usd(n float64) *float64 { return &n }

// today is a day after the snapshot's and before prices announced for 2027.
func today(table *Table) time.Time { return table.Taken.Add(12 * time.Hour) }

func TestTheSnapshotSaysWhereItIsFrom(t *testing.T) {
	t.Parallel()
	table := shipped(t)
	if table.Taken.IsZero() || len(table.Sources) != len(Licences()) {
		t.Fatalf("taken %v, from %v", table.Taken, table.Sources)
	}
	for i, s := range table.Sources {
		if s.Licence != "MIT" || s.Name == "" || s.Version == "" || s.Gives == "" {
			t.Errorf("source %+v", s)
		}
		if l := Licences()[i]; !strings.Contains(l, "Permission is hereby granted, free of charge") || !strings.Contains(l, "Copyright") {
			t.Errorf("no licence of %s: %s", s.Name, l)
		}
	}
}

func TestTheSnapshotKnowsEveryProvider(t *testing.T) {
	t.Parallel()
	table := shipped(t)
	priced, sized := map[string]int{}, map[string]int{}
	for k, m := range table.models {
		if m.Price(today(table)) != nil {
			priced[k.plugin]++
		}
		if m.Context > 0 {
			sized[k.plugin]++
		}
	}
	for _, p := range everyPlugin() {
		if sized[p] < 5 {
			t.Errorf("%s: %d models with a context window", p, sized[p])
		}
		if priced[p] < 5 {
			t.Errorf("%s: %d models with a price", p, priced[p])
		}
	}
}

// Relations hold whatever the snapshot is renewed to.
func TestTheSnapshotIsPlausible(t *testing.T) {
	t.Parallel()
	table := shipped(t)
	for k, m := range table.models {
		p := m.Price(today(table))
		if p == nil {
			continue
		}
		if p.Input == nil {
			t.Errorf("%v: no input rate", k)
			continue
		}
		free := strings.HasSuffix(k.id, ":free")
		if free && (*p.Input != 0 || p.Output == nil || *p.Output != 0) {
			t.Errorf("%v is not free", k)
		}
		if p.CachedInput != nil && *p.CachedInput > *p.Input {
			t.Errorf("%v: cached input is dearer than input", k)
		}
		for _, tier := range p.Tiers {
			if tier.Input == nil || *tier.Input < *p.Input || tier.Output == nil {
				t.Errorf("%v: tier above %d is cheaper", k, tier.Above)
			}
		}
	}
}

func TestKnownModels(t *testing.T) {
	t.Parallel()
	table := shipped(t)
	price := func(plugin, id string) *Price {
		t.Helper()
		m := table.Find(plugin, id)
		if m == nil {
			t.Fatalf("no %s %s", plugin, id)
		}
		p := m.Price(today(table))
		if p == nil {
			t.Fatalf("no price of %s %s", plugin, id)
		}
		return p
	}
	large, small := price("groq", "openai/gpt-oss-120b"), price("groq", "openai/gpt-oss-20b")
	if *small.Input >= *large.Input || *small.Output >= *large.Output {
		t.Error("the small model costs as much as the large one")
	}
	if large.CachedInput == nil || *large.CachedInput >= *large.Input {
		t.Error("Groq gives no discount for cached tokens")
	}
	if other := price("cerebras", "gpt-oss-120b"); *other.Input == *large.Input {
		t.Error("one model costs the same at two providers")
	}
	if c := table.Find("groq", "openai/gpt-oss-120b").Context; c != 131072 {
		t.Errorf("context window %d", c)
	}
	free := price("openrouter", "openai/gpt-oss-20b:free")
	if cost, known := free.Cost(&sdk.Usage{PromptTokens: 1, CompletionTokens: 1}); !known || cost != 0 {
		t.Errorf("free model: %v %v", cost, known)
	}
	pro := price("googleai", "gemini-2.5-pro")
	if len(pro.Tiers) != 1 || pro.Tiers[0].Above != 200_000 {
		t.Errorf("tiers %+v", pro.Tiers)
	}
}

const sample = `{
  "taken": "2026-11-23",
  "sources": [],
  "models": {
    "one": [
      {"id": "big", "also": ["big-alias"], "versions": true, "context": 1000, "max_output": 100, "prices": [{"input": 2, "output": 4}]},
      {"id": "small", "prices": [{"input": 1}, {"since": "2027-01-01", "input": 3}]},
      {"id": "later", "prices": [{"since": "2027-01-01", "input": 3}]},
      {"id": "sized", "context": 7}
    ],
    "two": [{"id": "big", "context": 2000}]
  }
}`

func TestFind(t *testing.T) {
	t.Parallel()
	table, err := Parse(sample, "one", "nobody")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		plugin, id string
		found      bool
	}{
		{"one", "big", true},
		{"one", "big-alias", true},
		{"one", "big-preview", true},
		{"one", "big-001", true},
		{"one", "big-2026-03-05", true},
		{"one", "big-alias-preview-09-2026", true},
		{"one", "big-lite", false},
		{"one", "big-lite-001", false},
		{"one", "big-8b", false},
		{"one", "big-", false},
		{"one", "big-ⅷ", false},
		{"one", "small", true},
		{"one", "small-001", false}, // the table does not say that its versions are the same
		{"one", "Big", false},
		{"one", "", false},
		{"one", "-", false},
		{"one", "-1", false},
		{"two", "big", false}, // not loaded
		{"nobody", "big", false},
	} {
		if got := table.Find(c.plugin, c.id) != nil; got != c.found {
			t.Errorf("%s %q: found %v", c.plugin, c.id, got)
		}
	}
	m := table.Find("one", "big-preview")
	if diff := cmp.Diff([]int64{1000, 100}, []int64{m.Context, m.MaxOutput}); diff != "" {
		t.Error(diff)
	}
	if (&Table{}).Find("one", "big") != nil {
		t.Error("the zero table knows a model")
	}
}

func TestPricesChangeWithTheDay(t *testing.T) {
	t.Parallel()
	table, err := Parse(sample, "one")
	if err != nil {
		t.Fatal(err)
	}
	eve := time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC)
	for _, c := range []struct {
		id   string
		at   time.Time
		want *float64
	}{
		{"small", eve, usd(1)},
		{"small", eve.Add(time.Second), usd(3)},
		{"small", time.Time{}, usd(1)},
		{"later", eve, nil},
		{"later", eve.Add(time.Second), usd(3)},
		{"sized", eve, nil},
	} {
		var got *float64
		if p := table.Find("one", c.id).Price(c.at); p != nil {
			got = p.Input
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s at %v: %s", c.id, c.at, diff)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"no JSON":            `{"models":{"one":[{`,
		"no list":            `{"models":{"one":{}}}`,
		"no id":              `{"models":{"one":[{"context":1}]}}`,
		"negative size":      `{"models":{"one":[{"id":"a","context":-1}]}}`,
		"negative rate":      `{"models":{"one":[{"id":"a","prices":[{"input":-1}]}]}}`,
		"absurd rate":        `{"models":{"one":[{"id":"a","prices":[{"input":1e7}]}]}}`,
		"rate as text":       `{"models":{"one":[{"id":"a","prices":[{"input":"1"}]}]}}`,
		"no day":             `{"models":{"one":[{"id":"a","prices":[{"since":"soon","input":1}]}]}}`,
		"days out of order":  `{"models":{"one":[{"id":"a","prices":[{"since":"2027-01-01"},{"since":"2026-01-01"}]}]}}`,
		"tier from nothing":  `{"models":{"one":[{"id":"a","prices":[{"tiers":[{"input":1}]}]}]}}`,
		"tiers out of order": `{"models":{"one":[{"id":"a","prices":[{"tiers":[{"above":2},{"above":1}]}]}]}}`,
		"bad tier":           `{"models":{"one":[{"id":"a","prices":[{"tiers":[{"above":2,"output":-1}]}]}]}}`,
	} {
		if _, err := Parse(text, "one"); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// Whatever the table says, finding and reckoning end without a panic and never give a negative cost.
func FuzzParse(f *testing.F) {
	f.Add(sample, "big-preview-2026", int64(10), int64(5), int64(3))
	f.Add(snapshot[:4000], "gpt-oss-120b", int64(200_001), int64(1), int64(0))
	f.Fuzz(func(t *testing.T, data, id string, prompt, completion, part int64) {
		table, err := Parse(data, "one", "cerebras")
		if err != nil {
			return
		}
		u := &sdk.Usage{
			PromptTokens: prompt, CompletionTokens: completion, TotalTokens: prompt + completion,
			PromptTokensDetails:     &sdk.PromptTokensDetails{CachedTokens: &part, CacheWriteTokens: &part, AudioTokens: &part},
			CompletionTokensDetails: &sdk.CompletionTokensDetails{ReasoningTokens: &part},
		}
		_ = table.Find("one", id)
		for k, m := range table.models {
			if table.Find(k.plugin, k.id) != m {
				t.Fatalf("%v does not find itself", k)
			}
			if p := m.Price(time.Now()); p != nil {
				if cost, known := p.Cost(u); known && !(cost >= 0) {
					t.Fatalf("cost %v", cost)
				}
			}
		}
	})
}
