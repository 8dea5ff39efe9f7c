package sdk_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/aio-llm/aio/sdk"
)

func streamOf(t *testing.T, do func(*sdk.Sender) error) ([]sdk.Batch, error) {
	t.Helper()
	local := open(t, streamFake{fake{stream: func(_ context.Context, _ *sdk.Call, out *sdk.Sender) (*sdk.ReplyInfo, error) {
		return &sdk.ReplyInfo{}, do(out)
	}}})
	s, err := local.ChatStream(t.Context(), &sdk.Call{})
	if err != nil {
		t.Fatal(err)
	}
	var batches []sdk.Batch
	for {
		b, err := s.Recv()
		if err != nil {
			return batches, err
		}
		b.Chunks = bytes.Clone(b.Chunks)
		batches = append(batches, b)
		if b.End != nil {
			return batches, nil
		}
	}
}

// What is queued travels together, and nothing leaves before the first content.
func TestQueueBatchesAndHoldsBackTheRole(t *testing.T) {
	t.Parallel()
	batches, err := streamOf(t, func(out *sdk.Sender) error {
		for _, step := range []func() error{
			func() error { return out.Queue([]byte(role)) }, out.Flush,
			func() error { return out.Queue([]byte(hello)) },
			func() error { return out.Queue([]byte(lo)) }, out.Flush, out.Flush,
			func() error { return out.Queue([]byte(finished)) },
		} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(batches) != 2 {
		t.Fatalf("%d batches, want 2", len(batches))
	}
	if want := role + "\n" + hello + "\n" + lo + "\n"; string(batches[0].Chunks) != want || !batches[0].Content || batches[0].End != nil {
		t.Errorf("first batch %q", batches[0].Chunks)
	}
	if want := finished + "\n"; string(batches[1].Chunks) != want || batches[1].End == nil {
		t.Errorf("last batch %q", batches[1].Chunks)
	}
}

// One event larger than a message spans several, and arrives as it was.
func TestALargeEventSpansMessages(t *testing.T) {
	t.Parallel()
	big := `{"choices":[{"index":0,"delta":{"content":"` + strings.Repeat("x", 5<<20) + `"}}]}`
	batches, err := streamOf(t, func(out *sdk.Sender) error { return out.SendRaw([]byte(big)) })
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, b := range batches {
		all = append(all, b.Chunks...)
		if len(b.Chunks) > 1<<20 {
			t.Errorf("a message of %d bytes", len(b.Chunks))
		}
	}
	if !bytes.Equal(all, []byte(big+"\n")) || len(batches) < 5 {
		t.Errorf("%d bytes in %d batches", len(all), len(batches))
	}
}

// Line breaks between JSON tokens would cut a chunk in two.
func TestLineBreaksInAChunkBecomeSpaces(t *testing.T) {
	t.Parallel()
	batches, err := streamOf(t, func(out *sdk.Sender) error {
		return out.SendRaw([]byte("{\"choices\":\r\n[{\"index\":0,\n\"delta\":{\"content\":\"a\"}}]}"))
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := string(batches[0].Chunks); got != "{\"choices\":  [{\"index\":0, \"delta\":{\"content\":\"a\"}}]}\n" {
		t.Errorf("got %q", got)
	}
}

func TestAnEndlessEventIsRefused(t *testing.T) {
	t.Parallel()
	_, err := streamOf(t, func(out *sdk.Sender) error { return out.SendRaw(make([]byte, sdk.MaxBody+1)) })
	if sdk.KindOf(err) != sdk.KindBadReply {
		t.Errorf("got %v", err)
	}
}

// What was produced before an error reaches the caller before it.
func TestAnErrorComesAfterTheContent(t *testing.T) {
	t.Parallel()
	batches, err := streamOf(t, func(out *sdk.Sender) error {
		if err := out.Queue([]byte(hello)); err != nil {
			return err
		}
		return &sdk.Error{Kind: sdk.KindBrokenStream, Message: "cut"}
	})
	if sdk.KindOf(err) != sdk.KindBrokenStream || len(batches) != 1 || string(batches[0].Chunks) != hello+"\n" {
		t.Errorf("%v after %d batches", err, len(batches))
	}
}
