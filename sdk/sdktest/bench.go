package sdktest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// Bench is what a case works at: the plugin, the simulated upstream that only this case's keys reach, and
// the notes that the runner judges after the case.
type Bench struct {
	// Client is the plugin.
	Client *sdk.Client
	// Upstream is what the simulator plays.
	Upstream Upstream

	session *Session
	sim     *simulator.Simulator
	keys    [3]canary // good, good, refused

	mu       sync.Mutex
	problems []error
	least    int // requests that must have arrived
	most     int // requests that may have arrived
	opened   []*Instance
}

func (s *Session) bench() (*Bench, error) {
	b := &Bench{Client: s.main.Client, Upstream: s.runner.Upstream, session: s}
	b.keys = [3]canary{newCanary("a"), newCanary("b"), newCanary("refused")}
	b.sim = simulator.New(simulator.Options{
		Keys: []simulator.Key{
			{Label: b.keys[0].label, Value: b.keys[0].value},
			{Label: b.keys[1].label, Value: b.keys[1].value},
		},
		Models: b.Upstream.models(), KeepBodies: true,
	})
	for _, k := range b.keys {
		s.upstream.route(k.value, b.sim)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = append(s.keys, b.keys[:]...)
	return b, nil
}

func (b *Bench) close() {
	for _, k := range b.keys {
		b.session.upstream.route(k.value, nil)
	}
	for _, in := range b.opened {
		_ = in.Close() // a case that minds closes it itself
	}
}

// Ledger says what arrived.
func (b *Bench) Ledger() *simulator.Ledger { return b.sim.Ledger() }

// Script makes every request from now on meet these faults.
func (b *Bench) Script(faults ...simulator.Fault) error {
	var s simulator.Script
	for _, f := range faults {
		s.Rules = append(s.Rules, simulator.Rule{Fault: f})
	}
	return b.Rules(s.Rules...)
}

// Rules is Script for some requests only.
func (b *Bench) Rules(rules ...simulator.Rule) error {
	s := simulator.Script{Rules: rules}
	if err := s.Validate(); err != nil {
		return fmt.Errorf("the case's script: %w", err)
	}
	b.sim.SetScript(s)
	return nil
}

// Call returns a call of the chat model with the case's first key.
func (b *Bench) Call(body []byte) *sdk.Call {
	return &sdk.Call{RequestID: "sdktest", AttemptID: "sdktest-1", Model: chatModel, Key: b.Key(0), Body: body}
}

// Key returns one of the case's keys: 0 and 1 are good, the upstream refuses 2.
func (b *Bench) Key(i int) sdk.Secret { return sdk.NewSecret(b.keys[i].value) }

// Chat makes a call and notes what came of it.
func (b *Bench) Chat(ctx context.Context, call *sdk.Call) (*sdk.Reply, error) {
	reply, err := b.Client.Chat(ctx, call)
	b.counted(err)
	if reply != nil {
		b.inspect("the reply", reply.Body)
		b.inspectInfo(&reply.Info)
	}
	return reply, b.inspectError(err)
}

// Embed is Chat for embeddings.
func (b *Bench) Embed(ctx context.Context, call *sdk.Call) (*sdk.Reply, error) {
	reply, err := b.Client.Embed(ctx, call)
	b.counted(err)
	if reply != nil {
		b.inspect("the reply", reply.Body)
		b.inspectInfo(&reply.Info)
	}
	return reply, b.inspectError(err)
}

// Fresh starts another instance of the plugin, which is not configured. It is closed after the case.
func (b *Bench) Fresh(ctx context.Context) (*Instance, error) {
	in, err := b.session.launch(ctx)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.opened = append(b.opened, in)
	return in, nil
}

// At starts another instance of the plugin for an upstream at baseURL and makes it the case's own.
func (b *Bench) At(ctx context.Context, baseURL string) error {
	return b.start(ctx, b.Upstream, baseURL)
}

func (b *Bench) start(ctx context.Context, upstream Upstream, baseURL string) error {
	in, err := b.Fresh(ctx)
	if err != nil {
		return err
	}
	settings, err := upstream.settings(baseURL)
	if err != nil {
		return err
	}
	if _, err := in.Client.Configure(ctx, settings); err != nil {
		return fmt.Errorf("configure for %s: %w", baseURL, err)
	}
	b.Client = in.Client
	return nil
}

// Set is At for the upstream of the session, with one setting changed.
func (b *Bench) Set(ctx context.Context, name string, value any) error {
	upstream := b.Upstream
	upstream.Settings = maps.Clone(upstream.Settings)
	if upstream.Settings == nil {
		upstream.Settings = map[string]any{}
	}
	upstream.Settings[name] = value
	return b.start(ctx, upstream, b.session.baseURL())
}

// Problem notes what is wrong, for a case that goes on.
func (b *Bench) Problem(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, fmt.Errorf(format, args...))
}

// counted notes how many requests a call may and must have sent: one, none if it says so, and possibly none
// if it failed before any reply.
func (b *Bench) counted(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	failed := sdk.AsError(err)
	switch {
	case failed == nil || failed.Certainty == sdk.ResponseStarted:
		b.least, b.most = b.least+1, b.most+1
	case failed.Certainty != sdk.NotSent:
		b.most++
	}
}

// inspectError looks for keys in all an error says, and returns it.
func (b *Bench) inspectError(err error) error {
	var e *sdk.Error
	if errors.As(err, &e) {
		b.inspect("the error", []byte(fmt.Sprintf("%v\n%s\n%s\n%s\n%s", err, e.Code, e.Param, e.Message, e.UpstreamRequestID)))
	} else if err != nil {
		b.Problem("the error is a %T, not an *sdk.Error: %v", err, err)
	}
	return err
}

func (b *Bench) inspectInfo(info *sdk.ReplyInfo) {
	text := info.Model + "\n" + info.UpstreamRequestID + "\n" + info.FinishReason
	for _, d := range info.Dropped {
		text += "\n" + d.Path + "\n" + d.Reason
	}
	b.inspect("the reply's particulars", []byte(text))
}

// inspect looks for the case's keys in a text the plugin gave.
func (b *Bench) inspect(where string, text []byte) {
	for _, k := range b.keys {
		if how := k.shows(text); how != "" {
			b.Problem("key %s shows in %s, %s", k.label, where, how)
		}
	}
}

// verdict is what the runner holds against every case.
func (b *Bench) verdict() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	problems := b.problems
	if n := b.sim.Ledger().Count(func(e simulator.Entry) bool { return e.Method == http.MethodPost }); n < b.least || n > b.most {
		problems = append(problems, fmt.Errorf("%d requests arrived, want %s: a plugin sends each call once", n, span(b.least, b.most)))
	}
	for _, e := range b.sim.Ledger().Entries() {
		if where := misplaced(e); where != "" {
			problems = append(problems, fmt.Errorf("request %d has the key in %s", e.Seq, where))
		}
	}
	for _, k := range b.keys {
		for _, output := range b.session.writings() {
			if how := k.shows(output); how != "" {
				problems = append(problems, fmt.Errorf("key %s shows in the plugin's log or output, %s", k.label, how))
			}
		}
	}
	return errors.Join(problems...)
}

// misplaced says where in a request a key is that does not belong there; the simulator put a mark in its
// place.
func misplaced(e simulator.Entry) string {
	const mark = "[key "
	if bytes.Contains(e.Body, []byte(mark)) {
		return "its body"
	}
	for name, values := range e.Header {
		for _, v := range values {
			if bytes.Contains([]byte(v), []byte(mark)) {
				return "header " + name
			}
		}
	}
	return ""
}

func (s *Session) writings() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([][]byte, len(s.outputs))
	for i, output := range s.outputs {
		out[i] = output()
	}
	return out
}

func span(least, most int) string {
	if least == most {
		return fmt.Sprint(most)
	}
	return fmt.Sprintf("%d to %d", least, most)
}

// note is Problem for errors that are there already; nil ones are nothing.
func (b *Bench) note(errs ...error) {
	if err := errors.Join(errs...); err != nil {
		b.Problem("%w", err)
	}
}

// can reports whether the plugin announced a capability.
func (b *Bench) can(c sdk.Capability) bool { return slices.Contains(b.session.can, c) }
