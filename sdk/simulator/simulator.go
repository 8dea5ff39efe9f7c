package simulator

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
)

// maxBody bounds request bodies; larger ones get 413.
const maxBody = 64 << 20

// Simulator is a fake of several LLM provider APIs. It is an http.Handler that
// mounts each dialect below its name and its controls below /_sim/.
type Simulator struct {
	options  Options
	dialects []dialect
	catalogs map[string][]Model
	ledger   *Ledger
	quota    *quota
	logger   hclog.Logger
	hide     *strings.Replacer // of declared keys

	mu       sync.Mutex
	script   *director
	accepted map[string]string // AnyKey: labels of keys seen, by value
}

// New makes a simulator. It starts nothing.
func New(o Options) *Simulator {
	s := &Simulator{
		options:  o,
		dialects: dialects(),
		catalogs: map[string][]Model{},
		ledger:   newLedger(o.LedgerSize),
		quota:    &quota{accounts: map[string]*standing{}},
		logger:   o.Logger,
		hide:     hider(o.Keys),
		script:   newDirector(o.Script),
		accepted: map[string]string{},
	}
	if s.logger == nil {
		s.logger = hclog.NewNullLogger()
	}
	for _, d := range s.dialects {
		s.catalogs[d.name()] = catalog(d, o.Models)
	}
	return s
}

// Ledger returns the record of everything that arrived.
func (s *Simulator) Ledger() *Ledger { return s.ledger }

// SetScript replaces the faults while the simulator runs; rules count from 1
// again. Requests already running keep theirs. An invalid script makes every
// request fail with 500 and the reason; Script.Validate tells beforehand.
func (s *Simulator) SetScript(script Script) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = newDirector(script)
}

func (s *Simulator) director() *director {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.script
}

// ServeHTTP serves one request: it is recorded, understood, disturbed as the
// script says, and answered.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if rest, ok := strings.CutPrefix(r.URL.Path, "/_sim/"); ok {
		s.control(rest, w, r)
		return
	}
	c := s.recognise(r)
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err == nil {
		c.read(r, body)
	}
	out := s.open(w, r, c, body)
	defer out.close()
	if c.dialect == nil {
		out.send(verbatim(http.StatusNotFound, "text/plain; charset=utf-8", "simulator: no such dialect; paths begin with one of /"+strings.Join(Dialects(), "/, /")+"/\n"))
		return
	}
	if err != nil {
		out.send(c.refuse(c.dialect.failure(c, failing{name: ErrorTooLarge})))
		return
	}
	director := s.director()
	c.plan = director.plan(c)
	out.follow(c.plan)
	if s.options.Latency > 0 && !out.wait(s.options.Latency) {
		return
	}
	if err := director.invalid; err != nil {
		out.send(verbatim(http.StatusInternalServerError, "text/plain; charset=utf-8", err.Error()))
		return
	}
	out.send(c.plan.disturb(s.decide(c)))
}

// recognise finds the dialect of a request, if there is one, and its key.
func (s *Simulator) recognise(r *http.Request) *call {
	c := &call{now: time.Now(), method: r.Method, path: r.URL.Path, query: r.URL.Query(), unconfirmed: s.options.Unconfirmed, secret: bearer(r)}
	for _, d := range s.dialects {
		if strings.HasPrefix(c.path, "/"+d.name()+"/") {
			c.dialect, c.models, c.secret = d, s.catalogs[d.name()], d.credential(r)
			c.rest, _ = strings.CutPrefix(c.path, d.base())
		}
	}
	s.identify(c)
	return c
}

// identify finds whose key it is.
func (s *Simulator) identify(c *call) {
	if c.secret == "" {
		c.label = "none"
		return
	}
	for i, k := range s.options.Keys {
		if k.Value == c.secret && (k.Dialect == "" || k.Dialect == c.name()) {
			c.key, c.label = &s.options.Keys[i], k.Label
			return
		}
	}
	c.label = "unknown"
	if s.options.AnyKey {
		c.label = s.labelFor(c.secret)
		c.key = &Key{Label: c.label}
	}
}

// labelFor numbers unknown keys by first appearance, up to a bound.
func (s *Simulator) labelFor(secret string) string {
	const most = 10_000
	s.mu.Lock()
	defer s.mu.Unlock()
	label, ok := s.accepted[secret]
	if !ok {
		if len(s.accepted) == most {
			return "unknown"
		}
		label = "unknown-" + strconv.Itoa(len(s.accepted)+1)
		s.accepted[secret] = label
	}
	return label
}

// decide finds the reply a request deserves: the script's error, or the first
// thing wrong with it in the order real providers look, or an answer.
func (s *Simulator) decide(c *call) reply {
	scripted, isScripted := c.plan.replacement(c)
	e := s.meter(c, isScripted)
	if isScripted {
		return scripted
	}
	for _, check := range []func(*call) *apiError{authorize, route, func(*call) *apiError { return e }, parse} {
		if e := check(c); e != nil {
			return c.refuse(e)
		}
	}
	if c.endpoint != endpointChat {
		body, e := c.dialect.page(c)
		if e != nil {
			return c.refuse(e)
		}
		return c.reply(http.StatusOK, body)
	}
	if c.prompt, e = c.dialect.decode(c); e != nil {
		return c.refuse(e)
	}
	return c.chat(respond(c, c.prompt))
}

// meter counts what costs quota: chats and embeddings of known keys.
func (s *Simulator) meter(c *call, failed bool) *apiError {
	c.endpoint, _ = c.dialect.route(c)
	if c.endpoint == endpointKey && c.key != nil {
		c.standing = s.quota.look(c.key, c.dialect.name(), c.dialect.allowance(c))
	}
	if c.endpoint != endpointChat && c.endpoint != endpointEmbeddings || c.key == nil {
		return nil
	}
	c.known = c.find(c.model, nil)
	var trouble string
	c.standing, trouble = s.quota.take(c.key, c.dialect.name(), c.dialect.allowance(c), failed, c.now)
	switch trouble {
	case ErrorRateDay:
		return c.dialect.failure(c, failing{name: trouble, limit: c.key.DailyLimit, wait: c.standing.day.end.Sub(c.now)})
	case ErrorRateMinute:
		return c.dialect.failure(c, failing{name: trouble, limit: c.key.PerMinute, wait: c.standing.minute.end.Sub(c.now)})
	}
	return nil
}

func authorize(c *call) *apiError {
	switch {
	case c.key != nil:
		return nil
	case c.secret == "":
		return c.dialect.failure(c, failing{name: ErrorAuthMissing})
	}
	return c.dialect.failure(c, failing{name: ErrorAuthInvalid})
}

func route(c *call) (e *apiError) {
	c.endpoint, e = c.dialect.route(c)
	return e
}

// parse wants a JSON object where there must be a body.
func parse(c *call) *apiError {
	switch {
	case c.method != http.MethodPost:
		return nil
	case !c.json:
		return invalid("", "Unsupported content type. This API method only accepts 'application/json' requests, please set the header 'Content-Type: application/json'.")
	case c.tree == nil:
		return invalid("", "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The API expects a JSON payload, but what was sent was not valid JSON.)")
	}
	return nil
}
