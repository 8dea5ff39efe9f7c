package sdktest

import (
	"context"
	"errors"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
)

func dropCases() []Case {
	return []Case{{
		Name:   "dropped/reported",
		Expect: "members the upstream does not take are left out and reported with a reason, in one piece and streamed",
		Why:    "a parameter that is left out in silence is a wrong answer nobody can explain",
		Needs:  []Need{needUnsupported},
		Run:    droppedReported,
	}, {
		Name:   "dropped/refused",
		Expect: "with unsupported_params = \"refuse\" each such member fails the call by its name, and nothing is sent",
		Why:    "who sets it wants to know, not to pay",
		Needs:  []Need{needUnsupported, needRefusal},
		Run:    droppedRefused,
	}}
}

// unsupportedParams is the setting that chooses; needRefusal is the need for a plugin that has it.
const (
	unsupportedParams      = "unsupported_params"
	needRefusal       Need = "setting " + unsupportedParams
)

func droppedRefused(ctx context.Context, b *Bench) error {
	if err := b.Set(ctx, unsupportedParams, "refuse"); err != nil {
		return err
	}
	want := fails(sdk.KindUnsupported).sure(sdk.NotSent)
	for path, value := range b.Upstream.Unsupported {
		member := quote(path) + ":" + value
		_, err := b.Chat(ctx, b.Call(ask(hello, member)))
		t := b.Stream(ctx, b.Call(ask(hello, member)))
		for _, err := range []error{err, t.Err} {
			b.note(in(path, want.judge(err)))
			if e := sdk.AsError(err); e != nil {
				b.note(equal(path+": the member the error names", e.Param, path))
			}
		}
	}
	_, err := b.Chat(ctx, b.Call(ask(hello)))
	return errors.Join(err, equal("requests", b.Ledger().Len(), 1))
}

// needUnsupported is the need for an upstream that does not take everything.
const needUnsupported Need = "members it does not take"

func droppedReported(ctx context.Context, b *Bench) error {
	var members []string
	for path, value := range b.Upstream.Unsupported {
		members = append(members, quote(path)+":"+value)
	}
	reply, err := b.Chat(ctx, b.Call(ask(hello, members...)))
	if err != nil {
		return err
	}
	t := b.Stream(ctx, b.Call(ask(hello, members...)))
	if t.Err != nil {
		return t.Err
	}
	for path := range b.Upstream.Unsupported {
		reasons := map[string]string{}
		for _, d := range reply.Info.Dropped {
			reasons[d.Path] = d.Reason
		}
		for _, d := range t.Info.Dropped {
			reasons["streamed "+d.Path] = d.Reason
		}
		b.note(
			check(reasons[path] != "", "%s was dropped without a word", path),
			check(reasons["streamed "+path] != "", "%s was dropped without a word of it at the end of the stream", path),
		)
		for _, e := range b.Ledger().Entries() {
			b.note(check(!gjson.GetBytes(e.Body, path).Exists(), "%s reached the upstream, which refuses it", path))
		}
	}
	want := len(b.Upstream.Unsupported)
	return errors.Join(
		equal("the members reported as dropped", len(reply.Info.Dropped), want),
		equal("the members reported as dropped by the stream", len(t.Info.Dropped), want),
	)
}
