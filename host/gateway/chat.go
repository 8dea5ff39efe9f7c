package gateway

import (
	"net/http"

	"github.com/aio-llm/aio/host"
)

// chat answers POST /v1/chat/completions.
func (x *exchange) chat() *failure {
	return x.ask(func(h *host.Host, body []byte) *failure {
		if x.asked.stream {
			return x.stream(h, body)
		}
		reply, err := call(x, func(id host.CallOption) (*host.Reply, error) { return h.ChatJSON(x.r.Context(), body, id) })
		if err != nil {
			return failed(err)
		}
		x.reply(reply, reply.Body)
		return nil
	})
}

// ask reads and checks the body, waits for its turn, and has do ask the host of now.
func (x *exchange) ask(do func(h *host.Host, body []byte) *failure) *failure {
	body, f := x.readBody()
	if f != nil {
		return f
	}
	if x.asked, f = x.g.inspect(body); f != nil {
		return f
	}
	x.note("requested", clean(x.asked.model))
	if !x.token.allows(x.asked.model) {
		return &failure{
			status: http.StatusForbidden, kind: typeInvalid, code: "model_not_allowed", param: "model",
			message: "this token may not ask for " + quoted(x.asked.model),
		}
	}
	if f := x.enter(); f != nil {
		return f
	}
	defer x.g.gate.leave()
	h, release := x.g.hosts.Acquire()
	defer release()
	return do(h, body)
}

// reply answers with a whole reply of the host's, whose body is body.
func (x *exchange) reply(r *host.Reply, body []byte) {
	x.trailHead(&r.Route)
	if x.wantsTrail() {
		body = withTrail(body, &r.Route)
	}
	x.answer(http.StatusOK, "application/json", body)
}
