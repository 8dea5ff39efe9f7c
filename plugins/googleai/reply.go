package googleai

import (
	"crypto/rand"
	"strconv"
	"time"

	"google.golang.org/genai"

	"github.com/aio-llm/aio/sdk"
)

// reply is what becomes of Gemini's answer, whole or in chunks.
type reply struct {
	wire    *wire
	id      string // the upstream's, or ours
	model   string
	created int64
	finish  sdk.FinishReason // of the first candidate
	usage   *sdk.Usage
	noted   bool
}

func newReply(call *sdk.Call, w *wire) *reply { return &reply{wire: w, model: call.Model} }

// note takes in what a reply says beside its candidates.
func (r *reply) note(resp *genai.GenerateContentResponse) {
	if resp.ResponseID != "" {
		r.id = resp.ResponseID
	}
	if resp.ModelVersion != "" {
		r.model = resp.ModelVersion
	}
	if u := usageOf(resp.UsageMetadata); u != nil {
		r.usage = u
	}
	if r.noted {
		return
	}
	r.noted = true
	if r.id == "" {
		r.id = "gemini-" + rand.Text()
	}
	r.created = time.Now().Unix() // the Gemini API does not say
}

func (r *reply) info() *sdk.ReplyInfo {
	return &sdk.ReplyInfo{Model: r.model, UpstreamRequestID: r.id, FinishReason: string(r.finish), Usage: r.usage}
}

// completion is the whole answer.
func (r *reply) completion(resp *genai.GenerateContentResponse) (*sdk.ChatCompletion, error) {
	r.note(resp)
	if err := r.blocked(resp.PromptFeedback); err != nil && len(resp.Candidates) == 0 {
		return nil, err
	}
	if len(resp.Candidates) == 0 {
		e := r.wire.last().Bad("the reply has no candidates")
		e.Usage = r.usage
		return nil, e
	}
	out := &sdk.ChatCompletion{ID: r.id, Object: sdk.ObjectCompletion, Created: r.created, Model: r.model, Usage: r.usage}
	for i, c := range resp.Candidates {
		if c == nil {
			return nil, r.wire.strange()
		}
		choice, err := r.choice(i, c)
		if err != nil {
			return nil, err
		}
		out.Choices = append(out.Choices, *choice)
	}
	r.finish = out.Choices[0].FinishReason
	return out, nil
}

func (r *reply) choice(i int, c *genai.Candidate) (*sdk.Choice, error) {
	said := r.read(i, c, &calls{})
	m := sdk.Message{Role: sdk.RoleAssistant, Content: sdk.NullContent(), ToolCalls: said.calls, Images: said.images, Audio: said.audio, Extra: said.extra()}
	if said.content != "" || len(said.calls) == 0 {
		m.Content = sdk.TextContent(said.content)
	}
	m.Reasoning = said.thoughts
	if c.FinishReason == "" {
		e := r.wire.last().Bad("the reply has no finish reason")
		e.Usage = r.usage
		return nil, e
	}
	finish, err := r.finishOf(c.FinishReason, said.message, len(said.calls) > 0, said.any())
	if err != nil {
		return nil, err
	}
	return &sdk.Choice{
		Index: int(c.Index), Message: m, FinishReason: finish, NativeFinishReason: string(c.FinishReason), Logprobs: logprobsOf(c.LogprobsResult),
	}, nil
}

// calls numbers the tool calls of one candidate.
type calls struct{ count int }

// id is Gemini's, or one of ours where it gives none: unique also beside those of earlier replies.
func (r *reply) callID(call *genai.FunctionCall, candidate, n int) string {
	if call.ID != "" {
		return call.ID
	}
	id := "call_" + r.id + "_" + strconv.Itoa(n)
	if candidate > 0 {
		id += "_" + strconv.Itoa(candidate)
	}
	return id
}
