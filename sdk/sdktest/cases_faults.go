package sdktest

import (
	"context"
	"errors"
	"strings"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// upset is a way in which an upstream breaks, and what must become of it.
type upset struct {
	name   string
	expect string
	why    string
	faults []simulator.Fault
	unary  *failure // nil: a unary call is not judged
	stream *failure // nil: a stream is not judged
	text   string   // what must have arrived of the stream before
	needs  []Need
}

const (
	whyClean  = "a broken reply that looks whole is a wrong answer nobody notices"
	whyKind   = "the host goes on elsewhere only if it knows that the upstream broke"
	afterText = "echo: say" // the reply to hello after two chunks with content
)

func faultCases() []Case {
	var cases []Case
	for _, u := range upsets() {
		if u.unary != nil {
			cases = append(cases, u.of("unary", func(ctx context.Context, b *Bench) error {
				_, err := b.Chat(ctx, b.Call(ask(hello)))
				return errors.Join(u.unary.judge(err), pageless(err))
			}))
		}
		if u.stream != nil {
			cases = append(cases, u.of("stream", func(ctx context.Context, b *Bench) error {
				t := b.Stream(ctx, b.Call(ask(hello)))
				return errors.Join(u.stream.judge(t.Err), pageless(t.Err), check(strings.HasPrefix(t.Text(), u.text), "the text before the failure is %q, want %q", t.Text(), u.text))
			}))
		}
	}
	return cases
}

// pageless is nil when an error repeats nothing of a page: the caller has not asked for what a proxy says.
func pageless(err error) error {
	return check(err == nil || !strings.Contains(strings.ToLower(err.Error()), "<html"), "the error repeats a page: %w", err)
}

func (u upset) of(form string, run func(context.Context, *Bench) error) Case {
	return Case{
		Name: "faults/" + u.name + "/" + form, Expect: u.expect, Why: u.why, Needs: u.needs,
		Run: func(ctx context.Context, b *Bench) error {
			if err := b.Script(u.faults...); err != nil {
				return err
			}
			return run(ctx, b)
		},
	}
}

func upsets() []upset {
	answered := func(kinds ...sdk.Kind) *failure { return new(fails(kinds...).sure(sdk.ResponseStarted)) }
	lost := new(fails(sdk.KindNetwork).sure(sdk.MaybeSent))
	broken := answered(sdk.KindBrokenStream)
	bad := answered(sdk.KindBadReply)
	cut := answered(sdk.KindNetwork, sdk.KindBrokenStream, sdk.KindBadReply)
	sse := []Need{NeedSSE}
	one := func(f simulator.Fault) []simulator.Fault { return []simulator.Fault{f} }
	return []upset{
		{
			name: "html", expect: "a page of HTML with status 200 is a bad reply", why: whyKind,
			faults: one(simulator.Fault{Kind: simulator.FaultHTML}), unary: new(bad.with(200)), stream: new(bad.with(200)),
		},
		{
			name: "html-502", expect: "a gateway's error page is the error its status says", why: whyKind,
			faults: one(simulator.Fault{Kind: simulator.FaultHTML, Status: 502}),
			unary:  new(answered(sdk.KindOverloaded, sdk.KindServerError).with(502)), stream: new(answered(sdk.KindOverloaded, sdk.KindServerError).with(502)),
		},
		{
			name: "status-529", expect: "status 529 is overloaded", why: "several providers say it so",
			faults: one(simulator.Fault{Kind: simulator.FaultError, Status: 529}),
			unary:  new(answered(sdk.KindOverloaded).with(529)), stream: new(answered(sdk.KindOverloaded).with(529)),
		},
		{
			name: "html-in-disguise", expect: "a page that is said to be plain text or behind other words is a bad reply, and is not repeated", why: whyKind,
			faults: one(simulator.Fault{Kind: simulator.FaultReply, Body: "\ufeffblocked: <!DOCTYPE html>\n<HTML><body>log in</body></html>", Header: map[string]string{"Content-Type": "text/plain"}}),
			unary:  bad, stream: bad,
		},
		{
			name: "wrong-type", expect: "a 200 that is plain text is a bad reply", why: whyKind,
			faults: one(simulator.Fault{Kind: simulator.FaultReply, Body: "OK", Header: map[string]string{"Content-Type": "text/plain"}}),
			unary:  bad, stream: bad,
		},
		{
			name: "empty-body", expect: "a 200 without a body is a bad reply", why: whyClean,
			faults: one(simulator.Fault{Kind: simulator.FaultReply}), unary: bad, stream: bad,
		},
		{
			name: "json-for-stream", expect: "a JSON reply to a stream request is a bad reply", why: whyKind,
			faults: one(simulator.Fault{Kind: simulator.FaultJSONForSSE}), stream: bad, needs: sse,
		},
		{
			name: "stream-for-json", expect: "an event stream in reply to a unary request is a bad reply", why: whyKind,
			faults: one(simulator.Fault{Kind: simulator.FaultSSEForJSON}), unary: bad, needs: sse,
		},
		{
			name: "empty-choices", expect: "a reply without choices is a bad reply", why: whyClean,
			faults: one(simulator.Fault{Kind: simulator.FaultEmptyChoices}), unary: bad, stream: answered(sdk.KindBadReply, sdk.KindBrokenStream),
		},
		{
			name: "malformed", expect: "JSON that is broken breaks the reply; what came before it stays", why: whyClean,
			faults: one(simulator.Fault{Kind: simulator.FaultMalformed, After: 2}), unary: bad, stream: broken, text: afterText,
		},
		{
			name: "malformed-first", expect: "a first chunk of broken JSON breaks the stream", why: whyClean,
			faults: one(simulator.Fault{Kind: simulator.FaultMalformed}), stream: answered(sdk.KindBadReply, sdk.KindBrokenStream),
		},
		{
			name: "truncated", expect: "a reply that ends in its middle is an error; a stream's is a broken stream", why: whyClean,
			faults: one(simulator.Fault{Kind: simulator.FaultTruncate, After: 2}), unary: cut, stream: broken, text: afterText,
		},
		{
			name: "truncated-at-once", expect: "a stream that ends before it begins is an error", why: whyClean,
			faults: one(simulator.Fault{Kind: simulator.FaultTruncate}), unary: cut, stream: cut,
		},
		{
			name: "no-end", expect: "a stream that closes without finish reason and without an end mark is a broken stream", why: whyClean,
			faults: []simulator.Fault{{Kind: simulator.FaultNoFinish}, {Kind: simulator.FaultNoDone}}, stream: broken, text: "echo: " + hello, needs: sse,
		},
		{
			name: "reset-before-headers", expect: "a connection that is reset before the reply is a network error that may have been sent", why: whyKind,
			faults: one(simulator.Fault{Kind: simulator.FaultReset, At: simulator.BeforeHeaders}), unary: lost, stream: lost,
		},
		{
			name: "reset-after-headers", expect: "a connection that is reset behind the headers is an error", why: whyKind,
			faults: one(simulator.Fault{Kind: simulator.FaultReset, At: simulator.AfterHeaders}), unary: new(fails(sdk.KindNetwork, sdk.KindBrokenStream).sure(sdk.ResponseStarted, sdk.MaybeSent)),
			stream: new(fails(sdk.KindNetwork, sdk.KindBrokenStream).sure(sdk.ResponseStarted, sdk.MaybeSent)),
		},
		{
			name: "reset-mid-body", expect: "a connection that is reset in the middle breaks the reply", why: whyClean,
			faults: one(simulator.Fault{Kind: simulator.FaultReset, At: simulator.MidBody, After: 2}), unary: cut, stream: broken,
		},
		{
			name: "reset-mid-chunk", expect: "a connection that is reset inside a chunk breaks the stream", why: whyClean,
			faults: one(simulator.Fault{Kind: simulator.FaultReset, At: simulator.MidChunk, After: 2}), stream: broken,
		},
	}
}
