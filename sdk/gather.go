package sdk

import (
	"bytes"

	"github.com/go-json-experiment/json"

	"github.com/aio-llm/aio/sdk/internal/pb"
)

// gatherer puts a stream's messages back together into one completion.
type gatherer struct {
	acc     Accumulator
	partial []byte
}

func (g *gatherer) take(msg *pb.ChatStreamResponse) error {
	data := msg.GetChunks()
	for len(data) > 0 {
		line, rest, whole := bytes.Cut(data, []byte{'\n'})
		if !whole {
			g.partial = append(g.partial, line...)
			return nil
		}
		if len(g.partial) > 0 {
			line = append(g.partial, line...)
			g.partial = nil
		}
		var chunk ChatChunk
		if err := json.Unmarshal(line, &chunk); err != nil {
			return Errorf(KindBadReply, "decode chunk: %w", err)
		}
		g.acc.Add(&chunk)
		data = rest
	}
	return nil
}
