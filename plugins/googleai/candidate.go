package googleai

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/tidwall/gjson"
	"google.golang.org/genai"

	"github.com/aio-llm/aio/sdk"
)

// said is what a candidate, or a chunk of one, says.
type said struct {
	thoughts  string
	content   string
	calls     []sdk.ToolCall
	images    []sdk.Part
	audio     *sdk.Audio
	signature string // of the text
	native    map[string]jsontext.Value
	message   string // why it ended; genai does not carry it
}

func (s *said) any() bool {
	return s.content != "" || s.thoughts != "" || len(s.calls) > 0 || len(s.images) > 0 || s.audio != nil || s.native["parts"] != nil
}

// extra is what has no place in OpenAI's message.
func (s *said) extra() map[string]jsontext.Value {
	if s.signature != "" {
		s.keep("thought_signature", quoted(s.signature))
	}
	if len(s.native) == 0 {
		return nil
	}
	return extraContent(s.native)
}

func (s *said) keep(name string, raw jsontext.Value) {
	if s.native == nil {
		s.native = map[string]jsontext.Value{}
	}
	s.native[name] = raw
}

func extraContent(members map[string]jsontext.Value) map[string]jsontext.Value {
	raw, err := json.Marshal(map[string]any{"google": members})
	if err != nil {
		return nil // members come from JSON
	}
	return map[string]jsontext.Value{"extra_content": raw}
}

func quoted(text string) jsontext.Value {
	raw, err := json.Marshal(text)
	if err != nil {
		return jsontext.Value(`""`) // a string always encodes
	}
	return raw
}

// read takes candidate number i apart.
func (r *reply) read(i int, c *genai.Candidate, numbers *calls) said {
	var out said
	raw := gjson.GetBytes(r.wire.raw, "candidates."+strconv.Itoa(i))
	out.message = strings.Clone(raw.Get("finishMessage").String())
	for name, as := range map[string]string{
		"groundingMetadata": "grounding_metadata", "citationMetadata": "citation_metadata",
		"urlContextMetadata": "url_context_metadata", "continuationToken": "continuation_token",
	} {
		if v := raw.Get(name); v.Exists() {
			out.keep(as, jsontext.Value(strings.Clone(v.Raw)))
		}
	}
	if c.Content == nil {
		return out
	}
	parts := raw.Get("content.parts").Array()
	var other []string
	for j, p := range c.Content.Parts {
		if p == nil || j >= len(parts) {
			continue
		}
		switch {
		case p.FunctionCall != nil:
			out.calls = append(out.calls, r.call(i, p, parts[j], numbers))
		case p.Thought:
			out.thoughts += p.Text
		case p.InlineData != nil:
			out.media(p.InlineData)
		case p.Text != "" || len(p.ThoughtSignature) > 0:
			out.content += p.Text
			if len(p.ThoughtSignature) > 0 {
				out.signature = base64.StdEncoding.EncodeToString(p.ThoughtSignature)
			}
		case parts[j].Get("text").Exists() || parts[j].Raw == "{}":
		default: // code that Gemini ran, and what is newer than this
			other = append(other, parts[j].Raw)
		}
	}
	if other != nil {
		out.keep("parts", jsontext.Value("["+strings.Join(other, ",")+"]"))
	}
	return out
}

// call is a tool call. Its arguments are the upstream's bytes, since genai's map has lost their order and the
// digits of large numbers.
func (r *reply) call(candidate int, p *genai.Part, raw gjson.Result, numbers *calls) sdk.ToolCall {
	args := strings.Clone(raw.Get("functionCall.args").Raw)
	if args == "" || args == "null" {
		args = "{}"
	}
	call := sdk.ToolCall{
		ID: r.callID(p.FunctionCall, candidate, numbers.count), Type: sdk.ToolFunction,
		Function: sdk.FunctionCall{Name: p.FunctionCall.Name, Arguments: args},
	}
	numbers.count++
	if len(p.ThoughtSignature) > 0 {
		signature := base64.StdEncoding.EncodeToString(p.ThoughtSignature)
		call.Extra = extraContent(map[string]jsontext.Value{"thought_signature": quoted(signature)})
	}
	return call
}

// media is a picture or sound that Gemini made.
func (s *said) media(b *genai.Blob) {
	data := base64.StdEncoding.EncodeToString(b.Data)
	if strings.HasPrefix(b.MIMEType, "audio/") {
		if s.audio == nil {
			s.audio = &sdk.Audio{}
		}
		s.audio.Data += data
		return
	}
	s.images = append(s.images, sdk.ImagePart("data:"+b.MIMEType+";base64,"+data))
}

// logprobsOf is OpenAI's form of the chosen tokens and their rivals.
func logprobsOf(l *genai.LogprobsResult) *sdk.Logprobs {
	if l == nil {
		return nil
	}
	out := &sdk.Logprobs{Content: []sdk.TokenLogprob{}}
	for i, chosen := range l.ChosenCandidates {
		if chosen == nil {
			continue
		}
		one := tokenOf(chosen)
		if i < len(l.TopCandidates) && l.TopCandidates[i] != nil {
			for _, rival := range l.TopCandidates[i].Candidates {
				if rival != nil {
					one.TopLogprobs = append(one.TopLogprobs, tokenOf(rival))
				}
			}
		}
		out.Content = append(out.Content, one)
	}
	return out
}

func tokenOf(c *genai.LogprobsResultCandidate) sdk.TokenLogprob {
	return sdk.TokenLogprob{Token: c.Token, Logprob: float64(c.LogProbability)}
}
