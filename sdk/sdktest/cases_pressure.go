package sdktest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// pressureCases are about what a plugin holds while others are slower than it.
func pressureCases() []Case {
	return []Case{
		{
			Name:   "pressure/slow-reader",
			Expect: "while nobody reads a large stream, the upstream is not read on; then all of it arrives",
			Why:    "what is read ahead of a slow client is memory, and there are many clients",
			Run:    slowReader,
		},
		{
			Name:   "pressure/one-connection",
			Expect: "a hundred calls one after the other, unary and then streamed, use one upstream connection",
			Why:    "a connection a call is a handshake a call, and runs out of ports under load",
			Last:   true, // the quieter the machine, the better
			Run:    oneConnection,
		},
	}
}

const (
	// The stream is larger than anything between simulator and reader may hold: sockets on one machine buffer
	// 4 MB and more, gRPC its windows, the plugin an event or two; about 5.5 MB were seen.
	pourEvent = 512 << 10
	pourTimes = 32
	pourAhead = 12 << 20
	// settled is how long the upstream must have sent nothing to be taken for stopped. On a slow machine that
	// can be wrong, which makes the case milder and never fails it.
	settled = 300 * time.Millisecond
)

func slowReader(ctx context.Context, b *Bench) error {
	if err := b.Script(simulator.Fault{Kind: simulator.FaultHugeLine, Size: pourEvent, Times: pourTimes, After: 1}); err != nil {
		return err
	}
	stream, err := b.Client.ChatStream(ctx, b.Call(ask(hello)))
	if err != nil {
		b.counted(err)
		return b.inspectError(err)
	}
	first, err := stream.Recv()
	if err != nil {
		b.counted(err)
		return fmt.Errorf("the first chunk: %w", b.inspectError(err))
	}
	ahead, err := b.stopped(ctx)
	if err != nil {
		return err
	}
	got, err := poured(stream, first)
	b.counted(err)
	return errors.Join(b.inspectError(err),
		check(ahead <= pourAhead, "%d bytes were read from the upstream while the caller read nothing, want at most %d", ahead, pourAhead),
		equal("the bytes of content", got, pourEvent*pourTimes),
	)
}

// stopped waits until the upstream sends no more, or too much, and returns how much it has sent.
func (b *Bench) stopped(ctx context.Context) (int64, error) {
	var sent int64
	for {
		waiting, cancel := context.WithTimeout(ctx, settled)
		before := sent
		err := b.Ledger().WaitFor(waiting, func(entries []simulator.Entry) bool {
			sent = entries[0].BytesOut
			return sent > before
		})
		cancel()
		switch {
		case ctx.Err() != nil:
			return sent, fmt.Errorf("waiting for the upstream to stop: %w", ctx.Err())
		case err != nil && sent > 0 || sent > pourAhead:
			return sent, nil
		}
	}
}

// poured reads a stream to its end and counts the filler in its content, without keeping it.
func poured(stream *sdk.ClientStream, batch sdk.Batch) (int, error) {
	filler, run := 0, 0
	for {
		for _, c := range batch.Chunks {
			if c == 'x' {
				run++
				continue
			}
			if run > 1 { // one alone is a letter of a word
				filler += run
			}
			run = 0
		}
		if batch.End != nil {
			return filler, nil
		}
		var err error
		if batch, err = stream.Recv(); err != nil {
			return filler, err
		}
	}
}

// oneConnection tries up to three times. net/http gives a connection up when 50 ms after a reply its own
// goroutine has not told that the request was written, which happens on a machine that is starved; a plugin
// that does not reuse its connections never succeeds.
func oneConnection(ctx context.Context, b *Bench) error {
	const rounds = 3
	var err error
	for range rounds {
		if err = b.hundredCalls(ctx); err == nil {
			return nil
		}
	}
	return err
}

func (b *Bench) hundredCalls(ctx context.Context) error {
	const half = 50
	// An instance of its own, whose first connection this is.
	if err := b.At(ctx, b.session.baseURL()); err != nil {
		return err
	}
	before := b.Ledger().Len()
	for n := range half {
		if _, err := b.Chat(ctx, b.Call(ask(hello))); err != nil {
			return fmt.Errorf("call %d: %w", n+1, err)
		}
	}
	for n := range half {
		if t := b.Stream(ctx, b.Call(ask(hello))); t.Err != nil {
			return fmt.Errorf("stream %d: %w", n+1, t.Err)
		}
	}
	connections := map[int64]bool{}
	changes := ""
	calls := b.Ledger().Entries()[before:]
	for i, e := range calls {
		if !connections[e.ConnID] && i > 0 {
			changes += fmt.Sprintf(" %d", i+1)
		}
		connections[e.ConnID] = true
	}
	return errors.Join(
		equal("calls", len(calls), 2*half),
		check(len(connections) == 1, "%d connections were used; another one from calls%s on (streamed after %d)", len(connections), changes, half),
	)
}
