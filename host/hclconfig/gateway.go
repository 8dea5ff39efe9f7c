package hclconfig

import (
	"net"
	"net/url"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/aio-llm/aio/sdk"
)

// Gateway is how aio serve answers over HTTP. Zero of each field leaves it to its default.
type Gateway struct {
	// Listen is "host:port" or "unix:/path"; empty means DefaultListen.
	Listen string
	// NoAuth lets every caller in; hclconfig has checked that Listen is a loopback address or a socket then.
	NoAuth      bool
	Tokens      []Token
	CORSOrigins []string
	TLS         TLS
	Limits      GatewayLimits
	// Drain is how long requests may go on after a signal to stop; 0 means 30 s.
	Drain time.Duration
	Admin Admin
}

// DefaultListen is where the gateway listens unless told otherwise.
const DefaultListen = "127.0.0.1:8080"

// Token is one client's right to call.
type Token struct {
	Name  string
	Value sdk.Secret
	// Expires is when it ends; zero is never.
	Expires time.Time
	// Models are the names it may ask for; nil is all.
	Models []string
}

// TLS names the files of a certificate and its key; both are empty without TLS.
type TLS struct{ Cert, Key string }

// GatewayLimits bound what callers can make the gateway hold. Zero of each field means the gateway's default.
type GatewayLimits struct {
	MaxBody int64
	// MaxUnsizedBody is for a body that does not announce its length, MaxBodies for all that are held at once.
	MaxUnsizedBody int64
	MaxBodies      int64
	MaxHeaders     int
	MaxConnections int
	MaxConcurrent  int
	// Queue is the most requests that wait for their turn; negative is none.
	Queue     int
	QueueWait time.Duration
	// ReadHeader, ReadBody, Idle and Write bound slow clients; KeepAlive is the silence on a stream after
	// which its client gets a comment.
	ReadHeader, ReadBody, Idle, Write, KeepAlive time.Duration
}

// Admin is the listener for those who run the gateway.
type Admin struct {
	// Listen is "host:port", "unix:/path" or "off"; empty leaves it to the command.
	Listen string
	// Token is asked for by everything but the health checks; zero is none.
	Token sdk.Secret
}

func (b *block) gateway(g *Gateway) {
	auth := "token"
	at := map[string]hcl.Range{}
	b.decode(attrs{
		"listen": func(a *attribute) { at["listen"] = a.Expr.Range(); address(&g.Listen)(a) },
		"auth":   func(a *attribute) { at["auth"] = a.Expr.Range(); oneOf(&auth, "token", "none")(a) },
		"cors_origins": texts(&g.CORSOrigins, func(origin string, a *attribute, i int) {
			if !validOrigin(origin) {
				a.d.failf(a.item(i), `Write scheme and host, such as "https://app.example", or "*" for any.`, "%s is no origin", quote(origin))
			}
		}),
		"drain": duration(&g.Drain, time.Hour),
	}, blocks{
		"token":  named("name", func(b *block) { b.token(g) }),
		"tls":    once(func(b *block) { b.tls(&g.TLS) }),
		"limits": once(func(b *block) { b.gatewayLimits(&g.Limits) }),
		"admin":  once(func(b *block) { b.admin(&g.Admin) }),
	})
	if g.NoAuth = auth == "none"; !g.NoAuth {
		return
	}
	if !local(g.Listen) {
		b.d.failf(at["listen"], "Configure a token, or listen on 127.0.0.1.", `auth = "none" and listen = %s would let everyone in who reaches it`, quote(g.Listen))
	}
	if len(g.Tokens) > 0 {
		b.d.fail(at["auth"], `auth = "none" and a token contradict each other`, "Leave one of them out.")
	}
}

func (b *block) token(g *Gateway) {
	b.checkLabel(64)
	t := Token{Name: b.label}
	given := false
	b.decode(attrs{
		"value": func(a *attribute) { given = true; secretText(&t.Value, nil, checkClientToken)(a) },
		"expires": func(a *attribute) {
			if moment(&t.Expires)(a); !t.Expires.IsZero() && t.Expires.Before(time.Now()) {
				a.d.warn(a.Expr.Range(), b.where()+" has expired", "Calls with it are refused. Give it another date, or remove it.")
			}
		},
		"models": texts(&t.Models, func(model string, a *attribute, i int) {
			if model == "" {
				a.d.fail(a.item(i), "an empty name of a model", `Name a model or route, or a beginning with "*" behind it.`)
			}
		}),
	}, nil)
	if !given {
		b.d.failf(b.labelAt, `Add: value = env("NAME")`, "%s has no value", b.where())
	}
	for _, other := range g.Tokens {
		if !t.Value.IsZero() && other.Value == t.Value {
			b.d.failf(b.labelAt, "Give each client a token of its own.", "%s has the same value as token %s", b.where(), quote(other.Name))
		}
	}
	g.Tokens = append(g.Tokens, t)
}

// minToken is as short as a token may be: 16 random characters are beyond guessing.
const minToken = 16

func checkClientToken(a *attribute, value string, literal bool) {
	if len(value) < minToken {
		a.failf(`Make a random one: openssl rand -hex 24`, "the value of %s is shorter than %d characters", a.where, minToken)
		return
	}
	checkKey(a, value, literal)
}

func (b *block) tls(t *TLS) {
	b.decode(attrs{"cert": path(&t.Cert), "key": path(&t.Key)}, nil)
	if (t.Cert == "") != (t.Key == "") {
		b.d.fail(b.at, "tls needs both cert and key", `Write: tls { cert = "server.crt", key = "server.key" }, each on a line of its own.`)
	}
}

func (b *block) gatewayLimits(l *GatewayLimits) {
	b.decode(attrs{
		"max_body":         whole(&l.MaxBody, 1<<10, sdk.MaxBody, "It is in bytes; plugins take no more than 32 MiB."),
		"max_unsized_body": whole(&l.MaxUnsizedBody, 1<<10, sdk.MaxBody, "It is in bytes; plugins take no more than 32 MiB."),
		"max_bodies":       whole(&l.MaxBodies, 1<<20, 1<<40, "It is in bytes, from 1 MiB to 1 TiB."),
		"max_headers":      whole(&l.MaxHeaders, 1<<10, 1<<20, "It is in bytes."),
		"max_connections":  whole(&l.MaxConnections, 1, 1_000_000, ""),
		"max_concurrent":   whole(&l.MaxConcurrent, 1, 1_000_000, ""),
		"queue": func(a *attribute) {
			n := 1
			whole(&n, 0, 1_000_000, "0 lets no request wait.")(a)
			if l.Queue = n; n == 0 {
				l.Queue = -1
			}
		},
		"queue_wait":  duration(&l.QueueWait, 10*time.Minute),
		"read_header": duration(&l.ReadHeader, 10*time.Minute),
		"read_body":   duration(&l.ReadBody, time.Hour),
		"idle":        duration(&l.Idle, maxWait),
		"write":       duration(&l.Write, time.Hour),
		"keep_alive":  duration(&l.KeepAlive, time.Hour),
	}, nil)
}

func (b *block) admin(to *Admin) {
	at := b.at
	b.decode(attrs{
		"listen": func(a *attribute) {
			at = a.Expr.Range()
			var s string
			if text(&s)(a); s == "off" {
				to.Listen = s
				return
			}
			address(&to.Listen)(a)
		},
		"token": secretText(&to.Token, nil, checkClientToken),
	}, nil)
	if to.Listen != "" && to.Listen != "off" && to.Token.IsZero() && !local(to.Listen) {
		b.d.failf(at, `Add: token = env("NAME"), or listen on 127.0.0.1 or a unix socket.`, "admin on %s without a token would be open to everyone who reaches it", quote(to.Listen))
	}
}

// address reads "host:port" or "unix:/path".
func address(to *string) func(*attribute) {
	return func(a *attribute) {
		const example = `Write "127.0.0.1:8080", ":8080" for all addresses, or "unix:/path".`
		var s string
		if text(&s)(a); s == "" {
			return
		}
		if socket, ok := strings.CutPrefix(s, "unix:"); ok {
			socket = a.d.resolve(socket)
			if socket == "" || len(socket) > maxSocketPath && runtime.GOOS != "windows" {
				a.failf("", "%s is no path for a socket: it has 1 to %d bytes", quote(socket), maxSocketPath)
				return
			}
			*to = "unix:" + filepath.ToSlash(socket)
			return
		}
		_, port, err := net.SplitHostPort(s)
		if n, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || n > 65535 {
			a.failf(example, "%s is no address to listen on", quote(s))
			return
		}
		*to = s
	}
}

// maxSocketPath is what the kernels take, 108 with the closing NUL on Linux, 104 on others.
const maxSocketPath = 103

// local reports whether only this machine can reach the address; empty is a default, which is local.
func local(address string) bool {
	if address == "" || strings.HasPrefix(address, "unix:") {
		return true
	}
	name, _, err := net.SplitHostPort(address)
	if err != nil {
		return true // told already
	}
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// moment reads a date, or a date and time with its zone.
func moment(to *time.Time) func(*attribute) {
	return func(a *attribute) {
		var s string
		if text(&s)(a); s == "" {
			return
		}
		for _, layout := range []string{time.RFC3339, time.DateOnly} {
			if t, err := time.Parse(layout, s); err == nil {
				*to = t
				return
			}
		}
		a.failf(`Write "2027-01-31" (that day's beginning in UTC) or "2027-01-31T17:00:00+01:00".`, "%s is no date: %s", a.name, quote(s))
	}
}

func validOrigin(origin string) bool {
	if origin == "*" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Scheme != "" && u.Host != "" && u.Scheme+"://"+u.Host == origin
}
