package admin

import (
	"encoding/json"
	"net/http"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/alerts"
	"github.com/aio-llm/aio/host/reload"
)

// health says that the process lives, and nothing else.
func (a *Admin) health(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, map[string]string{"status": "ok"})
}

// Readiness says whether requests can be served, and if not, why.
type Readiness struct {
	Ready bool `json:"ready"`
	// Reasons are why not.
	Reasons []string `json:"reasons,omitempty"`
}

func (a *Admin) ready(w http.ResponseWriter, _ *http.Request) {
	state := a.Readiness()
	status := http.StatusOK
	if !state.Ready {
		status = http.StatusServiceUnavailable
	}
	reply(w, status, state)
}

// Status is the state of everything.
type Status struct {
	host.Status
	Readiness Readiness `json:"readiness"`
	// Generations is how many configurations serve requests, the one of now included.
	Generations int            `json:"generations"`
	Reload      *reload.Status `json:"reload,omitempty"`
	Alerts      *alerts.Status `json:"alerts,omitempty"`
	Gateway     any            `json:"gateway,omitempty"`
}

func (a *Admin) status(w http.ResponseWriter, _ *http.Request) {
	hosts := a.sources.Hosts()
	out := Status{Status: hosts[0].Status(), Readiness: a.Readiness(), Generations: len(hosts)}
	out.Active = active(hosts)
	if a.sources.Reload != nil {
		s := a.sources.Reload()
		out.Reload = &s
	}
	if a.sources.Alerts != nil {
		s := a.sources.Alerts()
		out.Alerts = &s
	}
	if a.sources.Gateway != nil {
		out.Gateway = a.sources.Gateway()
	}
	reply(w, http.StatusOK, out)
}

func (a *Admin) metrics(w http.ResponseWriter, r *http.Request) {
	if a.sources.Metrics == nil {
		refuse(w, http.StatusNotFound, "no metrics are kept")
		return
	}
	a.sources.Metrics.ServeHTTP(w, r)
}

// requests lists what is under way, with every configuration that still serves.
func (a *Admin) requests(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, map[string]any{"requests": active(a.sources.Hosts())})
}

func active(hosts []*host.Host) []host.ActiveRequest {
	out := []host.ActiveRequest{}
	for i := len(hosts) - 1; i >= 0; i-- { // the oldest first
		out = append(out, hosts[i].Active()...)
	}
	return out
}

func (a *Admin) recent(w http.ResponseWriter, _ *http.Request) {
	ended := []Ended{}
	if a.sources.Recent != nil {
		ended = a.sources.Recent.List()
	}
	reply(w, http.StatusOK, map[string]any{"requests": ended})
}

// cancel ends a request, whoever made it.
func (a *Admin) cancel(w http.ResponseWriter, r *http.Request) {
	found := false
	for _, h := range a.sources.Hosts() {
		found = h.Cancel(r.PathValue("id")) || found
	}
	if !found {
		refuse(w, http.StatusNotFound, "no request with that id is under way")
		return
	}
	reply(w, http.StatusOK, map[string]string{"status": "canceled"})
}

func refuse(w http.ResponseWriter, status int, why string) {
	reply(w, status, map[string]string{"error": why})
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(body) // the client may have gone
}
