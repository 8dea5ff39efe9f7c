package main

import (
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// shape is what a reply is made of, whatever it says.
type shape struct {
	failed bool
	// parts are "status 200", "header retry-after" and "choices[].message.content string".
	parts map[string]bool
	// order are the kinds of a stream's events, repetitions left out.
	order []string
}

func shapeOf(r reply) shape {
	s := shape{parts: map[string]bool{}, failed: r.status >= http.StatusBadRequest}
	s.parts["status "+strconv.Itoa(r.status)] = true
	kind, _, err := mime.ParseMediaType(r.header.Get("Content-Type"))
	if err == nil {
		s.parts["content type "+kind] = true
	}
	for name := range r.header {
		if name = strings.ToLower(name); telling(name) {
			s.parts["header "+name] = true
		}
	}
	if kind != "text/event-stream" {
		s.value("", gjson.ParseBytes(r.body), gjson.ValidBytes(r.body))
		return s
	}
	for e := range events(r.body) {
		if e != "[DONE]" {
			s.value("", gjson.Parse(e), gjson.Valid(e))
		}
		if kind := eventKind(e); len(s.order) == 0 || s.order[len(s.order)-1] != kind {
			s.order = append(s.order, kind)
		}
	}
	return s
}

// telling are the headers that the plugins, or people with a problem, read.
func telling(name string) bool {
	return strings.HasPrefix(name, "x-ratelimit-") || slices.Contains([]string{
		"retry-after", "x-request-id", "x-generation-id", "nvcf-reqid", "x-should-retry",
	}, name)
}

// value adds a JSON value and all in it. The elements of a list are alike.
func (s shape) value(path string, v gjson.Result, valid bool) {
	if !valid {
		s.parts[strings.TrimSpace(path+" not JSON")] = true
		return
	}
	s.parts[strings.TrimSpace(path+" "+typeOf(v))] = true
	v.ForEach(func(key, inner gjson.Result) bool {
		switch {
		case v.IsArray():
			s.value(path+"[]", inner, true)
		case v.IsObject() && path == "":
			s.value(key.Str, inner, true)
		case v.IsObject():
			s.value(path+"."+key.Str, inner, true)
		}
		return true
	})
}

func typeOf(v gjson.Result) string {
	switch {
	case v.IsObject():
		return "object"
	case v.IsArray():
		return "list"
	case v.IsBool():
		return "boolean"
	case v.Type == gjson.Number:
		return "number"
	case v.Type == gjson.String:
		return "string"
	default:
		return "null"
	}
}

// eventKind says in words what an event brings, in the order OpenAI's streams and Gemini's have.
func eventKind(data string) string {
	if data == "[DONE]" {
		return "[DONE]"
	}
	v, delta, part := gjson.Parse(data), "choices.0.delta.", "candidates.0.content.parts.0."
	var kinds []string
	add := func(kind string, there bool) {
		if there && !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	text := func(path string) bool { return v.Get(path).String() != "" }
	add("error", v.Get("error").Exists())
	add("role", text(delta+"role"))
	add("reasoning", text(delta+"reasoning") || text(delta+"reasoning_content") || v.Get(part+"thought").Bool())
	add("content", text(delta+"content") || text(part+"text") && !v.Get(part+"thought").Bool())
	add("tool calls", v.Get(delta+"tool_calls.0").Exists() || v.Get(part+"functionCall").Exists())
	add("finish", text("choices.0.finish_reason") || text("candidates.0.finishReason"))
	add("usage", v.Get("usage").IsObject() || v.Get("x_groq.usage").IsObject())
	if len(kinds) == 0 {
		return "empty"
	}
	return strings.Join(kinds, " + ")
}

// difference is what one reply has and the other has not.
type difference struct {
	OnlyReal      []string `json:"only_real,omitempty"`
	OnlySimulated []string `json:"only_simulated,omitempty"`
	// RealOrder and SimulatedOrder are set where the order of events differs.
	RealOrder      []string `json:"real_order,omitempty"`
	SimulatedOrder []string `json:"simulated_order,omitempty"`
}

func (d difference) none() bool {
	return len(d.OnlyReal)+len(d.OnlySimulated)+len(d.RealOrder)+len(d.SimulatedOrder) == 0
}

// compare tells what differs. Of an answer and a refusal only that is told: they have nothing in common.
func compare(realOne, simulated shape) difference {
	if realOne.failed != simulated.failed {
		return difference{OnlyReal: realOne.status(), OnlySimulated: simulated.status()}
	}
	d := difference{OnlyReal: missing(realOne, simulated), OnlySimulated: missing(simulated, realOne)}
	if !slices.Equal(realOne.order, simulated.order) {
		d.RealOrder, d.SimulatedOrder = realOne.order, simulated.order
	}
	return d
}

func (s shape) status() []string {
	return slices.DeleteFunc(slices.Collect(maps.Keys(s.parts)), func(part string) bool { return !strings.HasPrefix(part, "status ") })
}

func missing(from, in shape) []string {
	var out []string
	for _, part := range slices.Sorted(maps.Keys(from.parts)) {
		if !in.parts[part] {
			out = append(out, part)
		}
	}
	return out
}

// headersToKeep is the part of a header that may go into a transcript: it holds no key.
func headersToKeep(h http.Header) map[string]string {
	out := map[string]string{}
	for name, values := range h {
		name = strings.ToLower(name)
		if telling(name) || name == "content-type" || name == "accept" || name == "server" {
			out[name] = strings.Join(values, ", ")
		}
	}
	return out
}
