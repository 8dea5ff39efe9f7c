package sdk

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// EmbeddingRequest is the body of an OpenAI-shaped embeddings request.
type EmbeddingRequest struct {
	Model          string         `json:"model,omitzero"`
	Input          EmbeddingInput `json:"input"`
	Dimensions     *int64         `json:"dimensions,omitzero"`
	EncodingFormat string         `json:"encoding_format,omitzero"` // float or base64
	User           string         `json:"user,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// EmbeddingInput is what to embed: texts, or tokens as raw JSON. One text may be
// written as a bare string: the form that was read is the form that is written.
type EmbeddingInput struct {
	Texts []string
	Bare  bool           // written as a string; only with exactly one text
	Raw   jsontext.Value // token arrays and everything else; wins over Texts
}

// EmbedText returns the input of one text.
func EmbedText(text string) EmbeddingInput {
	return EmbeddingInput{Texts: []string{text}, Bare: true}
}

// EmbedTexts returns the input of several texts, answered by one vector each.
func EmbedTexts(texts ...string) EmbeddingInput { return EmbeddingInput{Texts: texts} }

// EmbeddingReply answers an [EmbeddingRequest].
type EmbeddingReply struct {
	ID     string      `json:"id,omitzero"`
	Object string      `json:"object,omitzero"`
	Data   []Embedding `json:"data"`
	Model  string      `json:"model,omitzero"`
	Usage  *Usage      `json:"usage,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// Embedding is one vector of a reply, kept as the upstream wrote it.
type Embedding struct {
	Object string         `json:"object,omitzero"`
	Index  int            `json:"index"`
	Vector jsontext.Value `json:"embedding"` // list of numbers, or base64 of little-endian float32

	Extra map[string]jsontext.Value `json:",embed"`
}

// Floats returns the vector's numbers from either form.
func (e *Embedding) Floats() ([]float64, error) {
	switch e.Vector.Kind() {
	case jsontext.KindBeginArray:
		var list []float64
		if err := json.Unmarshal(e.Vector, &list); err != nil {
			return nil, fmt.Errorf("embedding %d: %w", e.Index, err)
		}
		return list, nil
	case jsontext.KindString:
		return e.unpack()
	default:
		return nil, fmt.Errorf("embedding %d: want array or string, got %s", e.Index, kindName(e.Vector.Kind()))
	}
}

// unpack reads the base64 form.
func (e *Embedding) unpack() ([]float64, error) {
	var text string
	if err := json.Unmarshal(e.Vector, &text); err != nil {
		return nil, fmt.Errorf("embedding %d: %w", e.Index, err)
	}
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("embedding %d: %w", e.Index, err)
	}
	if len(packed)%4 != 0 {
		return nil, fmt.Errorf("embedding %d: %d bytes are no list of 32-bit numbers", e.Index, len(packed))
	}
	list := make([]float64, len(packed)/4)
	for i := range list {
		list[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(packed[4*i:])))
	}
	return list, nil
}

// FloatVector returns the vector of these numbers, as a list.
func FloatVector(numbers []float64) jsontext.Value { return rawJSON(numbers) }
