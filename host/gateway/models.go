package gateway

import (
	"encoding/json"
	"net/http"

	"github.com/aio-llm/aio/host"
)

// model is one entry of the list of models.
type model struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Created int64  `json:"created"`
	OwnedBy string `json:"owned_by"`
	// ContextLength is in tokens; 0 is unknown. Features are nil when unknown.
	ContextLength int64    `json:"context_length,omitempty"`
	Features      []string `json:"features,omitempty"`
}

// models answers GET /v1/models with every name that a request may ask for: "auto", the routes, and the
// models by provider. It asks nobody.
func (x *exchange) models() *failure {
	h, release := x.g.hosts.Acquire()
	defer release()
	return x.encode(struct {
		Object string  `json:"object"`
		Data   []model `json:"data"`
	}{"list", x.catalog(h)})
}

// model answers GET /v1/models/{id}; an id that only one provider has needs no provider before it.
func (x *exchange) model(id string) *failure {
	h, release := x.g.hosts.Acquire()
	defer release()
	var short []model
	for _, m := range x.catalog(h) {
		if m.ID == id {
			return x.encode(m)
		}
		if m.ID == m.OwnedBy+"/"+id && x.token.allows(id) {
			short = append(short, m)
		}
	}
	if len(short) == 1 {
		short[0].ID = id
		return x.encode(short[0])
	}
	return &failure{
		status: http.StatusNotFound, kind: typeInvalid, code: "model_not_found", param: "model",
		message: "there is no model " + quoted(id) + "; GET /v1/models lists what there is",
	}
}

func (x *exchange) catalog(h *host.Host) []model {
	out := []model{}
	add := func(m model) {
		if x.token.allows(m.ID) {
			m.Object, m.Created = "model", x.g.started.Unix()
			out = append(out, m)
		}
	}
	add(model{ID: "auto", OwnedBy: "aio"})
	for _, name := range h.Summary().Routes {
		add(model{ID: name, OwnedBy: "aio"})
	}
	for _, m := range h.Models() {
		if m.Active {
			add(model{ID: m.Provider + "/" + m.Name, OwnedBy: m.Provider, ContextLength: m.Context, Features: m.Features})
		}
	}
	return out
}

func (x *exchange) encode(v any) *failure {
	body, err := json.Marshal(v)
	if err != nil {
		return failed(err)
	}
	x.answer(http.StatusOK, "application/json", body)
	return nil
}

// quoted is a name from outside, fit for a message.
func quoted(s string) string {
	if len(s) > 128 {
		s = s[:128] + "…"
	}
	return `"` + clean(s) + `"`
}
