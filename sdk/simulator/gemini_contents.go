package simulator

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
)

// skipSignature is what Google documents for calls that Gemini did not make. It counts as it is; in base64 it
// is a corrupted signature (as observed).
const skipSignature = "skip_thought_signature_validator"

// signatureOf is what stands for a thought's signature: opaque to clients, good for one model only.
func signatureOf(model, about string) string {
	return base64.StdEncoding.EncodeToString([]byte("thought of " + model + " about " + about + "?>~"))
}

// contents reads the conversation into turns.
func (r *geminiReader) contents() *apiError {
	if system, ok := r.req.obj("systemInstruction"); ok {
		parts, _ := system.list("parts")
		for i, item := range parts {
			p, _ := asObject(item)
			text, ok := p.str("text")
			if !ok {
				return violation(fmt.Sprintf("system_instruction.parts[%d]", i), "system_instruction is text only")
			}
			r.out.messages = append(r.out.messages, turn{role: "system", text: text})
		}
	}
	list, _ := r.req.list("contents")
	if len(list) == 0 {
		return violation("contents", "contents is not specified")
	}
	waiting := 0 // function calls of the content before
	for i, item := range list {
		c, _ := asObject(item)
		at := fmt.Sprintf("contents[%d]", i)
		calls, e := r.content(at, c, waiting)
		if e != nil {
			return e
		}
		waiting = calls
	}
	return nil
}

const unequalResults = "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn."

// content reads one content and counts its function calls.
func (r *geminiReader) content(at string, c object, waiting int) (int, *apiError) {
	role, _ := c.str("role")
	if role != "" && role != "user" && role != "model" {
		return 0, argument("Please use a valid role: user, model.")
	}
	parts, _ := c.list("parts")
	if len(parts) == 0 {
		return 0, violation(at+".parts", "contents.parts must not be empty.")
	}
	calls, results := 0, 0
	said := turn{role: map[string]string{"model": "assistant"}[role]}
	said.role = orElse(said.role, "user")
	var answers []turn
	for i, item := range parts {
		p, _ := asObject(item)
		place := fmt.Sprintf("%s.parts[%d]", at, i)
		if e := r.oneOf(place, p); e != nil {
			return 0, e
		}
		if call, ok := p.obj("functionCall"); ok {
			name, _ := call.str("name")
			switch {
			case said.role != "assistant":
				return 0, argument("Please ensure that function call turn comes immediately after a user turn or after a function response turn.")
			case name == "":
				return 0, violation(place+".function_call.name", "Name cannot be empty.")
			}
			if e := r.signed(p, name, i, calls); e != nil {
				return 0, e
			}
			calls++
			continue
		}
		if result, ok := p.obj("functionResponse"); ok {
			name, _ := result.str("name")
			if name == "" {
				return 0, violation(place+".function_response.name", "Name cannot be empty.")
			}
			answers = append(answers, turn{role: "tool", text: resultText(result["response"])})
			results++
			continue
		}
		if e := r.say(place, p, &said); e != nil {
			return 0, e
		}
	}
	if results != waiting {
		return 0, argument(unequalResults)
	}
	if said.text != "" || said.images > 0 || calls > 0 || results == 0 {
		r.out.messages = append(r.out.messages, said)
	}
	r.out.messages = append(r.out.messages, answers...)
	return calls, nil
}

// oneOf: a part holds exactly one kind of data.
func (r *geminiReader) oneOf(at string, p object) *apiError {
	found := 0
	for _, name := range []string{"text", "inlineData", "fileData", "functionCall", "functionResponse", "executableCode", "codeExecutionResult"} {
		if p.has(name) {
			found++
		}
	}
	switch found {
	case 1:
		return nil
	case 0:
		return violation(at+".data", "required oneof field 'data' must have one initialized field")
	}
	return argument(fmt.Sprintf("Invalid value at '%s' (oneof), oneof field 'data' is already set.", at))
}

// signed: from Gemini 3 on the first call of a step carries the signature it came with.
func (r *geminiReader) signed(p object, name string, i, before int) *apiError {
	model := r.out.model.ID
	signature, _ := p.str("thoughtSignature")
	if !signsThoughts(model) || signature == skipSignature {
		return nil
	}
	if signature == "" {
		if before > 0 {
			return nil // parallel calls: only the first has one
		}
		return argument(fmt.Sprintf("Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call `default_api:%s` , position %d. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.", name, i))
	}
	if raw, err := decodeBytes(signature); err != nil || !strings.HasPrefix(string(raw), "thought of "+model+" ") {
		return argument("Corrupted thought signature.")
	}
	return nil
}

// resultText is what a tool said: an only member "output" is that itself.
func resultText(response any) string {
	o, _ := asObject(response)
	if v, ok := o["output"]; ok && len(o) == 1 {
		if text, ok := v.(string); ok {
			return text
		}
		return encodeText(v)
	}
	return encodeText(response)
}

var mediaKind = regexp.MustCompile(`^(image|audio|video|text|application)/[a-z0-9.+-]+$`)

// say adds text or media to a turn; media show as what they are, so that an echo tells they arrived.
func (r *geminiReader) say(at string, p object, t *turn) *apiError {
	if text, ok := p.str("text"); ok {
		if !p.is("thought") {
			t.text += text
		}
		return nil
	}
	var kind, mime string
	if inline, ok := p.obj("inlineData"); ok {
		mime, _ = inline.str("mimeType")
		if data, _ := inline.str("data"); data == "" {
			return violation(at+".inline_data.data", "data must not be empty")
		}
		kind = mediaKind.FindString(mime)
		if kind == "" {
			return argument("Unsupported MIME type: " + clip(mime))
		}
	}
	if file, ok := p.obj("fileData"); ok {
		uri, _ := file.str("fileUri")
		mime, _ = file.str("mimeType")
		if !strings.HasPrefix(uri, "https://") && !strings.HasPrefix(uri, "gs://") {
			return argument("Invalid or unsupported file uri: " + clip(uri))
		}
		if mime == "" && !strings.Contains(uri, "/files/") && !strings.Contains(uri, "youtube.com/") && !strings.Contains(uri, "youtu.be/") {
			return argument("Unable to determine the MIME type of the file uri: " + clip(uri))
		}
		kind = orElse(mime, "video/")
	}
	label, _, _ := strings.Cut(kind, "/")
	if label == "application" || label == "text" {
		label = "file"
	}
	if label == "image" {
		t.images++
	}
	if label != "" {
		t.text = strings.TrimPrefix(t.text+"\n["+label+"]", "\n")
	}
	return nil
}
