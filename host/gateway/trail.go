package gateway

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/aio-llm/aio/host"
)

// trailHead says in headers how an answer came about. Of a failure it names the last that was asked.
func (x *exchange) trailHead(t *host.Trail) {
	x.trailTo("", t)
}

// trailTrailer says it after the body, where it was not known before.
func (x *exchange) trailTrailer(t *host.Trail) { x.trailTo(http.TrailerPrefix, t) }

func (x *exchange) trailTo(prefix string, t *host.Trail) {
	provider, model, key := t.Provider, t.Model, t.Key
	if n := len(t.Attempts); n > 0 && provider == "" {
		provider, model, key = t.Attempts[n-1].Provider, t.Attempts[n-1].Model, t.Attempts[n-1].Key
	}
	cost := ""
	if t.Cost != nil {
		cost = strconv.FormatFloat(t.Cost.USD, 'f', -1, 64)
	}
	names := [...]string{"X-Aio-Provider", "X-Aio-Model", "X-Aio-Key", "X-Aio-Attempts", "X-Aio-Fallback", "X-Aio-Cost-Usd"}
	values := [...]string{provider, model, key, strconv.Itoa(len(t.Attempts)), strconv.FormatBool(t.AutoFallback != nil), cost}
	for i, name := range names {
		if values[i] != "" {
			x.head[prefix+name] = values[i : i+1 : i+1]
		}
	}
}

// wantsTrail reports whether the caller asked for the whole trail in the body.
func (x *exchange) wantsTrail() bool {
	v := x.r.Header["X-Aio-Trail"]
	return len(v) == 1 && v[0] == "body"
}

// withTrail is body, a JSON object, with the trail as its member "aio".
func withTrail(body []byte, t *host.Trail) []byte {
	end := bytes.LastIndexByte(body, '}')
	told, err := json.Marshal(t)
	if err != nil || end < 0 {
		return body
	}
	out := append(make([]byte, 0, len(body)+len(told)+8), bytes.TrimRight(body[:end], " \t\r\n")...)
	if out[len(out)-1] != '{' {
		out = append(out, ',')
	}
	out = append(append(append(out, `"aio":`...), told...), '}')
	return append(out, body[end+1:]...)
}
