package sdk

// Chunks cuts a whole reply into the chunks of a stream.
func (c *ChatCompletion) Chunks() []*ChatChunk { return nil }
