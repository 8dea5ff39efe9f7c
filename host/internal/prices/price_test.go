package prices

import (
	"math"
	"testing"

	"github.com/aio-llm/aio/sdk"
)

func TestCost(t *testing.T) {
	t.Parallel()
	full := Price{
		Rates: Rates{Input: usd(10), CachedInput: usd(1), CacheWrite: usd(12), AudioInput: usd(30), Output: usd(40), Reasoning: usd(50)},
		Tiers: []Tier{
			{Above: 1000, Rates: Rates{Input: usd(20), Output: usd(60)}},
			{Above: 2000, Rates: Rates{Input: usd(25)}},
		},
	}
	plain := Price{Rates: Rates{Input: usd(10), Output: usd(40)}}
	n := func(v int64) *int64 { return &v }
	in := func(d sdk.PromptTokensDetails) *sdk.PromptTokensDetails { return &d }
	think := func(v int64) *sdk.CompletionTokensDetails {
		return &sdk.CompletionTokensDetails{ReasoningTokens: &v}
	}
	for _, c := range []struct {
		name  string
		price Price
		usage *sdk.Usage
		// want is in millionths of a dollar; NaN is unknown.
		want float64
	}{
		{"nothing said", plain, nil, math.NaN()},
		{"all zeros say nothing", plain, &sdk.Usage{}, math.NaN()},
		{"negative counts say nothing", plain, &sdk.Usage{PromptTokens: -5, CompletionTokens: 9}, math.NaN()},
		{"input and output", plain, &sdk.Usage{PromptTokens: 100, CompletionTokens: 10}, 1000 + 400},
		{"input alone, as embeddings", plain, &sdk.Usage{PromptTokens: 100}, 1000},
		{"output without a rate", Price{Rates: Rates{Input: usd(10)}}, &sdk.Usage{PromptTokens: 100, CompletionTokens: 1}, math.NaN()},
		{"no output needs no rate", Price{Rates: Rates{Input: usd(10)}}, &sdk.Usage{PromptTokens: 100}, 1000},
		{"input without a rate", Price{Rates: Rates{Output: usd(10)}}, &sdk.Usage{PromptTokens: 100, CompletionTokens: 1}, math.NaN()},
		{"no rates at all", Price{}, &sdk.Usage{PromptTokens: 1}, math.NaN()},
		{"zero is a price", Price{Rates: Rates{Input: usd(0), Output: usd(0)}}, &sdk.Usage{PromptTokens: 100, CompletionTokens: 10}, 0},

		{"cached tokens are part of the prompt", full,
			&sdk.Usage{PromptTokens: 100, CompletionTokens: 10, PromptTokensDetails: in(sdk.PromptTokensDetails{CachedTokens: n(60)})}, 40*10 + 60*1 + 400},
		{"cached tokens without a rate are input", plain,
			&sdk.Usage{PromptTokens: 100, PromptTokensDetails: in(sdk.PromptTokensDetails{CachedTokens: n(60)})}, 1000},
		{"more cached than the prompt", full,
			&sdk.Usage{PromptTokens: 100, PromptTokensDetails: in(sdk.PromptTokensDetails{CachedTokens: n(900)})}, 100},
		{"a negative count is none", full,
			&sdk.Usage{PromptTokens: 100, PromptTokensDetails: in(sdk.PromptTokensDetails{CachedTokens: n(-900)})}, 1000},
		{"written to the cache", full,
			&sdk.Usage{PromptTokens: 100, PromptTokensDetails: in(sdk.PromptTokensDetails{CachedTokens: n(60), CacheWriteTokens: n(30)})}, 10*10 + 60 + 30*12},
		{"audio", full,
			&sdk.Usage{PromptTokens: 100, PromptTokensDetails: in(sdk.PromptTokensDetails{AudioTokens: n(20)})}, 80*10 + 20*30},
		{"audio without a rate is input", plain,
			&sdk.Usage{PromptTokens: 100, PromptTokensDetails: in(sdk.PromptTokensDetails{AudioTokens: n(20)})}, 1000},
		{"cached audio", full,
			&sdk.Usage{PromptTokens: 100, PromptTokensDetails: in(sdk.PromptTokensDetails{AudioTokens: n(20), CachedTokens: n(10)})}, math.NaN()},

		{"reasoning is part of the completion", full,
			&sdk.Usage{PromptTokens: 100, CompletionTokens: 10, TotalTokens: 110, CompletionTokensDetails: think(7)}, 1000 + 3*40 + 7*50},
		{"reasoning without a rate is output", plain,
			&sdk.Usage{PromptTokens: 100, CompletionTokens: 10, TotalTokens: 110, CompletionTokensDetails: think(7)}, 1000 + 400},
		{"the total says reasoning is beside it", plain,
			&sdk.Usage{PromptTokens: 100, CompletionTokens: 10, TotalTokens: 117, CompletionTokensDetails: think(7)}, 1000 + 17*40},
		{"more reasoning than completion is beside it", plain,
			&sdk.Usage{PromptTokens: 100, CompletionTokens: 10, CompletionTokensDetails: think(30)}, 1000 + 40*40},
		{"only reasoning", plain,
			&sdk.Usage{PromptTokens: 100, CompletionTokens: 10, TotalTokens: 110, CompletionTokensDetails: think(10)}, 1400},

		{"at the edge of a tier", full, &sdk.Usage{PromptTokens: 1000, CompletionTokens: 10}, 1000*10 + 400},
		{"a tier holds for the whole request", full, &sdk.Usage{PromptTokens: 1001, CompletionTokens: 10}, 1001*20 + 600},
		{"a second tier keeps what it does not name", full, &sdk.Usage{PromptTokens: 2001, CompletionTokens: 10}, 2001*25 + 600},
		{"cached tokens count towards the tier", full,
			&sdk.Usage{PromptTokens: 1001, PromptTokensDetails: in(sdk.PromptTokensDetails{CachedTokens: n(1000)})}, 1000*1 + 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, known := c.price.Cost(c.usage)
			if known == math.IsNaN(c.want) {
				t.Fatalf("known %v, cost %v", known, got)
			}
			if known && math.Abs(got*1e6-c.want) > 1e-6 {
				t.Errorf("got %v millionths, want %v", got*1e6, c.want)
			}
		})
	}
}

func TestReckoningTakesNoMemory(t *testing.T) {
	table := shipped(t)
	cached := int64(5)
	u := &sdk.Usage{PromptTokens: 250_000, CompletionTokens: 10, PromptTokensDetails: &sdk.PromptTokensDetails{CachedTokens: &cached}}
	at := today(table)
	if n := testing.AllocsPerRun(100, func() {
		p := table.Find("googleai", "gemini-2.5-pro-preview-06-2026").Price(at)
		if _, known := p.Cost(u); !known {
			t.Fatal("unknown")
		}
		_ = table.Find("googleai", "nobody-knows-001")
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(everyPlugin()...); err != nil {
			b.Fatal(err)
		}
	}
}
