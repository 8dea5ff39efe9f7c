package simulator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Script is an ordered list of rules. The faults of all rules that fire for a
// request apply to it together. The zero value disturbs nothing.
type Script struct {
	Rules []Rule `json:"rules"`
}

// Rule fires its fault for the requests it matches.
type Rule struct {
	Name  string `json:"name,omitempty"` // for the reader only
	Match Match  `json:"match,omitzero"`
	Fault Fault  `json:"fault"`
}

// Match chooses requests. Zero fields match anything.
type Match struct {
	Dialect string `json:"dialect,omitempty"`
	Key     string `json:"key,omitempty"`    // label; also "none" and "unknown"
	Model   string `json:"model,omitempty"`  // as the client names it
	Path    string `json:"path,omitempty"`   // how the path ends, such as "/models"
	Stream  *bool  `json:"stream,omitempty"` // whether the client asked to stream

	// From, To and Every choose among the requests that all of the above match,
	// counted from 1 for each rule: those numbered From to To (0 means no
	// bound), and of them only each Every-th, beginning with the first.
	From  int `json:"from,omitempty"`
	To    int `json:"to,omitempty"`
	Every int `json:"every,omitempty"`
}

func (m Match) covers(c *call) bool {
	switch {
	case m.Dialect != "" && m.Dialect != c.dialect.name(),
		m.Key != "" && m.Key != c.label,
		m.Model != "" && m.Model != c.model,
		m.Path != "" && !strings.HasSuffix(c.path, m.Path),
		m.Stream != nil && *m.Stream != c.stream:
		return false
	}
	return true
}

func (m Match) fires(n int) bool {
	first := max(m.From, 1)
	if n < first || m.To > 0 && n > m.To {
		return false
	}
	return m.Every <= 1 || (n-first)%m.Every == 0
}

// ReadScript reads a script as JSON: {"rules":[{"match":{},"fault":{}}]}, where
// durations are strings such as "1.5s". It is strict: unknown or repeated
// members, wrong types and impossible faults are errors that name the path.
func ReadScript(r io.Reader) (Script, error) {
	const limit = 1 << 20
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return Script{}, fmt.Errorf("simulator: read script: %w", err)
	}
	if len(data) > limit {
		return Script{}, fmt.Errorf("simulator: script is larger than %d bytes", limit)
	}
	var s Script
	err = json.UnmarshalRead(bytes.NewReader(data), &s, json.RejectUnknownMembers(true), json.WithUnmarshalers(json.UnmarshalFunc(readDuration)))
	if err != nil {
		return Script{}, fmt.Errorf("simulator: script: %w", scriptError(err))
	}
	if err := s.Validate(); err != nil {
		return Script{}, err
	}
	return s, nil
}

func readDuration(data []byte, d *time.Duration) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return errors.New(`a duration is a string such as "1.5s"`)
	}
	v, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf(`%q is no duration such as "1.5s"`, text)
	}
	*d = v
	return nil
}

// MarshalJSON writes the script as ReadScript reads it.
func (s Script) MarshalJSON() ([]byte, error) {
	type plain Script // without this method
	return json.Marshal(plain(s), json.WithMarshalers(json.MarshalFunc(func(d time.Duration) ([]byte, error) {
		return json.Marshal(d.String())
	})))
}

// scriptError says where in the script a decoding error lies.
func scriptError(err error) error {
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		cause := semantic.Err
		if cause == nil {
			cause = fmt.Errorf("expected %s, not %s", wanted(semantic.GoType), given(semantic.JSONKind))
		}
		if errors.Is(cause, json.ErrUnknownName) {
			cause = errors.New("unknown name")
		}
		return fmt.Errorf("%s: %w", at(semantic.JSONPointer), cause)
	}
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		return fmt.Errorf("%s (byte %d): %w", at(syntactic.JSONPointer), syntactic.ByteOffset, syntactic.Err)
	}
	return err
}

func wanted(t reflect.Type) string {
	if t == nil {
		return "another value"
	}
	switch t.Kind() {
	case reflect.Slice:
		return "a list"
	case reflect.Int:
		return "a whole number"
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	}
	return "an object"
}

func given(k jsontext.Kind) string {
	switch k {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case 't', 'f':
		return "a boolean"
	case '"', '0':
		return "a " + k.String()
	}
	return k.String()
}

// at writes a JSON pointer as people write paths: rules[2].fault.kind.
func at(p jsontext.Pointer) string {
	var b strings.Builder
	for token := range p.Tokens() {
		switch {
		case token != "" && strings.Trim(token, "0123456789") == "":
			b.WriteString("[" + token + "]")
		case b.Len() > 0:
			b.WriteString("." + token)
		default:
			b.WriteString(token)
		}
	}
	if b.Len() == 0 {
		return "top level"
	}
	return b.String()
}

// Validate reports every rule that can never do what it says, by its path.
func (s Script) Validate() error {
	var all []error
	for i, r := range s.Rules {
		for _, problem := range slices.Concat(r.Match.problems(), r.Fault.problems()) {
			all = append(all, fmt.Errorf("simulator: script: rules[%d].%s", i, problem))
		}
	}
	return errors.Join(all...)
}
