package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/aio-llm/aio/host/doctor"
)

type doctorFlags struct {
	deep, asJSON bool
	providers    []string
	timeout      time.Duration
}

func (a *app) doctorCommand() *cobra.Command {
	var f doctorFlags
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Find out which keys and models work, and what to do about the others",
		Long: "Ask every active provider whether the keys work and whether it has the models that the configuration names.\n" +
			"That is one call a key and one list of models a provider; at no provider known does it count against a quota.\n\n" +
			"Whether a quota or the credit is used up often shows only when something is asked for. With --deep each key\n" +
			"that is not bad sends one tiny chat, of at most 16 tokens of output, to the provider's first model. That is\n" +
			"one request more a key, which counts against daily limits and, where a model is paid for, costs a trifle.\n\n" +
			"The exit code is 0 if all is well, 1 if something is wrong, 2 if the configuration is. A key whose variable\n" +
			"is not set is shown and is no error, as long as another one works.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), func(s *session) error { return a.doctor(c.Context(), s, f) })
		},
	}
	fs := c.Flags()
	fs.BoolVar(&f.deep, "deep", false, "send one tiny chat with each key too; counts against daily limits")
	fs.BoolVar(&f.asJSON, "json", false, "print JSON")
	fs.StringArrayVar(&f.providers, "provider", nil, "examine only this `provider` (repeatable)")
	fs.DurationVar(&f.timeout, "timeout", 0, "most `time` for one provider, such as 1m (default: 30s, with --deep 2m)")
	_ = c.RegisterFlagCompletionFunc("provider", a.complete(providerNames)) // the flag is there
	return c
}

func (a *app) doctor(ctx context.Context, s *session, f doctorFlags) error {
	a.warnRoot()
	report, err := doctor.Examine(ctx, s.Host, doctor.Options{Providers: f.providers, Deep: f.deep, Timeout: f.timeout})
	if err != nil {
		return err
	}
	if f.asJSON {
		err = a.out.json(report)
	} else {
		err = a.tellDoctor(report, s.file, time.Now())
	}
	if err == nil && !report.Healthy() {
		err = told{errors.New("something is wrong")}
	}
	return err
}
