package prices

import (
	"time"

	"github.com/aio-llm/aio/sdk"
)

// Rates are US dollars per million tokens; nil is unknown. Tokens of a kind without a rate of its own cost
// what the kind around them does: cached, written and audio tokens are input, reasoning is output.
type Rates struct {
	Input       *float64 `json:"input,omitempty"`
	CachedInput *float64 `json:"cached_input,omitempty"`
	CacheWrite  *float64 `json:"cache_write,omitempty"`
	AudioInput  *float64 `json:"audio_input,omitempty"`
	Output      *float64 `json:"output,omitempty"`
	Reasoning   *float64 `json:"reasoning,omitempty"`
}

// Tier holds for a whole request whose prompt has more than Above tokens, cached ones included. A rate it does
// not name stays as it was.
type Tier struct {
	Above int64 `json:"above"`
	Rates
}

// Price is what a model costs.
type Price struct {
	Rates
	// Tiers rise by Above.
	Tiers []Tier `json:"tiers,omitempty"`
}

// dated is a price from a day on; the zero day is since ever.
type dated struct {
	Since day `json:"since"`
	Price
}

// day is a date, its beginning in UTC.
type day time.Time

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *day) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	*d = day(t)
	return err
}

// Model is what the table says of one model. Its values must not be changed.
type Model struct {
	// Context and MaxOutput are in tokens; 0 is unknown.
	Context, MaxOutput int64

	versions bool
	prices   []dated
}

// Price returns the price at a time; nil when it is unknown.
func (m *Model) Price(at time.Time) *Price {
	var p *Price
	for i := range m.prices {
		if at.Before(time.Time(m.prices[i].Since)) {
			break
		}
		p = &m.prices[i].Price
	}
	return p
}

// Cost returns what a call that used u costs, in US dollars, and whether that is known: it is not when u
// counts nothing or counts tokens without a rate.
func (p *Price) Cost(u *sdk.Usage) (usd float64, known bool) {
	if u == nil || u.PromptTokens < 0 || u.CompletionTokens < 0 || u.PromptTokens+u.CompletionTokens == 0 {
		return 0, false
	}
	rates := p.at(u.PromptTokens)
	b := bill{known: true}
	b.prompt(u, &rates)
	b.completion(u, &rates)
	return b.sum / 1e6, b.known
}

// at is the rates for a prompt of so many tokens.
func (p *Price) at(prompt int64) Rates {
	rates := p.Rates
	for i := range p.Tiers {
		if t := &p.Tiers[i]; prompt > t.Above {
			rates = Rates{
				Input: first(t.Input, rates.Input), CachedInput: first(t.CachedInput, rates.CachedInput),
				CacheWrite: first(t.CacheWrite, rates.CacheWrite), AudioInput: first(t.AudioInput, rates.AudioInput),
				Output: first(t.Output, rates.Output), Reasoning: first(t.Reasoning, rates.Reasoning),
			}
		}
	}
	return rates
}

// bill adds up tokens times rates.
type bill struct {
	sum   float64
	known bool
}

func (b *bill) add(tokens int64, rate *float64) {
	switch {
	case tokens <= 0:
	case rate == nil:
		b.known = false
	default:
		b.sum += float64(tokens) * *rate
	}
}

// prompt counts each token once: every provider known counts cached, written and audio tokens as part of the
// prompt.
func (b *bill) prompt(u *sdk.Usage, r *Rates) {
	rest := u.PromptTokens
	take := func(n int64) int64 {
		n = max(0, min(n, rest))
		rest -= n
		return n
	}
	var written, audio int64
	if d := u.PromptTokensDetails; d != nil {
		written, audio = deref(d.CacheWriteTokens), deref(d.AudioTokens)
	}
	cached := take(u.Cached())
	if cached > 0 && audio > 0 && r.AudioInput != nil {
		b.known = false // nobody says which of the cached tokens were audio
	}
	b.add(cached, first(r.CachedInput, r.Input))
	b.add(take(written), first(r.CacheWrite, r.Input))
	b.add(take(audio), first(r.AudioInput, r.Input))
	b.add(rest, r.Input)
}

// completion counts reasoning as part of the completion, as the OpenAI API has it. Some servers leave it out
// there, which their total tells.
func (b *bill) completion(u *sdk.Usage, r *Rates) {
	reasoning, said := max(0, u.Reasoning()), u.CompletionTokens
	beside := reasoning > said || u.TotalTokens == u.PromptTokens+said+reasoning
	if !beside {
		said -= reasoning
	}
	b.add(reasoning, first(r.Reasoning, r.Output))
	b.add(said, r.Output)
}

func first(rates ...*float64) *float64 {
	for _, r := range rates {
		if r != nil {
			return r
		}
	}
	return nil
}

func deref(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}
