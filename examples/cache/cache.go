package main

import (
	"context"
	"crypto/sha256"
	"iter"
	"time"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// Cache answers equal requests with the reply of the first one, streamed or not. It keeps whole answers only:
// no error, no stream that broke or was left early, nothing cut at the token limit or by a filter.
//
// What is equal is decided by the whole request, its User included: a program whose users must not see each
// other's answers sets it. A cached answer is also one and the same sample, whatever the temperature.
type Cache struct {
	host  *host.Host
	store *store
}

// NewCache returns a cache around h that holds at most maxBytes of replies, each for ttl.
func NewCache(h *host.Host, maxBytes int, ttl time.Duration) *Cache {
	return &Cache{host: h, store: newStore(maxBytes, ttl)}
}

// Chat is host.Chat; hit says that nobody was called.
func (c *Cache) Chat(ctx context.Context, req *sdk.ChatRequest) (completion *sdk.ChatCompletion, hit bool, err error) {
	key, err := keyOf(req)
	if err != nil {
		return nil, false, err
	}
	if completion, ok := c.load(key); ok {
		return completion, true, nil
	}
	reply, err := c.host.Chat(ctx, req)
	if err != nil {
		return nil, false, err
	}
	if completion, err = reply.Completion(); err != nil {
		return nil, false, err
	}
	c.keep(key, completion)
	return completion, false, nil
}

// ChatStream is host.ChatStream and its Events; hit says that nobody was called. Range over the chunks, or the
// request stays open until ctx ends, and do not modify them.
func (c *Cache) ChatStream(ctx context.Context, req *sdk.ChatRequest) (chunks iter.Seq2[*sdk.ChatChunk, error], hit bool, err error) {
	key, err := keyOf(req)
	if err != nil {
		return nil, false, err
	}
	if completion, ok := c.load(key); ok {
		return replay(completion), true, nil
	}
	stream, err := c.host.ChatStream(ctx, req)
	if err != nil {
		return nil, false, err
	}
	return c.record(key, stream), false, nil
}

// record passes a stream on and keeps it if it comes to a proper end.
func (c *Cache) record(key [sha256.Size]byte, stream *host.Stream) iter.Seq2[*sdk.ChatChunk, error] {
	return func(yield func(*sdk.ChatChunk, error) bool) {
		var whole sdk.Accumulator
		for chunk, err := range stream.Events() {
			if err != nil {
				yield(nil, err)
				return
			}
			whole.Add(chunk)
			if !yield(chunk, nil) {
				return // leaving the loop cancels the request: nothing whole is left to keep
			}
		}
		c.keep(key, whole.Completion())
	}
}

func replay(completion *sdk.ChatCompletion) iter.Seq2[*sdk.ChatChunk, error] {
	return func(yield func(*sdk.ChatChunk, error) bool) {
		for _, chunk := range completion.Chunks() {
			if !yield(chunk, nil) {
				return
			}
		}
	}
}

// load decodes anew each time, so that no two callers share what they may change.
func (c *Cache) load(key [sha256.Size]byte) (*sdk.ChatCompletion, bool) {
	body, ok := c.store.get(key)
	if !ok {
		return nil, false
	}
	completion := new(sdk.ChatCompletion)
	return completion, completion.UnmarshalJSON(body) == nil
}

func (c *Cache) keep(key [sha256.Size]byte, completion *sdk.ChatCompletion) {
	if len(completion.Choices) == 0 {
		return
	}
	for _, choice := range completion.Choices {
		if choice.FinishReason != sdk.FinishStop {
			return
		}
	}
	if body, err := completion.MarshalJSON(); err == nil {
		c.store.put(key, body)
	}
}

// keyOf is the same for a request whether its answer is streamed or not.
func keyOf(req *sdk.ChatRequest) ([sha256.Size]byte, error) {
	r := *req
	r.Stream, r.StreamOptions = nil, nil
	body, err := r.MarshalJSON()
	return sha256.Sum256(body), err
}
