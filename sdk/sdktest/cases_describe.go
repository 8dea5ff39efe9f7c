package sdktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aio-llm/aio/sdk"
)

func describeCases() []Case {
	return []Case{
		{
			Name:   "describe/identity",
			Expect: "name is a valid provider name, the one its binary carries; version and SDK are told",
			Why:    "the host finds plugins by name and shows their versions",
			Run:    describeIdentity,
		},
		{
			Name:   "describe/schema",
			Expect: "settings have unique names, known types, a line of documentation and defaults that fit",
			Why:    "the host decodes the configuration against the schema and prints it as the reference",
			Run:    describeSchema,
		},
		{
			Name:   "describe/health",
			Expect: "health is answered before and after configuration",
			Why:    "the host restarts a plugin that does not answer",
			Run: func(ctx context.Context, b *Bench) error {
				in, err := b.Fresh(ctx)
				if err != nil {
					return err
				}
				return errors.Join(in.Client.Health(ctx), b.Client.Health(ctx))
			},
		},
	}
}

func describeIdentity(ctx context.Context, b *Bench) error {
	in, err := b.Fresh(ctx)
	if err != nil {
		return err
	}
	d, err := in.Client.Describe(ctx, "sdktest")
	if err != nil {
		return err
	}
	again, err := b.Client.Describe(ctx, "sdktest")
	return errors.Join(err,
		check(sdk.ValidName(d.Name), "name %q is not a valid provider name", d.Name),
		check(in.Name == "" || in.Name == d.Name, "name is %q, but the binary is called %s%s", d.Name, binaryPrefix, in.Name),
		check(strings.TrimSpace(d.Version) != "", "the version is empty"),
		check(strings.TrimSpace(d.SDK) != "", "the SDK is not told"),
		equal("the name after configuration", again.Name, d.Name),
	)
}

func describeSchema(ctx context.Context, b *Bench) error {
	d, err := b.Client.Describe(ctx, "sdktest")
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, s := range d.Settings {
		if seen[s.Name] {
			b.Problem("setting %s is there twice", s.Name)
		}
		seen[s.Name] = true
		if err := settingProblem(s); err != nil {
			b.Problem("setting %q: %w", s.Name, err)
		}
	}
	return nil
}

func settingProblem(s sdk.Setting) error {
	var fits error
	if s.Default != nil {
		raw, err := json.Marshal(map[string]any{s.Name: s.Default})
		if err != nil {
			return fmt.Errorf("the default is no JSON: %w", err)
		}
		if _, refused := (sdk.Schema{s}).Check(raw); refused != nil {
			fits = fmt.Errorf("the default does not fit: %w", refused)
		}
	}
	return errors.Join(fits,
		check(s.Name != "" && !strings.ContainsAny(s.Name, " -.\"'"), "is no attribute name"),
		check(strings.TrimSpace(s.Doc) != "", "has no documentation"),
		check(s.Type != "", "has no type"),
		check(!s.Required || s.Default == nil, "is required and has a default"),
		check(s.Values == nil || s.Type == sdk.String, "only a string has allowed values"),
	)
}
