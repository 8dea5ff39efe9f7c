package simulator

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
)

// prompt is a chat request as every dialect understands it, after validation.
type prompt struct {
	model    *Model
	messages []turn
	tools    []tool
	choice   toolChoice
	parallel bool
	format   format
	limit    int // tokens of output; 0 means none
	stops    []string
	n        int

	plain        bool // a refusal is plain content
	includeUsage bool
	logprobs     bool
	thinking     thinking
}

// turn is one message, its content parts joined.
type turn struct {
	role   string
	text   string
	images int
}

type tool struct {
	name   string
	schema any // the parameters' JSON schema
}

type toolChoice struct {
	none, required bool
	name           string // a tool that must be called
}

// format is what response_format asks for.
type format struct {
	object bool // any JSON object
	schema any  // a JSON schema
}

// thinking is where reasoning goes.
type thinking int

const (
	thinkField  thinking = iota // a field beside the content
	thinkInline                 // into the content, between <think> tags
	thinkHidden                 // nowhere, but counted
	thinkOff                    // there is none
)

// last returns the last message of a role; an empty one if there is none.
func (p *prompt) last(role string) turn {
	for i := len(p.messages) - 1; i >= 0; i-- {
		if p.messages[i].role == role {
			return p.messages[i]
		}
	}
	return turn{}
}

// imageAt is the index of the first message with an image, or -1.
func (p *prompt) imageAt() int {
	return slices.IndexFunc(p.messages, func(t turn) bool { return t.images > 0 })
}

// tokens counts the input: words, and 85 for an image.
func (p *prompt) tokens() int {
	n := 0
	for _, m := range p.messages {
		n += len(strings.Fields(m.text)) + 85*m.images
	}
	return max(n, 1)
}

// cached counts the part of the input a provider would have cached: the words
// of the system messages, since they are the same in every call.
func (p *prompt) cached() int {
	n := 0
	for _, m := range p.messages {
		if m.role == "system" || m.role == "developer" {
			n += len(strings.Fields(m.text))
		}
	}
	return n
}

// object is a decoded JSON object. As with real providers a repeated name is no
// error, the last one wins; and null is the same as absent.
type object map[string]any

// parseObject decodes a body that must be one JSON object; it is nil if not.
func parseObject(body []byte) object {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber() // so that large integers stay what they are
	var o object
	if err := d.Decode(&o); err != nil {
		return nil
	}
	if _, err := d.Token(); err != io.EOF {
		return nil
	}
	return o
}

func (o object) has(name string) bool { return o[name] != nil }

func (o object) str(name string) (string, bool) {
	s, ok := o[name].(string)
	return s, ok
}

func (o object) list(name string) ([]any, bool) {
	l, ok := o[name].([]any)
	return l, ok
}

func (o object) obj(name string) (object, bool) { return asObject(o[name]) }

func (o object) is(name string) bool { b, _ := o[name].(bool); return b }

// integer reads a whole number, 3.0 included.
func (o object) integer(name string) (int, bool) {
	f, ok := o.number(name)
	return int(f), ok && f == float64(int(f))
}

func (o object) number(name string) (float64, bool) {
	n, ok := o[name].(json.Number)
	if !ok {
		return 0, false
	}
	f, err := n.Float64()
	return f, err == nil
}

func asObject(v any) (object, bool) {
	m, ok := v.(map[string]any)
	return m, ok
}
