package sdk

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// messageDraft is a message that is still being written. Texts grow in builders:
// a long reply comes in tens of thousands of pieces.
type messageDraft struct {
	small       Message // the members that come whole
	content     contentDraft
	refusal     strings.Builder
	reasoning   strings.Builder
	thinking    strings.Builder // reasoning_content
	details     detailsDraft
	annotations rawList
	audio       *audioDraft
	calls       []*callDraft
}

func (d *messageDraft) add(delta *Delta) {
	last(&d.small.Role, delta.Role)
	last(&d.small.Name, delta.Name)
	last(&d.small.ToolCallID, delta.ToolCallID)
	d.content.add(delta.Content)
	d.refusal.WriteString(delta.Refusal)
	d.reasoning.WriteString(delta.Reasoning)
	d.thinking.WriteString(delta.ReasoningContent)
	d.details.add(delta.ReasoningDetails)
	d.annotations.add(delta.Annotations)
	d.small.Images = appendList(d.small.Images, delta.Images)
	if delta.Audio != nil {
		if d.audio == nil {
			d.audio = new(audioDraft)
		}
		d.audio.add(delta.Audio)
	}
	for i := range delta.ToolCalls {
		d.addCall(&delta.ToolCalls[i])
	}
	mergeExtra(&d.small.Extra, delta.Extra)
}

func (d *messageDraft) finish() Message {
	out := d.small
	out.Content = d.content.finish()
	out.Refusal = d.refusal.String()
	out.Reasoning = d.reasoning.String()
	out.ReasoningContent = d.thinking.String()
	out.ReasoningDetails = d.details.finish()
	out.Annotations = d.annotations.finish()
	out.Images = slices.Clone(out.Images)
	if d.audio != nil {
		out.Audio = d.audio.finish()
	}
	out.ToolCalls = d.finishCalls()
	out.Extra = maps.Clone(out.Extra)
	return out
}

// contentDraft gathers content in whatever form it comes.
type contentDraft struct {
	form  contentForm
	parts []Part
	text  strings.Builder // what came after the parts
}

func (d *contentDraft) add(c Content) {
	d.form = max(d.form, c.form)
	switch c.form {
	case contentText:
		d.text.WriteString(c.text)
	case contentParts:
		for i, part := range c.parts {
			if i == 0 && isPlainText(part) && d.endsInText() {
				d.text.WriteString(part.Text)
				continue
			}
			d.flush()
			d.parts = append(d.parts, part)
		}
	}
}

// endsInText reports whether more text goes on from what there is. Two text
// parts of one chunk stay two.
func (d *contentDraft) endsInText() bool {
	return d.text.Len() > 0 || (len(d.parts) > 0 && isPlainText(d.parts[len(d.parts)-1]))
}

func isPlainText(p Part) bool { return p.Type == PartText && len(p.Extra) == 0 }

// flush turns the text gathered so far into a part, or the end of one.
func (d *contentDraft) flush() {
	if d.text.Len() == 0 {
		return
	}
	d.parts = joinText(d.parts, d.text.String())
	d.text.Reset()
}

func (d *contentDraft) finish() Content {
	switch d.form {
	case contentText:
		return TextContent(d.text.String())
	case contentParts:
		parts := slices.Clone(d.parts)
		if d.text.Len() > 0 {
			parts = joinText(parts, d.text.String())
		}
		if parts == nil {
			parts = []Part{}
		}
		return PartsContent(parts...)
	default:
		return Content{form: d.form}
	}
}

func joinText(parts []Part, text string) []Part {
	if n := len(parts); n > 0 && isPlainText(parts[n-1]) {
		parts[n-1].Text += text
		return parts
	}
	return append(parts, TextPart(text))
}

// audioDraft gathers speech, whose base64 comes in pieces.
type audioDraft struct {
	audio      Audio
	data       []string
	transcript strings.Builder
}

func (d *audioDraft) add(a *Audio) {
	last(&d.audio.ID, a.ID)
	if a.ExpiresAt != 0 {
		d.audio.ExpiresAt = a.ExpiresAt
	}
	if a.Data != "" {
		d.data = append(d.data, a.Data)
	}
	d.transcript.WriteString(a.Transcript)
	mergeExtra(&d.audio.Extra, a.Extra)
}

func (d *audioDraft) finish() *Audio {
	out := d.audio
	out.Data = joinBase64(d.data)
	out.Transcript = d.transcript.String()
	out.Extra = maps.Clone(out.Extra)
	return &out
}

// joinBase64 joins pieces that may each be padded; what cannot be decoded is
// joined as it stands.
func joinBase64(pieces []string) string {
	joined := strings.Join(pieces, "")
	if pad := strings.IndexByte(joined, '='); pad < 0 || strings.Trim(joined[pad:], "=") == "" {
		return joined
	}
	var data []byte
	for _, piece := range pieces {
		b, err := base64.StdEncoding.DecodeString(piece)
		if err != nil {
			return joined
		}
		data = append(data, b...)
	}
	return base64.StdEncoding.EncodeToString(data)
}

// rawList gathers the elements of raw lists; of anything else it keeps the last.
type rawList struct {
	items []jsontext.Value
	other jsontext.Value
}

func (l *rawList) add(v jsontext.Value) {
	if v == nil {
		return
	}
	if v.Kind() != jsontext.KindBeginArray {
		l.other = v
		return
	}
	if l.items == nil {
		l.items = []jsontext.Value{}
	}
	eachElement(v, func(item jsontext.Value) { l.items = append(l.items, item) })
}

func (l *rawList) finish() jsontext.Value {
	if l.items == nil {
		return l.other
	}
	return joinArray(l.items)
}
