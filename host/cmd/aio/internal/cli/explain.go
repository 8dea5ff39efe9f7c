package cli

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// explainFlags describe a request that is not made.
type explainFlags struct {
	model                      string
	tools, image, schema, json bool
	tokens                     int64
}

func (a *app) explainCommand() *cobra.Command {
	var f explainFlags
	c := &cobra.Command{
		Use:   "explain [flags] [name]",
		Short: "Show what would be tried for a model or route, and why the rest would not",
		Long: "Show the targets that would be tried for a model or route, in order, and for each one left out the reason.\n" +
			"Nobody is called and nothing is started.",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.complete(modelNames),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 && f.model != "" {
				return misused(c, fmt.Errorf("%q and --model %s: name one of them", args[0], f.model))
			}
			if len(args) == 1 {
				f.model = args[0]
			}
			return a.with(c.Context(), func(s *session) error {
				plan, err := s.Explain(f.request())
				if err != nil {
					return namingModels(err)
				}
				if f.json {
					return a.out.json(plan)
				}
				return a.plan(plan)
			})
		},
	}
	fs := c.Flags()
	fs.StringVarP(&f.model, "model", "m", "", "`name` of a model, provider/model or route")
	fs.BoolVar(&f.tools, "tools", false, "as if the request had tools")
	fs.BoolVar(&f.image, "image", false, "as if the request had an image")
	fs.BoolVar(&f.schema, "schema", false, "as if the request asked for JSON by a schema")
	fs.Int64Var(&f.tokens, "tokens", 0, "as if prompt and answer took so many tokens")
	fs.BoolVar(&f.json, "json", false, "print JSON")
	return c
}

// request is one that needs what the flags say.
func (f explainFlags) request() *sdk.ChatRequest {
	r := &sdk.ChatRequest{Model: f.model, Messages: []sdk.Message{sdk.User("?")}}
	if f.tools {
		r.Tools = []sdk.Tool{sdk.FunctionTool("any", "", map[string]any{"type": "object"})}
	}
	if f.image {
		r.Messages = []sdk.Message{sdk.UserParts(sdk.ImagePart("data:image/png;base64,"))}
	}
	if f.schema {
		r.ResponseFormat = sdk.JSONSchema("any", map[string]any{"type": "object"}, false)
	}
	if f.tokens > 0 {
		r.MaxTokens = &f.tokens
	}
	return r
}

func (a *app) plan(plan host.Plan) error {
	a.out.say("%s", a.out.paint(styleBold, fmt.Sprintf("%q is %s", plan.Requested, modeWords(plan))))
	rows := [][]string{{"  TRY", "TARGET", "UPSTREAM ID", "KEYS, IN ORDER", "NOT USABLE"}}
	for i, t := range plan.Targets {
		var held []string
		for _, k := range t.KeysHeld {
			why := strings.TrimSpace(cmp.Or(k.Reason, k.State) + " " + until(k.Until, time.Now()))
			held = append(held, k.Key+" ("+why+")")
		}
		keys := cmp.Or(strings.Join(t.Keys, ", "), "none")
		rows = append(rows, []string{fmt.Sprintf("  %d", i+1), t.Provider + "/" + t.Model, t.ID, keys, strings.Join(held, ", ")})
	}
	if len(plan.Targets) > 0 {
		if err := a.out.table(rows); err != nil {
			return err
		}
	}
	for _, d := range plan.Dropped {
		a.out.say("  left out: %s, because %s", d.Target, d.Reason)
	}
	return nil
}

func modeWords(plan host.Plan) string {
	count := fmt.Sprintf("%d targets", len(plan.Targets))
	switch {
	case len(plan.Targets) == 1:
		count = "1 target"
	case len(plan.Targets) == 0:
		count = "no target"
	}
	switch plan.Mode {
	case "direct":
		return "a model: " + count
	case "auto":
		return "all providers by priority: " + count
	default:
		return "a route: " + count
	}
}
