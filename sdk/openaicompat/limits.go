package openaicompat

import (
	"net/textproto"
	"strconv"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// LimitHeader is one of an upstream's x-ratelimit-{limit,remaining,reset}-<name> triples.
type LimitHeader struct {
	// Name is the end of the three header names, e.g. "requests" or "tokens-minute".
	Name string
	// Unit is "requests" or "tokens", Window "minute", "hour" or "day".
	Unit, Window string
}

// limitNames is a LimitHeader with its header names spelled out once.
type limitNames struct {
	LimitHeader
	limit, remaining, reset string
}

func compileLimits(in []LimitHeader) []limitNames {
	out := make([]limitNames, len(in))
	for i, l := range in {
		name := func(part string) string {
			return textproto.CanonicalMIMEHeaderKey("X-Ratelimit-" + part + "-" + l.Name)
		}
		out[i] = limitNames{LimitHeader: l, limit: name("limit"), remaining: name("remaining"), reset: name("reset")}
	}
	return out
}

// rateLimits reads the limits the response's headers tell.
func (x *exchange) rateLimits() []sdk.RateLimit {
	var out []sdk.RateLimit
	for _, names := range x.p.limits {
		limit, ok := x.count(names.limit)
		remaining, told := x.count(names.remaining)
		if !ok && !told {
			continue
		}
		l := sdk.RateLimit{Unit: names.Unit, Window: names.Window, Limit: limit, Remaining: remaining}
		if text := x.first(names.reset); text != "" {
			l.Reset, _ = ParseWait(text, time.Now()) // unknown when it is no time
		}
		if out == nil {
			out = make([]sdk.RateLimit, 0, len(x.p.limits))
		}
		out = append(out, l)
	}
	return out
}

// count reads a header that is a number, some upstreams' with a fraction.
func (x *exchange) count(header string) (int64, bool) {
	text := x.first(header)
	if text == "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0 && n < 1e15) {
		return 0, false
	}
	return int64(n), true
}

func (x *exchange) first(header string) string {
	if values := x.resp.Header[header]; len(values) > 0 {
		return values[0]
	}
	return ""
}
