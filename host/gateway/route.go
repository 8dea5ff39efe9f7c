package gateway

import (
	"net/http"
	"strings"
)

type action func(*exchange) *failure

const endpoints = "POST /v1/chat/completions, POST /v1/embeddings, GET /v1/models and GET /v1/models/{id}"

// route finds what a path and a method ask for.
func (x *exchange) route() (action, *failure) {
	path, found := strings.CutPrefix(strings.TrimPrefix(x.r.URL.Path, "/openai"), "/v1/")
	var do action
	method := http.MethodPost
	switch {
	case !found:
	case path == "chat/completions":
		do = (*exchange).chat
	case path == "embeddings":
		do = (*exchange).embeddings
	case path == "models":
		do, method = (*exchange).models, http.MethodGet
	case strings.HasPrefix(path, "models/") && path != "models/":
		id := path[len("models/"):] // ids have slashes
		do, method = func(x *exchange) *failure { return x.model(id) }, http.MethodGet
	}
	if do == nil {
		return nil, &failure{
			status: http.StatusNotFound, kind: typeInvalid, code: "unknown_url",
			message: "there is no " + clean(x.r.URL.Path) + " here; there are " + endpoints + ", all also below /openai",
		}
	}
	if x.r.Method != method && (method != http.MethodGet || x.r.Method != http.MethodHead) {
		allow := method
		if method == http.MethodGet {
			allow = "GET, HEAD"
		}
		x.head["Allow"] = []string{allow}
		return nil, &failure{
			status: http.StatusMethodNotAllowed, kind: typeInvalid, code: "method_not_allowed",
			message: clean(x.r.URL.Path) + " takes " + method + ", not " + clean(x.r.Method),
		}
	}
	return do, nil
}
