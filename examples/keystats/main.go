// Command keystats spreads requests over several keys. One that is rate-limited rests as long as the provider
// asks, the next takes over at once, and the statistics tell.
//
//	export GROQ_API_KEY=gsk_... GROQ_API_KEY_2=gsk_... GROQ_API_KEY_3=gsk_...
//	cd examples/keystats && go run .
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/hclconfig"
	"github.com/aio-llm/aio/sdk"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "keystats:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	file, err := hclconfig.Load("config.hcl", hclconfig.Options{})
	if err != nil {
		return err
	}
	h, err := host.New(ctx, file.Config)
	if err != nil {
		return err
	}
	defer h.Close(ctx)

	for n := range 4 {
		reply, err := h.Chat(ctx, &sdk.ChatRequest{Messages: []sdk.Message{sdk.User(fmt.Sprintf("Question %d", n+1))}})
		if err != nil {
			return err
		}
		fmt.Printf("question %d answered with key %q, %d call(s)\n", n+1, reply.Route.Key, len(reply.Route.Attempts))
	}
	if err := show(h); err != nil {
		return err
	}

	// Counts start anew at each account's reset time by themselves. By hand it is the counts only: a key that
	// rests goes on resting.
	if err := h.ResetDailyCounters(); err != nil {
		return err
	}
	fmt.Println("after ResetDailyCounters:")
	return show(h)
}

func show(h *host.Host) error {
	stats, err := h.KeyStats("groq")
	if err != nil {
		return err
	}
	fmt.Printf("%d keys, %d active, %d disabled; used %d times, %d errors\n",
		stats.Total, stats.Active, stats.Disabled, stats.TotalUsage, stats.TotalErrors)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "KEY\tSTATE\tTODAY\tLIMIT\tERRORS\tRESTS FOR")
	for _, k := range stats.Keys {
		var models []string // Groq limits each model by itself
		for _, m := range k.ModelsResting {
			models = append(models, fmt.Sprintf("%s (%s)", m.Model, m.Kind))
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%s\n", k.Label, k.State, k.UsedToday, k.DailyLimit, k.Errors, strings.Join(models, ", "))
	}
	return w.Flush()
}
