package gateway

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// Config is what a Gateway needs to know. It is plain data and holds no secret: tokens are in it as digests.
type Config struct {
	// Auth says who may call; the zero value asks every caller for one of Tokens.
	Auth   Auth
	Tokens []Token
	// CORSOrigins are the web origins ("https://app.example") whose pages may call; "*" is any. Empty allows
	// none, and browsers then keep pages from reading answers.
	CORSOrigins []string
	Limits      Limits
}

// Auth is a way to tell who may call.
type Auth string

// The ways.
const (
	// AuthTokens asks every caller for a token.
	AuthTokens Auth = ""
	// AuthNone lets everyone in who reaches the listener, which must be a loopback address or a unix socket.
	// Requests that a web page of another site could have made are refused.
	AuthNone Auth = "none"
	// AuthExternal leaves it to the program that mounts the handler.
	AuthExternal Auth = "external"
)

// Limits bound what callers can make the gateway hold. Zero of each field means its default.
type Limits struct {
	// Body is the most bytes of a request body; default and most 32 MiB. UnsizedBody is the same for a body
	// that does not announce its length, and so takes memory before it can be refused; default 8 MiB. Bodies is
	// the most bytes of all bodies that are held at once; default 512 MiB.
	Body        int64
	UnsizedBody int64
	Bodies      int64
	// Headers is the most bytes of a request's headers; default 64 KiB. Connections is the most open at once;
	// default 10,000.
	Headers     int
	Connections int
	// Concurrency is the most requests at work at once, default 2,048; Queue the most that wait for their
	// turn, default 256, negative none, and QueueWait how long; default 5 s. What is beyond is answered 429.
	// The default is for upstreams that take seconds, so that what is at work is waiting: a thousand streams must
	// fit. What is at work for upstreams that answer at once is computing, and refusals wait for a core too; 64
	// a core keep them below some 15 ms.
	Concurrency int
	Queue       int
	QueueWait   time.Duration
	// ReadHeader bounds the reading of a request's headers, default 10 s; ReadBody that of its body, default
	// 30 s, and as long again for each MiB that has come. Idle bounds the wait for a connection's next
	// request, default 2 min.
	ReadHeader time.Duration
	ReadBody   time.Duration
	Idle       time.Duration
	// Write bounds how long a client may take no byte of an answer; default 30 s.
	Write time.Duration
	// KeepAlive is the silence on a stream after which its client gets a comment, and again; default 10 s.
	KeepAlive time.Duration
}

func (l Limits) withDefaults() Limits {
	l.Body = min(cmp.Or(l.Body, sdk.MaxBody), sdk.MaxBody)
	l.UnsizedBody = min(cmp.Or(l.UnsizedBody, 8<<20), l.Body)
	l.Bodies = cmp.Or(l.Bodies, 512<<20)
	l.Headers = cmp.Or(l.Headers, 64<<10)
	l.Connections = cmp.Or(l.Connections, 10_000)
	l.Concurrency = cmp.Or(l.Concurrency, 2048)
	l.Queue = max(cmp.Or(l.Queue, 256), 0)
	l.QueueWait = cmp.Or(l.QueueWait, 5*time.Second)
	l.ReadHeader = cmp.Or(l.ReadHeader, 10*time.Second)
	l.ReadBody = cmp.Or(l.ReadBody, 30*time.Second)
	l.Idle = cmp.Or(l.Idle, 2*time.Minute)
	l.Write = cmp.Or(l.Write, 30*time.Second)
	l.KeepAlive = cmp.Or(l.KeepAlive, 10*time.Second)
	return l
}

func (c Config) validate() error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf("gateway: "+format, args...)) }
	switch c.Auth {
	case AuthTokens:
		if len(c.Tokens) == 0 {
			add(`no client token: configure one, make one with EnsureToken, or say auth = "none"`)
		}
	case AuthNone, AuthExternal:
	default:
		add("auth %q: want %q, %q or nothing, which asks for tokens", c.Auth, AuthNone, AuthExternal)
	}
	names := map[string]bool{}
	for _, t := range c.Tokens {
		if err := t.validate(); err != nil {
			add("%w", err)
		}
		if names[t.Name] {
			add("token %q is there twice", t.Name)
		}
		names[t.Name] = true
	}
	for _, origin := range c.CORSOrigins {
		if !validOrigin(origin) {
			add(`CORS origin %q: want scheme and host, such as "https://app.example", or "*"`, origin)
		}
	}
	l := c.Limits
	if l.Body < 0 || l.UnsizedBody < 0 || l.Bodies < 0 || l.Headers < 0 || l.Connections < 0 || l.Concurrency < 0 ||
		l.QueueWait < 0 || l.ReadHeader < 0 || l.ReadBody < 0 || l.Idle < 0 || l.Write < 0 || l.KeepAlive < 0 {
		add("a limit is negative")
	}
	if l.Body > sdk.MaxBody {
		add("a body limit of %d is more than the %d bytes that plugins take", l.Body, sdk.MaxBody)
	}
	return errors.Join(errs...)
}

func validOrigin(origin string) bool {
	if origin == "*" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Scheme != "" && u.Host != "" && u.Scheme+"://"+u.Host == origin
}
