package simulator

import (
	"net/http"
	"strings"
	"sync"
)

// director holds a script while it runs: it counts the requests that each rule
// matches.
type director struct {
	script  Script
	invalid error

	mu     sync.Mutex
	counts []int
}

func newDirector(s Script) *director {
	return &director{script: s, invalid: s.Validate(), counts: make([]int, len(s.Rules))}
}

// plan counts the request for every rule that matches it and gathers the faults
// of those that fire.
func (d *director) plan(c *call) plan {
	d.mu.Lock()
	defer d.mu.Unlock()
	var p plan
	quiet := false
	for i, r := range d.script.Rules {
		if !r.Match.covers(c) {
			continue
		}
		d.counts[i]++
		switch {
		case quiet || !r.Match.fires(d.counts[i]):
		case r.Fault.Kind == FaultNone:
			quiet = true
		default:
			p.add(r.Fault)
		}
	}
	return p
}

// plan is what the script has in store for one request.
type plan struct{ faults []Fault }

func (p *plan) add(f Fault) {
	for _, other := range p.faults {
		if other.Kind == f.Kind || other.replaces() && f.replaces() {
			return
		}
	}
	p.faults = append(p.faults, f)
}

func (p plan) get(k FaultKind) (Fault, bool) {
	for _, f := range p.faults {
		if f.Kind == k {
			return f, true
		}
	}
	return Fault{}, false
}

func (p plan) has(k FaultKind) bool {
	_, ok := p.get(k)
	return ok
}

// String names the faults for the ledger.
func (p plan) String() string {
	var names []string
	for _, f := range p.faults {
		names = append(names, f.name())
	}
	return strings.Join(names, "+")
}

// streams tells whether the reply to a chat is an event stream.
func (p plan) streams(c *call) bool {
	return c.stream && !p.has(FaultJSONForSSE) || !c.stream && p.has(FaultSSEForJSON)
}

// alter changes what the model says.
func (p plan) alter(a *answer) {
	if f, ok := p.get(FaultFinish); ok {
		a.finish = f.Finish
	}
}

// replacement is the reply that stands in for the real one.
func (p plan) replacement(c *call) (reply, bool) {
	for _, f := range p.faults {
		switch f.Kind {
		case FaultError:
			return scriptedError(c, f), true
		case FaultRedirect:
			r := verbatim(statusOr(f.Status, http.StatusTemporaryRedirect), "text/html; charset=utf-8", "<a href=\""+f.Location+"\">Moved</a>.\n")
			return r.with(map[string]string{"Location": f.Location}).with(f.Header), true
		case FaultHTML:
			page := orElse(f.Body, "<!DOCTYPE html>\n<html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>\n")
			return verbatim(statusOr(f.Status, http.StatusOK), "text/html; charset=utf-8", page).with(f.Header), true
		case FaultReply:
			return verbatim(statusOr(f.Status, http.StatusOK), "application/json", f.Body).with(f.Header), true
		}
	}
	return reply{}, false
}

// scriptedError is the dialect's error that a fault names, with its changes.
func scriptedError(c *call, f Fault) reply {
	e := namedError(c, f)
	r := c.refuse(e)
	if f.Body != "" {
		r = verbatim(e.status, "application/json", f.Body)
	}
	return r.with(f.Header)
}

func namedError(c *call, f Fault) *apiError {
	e := c.dialect.failure(c, failing{name: orElse(f.Error, nameFor(f.Status)), wait: f.Wait, hints: f.Hints})
	e.status = statusOr(f.Status, e.status)
	e.message = orElse(f.Message, e.message)
	return e
}

func statusOr(status, otherwise int) int {
	if status == 0 {
		return otherwise
	}
	return status
}

// with sets headers on the reply; an empty value removes one.
func (r reply) with(headers map[string]string) reply {
	if len(headers) == 0 {
		return r
	}
	events := r.events
	r.events = func(yield func(event) bool) {
		for e := range events {
			if e.kind == eventHead {
				e.header = e.header.Clone()
				for name, v := range headers {
					if v == "" {
						e.header.Del(name)
					} else {
						e.header.Set(name, v)
					}
				}
			}
			if !yield(e) {
				return
			}
		}
	}
	return r
}
