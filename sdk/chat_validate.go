package sdk

import (
	"math"
	"strconv"
	"strings"
)

// Validate refuses only what no provider can mean, and reports all of it as
// [RequestErrors]. Upper bounds, and which parameters go together, are the
// model's business.
func (r *ChatRequest) Validate() error {
	var errs RequestErrors
	errs.clean("", "model", r.Model)
	errs.clean("", "user", r.User)
	if len(r.Messages) == 0 {
		errs.add("messages", "there must be at least one message")
	}
	for i := range r.Messages {
		errs.message("messages["+strconv.Itoa(i)+"]", &r.Messages[i])
	}
	r.validateNumbers(&errs)
	for i := range r.Tools {
		errs.tool("tools["+strconv.Itoa(i)+"]", &r.Tools[i])
	}
	errs.clean("", "tool_choice", r.ToolChoice.Mode)
	if r.ToolChoice.Raw != nil && !r.ToolChoice.Raw.IsValid() {
		errs.add("tool_choice", "not JSON")
	}
	errs.format("response_format", r.ResponseFormat)
	if len(errs) == 0 {
		return nil
	}
	return errs
}

func (r *ChatRequest) validateNumbers(errs *RequestErrors) {
	errs.between("temperature", r.Temperature, 0, 2)
	errs.between("top_p", r.TopP, 0, 1)
	errs.between("presence_penalty", r.PresencePenalty, -math.MaxFloat64, math.MaxFloat64)
	errs.between("frequency_penalty", r.FrequencyPenalty, -math.MaxFloat64, math.MaxFloat64)
	for token, bias := range r.LogitBias {
		errs.between("logit_bias["+strconv.Quote(clip(token))+"]", &bias, -math.MaxFloat64, math.MaxFloat64)
	}
	errs.atLeast("top_k", r.TopK, 0)
	errs.atLeast("max_tokens", r.MaxTokens, 0)
	errs.atLeast("max_completion_tokens", r.MaxCompletionTokens, 0)
	errs.atLeast("n", r.N, 1)
	errs.atLeast("top_logprobs", r.TopLogprobs, 0)
	if r.Reasoning != nil {
		errs.atLeast("reasoning.max_tokens", r.Reasoning.MaxTokens, 0)
	}
}

func (e *RequestErrors) message(path string, m *Message) {
	switch m.Role {
	case RoleSystem, RoleDeveloper, RoleUser, RoleAssistant, RoleFunction:
	case RoleTool:
		if m.ToolCallID == "" {
			e.add(path+".tool_call_id", "missing: a tool message must name the call it answers")
		}
	case "":
		e.add(path+".role", "missing")
	default:
		e.add(path+".role", "%q is none of system, developer, user, assistant, tool, function", clip(string(m.Role)))
	}
	e.clean(path, ".name", m.Name)
	e.clean(path, ".tool_call_id", m.ToolCallID)
	if m.Content.IsParts() {
		for i := range m.Content.parts {
			e.part(path+".content["+strconv.Itoa(i)+"]", &m.Content.parts[i])
		}
	}
	for i := range m.ToolCalls {
		call, at := &m.ToolCalls[i], path+".tool_calls["+strconv.Itoa(i)+"]"
		e.clean(at, ".id", call.ID)
		e.clean(at, ".type", call.Type)
		e.clean(at, ".function.name", call.Function.Name)
	}
}

// part checks that a part has what its type is about, and nothing of another type.
func (e *RequestErrors) part(path string, p *Part) {
	if p.Type == "" {
		e.add(path+".type", "missing")
		return
	}
	e.clean(path, ".type", string(p.Type))
	for _, field := range []struct {
		of           PartType
		there, whole bool
	}{
		{PartText, p.Text != "", true},
		{PartRefusal, p.Refusal != "", true},
		{PartImageURL, p.ImageURL != nil, p.ImageURL != nil && p.ImageURL.URL != ""},
		{PartInputAudio, p.InputAudio != nil, p.InputAudio != nil && p.InputAudio.Data != ""},
		{PartVideoURL, p.VideoURL != nil, p.VideoURL != nil && p.VideoURL.URL != ""},
		{PartFile, p.File != nil, p.File != nil && (p.File.FileData != "" || p.File.FileID != "" || len(p.File.Extra) > 0)},
	} {
		switch {
		case field.of == p.Type && !field.whole:
			e.add(path+"."+string(field.of), "missing or empty")
		case field.of != p.Type && field.there:
			e.add(path+"."+string(field.of), "does not belong in a part of type %q", clip(string(p.Type)))
		}
	}
}

func (e *RequestErrors) tool(path string, t *Tool) {
	e.clean(path, ".type", t.Type)
	switch {
	case t.Type == "":
		e.add(path+".type", "missing")
	case t.Type != ToolFunction:
	case t.Function == nil || t.Function.Name == "":
		e.add(path+".function.name", "missing")
	default:
		e.clean(path, ".function.name", t.Function.Name)
		if p := t.Function.Parameters; p != nil && !p.IsValid() {
			e.add(path+".function.parameters", "not JSON")
		}
	}
}

func (e *RequestErrors) format(path string, f *ResponseFormat) {
	switch {
	case f == nil:
	case f.Type == "":
		e.add(path+".type", "missing")
	case f.Type == "json_schema" && f.JSONSchema == nil:
		e.add(path+".json_schema", "missing")
	case f.JSONSchema != nil && f.JSONSchema.Schema != nil && !f.JSONSchema.Schema.IsValid():
		e.add(path+".json_schema.schema", "not JSON")
	}
}

// clean refuses what could break out of a header, a log line or a C string.
func (e *RequestErrors) clean(path, member, s string) {
	if strings.ContainsAny(s, "\r\n\x00") {
		e.add(path+member, "must not contain a line break or a NUL")
	}
}

func (e *RequestErrors) atLeast(path string, n *int64, least int64) {
	if n != nil && *n < least {
		e.add(path, "must be %d or more, is %d", least, *n)
	}
}

func (e *RequestErrors) between(path string, f *float64, low, high float64) {
	switch {
	case f == nil || (*f >= low && *f <= high): // never true of NaN
	case high == math.MaxFloat64:
		e.add(path, "must be a number, is %v", *f)
	default:
		e.add(path, "must be between %v and %v, is %v", low, high, *f)
	}
}
