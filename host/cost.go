package host

import (
	"cmp"
	"math"
	"net/url"
	"slices"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/host/internal/prices"
	"github.com/aio-llm/aio/host/internal/route"
	"github.com/aio-llm/aio/sdk"
)

// Price is what a model costs, in US dollars per million tokens. Nil is unknown, zero is free. Tokens of a
// kind without a rate of its own cost what the kind around them does: cached, written and audio tokens are
// input, reasoning is output.
type Price struct {
	Input       *float64 `json:"input,omitempty"`
	CachedInput *float64 `json:"cached_input,omitempty"`
	CacheWrite  *float64 `json:"cache_write,omitempty"`
	AudioInput  *float64 `json:"audio_input,omitempty"`
	Output      *float64 `json:"output,omitempty"`
	Reasoning   *float64 `json:"reasoning,omitempty"`
	// Tiers are the rates of longer prompts, rising by Above.
	Tiers []PriceTier `json:"tiers,omitempty"`
}

// PriceTier holds for a whole request whose prompt has more than Above tokens. A rate it leaves nil stays as
// it was.
type PriceTier struct {
	Above       int64    `json:"above"`
	Input       *float64 `json:"input,omitempty"`
	CachedInput *float64 `json:"cached_input,omitempty"`
	CacheWrite  *float64 `json:"cache_write,omitempty"`
	AudioInput  *float64 `json:"audio_input,omitempty"`
	Output      *float64 `json:"output,omitempty"`
	Reasoning   *float64 `json:"reasoning,omitempty"`
}

// Cost is what a reply cost.
type Cost struct {
	USD    float64    `json:"usd"`
	Source CostSource `json:"source"`
}

// CostSource says where a cost is from.
type CostSource string

// The sources, best first.
const (
	// CostUpstream is the provider's own figure.
	CostUpstream CostSource = "upstream"
	// CostConfig is usage times the price in the configuration.
	CostConfig CostSource = "config"
	// CostTable is usage times the list price in the table this program carries.
	CostTable CostSource = "table"
)

// priceList is what one Config's models cost and how much they take: its own word first, then the table's.
type priceList struct {
	table *prices.Table
	own   map[listing]*prices.Price
	// tables are the providers the table speaks of, by the plugin it knows them as.
	tables map[string]string
}

// listing is a model as the Config lists it.
type listing struct{ provider, model string }

func newPriceList(c Config) (*priceList, error) {
	l := &priceList{own: map[listing]*prices.Price{}, tables: map[string]string{}}
	var plugins []string
	for _, p := range c.Providers {
		plugin := cmp.Or(p.Plugin, p.Name)
		if !anotherServer(plugin, p.Settings) {
			l.tables[p.Name] = plugin
			plugins = append(plugins, plugin)
		}
		for _, m := range p.Models {
			if m.Price != nil {
				l.own[listing{p.Name, m.Name}] = m.Price.table()
			}
		}
	}
	slices.Sort(plugins)
	var err error
	l.table, err = prices.Load(slices.Compact(plugins)...)
	return l, err
}

// anotherServer reports a provider that is not the one its plugin is named after: the plugin for OpenAI speaks to
// any server like it, where the same model costs something else or nothing.
func anotherServer(plugin string, settings []byte) bool {
	base := gjson.GetBytes(settings, "base_url").Str
	if plugin != "openai" || base == "" {
		return false
	}
	u, err := url.Parse(base)
	return err != nil || u.Hostname() != "api.openai.com"
}

// find returns what the table says of a model; nil when nothing.
func (l *priceList) find(provider, id string) *prices.Model {
	plugin, ok := l.tables[provider]
	if !ok {
		return nil
	}
	return l.table.Find(plugin, id)
}

// context is a model's window; 0 is unknown.
func (l *priceList) context(provider string, m Model) int64 {
	if m.Context > 0 {
		return m.Context
	}
	if found := l.find(provider, cmp.Or(m.ID, m.Name)); found != nil {
		return found.Context
	}
	return 0
}

// price prefers what was asked for to what was served: the free variant of a model is served by the name of
// the paid one. An alias the table does not list, such as a -latest, is priced as what served it.
func (l *priceList) price(t route.Target, served string, at time.Time) (*prices.Price, CostSource) {
	if own := l.own[listing{t.Provider, t.Model}]; own != nil {
		return own, CostConfig
	}
	for _, id := range [...]string{t.ID, served} {
		if found := l.find(t.Provider, id); found != nil {
			return found.Price(at), CostTable
		}
	}
	return nil, ""
}

// cost is what a reply cost; nil when that is unknown.
func (l *priceList) cost(t route.Target, info *sdk.ReplyInfo, at time.Time, needs []string) *Cost {
	u := info.Usage
	if u == nil {
		return nil
	}
	if u.Cost != nil {
		return &Cost{USD: *u.Cost, Source: CostUpstream}
	}
	p, source := l.price(t, info.Model, at)
	if p == nil || p.AudioInput != nil && slices.Contains(needs, "audio") && !countsAudio(u) {
		return nil
	}
	usd, known := p.Cost(u)
	if !known {
		return nil
	}
	return &Cost{USD: math.Round(usd*fine) / fine, Source: source}
}

// fine is to what part of a dollar a computed cost is given: finer than any price, and without the noise of
// binary fractions.
const fine = 1e12

// countsAudio reports whether the tokens of sound are told apart.
func countsAudio(u *sdk.Usage) bool {
	return u.PromptTokensDetails != nil && u.PromptTokensDetails.AudioTokens != nil
}

// table is p as the table has it.
func (p *Price) table() *prices.Price {
	out := &prices.Price{Rates: prices.Rates{
		Input: p.Input, CachedInput: p.CachedInput, CacheWrite: p.CacheWrite, AudioInput: p.AudioInput,
		Output: p.Output, Reasoning: p.Reasoning,
	}}
	for _, t := range p.Tiers {
		out.Tiers = append(out.Tiers, prices.Tier{Above: t.Above, Rates: prices.Rates{
			Input: t.Input, CachedInput: t.CachedInput, CacheWrite: t.CacheWrite, AudioInput: t.AudioInput,
			Output: t.Output, Reasoning: t.Reasoning,
		}})
	}
	return out
}

// priceOf is the table's price for a caller; nil when it is unknown.
func priceOf(p *prices.Price) *Price {
	if p == nil {
		return nil
	}
	out := &Price{
		Input: p.Input, CachedInput: p.CachedInput, CacheWrite: p.CacheWrite, AudioInput: p.AudioInput,
		Output: p.Output, Reasoning: p.Reasoning,
	}
	for _, t := range p.Tiers {
		out.Tiers = append(out.Tiers, PriceTier{
			Above: t.Above, Input: t.Input, CachedInput: t.CachedInput, CacheWrite: t.CacheWrite, AudioInput: t.AudioInput,
			Output: t.Output, Reasoning: t.Reasoning,
		})
	}
	return out
}

// info is a configured model with what is known of it.
func (l *priceList) info(p Provider, m Model, at time.Time) ModelInfo {
	i := ModelInfo{
		Provider: p.Name, Name: m.Name, ID: cmp.Or(m.ID, m.Name), Priority: m.Priority, Active: !p.Disabled && !m.Disabled,
		Context: l.context(p.Name, m), Features: m.Features,
	}
	if found := l.find(p.Name, i.ID); found != nil {
		i.MaxOutput = found.MaxOutput
	}
	price, _ := l.price(route.Target{Provider: p.Name, Model: m.Name, ID: i.ID}, "", at)
	i.Price = priceOf(price)
	return i
}
