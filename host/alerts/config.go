package alerts

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// Config says when alerts are raised and where they are sent. The zero value has the defaults and no webhook.
type Config struct {
	// ErrorRate is the share of failed requests above which error_rate is raised; 0 means 0.10, negative never.
	// Canceled requests, and those refused for a fault of their own, do not count.
	ErrorRate float64
	// KeyUse is the share of its daily limit a key may use before key_limit is raised; 0 means 0.80, negative
	// never.
	KeyUse float64
	// Slow is what an answer may take, a stream until its first content, and SlowShare the share of slower ones
	// above which slow is raised; 0 means 5 s and 0.5, which compares the median. A negative Slow is never.
	Slow      time.Duration
	SlowShare float64
	// DownFor is how long no provider may be available before providers_down is raised, and one must be before
	// it is resolved; 0 means 30 s, negative never.
	DownFor time.Duration
	// Window is the time that rates are taken over; 0 means 5 min. With fewer than MinRequests (0 means 20) in
	// it no rate is judged bad.
	Window      time.Duration
	MinRequests int
	// Every is how often all of this is judged; 0 means 10 s.
	Every time.Duration
	// Webhook is told of every alert raised and resolved.
	Webhook Webhook
}

// Webhook is where alerts are sent to. Without a URL nothing is sent.
type Webhook struct {
	// URL is of http or https. It appears in logs by its host only.
	URL string
	// Secret signs what is sent. It is needed, at least 16 bytes long, and read as base64 after the prefix
	// "whsec_", else as it is.
	Secret sdk.Secret
	// Timeout bounds each try (0 means 10 s), Tries their number (0 means 5).
	Timeout time.Duration
	Tries   int
}

func (c Config) withDefaults() Config {
	c.ErrorRate = cmp.Or(c.ErrorRate, 0.10)
	c.KeyUse = cmp.Or(c.KeyUse, 0.80)
	c.Slow = cmp.Or(c.Slow, 5*time.Second)
	c.SlowShare = cmp.Or(c.SlowShare, 0.5)
	c.DownFor = cmp.Or(c.DownFor, 30*time.Second)
	c.Window = cmp.Or(c.Window, 5*time.Minute)
	c.MinRequests = cmp.Or(c.MinRequests, 20)
	c.Every = cmp.Or(c.Every, 10*time.Second)
	c.Webhook.Timeout = cmp.Or(c.Webhook.Timeout, 10*time.Second)
	c.Webhook.Tries = cmp.Or(c.Webhook.Tries, 5)
	return c
}

// Validate reports everything that is wrong with c.
func (c Config) Validate() error {
	var errs []error
	say := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	say(c.ErrorRate > 1, "error rate %v: a share is between 0 and 1", c.ErrorRate)
	say(c.KeyUse > 1, "key use %v: a share is between 0 and 1", c.KeyUse)
	say(c.SlowShare < 0 || c.SlowShare >= 1, "slow share %v: it must be between 0 and 1", c.SlowShare)
	say(c.Window < 0 || 0 < c.Window && c.Window < time.Second, "window %v: give at least 1s", c.Window)
	say(c.Every < 0 || 0 < c.Every && c.Every < time.Second, "every %v: give at least 1s", c.Every)
	say(c.MinRequests < 0, "minimum of requests %d: it must not be negative", c.MinRequests)
	if c.Webhook.URL != "" {
		errs = append(errs, c.Webhook.validate())
	}
	return errors.Join(errs...)
}

func (w Webhook) validate() error {
	u, err := url.Parse(w.URL)
	switch {
	case err != nil: // the parser's message holds the URL, which may hold a token
		return errors.New("webhook URL: it cannot be read")
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return errors.New(`webhook URL: it must begin with "https://" or "http://" and name a host`)
	case u.User != nil:
		return errors.New("webhook URL: leave out user and password, the signature tells who sends")
	case w.Timeout < 0 || w.Tries < 0:
		return errors.New("webhook: timeout and tries must not be negative")
	}
	_, err = signingKey(w.Secret)
	return err
}
