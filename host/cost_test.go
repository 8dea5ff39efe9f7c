package host

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host/internal/route"
	"github.com/aio-llm/aio/sdk"
)

func listOf(t *testing.T, ps ...Provider) *priceList {
	t.Helper()
	l, err := newPriceList(Config{Providers: ps})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Where a cost is from, by what is known.
func TestCostSource(t *testing.T) {
	t.Parallel()
	own := &Price{Input: sdk.Ptr(1000.0), Output: sdk.Ptr(2000.0)}
	l := listOf(t,
		Provider{Name: "groq", Models: []Model{
			{Name: "own", ID: "openai/gpt-oss-20b", Price: own},
			{Name: "free", ID: "openai/gpt-oss-20b", Price: &Price{Input: sdk.Ptr(0.0), Output: sdk.Ptr(0.0)}},
			{Name: "embeds", Price: &Price{Input: sdk.Ptr(1.0)}},
		}},
		Provider{Name: "second", Plugin: "groq"},
		Provider{Name: "openrouter"},
		Provider{Name: "googleai"},
		Provider{Name: "openai"},
		Provider{Name: "proxied", Plugin: "openai", Settings: []byte(`{"base_url":"https://api.openai.com/v1"}`)},
		Provider{Name: "local", Plugin: "openai", Settings: []byte(`{"base_url":"http://localhost:11434/v1"}`),
			Models: []Model{{Name: "mine", ID: "llama3.2", Price: own}}},
		Provider{Name: "groq-proxied", Plugin: "groq", Settings: []byte(`{"base_url":"http://localhost:8080/v1"}`)},
	)
	used := func() *sdk.Usage { return &sdk.Usage{PromptTokens: 1000, CompletionTokens: 500} }
	charged := used()
	charged.Cost = sdk.Ptr(0.25)
	free := used()
	free.Cost = sdk.Ptr(0.0)
	audio := used()
	audio.PromptTokensDetails = &sdk.PromptTokensDetails{AudioTokens: sdk.Ptr(int64(10))}
	for _, c := range []struct {
		name     string
		provider string
		model    string
		id       string
		served   string
		usage    *sdk.Usage
		needs    []string
		want     CostSource
	}{
		{"the upstream's figure", "openrouter", "x", "nobody/knows", "", charged, nil, CostUpstream},
		{"the upstream's zero", "openrouter", "x", "nobody/knows", "", free, nil, CostUpstream},
		{"the upstream's before the configuration's", "groq", "own", "openai/gpt-oss-20b", "", charged, nil, CostUpstream},
		{"the configuration's before the table's", "groq", "own", "openai/gpt-oss-20b", "", used(), nil, CostConfig},
		{"free by the configuration", "groq", "free", "openai/gpt-oss-20b", "", used(), nil, CostConfig},
		{"the configuration's is whole", "groq", "embeds", "openai/gpt-oss-20b", "", used(), nil, ""},
		{"the table's", "groq", "listed", "openai/gpt-oss-20b", "", used(), nil, CostTable},
		{"the table's by plugin", "second", "openai/gpt-oss-20b", "openai/gpt-oss-20b", "", used(), nil, CostTable},
		{"free in the table", "openrouter", "x", "openai/gpt-oss-20b:free", "openai/gpt-oss-20b", used(), nil, CostTable},
		{"an alias by what served it", "googleai", "gemini-flash-latest", "gemini-flash-latest", "gemini-2.5-flash", used(), nil, CostTable},
		{"an alias nobody explains", "googleai", "gemini-flash-latest", "gemini-flash-latest", "", used(), nil, ""},
		{"nobody knows the model", "groq", "x", "nobody/knows", "nobody/knows", used(), nil, ""},
		{"nobody knows the provider", "elsewhere", "x", "openai/gpt-oss-20b", "", used(), nil, ""},
		{"no usage", "groq", "own", "openai/gpt-oss-20b", "", nil, nil, ""},
		{"empty usage", "groq", "own", "openai/gpt-oss-20b", "", &sdk.Usage{}, nil, ""},
		{"OpenAI itself", "openai", "gpt-5.4-mini", "gpt-5.4-mini", "gpt-5.4-mini-2026-03-17", used(), nil, CostTable},
		{"OpenAI itself by its address", "proxied", "gpt-5.4-mini", "gpt-5.4-mini", "", used(), nil, CostTable},
		{"another server with OpenAI's plugin", "local", "gpt-5.4-mini", "gpt-5.4-mini", "gpt-5.4-mini", used(), nil, ""},
		{"another server, priced", "local", "mine", "llama3.2", "", used(), nil, CostConfig},
		{"Groq behind a proxy", "groq-proxied", "x", "openai/gpt-oss-20b", "", used(), nil, CostTable},
		{"sound not told apart", "googleai", "x", "gemini-2.5-flash", "", used(), []string{"audio"}, ""},
		{"sound told apart", "googleai", "x", "gemini-2.5-flash", "", audio, []string{"audio"}, CostTable},
		{"sound at the price of text", "groq", "own", "openai/gpt-oss-20b", "", used(), []string{"audio"}, CostConfig},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			target := route.Target{Provider: c.provider, Model: c.model, ID: c.id}
			got := l.cost(target, &sdk.ReplyInfo{Model: c.served, Usage: c.usage}, time.Now(), c.needs)
			var source CostSource
			if got != nil {
				source = got.Source
			}
			if source != c.want {
				t.Fatalf("from %q, want %q", source, c.want)
			}
			switch {
			case source == CostUpstream && got.USD != *c.usage.Cost,
				source == CostConfig && c.model != "free" && math.Abs(got.USD-2) > 1e-9,
				strings.Contains(c.name, "free") && got.USD != 0,
				source == CostTable && !strings.Contains(c.name, "free") && !(got.USD > 0 && got.USD < 1):
				t.Errorf("%v dollars", got.USD)
			}
		})
	}
}

func TestContext(t *testing.T) {
	t.Parallel()
	l := listOf(t, Provider{Name: "groq"}, Provider{Name: "local", Plugin: "openai", Settings: []byte(`{"base_url":"http://localhost/v1"}`)})
	for _, c := range []struct {
		provider string
		model    Model
		want     int64
	}{
		{"groq", Model{Name: "openai/gpt-oss-20b"}, 131072},
		{"groq", Model{Name: "short", ID: "openai/gpt-oss-20b"}, 131072},
		{"groq", Model{Name: "openai/gpt-oss-20b", Context: 8192}, 8192},
		{"groq", Model{Name: "nobody/knows"}, 0},
		{"local", Model{Name: "gpt-5.4-mini"}, 0},
	} {
		if got := l.context(c.provider, c.model); got != c.want {
			t.Errorf("%s/%s: %d", c.provider, c.model.Name, got)
		}
	}
}

// A request that does not fit the table's window is not sent there, as if the configuration had said so.
func TestTheTablesWindowCounts(t *testing.T) {
	t.Parallel()
	config := Config{Providers: []Provider{{
		Name: "groq", Local: &sdk.Plugin{}, Models: []Model{{Name: "openai/gpt-oss-20b"}, {Name: "unknown/window"}},
	}}}
	h, err := New(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close(context.WithoutCancel(t.Context()))
	plan, err := h.Explain(&sdk.ChatRequest{Model: "auto", Messages: []sdk.Message{sdk.User("?")}, MaxTokens: sdk.Ptr(int64(200_000))})
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Targets) != 1 || plan.Targets[0].Model != "unknown/window" || len(plan.Dropped) != 1 {
		t.Errorf("plan %+v", plan)
	}
}

func TestModelsTellTheirPrice(t *testing.T) {
	t.Parallel()
	own := &Price{Input: sdk.Ptr(1.0), Tiers: []PriceTier{{Above: 10, Input: sdk.Ptr(2.0)}}}
	h, err := New(t.Context(), Config{Providers: []Provider{{Name: "googleai", Local: &sdk.Plugin{}, Models: []Model{
		{Name: "own", ID: "gemini-2.5-pro", Price: own},
		{Name: "gemini-2.5-pro", Priority: -1},
		{Name: "unknown", Priority: -2},
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close(context.WithoutCancel(t.Context()))
	models := h.Models()
	if diff := cmp.Diff(own, models[0].Price); diff != "" {
		t.Errorf("own price (-want +got):\n%s", diff)
	}
	listed := models[1]
	if listed.Price == nil || len(listed.Price.Tiers) == 0 || listed.Context == 0 || listed.MaxOutput == 0 {
		t.Errorf("listed model %+v", listed)
	}
	if m := models[2]; m.Price != nil || m.Context != 0 {
		t.Errorf("unknown model %+v", m)
	}
}

func TestBadPricesAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		price Price
		want  string
	}{
		"no input":      {Price{Output: sdk.Ptr(1.0)}, "no input rate"},
		"negative":      {Price{Input: sdk.Ptr(-1.0)}, "input of -1 is no price"},
		"not a number":  {Price{Input: sdk.Ptr(0.0), Output: sdk.Ptr(math.NaN())}, "output of NaN is no price"},
		"infinite":      {Price{Input: sdk.Ptr(0.0), Reasoning: sdk.Ptr(math.Inf(1))}, "reasoning of +Inf is no price"},
		"tier of zero":  {Price{Input: sdk.Ptr(0.0), Tiers: []PriceTier{{}}}, "tier above 0 tokens"},
		"negative tier": {Price{Input: sdk.Ptr(0.0), Tiers: []PriceTier{{Above: 1, CachedInput: sdk.Ptr(-1.0)}}}, "cached_input of -1"},
	} {
		_, err := New(t.Context(), Config{Providers: []Provider{{Name: "groq", Local: &sdk.Plugin{}, Models: []Model{{Name: "m", Price: &c.price}}}}})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "provider groq, model m, price") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnUnknownCostTakesNoMemory(t *testing.T) {
	l := listOf(t, Provider{Name: "groq"})
	target := route.Target{Provider: "groq", Model: "m", ID: "nobody/knows-001"}
	info := &sdk.ReplyInfo{Model: "nobody/knows", Usage: &sdk.Usage{PromptTokens: 1, CompletionTokens: 1}}
	now := time.Now()
	if n := testing.AllocsPerRun(100, func() {
		if l.cost(target, info, now, nil) != nil {
			t.Fatal("known")
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
