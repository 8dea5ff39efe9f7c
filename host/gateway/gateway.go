package gateway

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/host"
)

// Hosts hands out the host a request is served by and takes it back: a reload swaps it while requests run.
type Hosts interface {
	// Acquire returns the host of now. It is the request's until release is called, which must be once.
	Acquire() (h *host.Host, release func())
}

// Static is Hosts of one host for ever.
func Static(h *host.Host) Hosts { return static{h} }

type static struct{ host *host.Host }

func (s static) Acquire() (*host.Host, func()) { return s.host, func() {} }

// Gateway answers HTTP requests from a host. Its methods are safe for concurrent use.
type Gateway struct {
	hosts   Hosts
	log     hclog.Logger
	started time.Time

	settings    atomic.Pointer[settings]
	gate        gate
	connections atomic.Int64
	held        atomic.Int64 // bytes of request bodies
	decoders    sync.Pool    // of *decoder
	frames      sync.Pool    // of *[]byte
}

// settings is a Config at work; Update swaps it whole.
type settings struct {
	auth   Auth
	tokens []Token
	cors   cors
	limits Limits
}

// Option injects a dependency into New.
type Option func(*Gateway)

// WithLogger sends the gateway's log to log. Without it nothing is logged.
func WithLogger(log hclog.Logger) Option { return func(g *Gateway) { g.log = log } }

// New returns a gateway for hosts. Its error says everything that is wrong with config.
func New(hosts Hosts, config Config, opts ...Option) (*Gateway, error) {
	g := &Gateway{hosts: hosts, log: hclog.NewNullLogger(), started: time.Now()}
	for _, opt := range opts {
		opt(g)
	}
	if err := g.Update(config); err != nil {
		return nil, err
	}
	return g, nil
}

// Update changes the configuration of a gateway at work, at once and as a whole; requests under way keep
// theirs. What Server and Listener took over (header limits, idle time) stays. An error changes nothing.
func (g *Gateway) Update(config Config) error {
	if err := config.validate(); err != nil {
		return err
	}
	s := &settings{auth: config.Auth, tokens: cloneTokens(config.Tokens), cors: newCORS(config.CORSOrigins), limits: config.Limits.withDefaults()}
	g.gate.resize(s.limits.Concurrency, s.limits.Queue)
	g.settings.Store(s)
	return nil
}

// Handler returns the API: /v1/chat/completions, /v1/embeddings, /v1/models and /v1/models/{id}, also below
// /openai. Serve it with Server, which sets the limits that a handler cannot.
func (g *Gateway) Handler() http.Handler { return http.HandlerFunc(g.serve) }
