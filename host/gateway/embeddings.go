package gateway

import (
	"encoding/base64"
	"encoding/binary"
	"math"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/host"
)

// embeddings answers POST /v1/embeddings.
func (x *exchange) embeddings() *failure {
	return x.ask(func(h *host.Host, body []byte) *failure {
		reply, err := call(x, func(id host.CallOption) (*host.Reply, error) { return h.EmbedJSON(x.r.Context(), body, id) })
		if err != nil {
			return failed(err)
		}
		out := reply.Body
		if x.asked.base64 {
			out = packed(out)
		}
		x.reply(reply, out)
		return nil
	})
}

// packed is an embeddings reply with its vectors in base64, little-endian 32-bit floats. Clients that asked for
// that decode what they get unseen, and some upstreams send numbers all the same. A reply without any is
// returned as it is.
func packed(body []byte) []byte {
	out := make([]byte, 0, len(body))
	copied := 0
	gjson.GetBytes(body, "data").ForEach(func(_, entry gjson.Result) bool {
		vector := entry.Get("embedding")
		if !vector.IsArray() {
			return true
		}
		at := vector.Index
		out = append(out, body[copied:at]...)
		out = append(out, '"')
		out = base64.StdEncoding.AppendEncode(out, floats(vector))
		out = append(out, '"')
		copied = at + len(vector.Raw)
		return true
	})
	if copied == 0 {
		return body
	}
	return append(out, body[copied:]...)
}

func floats(vector gjson.Result) []byte {
	out := make([]byte, 0, len(vector.Raw)/2)
	vector.ForEach(func(_, v gjson.Result) bool {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(float32(v.Num)))
		return true
	})
	return out
}
