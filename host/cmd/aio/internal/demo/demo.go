package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/hashicorp/go-hclog"
)

// Options say where the demo runs.
type Options struct {
	// Out is where it tells its story, with terminal colours if Color.
	Out   io.Writer
	Color bool
	// Plugins is the folder with the plugin binaries groq and openrouter.
	Plugins string
	// Log is the host's log; nil is silent.
	Log hclog.Logger
	// TokenGap is the time between two tokens of the fake upstream; 0 means 40 ms.
	TokenGap time.Duration
}

// limit bounds the whole demo, which takes a few seconds.
const limit = time.Minute

// Run tells the story. Its error says what did not go as it should have.
func Run(ctx context.Context, o Options) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errors.New("the demo took longer than a minute"))
	defer cancel()
	t := &teller{out: o.Out, color: o.Color}
	w, err := build(ctx, o)
	if err != nil {
		return fmt.Errorf("prepare the demo: %w", err)
	}
	t.line("aio demo: a fake upstream at %s stands in for Groq and OpenRouter.", w.server.URL())
	t.line("The configuration, the router and the plugin processes are real; no key or internet is needed.")
	for i, step := range []struct {
		title string
		run   func(context.Context, *world, *teller) error
	}{
		{"A prompt goes through a plugin process", promptThroughPlugin},
		{"A rate-limited key is rotated", rotateKey},
		{"A dead provider is passed over", passOverDead},
		{"The answer streams, token by token", streamTokens},
		{"The upstream's own ledger of what arrived", readLedger},
	} {
		t.step(i+1, step.title)
		if err := step.run(ctx, w, t); err != nil {
			return errors.Join(fmt.Errorf("step %d, %s: %w", i+1, step.title, err), w.close(ctx))
		}
	}
	t.step(6, "Nothing stays behind")
	if err := leaveNothing(ctx, w, t); err != nil {
		return err
	}
	return t.verdict()
}
