package openaicompat

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
)

// A request may repeat an offence in each of a thousand messages; the report need not.
const maxDropped = 32

// rewriter patches request bodies for one dialect.
type rewriter struct {
	provider      string
	top           map[string]Rule
	elements      map[string][]Rule // by list; Member is the element's member
	chatDefaults  []Default
	embedDefaults []Default
	renames       bool
	refuse        bool
	streamUsage   bool
}

func newRewriter(d Dialect, refuse bool) *rewriter {
	r := &rewriter{
		provider: d.Name, top: map[string]Rule{}, elements: map[string][]Rule{},
		chatDefaults: d.Defaults, embedDefaults: d.EmbedDefaults,
		refuse: refuse, streamUsage: d.StreamUsage,
	}
	for _, rule := range d.Rules {
		if list, name, ok := strings.Cut(rule.Member, "[]."); ok {
			rule.Member = name
			r.elements[list] = append(r.elements[list], rule)
			continue
		}
		r.top[rule.Member] = rule
		r.renames = r.renames || rule.Rename != ""
	}
	return r
}

// rewritten is a request body on its way out.
type rewritten struct {
	body    []byte
	dropped []sdk.Dropped
	// addedUsage says that usage at the end of the stream was our wish, not the caller's.
	addedUsage bool
}

// patch is one body being rewritten.
type patch struct {
	*rewriter
	model    string
	stream   bool // ask for a stream
	chat     bool
	defaults []Default
	out      rewritten

	wroteModel, wroteStream, wroteOptions bool
	renamed                               []member
	names                                 []string // of the members written, where a rename or a default may collide with one
}

// chat rewrites a chat request.
func (r *rewriter) chat(call *sdk.Call, stream bool) (rewritten, error) {
	p := &patch{rewriter: r, model: call.Model, stream: stream, chat: true, defaults: r.chatDefaults}
	return p.run(call.Body)
}

// plain rewrites a request of which only the model must change.
func (r *rewriter) plain(call *sdk.Call) (rewritten, error) {
	p := &patch{rewriter: r, model: call.Model, defaults: r.embedDefaults}
	return p.run(call.Body)
}

func (p *patch) run(body []byte) (rewritten, error) {
	p.out.body = append(make([]byte, 0, len(body)+len(p.model)+64), '{')
	if err := eachMember(body, p.member); err != nil {
		if errors.Is(err, errOutline) {
			return rewritten{}, &sdk.Error{Kind: sdk.KindBadRequest, Certainty: sdk.NotSent, Message: "the request body is not a JSON object"}
		}
		return rewritten{}, err
	}
	p.finish()
	return p.out, nil
}

// finish adds what the caller's body did not have.
func (p *patch) finish() {
	for _, m := range p.renamed {
		if name := string(m.name()); !slices.Contains(p.names, name) {
			p.copy(m.key, m.value)
			p.names = append(p.names, name)
		}
	}
	p.fill()
	if !p.wroteModel && p.model != "" {
		p.writeModel()
	}
	if p.stream && !p.wroteStream {
		p.writeStream()
	}
	if p.stream && p.streamUsage && !p.wroteOptions {
		p.out.addedUsage = true
		p.copy([]byte(`"stream_options"`), []byte(`{"include_usage":true}`))
	}
	p.out.body = append(p.out.body, '}')
}

func (p *patch) member(m member) error {
	name := m.name()
	switch {
	case string(name) == "model":
		// A second one could be the one the upstream believes.
		if !p.wroteModel && p.model != "" {
			p.writeModel()
		}
		return nil
	case p.chat && string(name) == "stream":
		if p.stream && !p.wroteStream {
			p.writeStream()
		}
		return nil
	case p.chat && string(name) == "stream_options" && !p.ruled("stream_options"):
		return p.streamOptions(m)
	case isNull(m.value) && p.fills(string(name)):
		return nil
	case !p.chat:
		p.keep(name, m)
		return nil
	}
	if rule, ok := p.top[string(name)]; ok && p.offends(rule, m.value) {
		if rule.Rename != "" {
			if !isNull(m.value) {
				p.renamed = append(p.renamed, member{key: quote(rule.Rename), value: m.value})
			}
			return nil
		}
		return p.drop(string(name), rule, m.value)
	}
	if rules := p.elements[string(name)]; rules != nil {
		value, err := p.list(string(name), rules, m.value)
		if err != nil {
			return err
		}
		m.value = value
	}
	p.keep(name, m)
	return nil
}

// keep passes a member on.
func (p *patch) keep(name []byte, m member) {
	if p.rewriter.renames || len(p.defaults) > 0 {
		p.names = append(p.names, string(name))
	}
	p.copy(m.key, m.value)
}

func (p *patch) ruled(name string) bool {
	_, ok := p.top[name]
	return ok
}

func (p *patch) offends(rule Rule, value []byte) bool {
	return rule.When == nil || isNull(value) || rule.When(gjson.ParseBytes(value))
}

func (p *patch) drop(path string, rule Rule, value []byte) error {
	if isNull(value) || rule.isDefault(value) {
		return nil
	}
	if p.refuse {
		return &sdk.Error{
			Kind: sdk.KindUnsupported, Certainty: sdk.NotSent, Param: path,
			Message: fmt.Sprintf("%s does not take %s: %s", p.provider, path, rule.Reason),
		}
	}
	if len(p.out.dropped) < maxDropped {
		p.out.dropped = append(p.out.dropped, sdk.Dropped{Path: path, Reason: rule.Reason})
	}
	return nil
}

func (r Rule) isDefault(value []byte) bool {
	if r.Default == "" {
		return false
	}
	have, want := gjson.ParseBytes(value), gjson.Parse(r.Default)
	return have.Raw == want.Raw || (have.Type == gjson.Number && want.Type == gjson.Number && have.Num == want.Num)
}

// list returns the list without the members its elements must not have; the list itself when none has any.
func (p *patch) list(list string, rules []Rule, value []byte) ([]byte, error) {
	if !p.anyOffends(rules, value) {
		return value, nil // also what is no list of objects: the upstream's to refuse
	}
	out := append(make([]byte, 0, len(value)), '[')
	err := eachElement(value, func(index int, element []byte) error {
		out = comma(out, '[')
		if element[0] != '{' {
			out = append(out, element...)
			return nil
		}
		out = append(out, '{')
		err := eachMember(element, func(m member) error {
			if rule := p.offended(rules, m); rule != nil {
				return p.drop(elementPath(list, index, rule.Member), *rule, m.value)
			}
			out = append(comma(out, '{'), m.key...)
			out = append(append(out, ':'), m.value...)
			return nil
		})
		out = append(out, '}')
		return err
	})
	return append(out, ']'), err
}

// anyOffends looks before list copies what may be megabytes of images.
func (p *patch) anyOffends(rules []Rule, value []byte) bool {
	found := false
	err := eachElement(value, func(_ int, element []byte) error {
		if element[0] != '{' {
			return nil
		}
		return eachMember(element, func(m member) error {
			found = found || p.offended(rules, m) != nil
			return nil
		})
	})
	return found && err == nil
}

func (p *patch) offended(rules []Rule, m member) *Rule {
	for i := range rules {
		if rules[i].Member == string(m.name()) && p.offends(rules[i], m.value) {
			return &rules[i]
		}
	}
	return nil
}

func (p *patch) streamOptions(m member) error {
	if !p.stream || p.wroteOptions {
		return nil // without a stream its options are refused by some upstreams
	}
	p.wroteOptions = true
	if !p.streamUsage || gjson.GetBytes(m.value, "include_usage").Bool() {
		p.copy(m.key, m.value)
		return nil
	}
	p.out.addedUsage = true
	options := []byte{'{'}
	err := eachMember(m.value, func(o member) error {
		if string(o.name()) != "include_usage" {
			options = append(append(append(comma(options, '{'), o.key...), ':'), o.value...)
		}
		return nil
	})
	if err != nil {
		options = []byte{'{'} // null, or nothing an upstream would take
	}
	options = append(comma(options, '{'), `"include_usage":true}`...)
	p.copy(m.key, options)
	return nil
}

func (p *patch) writeModel() {
	p.wroteModel = true
	p.copy([]byte(`"model"`), quote(p.model))
}

func (p *patch) writeStream() {
	p.wroteStream = true
	p.copy([]byte(`"stream"`), []byte("true"))
}

func (p *patch) copy(key, value []byte) {
	p.out.body = append(comma(p.out.body, '{'), key...)
	p.out.body = append(append(p.out.body, ':'), value...)
}

// comma adds one unless out ends in the opening bracket.
func comma(out []byte, opening byte) []byte {
	if out[len(out)-1] == opening {
		return out
	}
	return append(out, ',')
}

func quote(s string) []byte {
	out, err := jsontext.AppendQuote(nil, s)
	if err != nil {
		// Invalid UTF-8: the replacement characters are in out.
		return out
	}
	return out
}
