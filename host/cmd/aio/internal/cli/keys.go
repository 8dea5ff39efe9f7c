package cli

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"
)

func (a *app) keysCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "keys [provider...]",
		Short: "List the API keys by label, with their state and use",
		Long: "List the API keys by label, with their state and use, as the aio serve that runs on this configuration knows\n" +
			"them, if one does. A key itself is never shown; its fingerprint in --json tells two keys apart.",
		ValidArgsFunction: a.complete(providerNames),
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), func(s *session) error {
				if err := s.known(args); err != nil {
					return err
				}
				return a.keys(c.Context(), s, args, asJSON)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *app) keys(ctx context.Context, s *session, providers []string, asJSON bool) error {
	state, _ := a.live(ctx, s)
	status := state.Providers
	if len(providers) > 0 {
		status = keep(status, providers, providerName)
	}
	if asJSON {
		type keysOf struct {
			Provider string `json:"provider"`
			Keys     any    `json:"keys"`
		}
		out := []keysOf{}
		for _, p := range status {
			out = append(out, keysOf{p.Name, p.Keys})
		}
		return a.out.json(out)
	}
	now := time.Now()
	rows := [][]string{{"PROVIDER", "KEY", "ACCOUNT", "STATE", "TODAY", "TOTAL", "ERRORS", "REASON", "UNTIL"}}
	for _, p := range status {
		for _, k := range p.Keys {
			today := strconv.FormatInt(k.UsedToday, 10)
			if k.DailyLimit > 0 {
				today = fmt.Sprintf("%d/%d", k.UsedToday, k.DailyLimit)
			}
			account := k.Account
			if account == "" {
				account = "its own"
			}
			rows = append(rows, []string{
				p.Name, k.Label, account, k.State, today,
				strconv.FormatInt(k.Total, 10), strconv.FormatInt(k.Errors, 10), k.Reason, until(k.Until, now),
			})
		}
	}
	return a.out.table(rows)
}
