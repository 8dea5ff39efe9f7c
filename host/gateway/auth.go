package gateway

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/aio-llm/aio/sdk"
)

// Token is one client's right to call.
type Token struct {
	// Name tells tokens apart in logs; it is no secret.
	Name string
	// Hash is of the token's value.
	Hash TokenHash
	// Expires is when it ends; zero is never.
	Expires time.Time
	// Models are the names a request may ask for: exactly, or what begins with an entry's text before a "*" at its
	// end. "auto" stands for a request that names none. Empty is all.
	Models []string
}

// TokenHash is the digest of a token's value: the value itself is kept nowhere. Tokens are long and random,
// so there is nothing a slow hash could protect.
type TokenHash [sha256.Size]byte

// HashToken returns the digest of value.
func HashToken(value sdk.Secret) TokenHash { return sha256.Sum256([]byte(value.Reveal())) }

func (t Token) validate() error {
	switch {
	case t.Name == "" || len(t.Name) > 64 || strings.ContainsFunc(t.Name, unicode.IsControl):
		return fmt.Errorf("token name %q: want 1 to 64 characters", t.Name)
	case t.Hash == TokenHash{} || t.Hash == HashToken(sdk.Secret{}):
		return fmt.Errorf("token %q has no value", t.Name)
	default:
		return nil
	}
}

// allows reports whether the token's owner may ask for the model.
func (t *Token) allows(model string) bool {
	if t == nil || len(t.Models) == 0 {
		return true
	}
	if model == "" {
		model = "auto"
	}
	return slices.ContainsFunc(t.Models, func(allowed string) bool {
		if prefix, ok := strings.CutSuffix(allowed, "*"); ok {
			return strings.HasPrefix(model, prefix)
		}
		return model == allowed
	})
}

func cloneTokens(tokens []Token) []Token {
	out := slices.Clone(tokens)
	for i := range out {
		out[i].Models = slices.Clone(out[i].Models)
	}
	return out
}

// authenticate tells who calls, by the headers alone.
func (x *exchange) authenticate() *failure {
	switch x.settings.auth {
	case AuthExternal:
		return nil
	case AuthNone:
		return x.local()
	}
	value := credential(x.r.Header)
	if value == "" {
		return x.denied("no token: send one as \"Authorization: Bearer ...\"")
	}
	hash := sha256.Sum256([]byte(value))
	var found *Token
	for i := range x.settings.tokens { // all of them, so that the time taken says nothing
		t := &x.settings.tokens[i]
		if subtle.ConstantTimeCompare(hash[:], t.Hash[:]) == 1 {
			found = t
		}
	}
	switch {
	case found == nil:
		return x.denied("the token is not one of this gateway's")
	case !found.Expires.IsZero() && !x.started.Before(found.Expires):
		return x.denied("the token has expired")
	}
	x.token = found
	x.note("client", found.Name)
	return nil
}

func (x *exchange) denied(why string) *failure {
	x.head["Www-Authenticate"] = []string{"Bearer"}
	return &failure{status: http.StatusUnauthorized, kind: typeInvalid, code: "invalid_api_key", message: why}
}

// credential is the token in the headers, where clients put it.
func credential(h http.Header) string {
	if v := h["Authorization"]; len(v) == 1 {
		scheme, value, _ := strings.Cut(v[0], " ")
		if strings.EqualFold(scheme, "bearer") {
			return strings.TrimSpace(value)
		}
		return ""
	}
	for _, name := range [...]string{"Api-Key", "X-Api-Key"} {
		if v := h[name]; len(v) == 1 {
			return v[0]
		}
	}
	return ""
}

// local refuses what a page of some site makes a browser send here: a form posted across sites, which needs no
// answer to cost money, and a name that was pointed at a loopback address.
func (x *exchange) local() *failure {
	if host := x.r.Host; !loopbackHost(host) {
		return &failure{
			status: http.StatusForbidden, kind: typeInvalid, code: "host_not_allowed",
			message: "without tokens this gateway answers on loopback names only, not as " + clean(host),
		}
	}
	origin := x.r.Header.Get("Origin")
	if origin == "" || x.settings.cors.allows(origin) {
		return nil
	}
	if u, err := url.Parse(origin); err == nil && u.Host == x.r.Host {
		return nil
	}
	return &failure{
		status: http.StatusForbidden, kind: typeInvalid, code: "origin_not_allowed",
		message: "pages of " + clean(origin) + " may not call this gateway: it asks for no token and lists no such CORS origin",
	}
}

func loopbackHost(hostport string) bool {
	name := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		name = h
	}
	name = strings.Trim(name, "[]")
	if name == "" || strings.EqualFold(name, "localhost") || strings.HasSuffix(strings.ToLower(name), ".localhost") {
		return true // HTTP/1.0 and clients of unix sockets name none
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}
