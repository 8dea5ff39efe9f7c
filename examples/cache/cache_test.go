package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// upstream counts its calls and does what the prompt says: fail, break, be cut off, or answer.
type upstream struct{ calls atomic.Int64 }

func (u *upstream) ChatStream(_ context.Context, call *sdk.Call, out *sdk.Sender) (*sdk.ReplyInfo, error) {
	u.calls.Add(1)
	req, err := call.ChatRequest()
	if err != nil {
		return nil, err
	}
	prompt, finish := req.Messages[0].Content.Text(), "stop"
	if prompt == "fail" {
		return nil, sdk.Errorf(sdk.KindBadRequest, "told to")
	}
	if prompt == "long" {
		finish = "length"
	}
	for _, piece := range []string{"a", "b", "c"} {
		if err := out.SendRaw([]byte(`{"choices":[{"index":0,"delta":{"content":"` + piece + `"}}]}`)); err != nil {
			return nil, err
		}
	}
	if prompt == "break" {
		return nil, sdk.Errorf(sdk.KindBrokenStream, "told to")
	}
	end := `{"choices":[{"index":0,"delta":{},"finish_reason":"` + finish + `"}]}`
	return &sdk.ReplyInfo{FinishReason: finish}, out.SendRaw([]byte(end))
}

func newCache(t *testing.T) (*Cache, *upstream) {
	t.Helper()
	u := new(upstream)
	plugin := sdk.Plugin{Name: "fake", Version: "1", Open: func(context.Context, sdk.Setup) (sdk.Provider, error) { return u, nil }}
	h, err := host.New(t.Context(), host.Config{Providers: []host.Provider{{Name: "fake", Models: []host.Model{{Name: "m"}}, Local: &plugin}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return NewCache(h, 1<<20, time.Hour), u
}

// read reads a stream, or leaves it after some chunks.
func read(t *testing.T, c *Cache, req *sdk.ChatRequest, leaveAfter int) (text string, hit bool, err error) {
	t.Helper()
	chunks, hit, err := c.ChatStream(t.Context(), req)
	if err != nil {
		return "", hit, err
	}
	n := 0
	for chunk, err := range chunks {
		if err != nil {
			return text, hit, err
		}
		for _, choice := range chunk.Choices {
			text += choice.Delta.Content.Text()
		}
		if n++; n == leaveAfter {
			break
		}
	}
	return text, hit, nil
}

func request(prompt string) *sdk.ChatRequest {
	return &sdk.ChatRequest{Model: "fake/m", Messages: []sdk.Message{sdk.User(prompt)}}
}

func TestWholeAnswersAreKept(t *testing.T) {
	t.Parallel()
	c, u := newCache(t)
	for i, want := range []bool{false, true, true} {
		text, hit, err := read(t, c, request("x"), 0)
		if err != nil || text != "abc" || hit != want {
			t.Errorf("stream %d: %q, hit %v, %v", i, text, hit, err)
		}
	}
	completion, hit, err := c.Chat(t.Context(), request("x"))
	if err != nil || completion.Text() != "abc" || !hit {
		t.Errorf("whole: %+v, hit %v, %v", completion, hit, err)
	}
	completion.Choices[0].Message.Content = sdk.TextContent("changed by its caller")
	if text, _, _ := read(t, c, request("x"), 0); text != "abc" {
		t.Errorf("callers share an answer: %q", text)
	}
	streamed := request("x")
	streamed.Stream = sdk.Ptr(true)
	if _, hit, _ := c.Chat(t.Context(), streamed); !hit {
		t.Error("stream: true is another request")
	}
	if n := u.calls.Load(); n != 1 {
		t.Errorf("%d calls", n)
	}
}

func TestOthersAnswersAreNot(t *testing.T) {
	t.Parallel()
	c, u := newCache(t)
	changed := []func(*sdk.ChatRequest){
		func(*sdk.ChatRequest) {},
		func(r *sdk.ChatRequest) { r.User = "somebody" },
		func(r *sdk.ChatRequest) { r.Temperature = sdk.Ptr(0.0) },
		func(r *sdk.ChatRequest) { r.Messages = append(r.Messages, sdk.User("y")) },
	}
	for _, change := range changed {
		r := request("x")
		change(r)
		if _, hit, err := c.Chat(t.Context(), r); hit || err != nil {
			t.Errorf("%+v: hit %v, %v", r, hit, err)
		}
	}
	if n := u.calls.Load(); n != int64(len(changed)) {
		t.Errorf("%d calls", n)
	}
}

func TestWhatIsNotWholeIsNotKept(t *testing.T) {
	t.Parallel()
	c, u := newCache(t)
	for range 2 {
		if _, _, err := c.Chat(t.Context(), request("fail")); host.KindOf(err) != sdk.KindBadRequest {
			t.Error(err)
		}
		if _, _, err := read(t, c, request("fail"), 0); host.KindOf(err) != sdk.KindBadRequest {
			t.Error(err)
		}
		if _, _, err := read(t, c, request("break"), 0); host.KindOf(err) != sdk.KindBrokenStream {
			t.Error(err)
		}
		if _, hit, err := read(t, c, request("left"), 1); hit || err != nil {
			t.Error(hit, err)
		}
		if _, hit, err := read(t, c, request("long"), 0); hit || err != nil {
			t.Error(hit, err)
		}
	}
	if n := u.calls.Load(); n != 10 {
		t.Errorf("%d calls, want one for each request", n)
	}
	var e *host.Error
	if _, _, err := c.Chat(t.Context(), request("fail")); !errors.As(err, &e) {
		t.Errorf("the host's error is lost: %v", err)
	}
}

func TestStoreIsBounded(t *testing.T) {
	t.Parallel()
	s := newStore(10, time.Hour)
	key := func(name string) [sha256.Size]byte { return sha256.Sum256([]byte(name)) }
	s.put(key("a"), []byte("1234"))
	s.put(key("b"), []byte("1234"))
	s.get(key("a"))
	s.put(key("c"), []byte("1234"))           // b was used longest ago
	s.put(key("d"), []byte("larger than 10")) // never kept
	s.put(key("c"), []byte("12"))
	for name, want := range map[string]bool{"a": true, "b": false, "c": true, "d": false} {
		if _, ok := s.get(key(name)); ok != want {
			t.Errorf("%s: %v", name, ok)
		}
	}
	if s.size != 6 || len(s.entries) != 2 || s.recent.Len() != 2 {
		t.Errorf("size %d, %d entries, %d in order", s.size, len(s.entries), s.recent.Len())
	}
}

func TestEntriesExpire(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStore(10, time.Minute)
		key := sha256.Sum256([]byte("a"))
		s.put(key, []byte("x"))
		time.Sleep(time.Minute - time.Nanosecond)
		if _, ok := s.get(key); !ok {
			t.Error("gone too early")
		}
		time.Sleep(time.Nanosecond)
		if _, ok := s.get(key); ok || s.size != 0 {
			t.Error("kept too long")
		}
	})
}
