package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// ask is a request of one message.
func ask(model, text string) *sdk.ChatRequest {
	return &sdk.ChatRequest{Model: model, Messages: []sdk.Message{sdk.User(text)}}
}

func promptThroughPlugin(ctx context.Context, w *world, t *teller) error {
	const prompt = "Hello from another process!"
	t.say("Model groq/gpt-oss is asked: %q", prompt)
	reply, err := w.host.Chat(ctx, ask("groq/gpt-oss", prompt))
	if err != nil {
		return err
	}
	completion, err := reply.Completion()
	if err != nil {
		return err
	}
	t.say("It answers: %q", completion.Text())
	t.route(reply.Route)
	pid := w.pid("groq")
	t.check(pid > 0 && pid != os.Getpid() && alive(pid), "the plugin is a process of its own: pid %d, ours is %d", pid, os.Getpid())
	t.check(completion.Text() == "echo: "+prompt, "the prompt reached the upstream and its answer came back")
	return nil
}

func rotateKey(ctx context.Context, w *world, t *teller) error {
	w.sim.SetScript(simulator.Script{Rules: []simulator.Rule{{
		Match: simulator.Match{Key: "groq one"}, Fault: simulator.Fault{Kind: simulator.FaultError, Error: simulator.ErrorRateMinute},
	}}})
	before := w.sim.Ledger().Len()
	t.say("From now on the upstream answers 429 to key one. The same model is asked again:")
	reply, err := w.host.Chat(ctx, ask("groq/gpt-oss", "Still there?"))
	if err != nil {
		return err
	}
	t.route(reply.Route)
	t.check(len(reply.Route.Attempts) == 2 && reply.Route.Attempts[0].Kind == sdk.KindRateMinute && reply.Route.Key == "two",
		"key one was refused, key two answered the same request")
	t.say("And once more:")
	if reply, err = w.host.Chat(ctx, ask("groq/gpt-oss", "And now?")); err != nil {
		return err
	}
	t.route(reply.Route)
	refused := w.sim.Ledger().Count(func(e simulator.Entry) bool { return e.Seq > int64(before) && e.KeyLabel == "groq one" })
	t.check(len(reply.Route.Attempts) == 1 && refused == 1, "key one rests as long as the upstream asked: it was not tried again")
	return nil
}

func passOverDead(ctx context.Context, w *world, t *teller) error {
	w.sim.SetScript(groqIsDead())
	t.say("Now Groq drops every connection. Model auto, all providers by priority, is asked:")
	reply, err := w.host.Chat(ctx, ask("auto", "Who answers?"))
	if err != nil {
		return err
	}
	t.route(reply.Route)
	f := reply.Route.AutoFallback
	t.check(f != nil && f.OriginalProvider == "groq" && f.FinalProvider == "openrouter", "openrouter answered in groq's place, and the reply says so")
	t.check(w.pid("openrouter") != w.pid("groq") && alive(w.pid("openrouter")), "its plugin is another process: pid %d", w.pid("openrouter"))
	return nil
}

func groqIsDead() simulator.Script {
	return simulator.Script{Rules: []simulator.Rule{{
		Match: simulator.Match{Dialect: simulator.Groq}, Fault: simulator.Fault{Kind: simulator.FaultReset},
	}}}
}

func streamTokens(ctx context.Context, w *world, t *teller) error {
	t.say("Groq is still dead. The same, streamed:")
	started := time.Now()
	stream, err := w.host.ChatStream(ctx, ask("auto", "Show me."))
	if err != nil {
		return err
	}
	defer stream.Close()
	t.piece("\n   ")
	text, pieces, early := "", 0, false
	var first time.Duration
	for chunk, err := range stream.Events() {
		if err != nil {
			t.piece("\n")
			return err
		}
		for _, c := range chunk.Choices {
			said := c.Delta.Content.Text()
			if said == "" {
				continue
			}
			if pieces == 0 {
				first, early = time.Since(started), w.stillWriting()
			}
			pieces++
			text += said
			t.piece(t.paint(bold, said))
		}
	}
	t.piece("\n\n")
	t.route(stream.Route())
	t.check(text == answer, "all of the answer came, in order")
	t.check(pieces > 10, "in %d pieces, over %s", pieces, time.Since(started).Round(10*time.Millisecond))
	t.check(early, "the first piece was here after %s, groq's failure included, while the upstream was still writing", first.Round(100*time.Microsecond))
	return nil
}

// stillWriting reports whether the upstream is in the middle of its newest reply.
func (w *world) stillWriting() bool {
	entries := w.sim.Ledger().Entries()
	return len(entries) > 0 && entries[len(entries)-1].Ended.IsZero()
}

// readLedger compares what the upstream saw with what the router said.
func readLedger(ctx context.Context, w *world, t *teller) error {
	want := []string{
		"groq one 200", "groq one 429", "groq two 200", "groq two 200",
		"groq two dropped", "openrouter main 200", "groq two dropped", "openrouter main 200",
	}
	ledger := w.sim.Ledger()
	if _, err := ledger.Wait(ctx, len(want), simulator.Ended()); err != nil {
		return err
	}
	var got []string
	for _, e := range ledger.Entries() {
		outcome := fmt.Sprint(e.Status)
		if e.Status == 0 {
			outcome = "dropped"
		}
		got = append(got, e.KeyLabel+" "+outcome)
		t.say("%s", t.paint(dim, fmt.Sprintf("%d  %-10s  %-15s  %-40s  %s", e.Seq, e.Dialect, e.KeyLabel, e.Model, outcome)))
	}
	t.check(slices.Equal(got, want), "%d calls arrived, exactly those the routes above tell of", len(want))
	return nil
}

// leaveNothing ends the world and looks for what is left of it.
func leaveNothing(ctx context.Context, w *world, t *teller) error {
	if err := w.close(ctx); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	gone := len(w.pids) >= 2
	for pid := range w.pids {
		gone = gone && !alive(pid)
	}
	t.check(gone, "%d plugin processes ran, and all are gone", len(w.pids))
	_, err := os.Stat(w.dir)
	t.check(errors.Is(err, os.ErrNotExist), "the temporary files are removed")
	return nil
}
