package simulator

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"
)

// shape is where a dialect's replies, whole or in chunks, have what faults change.
type shape struct {
	choices string                   // the list of answers
	finish  string                   // the finish reason of an answer
	absent  bool                     // what is not there is left out, not null
	usage   []string                 // places of usage; the first is the usual one
	message []string                 // what an answer says, the first of these that is there
	says    func(text string) string // a message of that text
	empty   string                   // a chunk, for want of another
}

// openaiShape is common to the OpenAI-shaped providers.
func openaiShape() shape {
	return shape{
		choices: "choices", finish: "finish_reason", usage: []string{"usage", "x_groq.usage"}, message: []string{"message", "delta"},
		says:  func(text string) string { return `{"role":"assistant","content":"` + text + `"}` },
		empty: `{"object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":null}]}`,
	}
}

// geminiShape is that of generateContent's replies.
func geminiShape() shape {
	return shape{
		choices: "candidates", finish: "finishReason", absent: true, usage: []string{"usageMetadata"}, message: []string{"content"},
		says:  func(text string) string { return `{"parts":[{"text":"` + text + `"}],"role":"model"}` },
		empty: `{"candidates":[{"content":{},"index":0}]}`,
	}
}

func (s shape) emptyChoices(data []byte) []byte { return setRaw(data, s.choices, "[]") }

func (s shape) noFinish(data []byte) []byte {
	for i := range gjson.GetBytes(data, s.choices+".#").Int() {
		path := s.choices + "." + strconv.FormatInt(i, 10) + "." + s.finish
		if s.absent {
			data, _ = sjson.DeleteBytes(data, path)
			continue
		}
		data = setRaw(data, path, "null")
	}
	return data
}

func (s shape) noUsage(data []byte) []byte {
	for _, path := range s.usage {
		if gjson.GetBytes(data, path).Exists() {
			data, _ = sjson.DeleteBytes(data, path)
		}
	}
	return data
}

// floatUsage writes token counts as floats, 3 as 3.0.
func (s shape) floatUsage(data []byte) []byte {
	for _, path := range s.usage {
		for key, v := range gjson.GetBytes(data, path).Map() {
			if v.Type == gjson.Number && !strings.ContainsAny(v.Raw, ".eE") {
				data = setRaw(data, path+"."+key, v.Raw+".0")
			}
		}
	}
	return data
}

// huge is a chunk like the next one, with size bytes of content.
func (s shape) huge(next event, size int) event {
	const mark = "@@"
	data := next.data
	if !gjson.ValidBytes(data) {
		data = []byte(s.empty)
	}
	path := s.message[len(s.message)-1]
	for _, name := range s.message {
		if gjson.GetBytes(data, s.choices+".0."+name).Exists() {
			path = name
			break
		}
	}
	data = setRaw(data, s.choices+".0."+path, s.says(mark))
	before, after, _ := bytes.Cut(data, []byte(mark))
	return event{kind: eventFill, data: before, tail: after, size: size, content: true}
}
