package openaicompat

import (
	"cmp"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
)

// facts are what a reply or a stream event says beside its content.
type facts struct {
	id, model, groqID string
	finish            string
	usage             *sdk.Usage
	// failed says that it is an error; choices how many choices there are, -1 when there is no such list.
	failed  bool
	choices int
}

// read takes the facts out of a whole reply or one event: valid JSON.
func read(data []byte) facts {
	f := facts{choices: -1}
	root := gjson.ParseBytes(data)
	if !root.IsObject() {
		f.failed = isError(root.Get("0.error")) // some wrap an error in a list
		return f
	}
	var inChoice *sdk.Usage
	root.ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "id":
			f.id = value.String()
		case "model":
			f.model = value.String()
		case "error":
			f.failed = f.failed || isError(value)
		case "usage":
			if u := usageOf(value); u != nil {
				f.usage = u
			}
		case "choices":
			f.readChoices(value, &inChoice)
		case "x_groq":
			f.groqID = value.Get("id").String()
			f.failed = f.failed || isError(value.Get("error"))
			if u := usageOf(value.Get("usage")); u != nil && f.usage == nil {
				f.usage = u
			}
		case "status_code":
			f.failed = f.failed || value.Int() >= 400
		}
		return true
	})
	if f.usage == nil {
		f.usage = inChoice
	}
	return f
}

func (f *facts) readChoices(list gjson.Result, usage **sdk.Usage) {
	if !list.IsArray() {
		return
	}
	f.choices = 0
	list.ForEach(func(_, choice gjson.Result) bool {
		f.choices++
		choice.ForEach(func(key, value gjson.Result) bool {
			switch key.Str {
			case "finish_reason":
				if f.finish == "" {
					f.finish = value.String()
				}
				f.failed = f.failed || value.Str == string(sdk.FinishError)
			case "error":
				f.failed = f.failed || isError(value)
			case "usage":
				if u := usageOf(value); u != nil {
					*usage = u
				}
			}
			return true
		})
		return true
	})
}

// isError tells an error from the `"error": null` some upstreams always send.
func isError(v gjson.Result) bool {
	switch v.Type {
	case gjson.Null, gjson.False:
		return false
	case gjson.String:
		return v.Str != ""
	default:
		return v.Raw != "{}"
	}
}

// errorIn returns the part of an event or reply that is its error, as a body of its own.
func errorIn(data []byte) []byte {
	root := gjson.ParseBytes(data)
	if isError(root.Get("error")) {
		return data
	}
	for _, path := range []string{"choices.#.error", "x_groq.error"} {
		found := root.Get(path)
		if found.IsArray() {
			found = found.Get("0")
		}
		if isError(found) {
			return []byte(`{"error":` + found.Raw + `}`)
		}
	}
	if root.Get(`choices.#(finish_reason=="error")`).Exists() {
		return []byte(`{"error":"the upstream ended the reply with an error it does not name"}`)
	}
	return data
}

// note adds what an event told to what is known of the reply.
func (f facts) note(info *sdk.ReplyInfo) {
	// Clones, since these are parts of the whole reply and would keep it in memory.
	if f.model != "" && f.model != info.Model {
		info.Model = strings.Clone(f.model)
	}
	if info.UpstreamRequestID == "" {
		if id := cmp.Or(f.groqID, f.id); id != "" {
			info.UpstreamRequestID = strings.Clone(id)
		}
	}
	if f.finish != "" && info.FinishReason == "" {
		info.FinishReason = strings.Clone(f.finish)
	}
	if f.usage != nil {
		info.Usage = f.usage
	}
}
