package alerts

import (
	"fmt"
	"time"

	"github.com/aio-llm/aio/host"
)

// The names of the alerts.
const (
	ErrorRate     = "error_rate"
	KeyLimit      = "key_limit"
	Slow          = "slow"
	ProvidersDown = "providers_down"
)

// relief is how far below its threshold a value must fall for an alert to be over.
const relief = 0.8

// verdict is what one look says of one alert. Between bad and good nothing changes.
type verdict struct {
	name, subject    string
	bad, good        bool
	value, threshold float64
	message          string
	// hold is how long it must stay bad, or good, to count.
	hold time.Duration
}

func (v verdict) measure(value, threshold float64) verdict {
	v.value, v.threshold = value, threshold
	v.bad, v.good = value > threshold, value <= relief*threshold
	return v
}

func (c Config) judge(recent counts, status *host.Status) []verdict {
	var out []verdict
	if c.ErrorRate > 0 {
		out = append(out, c.errorRate(recent))
	}
	if c.Slow > 0 {
		out = append(out, c.slow(recent))
	}
	if status == nil {
		return out
	}
	if c.KeyUse > 0 {
		out = append(out, c.keyUse(status)...)
	}
	if c.DownFor > 0 {
		out = append(out, c.providersDown(status))
	}
	return out
}

func (c Config) errorRate(recent counts) verdict {
	total := recent.failed + recent.answered
	v := verdict{name: ErrorRate}.measure(share(recent.failed, total), c.ErrorRate)
	v.bad = v.bad && total >= int64(c.MinRequests)
	v.message = fmt.Sprintf("%s of %d requests failed in the last %v; the threshold is %s", percent(v.value), total, c.Window, percent(v.threshold))
	return v
}

func (c Config) slow(recent counts) verdict {
	v := verdict{name: Slow}.measure(share(recent.slow, recent.answered), c.SlowShare)
	v.bad = v.bad && recent.answered >= int64(c.MinRequests)
	v.message = fmt.Sprintf("%s of %d answers took over %v in the last %v; the threshold is %s",
		percent(v.value), recent.answered, c.Slow, c.Window, percent(v.threshold))
	return v
}

func (c Config) keyUse(s *host.Status) (out []verdict) {
	for _, p := range s.Providers {
		for _, k := range p.Keys {
			if k.DailyLimit <= 0 || !p.Active {
				continue
			}
			v := verdict{name: KeyLimit, subject: p.Name + "/" + k.Label}.measure(share(k.UsedToday, k.DailyLimit), c.KeyUse)
			v.message = fmt.Sprintf("key %s has used %d of its %d calls a day; the threshold is %s", v.subject, k.UsedToday, k.DailyLimit, percent(v.threshold))
			out = append(out, v)
		}
	}
	return out
}

func (c Config) providersDown(s *host.Status) verdict {
	active, available := 0, 0
	for _, p := range s.Providers {
		if p.Active {
			active++
			if p.Available() {
				available++
			}
		}
	}
	down := active > 0 && available == 0
	return verdict{
		name: ProvidersDown, bad: down, good: !down, hold: c.DownFor, value: float64(active - available), threshold: float64(active),
		message: fmt.Sprintf("%d of %d providers can take a request", available, active),
	}
}

func share(part, whole int64) float64 {
	if whole <= 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

func percent(share float64) string { return fmt.Sprintf("%.4g %%", share*100) }
