package sdk

// Chunks cuts a whole reply into the chunks of a stream, so that a provider
// without streaming can be streamed: for each choice its role, its reasoning,
// its content, its tool calls and its end; last the usage, with no choices. An
// [Accumulator] puts them back together.
func (c *ChatCompletion) Chunks() []*ChatChunk {
	var out []*ChatChunk
	for i := range c.Choices {
		for _, piece := range c.Choices[i].pieces() {
			out = append(out, c.chunk(piece))
		}
	}
	if c.Usage != nil || c.Extra != nil || len(c.Choices) == 0 {
		end := c.chunk()
		end.Usage, end.Extra = c.Usage, c.Extra
		out = append(out, end)
	}
	return out
}

func (c *ChatCompletion) chunk(choices ...ChunkChoice) *ChatChunk {
	if choices == nil {
		choices = []ChunkChoice{}
	}
	return &ChatChunk{
		ID: c.ID, Object: ObjectChunk, Created: c.Created, Model: c.Model, Choices: choices,
		SystemFingerprint: c.SystemFingerprint, ServiceTier: c.ServiceTier, Provider: c.Provider,
	}
}

// pieces cuts one choice up: one kind of content to a piece, since readers of a
// stream expect no more than one at a time.
func (c *Choice) pieces() []ChunkChoice {
	m := &c.Message
	var out []ChunkChoice
	add := func(there bool, delta Delta) {
		if there {
			out = append(out, ChunkChoice{Index: c.Index, Delta: delta})
		}
	}
	opening := m.Content
	if m.Content.IsText() {
		opening = TextContent("")
	} else if m.Content.IsParts() {
		opening = Content{}
	}
	add(true, Delta{Role: m.Role, Name: m.Name, ToolCallID: m.ToolCallID, Content: opening})
	add(m.Reasoning != "" || m.ReasoningContent != "" || m.ReasoningDetails != nil, Delta{
		Reasoning: m.Reasoning, ReasoningContent: m.ReasoningContent, ReasoningDetails: m.ReasoningDetails,
	})
	add(m.Refusal != "", Delta{Refusal: m.Refusal})
	add(m.Content.IsParts() || m.Content.text != "", Delta{Content: m.Content})
	add(m.Audio != nil, Delta{Audio: m.Audio})
	add(m.Images != nil, Delta{Images: m.Images})
	for i, call := range m.ToolCalls {
		call.Index = &i
		add(true, Delta{ToolCalls: []ToolCall{call}})
	}
	add(m.Annotations != nil || m.Extra != nil, Delta{Annotations: m.Annotations, Extra: m.Extra})
	return append(out, ChunkChoice{
		Index: c.Index, FinishReason: c.FinishReason, NativeFinishReason: c.NativeFinishReason,
		Logprobs: c.Logprobs, Extra: c.Extra,
	})
}
