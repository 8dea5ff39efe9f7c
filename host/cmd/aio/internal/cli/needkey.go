package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/doctor"
	"github.com/aio-llm/aio/host/hclconfig"
	"github.com/aio-llm/aio/sdk"
)

// needKey explains how to get a key when no target of the request has one: most people who see it are new.
func needKey(s *session, f chatFlags, request *sdk.ChatRequest) error {
	planned := *request
	if len(planned.Messages) == 0 || planned.Messages[len(planned.Messages)-1].Role != sdk.RoleUser {
		planned.Messages = append(slices.Clip(planned.Messages), sdk.User("?")) // a conversation that has not begun
	}
	plan, err := s.Explain(&planned, f.options()...)
	if err != nil {
		return namingModels(err)
	}
	var without []host.Provider
	for _, t := range plan.Targets {
		p, found := providerNamed(s.file, t.Provider)
		if !found || hasKey(p) {
			return nil
		}
		if !slices.ContainsFunc(without, func(w host.Provider) bool { return w.Name == p.Name }) {
			without = append(without, p)
		}
	}
	if len(without) == 0 { // every target was dropped, which the request itself will say
		return nil
	}
	hint := "Put one into the environment, or into a file that --env-file names:\n\n" + waysToKeys(s.file, without) +
		"\n  Then run the command again. aio keys shows what is found."
	return misusef(hint, "no usable API key for %q", plan.Requested)
}

// namingModels adds the way out to a request without a model.
func namingModels(err error) error {
	var e *host.Error
	if errors.As(err, &e) && e.Kind == sdk.KindBadRequest && e.Param == "model" {
		return &misuse{err: err, hint: "Name one with --model (aio models lists them), or write auto = true into the configuration."}
	}
	return err
}

func providerNamed(file *hclconfig.File, name string) (host.Provider, bool) {
	i := slices.IndexFunc(file.Config.Providers, func(p host.Provider) bool { return p.Name == name })
	if i < 0 {
		return host.Provider{}, false
	}
	return file.Config.Providers[i], true
}

// hasKey reports whether the provider has a key to try; one without key blocks wants none.
func hasKey(p host.Provider) bool {
	return len(p.Keys) == 0 || slices.ContainsFunc(p.Keys, func(k host.Key) bool { return !k.Disabled && !k.Value.IsZero() })
}

// waysToKeys is a table: provider, variables, where keys are to be had.
func waysToKeys(file *hclconfig.File, providers []host.Provider) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	for _, p := range providers {
		var names []string
		for _, u := range file.Unset {
			if u.Provider == p.Name {
				names = append(names, u.Var)
			}
		}
		what := "its keys are not active in the configuration"
		if len(names) > 0 {
			const most = 3
			what = strings.Join(names[:min(len(names), most)], " or ")
			if len(names) > most {
				what += " ..."
			}
		}
		_, _ = fmt.Fprintf(w, "    %s\t%s\t%s\n", p.Name, what, doctor.SignUp(cmp.Or(p.Plugin, p.Name))) // into memory
	}
	_ = w.Flush()
	return b.String()
}
