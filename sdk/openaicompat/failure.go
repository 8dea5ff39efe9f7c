package openaicompat

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
)

// Failure is an upstream's error in one shape, whatever shape it came in.
type Failure struct {
	// Status is the HTTP status. For an error inside a 200 it is the status the error itself carries, or
	// zero.
	Status int
	// Header is that of the response.
	Header http.Header
	// Code, Type, Message and Param are OpenAI's four. Code is a word; a number in its place is a status.
	Code, Type, Message, Param string
	// Error is the error object, Body the whole reply; both may be absent.
	Error, Body gjson.Result
	// InBand says the error came inside a 200.
	InBand bool
	// Now is when it came, for times that are points and not spans.
	Now time.Time
}

// newFailure reads any of the shapes upstreams use:
//
//	{"error":{"message","type","code","param"}}    OpenAI and most others; code is a word, a number or null
//	{"error":"text"}, {"error":"text","code":"x"}  Hugging Face, vLLM, Ollama, xAI
//	{"message","type","param","code"}              Cerebras, Mistral, Cohere: flat
//	{"detail":"text"}, {"detail":[{"loc","msg"}]}  FastAPI
//	{"status":403,"title":"...","detail":"..."}    NVIDIA
//	[{"error":{...}}]                              Gemini's compatible route
//	HTML, text, nothing                            whatever stands in front of an upstream
func newFailure(status int, header http.Header, body []byte, now time.Time) *Failure {
	f := &Failure{Status: status, Header: header, Now: now}
	body = bytes.TrimSpace(body)
	if !sdk.ValidJSON(body) {
		f.Message = describe(header, body)
		return f
	}
	f.Body = gjson.ParseBytes(body)
	if f.Body.IsArray() {
		f.Body = f.Body.Get("0")
	}
	f.Error = f.Body.Get("error")
	if !f.Error.IsObject() {
		flat := f.Body
		if f.Error.Type == gjson.String {
			f.Message = f.Error.Str
		}
		f.Error = flat
	}
	f.read(f.Error)
	if status == 0 {
		f.Status = inBandStatus(f.Error, f.Body)
	}
	return f
}

func (f *Failure) read(e gjson.Result) {
	if f.Message == "" {
		f.Message = firstText(e, "message", "detail", "title", "msg")
	}
	if code := e.Get("code"); code.Type == gjson.String {
		f.Code = code.Str
	}
	if f.Type = e.Get("type").String(); f.Type == "" {
		f.Type = e.Get("metadata.error_type").String()
	}
	if f.Code == "" {
		f.Code = f.word()
	}
	f.Param = e.Get("param").String()
}

// word is the code of upstreams that put a number into `code`.
func (f *Failure) word() string {
	for _, path := range []string{"metadata.error_type", "status", "availability.code"} {
		if v := f.Error.Get(path); v.Type == gjson.String && v.Str != "" {
			return v.Str
		}
	}
	return ""
}

// firstText is the first of the members that holds text, or a list of texts or FastAPI's problems.
func firstText(e gjson.Result, names ...string) string {
	for _, name := range names {
		v := e.Get(name)
		switch {
		case v.Type == gjson.String && v.Str != "":
			return v.Str
		case v.IsArray():
			var parts []string
			v.ForEach(func(_, item gjson.Result) bool {
				if item.IsObject() {
					item = item.Get("msg")
				}
				if item.String() != "" {
					parts = append(parts, item.String())
				}
				return len(parts) < 4
			})
			if len(parts) > 0 {
				return strings.Join(parts, "; ")
			}
		}
	}
	return ""
}

// inBandStatus is the HTTP status an error carries inside itself.
func inBandStatus(e, body gjson.Result) int {
	for _, v := range []gjson.Result{
		e.Get("code"), e.Get("status_code"), e.Get("http_status"), e.Get("status"),
		body.Get("status_code"), body.Get("status"),
	} {
		if n := v.Int(); (v.Type == gjson.Number || v.Type == gjson.String) && n >= 400 && n <= 599 {
			return int(n)
		}
	}
	return 0
}

// describe says what came in place of JSON without repeating a page of it.
func describe(header http.Header, body []byte) string {
	switch {
	case header.Get("Content-Encoding") != "":
		return "the reply is compressed, though that was not asked for"
	case len(body) == 0:
		return "the reply is empty"
	case isHTML(header, body):
		return "the reply is an HTML page"
	case isEventStream(header, body):
		return "the reply is an event stream"
	case mediaType(header) == "text/plain":
		return string(body[:min(len(body), maxText)])
	default:
		return "the reply is not JSON"
	}
}

func mediaType(header http.Header) string {
	kind, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		kind, _, _ = strings.Cut(header.Get("Content-Type"), ";")
	}
	return strings.ToLower(strings.TrimSpace(kind))
}

func isHTML(header http.Header, body []byte) bool {
	return strings.Contains(mediaType(header), "html") || bytes.HasPrefix(bytes.TrimSpace(body), []byte("<"))
}

func isEventStream(header http.Header, body []byte) bool {
	return mediaType(header) == acceptStream || bytes.HasPrefix(bytes.TrimSpace(body), []byte("data:"))
}

// An error body is a sentence; what is longer is not for us.
const maxErrorBody = 1 << 20

// The rest of an error body may never come: what its status says is enough then.
const errorBodyWait = 2 * time.Second

// errorBody reads what there is of an error's body.
func (x *exchange) errorBody() []byte {
	timer := time.AfterFunc(errorBodyWait, func() { x.cancel(io.ErrUnexpectedEOF) })
	defer timer.Stop()
	body, err := readAtMost(x.resp.Body, x.resp.ContentLength, maxErrorBody)
	if err != nil && !errors.Is(err, errTooLarge) && !sdk.ValidJSON(body) {
		return nil
	}
	return body
}
