package prices

import (
	"errors"
	"fmt"
	"time"
)

func checkDated(ps []dated) error {
	for i := range ps {
		if i > 0 && !time.Time(ps[i-1].Since).Before(time.Time(ps[i].Since)) {
			return errors.New("prices are not in the order of their days")
		}
		if err := ps[i].Check(); err != nil {
			return err
		}
	}
	return nil
}

// Check reports rates that are none, and tiers out of order.
func (p *Price) Check() error {
	if err := p.Rates.check(); err != nil {
		return err
	}
	for i, t := range p.Tiers {
		if t.Above <= 0 || i > 0 && t.Above <= p.Tiers[i-1].Above {
			return fmt.Errorf("tier above %d tokens is not above the one before", t.Above)
		}
		if err := t.check(); err != nil {
			return fmt.Errorf("tier above %d tokens: %w", t.Above, err)
		}
	}
	return nil
}

// mostUSD for a million tokens is a slip of the decimal point.
const mostUSD = 1e6

func (r *Rates) check() error {
	for _, rate := range [...]struct {
		name string
		is   *float64
	}{
		{"input", r.Input}, {"cached_input", r.CachedInput}, {"cache_write", r.CacheWrite},
		{"audio_input", r.AudioInput}, {"output", r.Output}, {"reasoning", r.Reasoning},
	} {
		if rate.is != nil && !(*rate.is >= 0 && *rate.is <= mostUSD) { // NaN is neither
			return fmt.Errorf("%s of %v is no price for a million tokens: want 0 to %.0f US dollars", rate.name, *rate.is, mostUSD)
		}
	}
	return nil
}
