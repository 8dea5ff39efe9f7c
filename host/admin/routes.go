package admin

import "net/http"

// route is one thing that can be asked for.
type route struct {
	method, path string
	// open routes are answered without a token, for load balancers.
	open  bool
	serve http.HandlerFunc
}

// HeaderAdmin must be sent, with any value, with what changes something.
const HeaderAdmin = "X-Aio-Admin"

// table is everything that can be asked for. A test knows every line of it, and what must be true of a new one.
func (a *Admin) table() []route {
	return []route{
		{"GET", "/healthz", true, a.health},
		{"GET", "/readyz", true, a.ready},
		{"GET", "/metrics", false, a.metrics},
		{"GET", "/status", false, a.status},
		{"GET", "/requests", false, a.requests},
		{"GET", "/requests/recent", false, a.recent},
		{"POST", "/requests/{id}/cancel", false, a.cancel},
	}
}
