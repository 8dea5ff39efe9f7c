package host

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/host/internal/route"
	"github.com/aio-llm/aio/sdk"
)

// request is what the host reads out of a body without decoding it: what routing needs, and the mistakes
// that no upstream could make sense of.
type request struct {
	id    string
	model string
	body  []byte
	needs route.Needs
	// prompt is a low guess of the prompt's tokens.
	prompt int64
	// stream asks for a stream; capability is what the plugin must have announced, empty for chat.
	stream     bool
	capability sdk.Capability
}

func (r *request) operation() string {
	switch r.capability {
	case sdk.CapabilityEmbeddings:
		return OperationEmbeddings
	case sdk.CapabilityTokens:
		return OperationTokens
	default:
		return OperationChat
	}
}

// mostTokens is more than any model's window, and far from overflowing.
const mostTokens = 1 << 40

// inspectChat reads a chat-completions body.
func inspectChat(body []byte) (request, error) {
	r, root, err := inspect(body)
	if err != nil {
		return r, err
	}
	var messages, format gjson.Result
	var wanted int64
	root.ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "messages":
			messages = value
		case "tools", "functions":
			if value.IsArray() && value.Get("0").Exists() {
				r.need("tools")
			}
		case "response_format":
			format = value
		case "max_tokens", "max_completion_tokens":
			wanted = max(wanted, min(value.Int(), mostTokens))
		}
		return true
	})
	if !messages.IsArray() {
		return r, badRequest("messages", `"messages" must be a list of messages, got %s`, typeName(messages))
	}
	var count int
	var chars int64
	messages.ForEach(func(_, message gjson.Result) bool {
		count++
		content := message.Get("content")
		if content.Type == gjson.String {
			chars += int64(len(content.Raw))
			return true
		}
		content.ForEach(func(_, part gjson.Result) bool {
			kind := part.Get("type").Str
			if kind == "text" {
				chars += int64(len(part.Get("text").Raw))
			} else if f := featureOf(kind); f != "" {
				r.need(f)
			}
			return true
		})
		return true
	})
	if count == 0 {
		return r, badRequest("messages", `"messages" is empty: give at least one message`)
	}
	if format.Get("type").Str == "json_schema" {
		r.need("json_schema")
	}
	// Four characters a token is what English text averages; a target is only dropped when even this low
	// guess does not fit.
	r.prompt = chars / 4
	r.needs.Tokens = r.prompt + wanted
	return r, nil
}

// inspect reads what chat and embeddings have in common.
func inspect(body []byte) (request, gjson.Result, error) {
	r := request{body: body}
	if len(body) > sdk.MaxBody {
		return r, gjson.Result{}, &Error{
			Kind: sdk.KindBadRequest, Code: CodeBodyTooLarge,
			Message: fmt.Sprintf("request body of %d bytes is larger than %d", len(body), sdk.MaxBody),
		}
	}
	if !sdk.ValidJSON(body) {
		return r, gjson.Result{}, badRequest("", "request body is not valid JSON, or nested deeper than 10,000 levels")
	}
	// A view, not a copy: the body is not changed while the request lives.
	root := gjson.Parse(unsafe.String(unsafe.SliceData(body), len(body)))
	if !root.IsObject() {
		return r, root, badRequest("", "request body must be a JSON object, got %s", typeName(root))
	}
	model := root.Get("model")
	if model.Exists() && model.Type != gjson.String && model.Type != gjson.Null {
		return r, root, badRequest("model", `"model" must be a string, got %s`, typeName(model))
	}
	r.model = strings.Clone(model.Str)
	return r, root, checkName("model", r.model)
}

// checkName refuses what would forge a header or a log line.
func checkName(param, value string) error {
	if len(value) > 512 {
		return badRequest(param, "%s is longer than 512 bytes", param)
	}
	if !utf8.ValidString(value) {
		return badRequest(param, "%s is not valid UTF-8", param)
	}
	if i := strings.IndexFunc(value, unicode.IsControl); i >= 0 {
		return badRequest(param, "%s has a control character at byte %d", param, i)
	}
	return nil
}

func (r *request) need(feature string) {
	if !slices.Contains(r.needs.Features, feature) {
		r.needs.Features = append(r.needs.Features, feature)
	}
}

// featureOf maps a content part's type to the model feature it needs.
func featureOf(part string) string {
	switch part {
	case "image_url":
		return "vision"
	case "input_audio":
		return "audio"
	case "video_url":
		return "video"
	case "file":
		return "files"
	default:
		return ""
	}
}

func typeName(v gjson.Result) string {
	switch {
	case !v.Exists():
		return "nothing"
	case v.IsArray():
		return "a list"
	case v.IsObject():
		return "an object"
	default:
		return strings.ToLower(v.Type.String())
	}
}
