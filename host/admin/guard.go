package admin

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"strings"
)

// guard refuses whom nothing is told.
func (a *Admin) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		switch {
		case !a.ownName(r.Host):
			refuse(w, http.StatusMisdirectedRequest, "this is not the host it is asked for as: use a loopback address or localhost")
		case foreign(r):
			refuse(w, http.StatusForbidden, "web pages of other sites are told nothing")
		case !a.open(r) && !a.authorized(r):
			h.Set("WWW-Authenticate", "Bearer")
			refuse(w, http.StatusUnauthorized, "send the admin token: Authorization: Bearer ...")
		case r.Method == http.MethodPost && r.Header.Get(HeaderAdmin) == "":
			refuse(w, http.StatusForbidden, "send the header "+HeaderAdmin+": 1 with what changes something")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// ownName keeps out pages whose site's name was pointed at this machine: without a token the listener is a
// loopback address, and such a page still asks for its own name.
func (a *Admin) ownName(host string) bool {
	if a.config.Socket || !a.config.Token.IsZero() {
		return true
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return loopback(host)
}

// foreign reports whether a web page of another site asks, as browsers tell.
func foreign(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
	default:
		return true
	}
	origin := r.Header.Get("Origin")
	_, host, _ := strings.Cut(origin, "://")
	return origin != "" && host != r.Host
}

func (a *Admin) open(r *http.Request) bool {
	for _, route := range a.routes {
		if route.open && route.path == r.URL.Path && r.Method == route.method {
			return true
		}
	}
	return false
}

func (a *Admin) authorized(r *http.Request) bool {
	if a.config.Token.IsZero() {
		return true
	}
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	sum := sha256.Sum256([]byte(strings.TrimSpace(value)))
	return strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare(sum[:], a.token[:]) == 1
}
