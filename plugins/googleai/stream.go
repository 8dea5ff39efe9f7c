package googleai

import (
	"errors"
	"iter"
	"slices"

	"google.golang.org/genai"

	"github.com/aio-llm/aio/sdk"
)

// stream is a streamed reply on its way through.
type stream struct {
	*reply
	out     *sdk.Sender
	choices []*streamed
}

// streamed is one candidate so far.
type streamed struct {
	index   int
	calls   calls
	content bool
	ended   bool
}

// run passes on what genai yields, and judges how it ended.
func (s *stream) run(chunks iter.Seq2[*genai.GenerateContentResponse, error], includeUsage bool) error {
	next, stop := iter.Pull2(chunks)
	defer stop()
	for {
		resp, err := guarded(s.wire, func() (*genai.GenerateContentResponse, error) {
			resp, err, _ := next()
			return resp, err
		})
		if err != nil {
			return err
		}
		if resp == nil {
			return s.end(includeUsage)
		}
		if err := s.take(resp); err != nil {
			return err
		}
	}
}

// take passes one event on.
func (s *stream) take(resp *genai.GenerateContentResponse) error {
	s.note(resp)
	if err := s.blocked(resp.PromptFeedback); err != nil && len(resp.Candidates) == 0 {
		return err
	}
	for i, c := range resp.Candidates {
		if c == nil {
			return s.wire.strange()
		}
		if err := s.candidate(i, c); err != nil {
			return err
		}
	}
	return nil
}

func (s *stream) candidate(i int, c *genai.Candidate) error {
	to := s.choice(int(c.Index))
	if to == nil {
		to = &streamed{index: int(c.Index)}
		s.choices = append(s.choices, to)
		if err := s.send(to, sdk.Delta{Role: sdk.RoleAssistant, Content: sdk.TextContent("")}); err != nil {
			return err
		}
	}
	said := s.read(i, c, &to.calls)
	to.content = to.content || said.any()
	if err := s.deltas(to, said); err != nil {
		return err
	}
	if l := logprobsOf(c.LogprobsResult); l != nil {
		if err := s.queue(nil, sdk.ChunkChoice{Index: to.index, Logprobs: l}); err != nil {
			return err
		}
	}
	if c.FinishReason == "" || to.ended {
		return nil
	}
	finish, err := s.finishOf(c.FinishReason, said.message, to.calls.count > 0, to.content)
	if err != nil {
		return err
	}
	to.ended = true
	if to.index == 0 || s.finish == "" {
		s.finish = finish
	}
	return s.queue(nil, sdk.ChunkChoice{Index: to.index, FinishReason: finish, NativeFinishReason: string(c.FinishReason)})
}

func (s *stream) choice(index int) *streamed {
	if i := slices.IndexFunc(s.choices, func(c *streamed) bool { return c.index == index }); i >= 0 {
		return s.choices[i]
	}
	return nil
}

// deltas cuts what a chunk says into one kind of content at a time, since readers expect no more.
func (s *stream) deltas(to *streamed, said said) error {
	var out []sdk.Delta
	if said.thoughts != "" {
		out = append(out, sdk.Delta{Reasoning: said.thoughts})
	}
	if said.content != "" {
		out = append(out, sdk.Delta{Content: sdk.TextContent(said.content)})
	}
	if said.audio != nil {
		out = append(out, sdk.Delta{Audio: said.audio})
	}
	if len(said.images) > 0 {
		out = append(out, sdk.Delta{Images: said.images})
	}
	first := to.calls.count - len(said.calls)
	for i, call := range said.calls {
		call.Index = sdk.Ptr(first + i)
		out = append(out, sdk.Delta{ToolCalls: []sdk.ToolCall{call}})
	}
	if extra := said.extra(); extra != nil {
		out = append(out, sdk.Delta{Extra: extra})
	}
	for _, d := range out {
		if err := s.send(to, d); err != nil {
			return err
		}
	}
	return nil
}

func (s *stream) send(to *streamed, d sdk.Delta) error {
	return s.queue(nil, sdk.ChunkChoice{Index: to.index, Delta: d})
}

// queue writes a chunk. It leaves with the next wait for the upstream, or at the end.
func (s *stream) queue(usage *sdk.Usage, choices ...sdk.ChunkChoice) error {
	if choices == nil {
		choices = []sdk.ChunkChoice{}
	}
	chunk := sdk.ChatChunk{ID: s.id, Object: sdk.ObjectChunk, Created: s.created, Model: s.model, Choices: choices, Usage: usage}
	raw, err := chunk.MarshalJSON()
	if err != nil {
		return sdk.Errorf(sdk.KindInternal, "encode chunk: %w", err)
	}
	return s.out.Queue(raw)
}

// end judges a stream that has ended: it is complete when every candidate gave a finish reason.
func (s *stream) end(includeUsage bool) error {
	switch {
	case len(s.choices) == 0:
		return s.wire.last().Bad("the stream has no candidates")
	case slices.ContainsFunc(s.choices, func(c *streamed) bool { return !c.ended }):
		return s.wire.last().Broken("the stream ended without a finish reason")
	case includeUsage && s.usage != nil:
		return s.queue(s.usage)
	}
	return nil
}

// blame adds to an error what is known of the reply that failed.
func (s *stream) blame(err error) error {
	var e *sdk.Error
	if !errors.As(err, &e) || !s.noted {
		return err
	}
	told := *e
	if told.Usage == nil {
		told.Usage = s.usage
	}
	if told.UpstreamRequestID == "" {
		told.UpstreamRequestID = s.id
	}
	return &told
}
