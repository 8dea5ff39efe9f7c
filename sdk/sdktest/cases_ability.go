package sdktest

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// abilityCases are about what a plugin may leave out.
func abilityCases() []Case {
	return []Case{
		{
			Name:   "models/list",
			Expect: "the models of the upstream are listed by the ids that calls use, with what it says of each",
			Why:    "people choose from the list, and routes are checked against it",
			Needs:  []Need{NeedModels},
			Run: func(ctx context.Context, b *Bench) error {
				models, err := b.Client.ListModels(ctx, b.Call(nil))
				if b.inspectError(err) != nil {
					return err
				}
				var ids []string
				for _, m := range models {
					ids = append(ids, m.ID)
					b.note(check(m.Raw == nil || gjson.ValidBytes(m.Raw), "model %s: raw is no JSON", m.ID))
				}
				for _, m := range b.Upstream.models() {
					b.note(check(slices.Contains(ids, m.ID), "model %s is missing among %q", m.ID, ids))
				}
				return nil
			},
		},
		{
			Name:   "models/failure",
			Expect: "a list that fails is an error of its kind",
			Why:    "an empty list would read as: this provider has no models",
			Needs:  []Need{NeedModels},
			Run: func(ctx context.Context, b *Bench) error {
				if err := b.Script(simulator.Fault{Kind: simulator.FaultError, Error: simulator.ErrorOverloaded}); err != nil {
					return err
				}
				_, err := b.Client.ListModels(ctx, b.Call(nil))
				if err := b.Script(simulator.Fault{Kind: simulator.FaultHTML}); err != nil {
					return err
				}
				_, html := b.Client.ListModels(ctx, b.Call(nil))
				return errors.Join(fails(sdk.KindOverloaded).judge(b.inspectError(err)), in("HTML", fails(sdk.KindBadReply).judge(b.inspectError(html))))
			},
		},
		{
			Name:   "validate/key",
			Expect: "a good key is good, one the upstream refuses is auth_invalid, and neither costs a chat",
			Why:    "people test their keys, and the host probes one that was disabled",
			Needs:  []Need{NeedKeys},
			Run: func(ctx context.Context, b *Bench) error {
				note, err := b.Client.ValidateKey(ctx, b.Call(nil))
				b.inspect("the note on the key", []byte(note))
				call := b.Call(nil)
				call.Key = b.Key(2)
				note, bad := b.Client.ValidateKey(ctx, call)
				b.inspect("the note on the key", []byte(note))
				posts := b.Ledger().Count(func(e simulator.Entry) bool { return e.Method == http.MethodPost })
				return errors.Join(b.inspectError(err), fails(sdk.KindAuthInvalid).judge(b.inspectError(bad)), equal("chats", posts, 0))
			},
		},
		{
			Name:   "validate/failure",
			Expect: "an upstream that fails says nothing about the key",
			Why:    "a good key must not be disabled because the upstream is down",
			Needs:  []Need{NeedKeys},
			Run: func(ctx context.Context, b *Bench) error {
				if err := b.Script(simulator.Fault{Kind: simulator.FaultError, Error: simulator.ErrorServer}); err != nil {
					return err
				}
				_, err := b.Client.ValidateKey(ctx, b.Call(nil))
				return fails(sdk.KindServerError, sdk.KindOverloaded).judge(b.inspectError(err))
			},
		},
		{
			Name:   "embed/texts",
			Expect: "each text gets its vector, in order, with usage and the envelope's model",
			Why:    "vectors in another order are another text's",
			Needs:  []Need{NeedEmbeddings},
			Run:    embedTexts,
		},
		{
			Name:   "embed/failure",
			Expect: "an embeddings call that fails is an error of its kind, sent once",
			Why:    "the host does with it what it does with a chat",
			Needs:  []Need{NeedEmbeddings},
			Run: func(ctx context.Context, b *Bench) error {
				if err := b.Script(simulator.Fault{Kind: simulator.FaultError, Error: simulator.ErrorRateMinute}); err != nil {
					return err
				}
				call := b.Call([]byte(`{"input":"x"}`))
				call.Model = embeddingModel
				_, err := b.Embed(ctx, call)
				return fails(sdk.KindRateMinute).with(429).judge(err)
			},
		},
	}
}

func embedTexts(ctx context.Context, b *Bench) error {
	call := b.Call([]byte(`{"model":"someone/elses","input":["one","two words"],"encoding_format":"float"}`))
	call.Model = embeddingModel
	reply, err := b.Embed(ctx, call)
	if err != nil {
		return err
	}
	single := b.Call([]byte(`{"input":"two words"}`))
	single.Model = embeddingModel
	again, err := b.Embed(ctx, single)
	if err != nil {
		return err
	}
	if reply.Info.Usage == nil {
		b.Problem("the usage is missing")
	} else {
		b.note(equal("the prompt tokens", reply.Info.Usage.PromptTokens, 3))
	}
	return errors.Join(
		equal("the vectors", gjson.GetBytes(reply.Body, "data.#").Int(), 2),
		member(reply.Body, "data.1.embedding", gjson.GetBytes(again.Body, "data.0.embedding").Raw),
		equal("the model told to the host", reply.Info.Model, embeddingModel),
	)
}
