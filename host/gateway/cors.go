package gateway

import (
	"net/http"
	"slices"
)

// exposed are the answer's headers that a page may read.
const exposed = "x-request-id, x-aio-provider, x-aio-model, x-aio-key, x-aio-attempts, x-aio-fallback, x-aio-cost-usd, retry-after"

// cors says which web origins may read answers.
type cors struct {
	any     bool
	origins []string
}

func newCORS(origins []string) cors {
	return cors{any: slices.Contains(origins, "*"), origins: slices.Clone(origins)}
}

func (c cors) allows(origin string) bool { return c.any || slices.Contains(c.origins, origin) }

// crossOrigin answers a preflight, and reports that it did; to any other request of an allowed origin it adds
// what lets the page read the answer.
func (x *exchange) crossOrigin() (answered bool) {
	c := x.settings.cors
	if len(c.origins) == 0 {
		return false
	}
	x.head["Vary"] = []string{"Origin"}
	origin := x.r.Header.Get("Origin")
	allowed := origin != "" && c.allows(origin)
	if allowed {
		x.head["Access-Control-Allow-Origin"] = []string{origin}
		x.head["Access-Control-Expose-Headers"] = []string{exposed}
	}
	if x.r.Method != http.MethodOptions || x.r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	if allowed {
		x.head["Access-Control-Allow-Methods"] = []string{"GET, POST"}
		// Clients send headers of their own beside ours; none of them can do harm here.
		if want := x.r.Header.Get("Access-Control-Request-Headers"); want != "" {
			x.head["Access-Control-Allow-Headers"] = []string{want}
		}
		x.head["Access-Control-Max-Age"] = []string{"600"}
	}
	x.status = http.StatusNoContent
	x.w.WriteHeader(x.status)
	return true
}
