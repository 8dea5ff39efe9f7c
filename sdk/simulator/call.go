package simulator

import (
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// call is one request as far as it is understood: who asks, for what, and what
// the script has in store for it.
type call struct {
	id      int64 // the ledger's number, from which reply ids are made
	now     time.Time
	dialect dialect
	method  string
	path    string // as the client sent it
	query   url.Values
	rest    string // below the dialect's base

	secret   string // the key presented
	key      *Key   // nil when it is not accepted
	label    string // "none", "unknown", or the key's
	standing standing

	json   bool   // the body is said to be JSON
	tree   object // the body, nil when it is no JSON object
	model  string // as the client named it
	stream bool

	models      []Model // the dialect's catalog
	unconfirmed bool
	plan        plan

	endpoint endpoint
	known    *Model // the model found
	prompt   *prompt
}

// read understands the body as far as it can be understood.
func (c *call) read(r *http.Request, body []byte) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	c.json = err == nil && kind == "application/json"
	if c.method != http.MethodPost {
		return
	}
	c.tree = parseObject(body)
	c.model, _ = c.tree.str("model")
	c.stream = c.tree.is("stream")
	if d, ok := c.dialect.(addressed); ok {
		d.address(c)
	}
}

// addressed is a dialect that has model and stream in the path.
type addressed interface{ address(c *call) }

// name is the dialect's, "" for a path below none.
func (c *call) name() string {
	if c.dialect == nil {
		return ""
	}
	return c.dialect.name()
}

// find is the catalog's entry for a name.
func (c *call) find(name string, variants []string) *Model {
	for _, v := range variants {
		name = strings.TrimSuffix(name, v)
	}
	i := slices.IndexFunc(c.models, func(m Model) bool { return m.ID == name })
	if i < 0 {
		return nil
	}
	return &c.models[i]
}

// lookup finds the model that serves the request: the one named, or the first
// known of the alternatives listed in another field.
func (c *call) lookup(alternatives string, variants []string) (*Model, *apiError) {
	names := []any{c.tree["model"]}
	if more, ok := c.tree.list(alternatives); ok {
		names = append(names, more...)
	}
	named := false
	for _, n := range names {
		name, _ := n.(string)
		named = named || name != ""
		if m := c.find(name, variants); m != nil && m.Embedding == (c.endpoint == endpointEmbeddings) {
			if m.Retired {
				return nil, c.dialect.failure(c, failing{name: ErrorModelRetired})
			}
			c.known = m
			return m, nil
		}
	}
	if !named {
		return nil, invalid("model", "you must provide a model parameter")
	}
	return nil, c.dialect.failure(c, failing{name: ErrorModelNotFound})
}

// context is the size to name in an error about it.
func (c *call) context() int {
	if m := c.find(c.model, nil); m != nil && m.Context > 0 {
		return m.Context
	}
	return 8192
}
