package sdktest

import (
	"context"
	"fmt"
	"strings"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

func redirectCases() []Case {
	return []Case{{
		Name:   "redirect/not-followed",
		Expect: "no redirect is followed, to this host or another, by any kind of call; it is a bad reply",
		Why:    "the key and the prompt would go to whoever the redirect names",
		Run:    redirected,
	}}
}

func redirected(ctx context.Context, b *Bench) error {
	decoy := b.session.decoy
	stranger := strings.TrimPrefix(decoy.url(), "http:")
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, to := range []string{
			decoy.url() + "/v1/chat/completions", "https:" + stranger, stranger, b.session.upstream.url() + "/moved",
			"http://" + strings.TrimPrefix(b.session.upstream.url(), "http://") + "@" + strings.TrimPrefix(stranger, "//") + "/",
		} {
			if err := b.Script(simulator.Fault{Kind: simulator.FaultRedirect, Status: status, Location: to}); err != nil {
				return err
			}
			want := fails(sdk.KindBadReply).with(status).sure(sdk.ResponseStarted)
			for what, err := range b.everyCall(ctx) {
				b.note(in(fmt.Sprintf("%s, HTTP %d", what, status), want.judge(err)))
			}
		}
	}
	return check(decoy.accepted.Load() == 0, "another host got %d connections: %v", decoy.accepted.Load(), decoy.seen())
}

// everyCall makes a call of each kind the plugin knows and returns what went wrong with it.
func (b *Bench) everyCall(ctx context.Context) map[string]error {
	_, chat := b.Chat(ctx, b.Call(ask(hello)))
	failed := map[string]error{"chat": chat, "stream": b.Stream(ctx, b.Call(ask(hello))).Err}
	if b.can(sdk.CapabilityEmbeddings) {
		call := b.Call([]byte(`{"input":"x"}`))
		call.Model = embeddingModel
		_, failed["embeddings"] = b.Embed(ctx, call)
	}
	if b.can(sdk.CapabilityTokens) {
		_, failed["tokens"] = b.countTokens(ctx, b.Call(ask(hello)))
	}
	if b.can(sdk.CapabilityModels) {
		_, err := b.Client.ListModels(ctx, b.Call(nil))
		failed["models"] = b.inspectError(err)
	}
	if b.can(sdk.CapabilityKeys) {
		note, err := b.Client.ValidateKey(ctx, b.Call(nil))
		b.inspect("the note on the key", []byte(note))
		failed["key"] = b.inspectError(err)
	}
	return failed
}
