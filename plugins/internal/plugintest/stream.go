package plugintest

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
)

// Stream makes a streamed call and returns what it delivered, a chunk a line, and how it ended; info is nil
// unless it ended well.
func Stream(ctx context.Context, c *sdk.Client, call *sdk.Call) (chunks string, info *sdk.ReplyInfo, err error) {
	s, err := c.ChatStream(ctx, call)
	for err == nil {
		var batch sdk.Batch
		if batch, err = s.Recv(); err == nil {
			chunks += string(batch.Chunks)
			info = batch.End
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return chunks, info, err
}

// Text puts a stream's words together.
func Text(chunks string) string {
	var b strings.Builder
	for line := range strings.Lines(chunks) {
		b.WriteString(gjson.Get(line, "choices.0.delta.content").String())
	}
	return b.String()
}

// Paths are those of the members that were not passed on as they came, in one line.
func Paths(dropped []sdk.Dropped) string {
	var paths []string
	for _, d := range dropped {
		paths = append(paths, d.Path)
	}
	return strings.Join(paths, " ")
}
