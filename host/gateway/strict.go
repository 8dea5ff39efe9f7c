package gateway

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Bodies are read by two parsers at least, here and upstream. What they could read differently is refused:
// names twice or in another case, text that is no Unicode, numbers that no float holds.

// asked is what the gateway itself reads out of a body.
type asked struct {
	model  string
	stream bool
	// usage says that the caller wants usage at the end of the stream, base64 that it wants vectors so.
	usage  bool
	base64 bool
}

// decoder reads one body; the gateway keeps them for the next one.
type decoder struct {
	*jsontext.Decoder
	source bytes.Buffer
	asked  asked
	// fault is why the body is refused, where the grammar is not.
	fault *failure
}

// inspect checks a body and reads what is asked.
func (g *Gateway) inspect(body []byte) (asked, *failure) {
	if bytes.HasPrefix(body, []byte("\xef\xbb\xbf")) {
		return asked{}, invalid("", "the request body begins with a byte order mark; JSON has none")
	}
	d, ok := g.decoders.Get().(*decoder)
	if !ok {
		d = &decoder{Decoder: jsontext.NewDecoder(strings.NewReader(""))}
	}
	d.source, d.asked, d.fault = *bytes.NewBuffer(body), asked{}, nil
	d.Reset(&d.source)
	err := d.object()
	out, fault := d.asked, d.fault
	if err != nil {
		fault = d.syntax(err)
	}
	d.source = bytes.Buffer{}
	d.Reset(strings.NewReader("")) // the body is the request's alone
	g.decoders.Put(d)
	return out, fault
}

var errFault = errors.New("refused")

func (d *decoder) object() error {
	if kind := d.PeekKind(); kind != jsontext.KindBeginObject && kind != jsontext.KindInvalid {
		return d.refuse("", "the request body must be a JSON object")
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != jsontext.KindEndObject {
		raw, err := d.ReadValue()
		if err != nil {
			return err
		}
		name := raw[1 : len(raw)-1]
		if bytes.IndexByte(name, '\\') >= 0 {
			if name, err = jsontext.AppendUnquote(nil, raw); err != nil {
				return err
			}
		}
		if err := d.member(name); err != nil {
			return err
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return d.refuse("", "there is something after the JSON object of the request body")
	}
	return nil
}

func (d *decoder) member(name []byte) error {
	switch string(name) {
	case "model":
		if d.PeekKind() == jsontext.KindString {
			token, err := d.ReadToken()
			d.asked.model = token.String()
			return err
		}
	case "stream":
		return d.flag("stream", &d.asked.stream)
	case "encoding_format":
		if d.PeekKind() == jsontext.KindString {
			token, err := d.ReadToken()
			d.asked.base64 = err == nil && token.String() == "base64"
			return err
		}
	case "stream_options":
		if d.PeekKind() == jsontext.KindBeginObject {
			return d.streamOptions()
		}
	default:
		if err := d.known(string(name)); err != nil {
			return err
		}
	}
	return d.value()
}

func (d *decoder) streamOptions() error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != jsontext.KindEndObject {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		switch text := name.String(); {
		case text == "include_usage":
			err = d.flag("stream_options.include_usage", &d.asked.usage)
		case strings.EqualFold(text, "include_usage"):
			err = d.refuse("stream_options."+text, `"include_usage" is written in lower case`)
		default:
			err = d.value()
		}
		if err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// flag reads true, false, or null for false.
func (d *decoder) flag(param string, to *bool) error {
	token, err := d.ReadToken()
	if err != nil {
		return err
	}
	switch token.Kind() {
	case jsontext.KindTrue:
		*to = true
	case jsontext.KindFalse, jsontext.KindNull:
	default:
		return d.refuse(param, param+" must be true or false")
	}
	return nil
}

// known refuses what some parser would take for a member that the gateway, the host or a plugin reads, and
// what would send a request elsewhere if an upstream honoured it.
func (d *decoder) known(name string) error {
	for _, read := range [...]string{
		"model", "messages", "stream", "stream_options", "tools", "functions", "response_format", "max_tokens",
		"max_completion_tokens", "input", "encoding_format", "dimensions", "n",
	} {
		if name != read && strings.EqualFold(name, read) {
			return d.refuse(name, strconv.Quote(name)+" is not "+strconv.Quote(read)+", but some would read it so")
		}
	}
	for _, foreign := range [...]string{"api_key", "api_base", "base_url", "custom_host"} {
		if strings.EqualFold(name, foreign) {
			return d.refuse(name, "keys and addresses of providers are the gateway's configuration, not a request's")
		}
	}
	return nil
}

// value reads over one value of any size.
func (d *decoder) value() error {
	depth := d.StackDepth()
	for {
		token, err := d.ReadToken()
		if err != nil {
			return err
		}
		if token.Kind() == jsontext.KindNumber {
			if _, err := token.Float(); err != nil {
				return d.refuse(param(d.StackPointer()), "a number is out of range")
			}
		}
		if d.StackDepth() == depth {
			return nil
		}
	}
}

func (d *decoder) refuse(at, message string) error {
	d.fault = invalid(at, message)
	return errFault
}

// syntax is what a caller is told of a body that is no JSON.
func (d *decoder) syntax(err error) *failure {
	if d.fault != nil {
		return d.fault
	}
	var broken *jsontext.SyntacticError
	if !errors.As(err, &broken) {
		return invalid("", "the request body is not a JSON object")
	}
	at := param(broken.JSONPointer)
	where := " at byte " + strconv.FormatInt(broken.ByteOffset, 10)
	if at != "" {
		where += ", in " + clean(at)
	}
	what := clean(broken.Err.Error())
	if errors.Is(broken.Err, io.ErrUnexpectedEOF) {
		what = "it ends early"
	}
	return invalid(clean(at), "the request body is not valid JSON: "+what+where)
}

// param writes a JSON pointer as OpenAI writes paths: messages[0].content.
func param(p jsontext.Pointer) string {
	var out strings.Builder
	for name := range p.Tokens() {
		if _, err := strconv.ParseUint(name, 10, 31); err == nil {
			out.WriteString("[" + name + "]")
			continue
		}
		if out.Len() > 0 {
			out.WriteByte('.')
		}
		out.WriteString(name)
	}
	return out.String()
}
