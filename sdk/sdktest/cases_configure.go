package sdktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/aio-llm/aio/sdk"
)

func configureCases() []Case {
	return []Case{
		{
			Name:   "configure/bad-settings",
			Expect: "each setting that makes no sense is refused, with the path to it",
			Why:    "the path becomes file:line:col for whoever wrote the configuration",
			Run:    configureBadly,
		},
		{
			Name:   "configure/secret-in-url",
			Expect: "a base_url with credentials is refused without repeating them",
			Why:    "keys belong in key blocks, and diagnostics are shown and logged",
			Run: func(ctx context.Context, b *Bench) error {
				return b.refused(ctx, "https://user:"+url.QueryEscape(b.keys[0].value)+"@upstream.invalid/v1")
			},
		},
		{
			Name:   "configure/twice",
			Expect: "a second configuration is an error, and the first goes on to work",
			Why:    "a new configuration is a new process",
			Run: func(ctx context.Context, b *Bench) error {
				settings, err := b.Upstream.settings(b.session.baseURL())
				if err != nil {
					return err
				}
				if _, err := b.Client.Configure(ctx, settings); err == nil {
					b.Problem("it was accepted")
				}
				_, err = b.Chat(ctx, b.Call(ask("still there")))
				return err
			},
		},
		{
			Name:   "configure/call-before",
			Expect: "a call before the configuration is an internal error that was not sent",
			Why:    "a plugin without its settings does not know where to send a key",
			Run: func(ctx context.Context, b *Bench) error {
				in, err := b.Fresh(ctx)
				if err != nil {
					return err
				}
				b.Client = in.Client
				_, err = b.Client.Chat(ctx, b.Call(ask("too early")))
				return errors.Join(fails(sdk.KindInternal).judge(err), equal("requests", b.Ledger().Len(), 0))
			},
		},
		{
			Name:   "configure/capabilities",
			Expect: "what is not announced is answered with unsupported, not sent",
			Why:    "the host relies on the announcement and never asks",
			Run:    configureCapabilities,
		},
	}
}

func configureBadly(ctx context.Context, b *Bench) error {
	return errors.Join(
		b.refused(ctx, "no address"),
		b.refused(ctx, "ftp://upstream.invalid"),
		b.refused(ctx, "http://upstream.invalid/v1"), // keys and prompts in the clear
		b.refused(ctx, 7),
	)
}

// refused is nil when the base_url is refused by its path, with a message.
func (b *Bench) refused(ctx context.Context, value any) error {
	const name = "base_url"
	raw, err := json.Marshal(map[string]any{name: value})
	if err != nil {
		return err
	}
	in, err := b.Fresh(ctx)
	if err != nil {
		return err
	}
	_, err = in.Client.Configure(ctx, raw)
	var refused *sdk.SettingsError
	if !errors.As(err, &refused) {
		return fmt.Errorf("%s = %v: got %w, want refused settings", name, short(value), orNone(err))
	}
	b.inspect("the refusal", []byte(refused.Error()))
	for _, p := range refused.Problems {
		if slices.Equal(p.Path, []string{name}) && p.Message != "" {
			return nil
		}
	}
	return fmt.Errorf("%s = %v: refused without its path: %w", name, short(value), refused)
}

var errNone = errors.New("no error")

func orNone(err error) error {
	if err == nil {
		return errNone
	}
	return err
}

func configureCapabilities(ctx context.Context, b *Bench) error {
	for capability, call := range map[sdk.Capability]func(*sdk.Call) error{
		sdk.CapabilityModels:     func(c *sdk.Call) error { _, err := b.Client.ListModels(ctx, c); return err },
		sdk.CapabilityEmbeddings: func(c *sdk.Call) error { _, err := b.Client.Embed(ctx, c); return err },
		sdk.CapabilityTokens:     func(c *sdk.Call) error { _, err := b.Client.CountTokens(ctx, c); return err },
		sdk.CapabilityKeys:       func(c *sdk.Call) error { _, err := b.Client.ValidateKey(ctx, c); return err },
	} {
		if slices.Contains(b.session.can, capability) {
			continue
		}
		err := call(b.Call([]byte(`{"input":"x"}`)))
		if wrong := fails(sdk.KindUnsupported).sure(sdk.NotSent).judge(err); wrong != nil {
			b.Problem("%s: %w", capability, wrong)
		}
	}
	return equal("requests", b.Ledger().Len(), 0)
}
