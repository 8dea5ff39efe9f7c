package googleai

import (
	"net/http"

	"google.golang.org/genai"

	"github.com/aio-llm/aio/sdk"
)

// finishOf is OpenAI's word for the end of a candidate, or the error that such an end is. Gemini says STOP
// after tool calls too. The message is what it says beside the reason.
func (r *reply) finishOf(reason genai.FinishReason, message string, calls, content bool) (sdk.FinishReason, error) {
	switch reason {
	case genai.FinishReasonStop:
		if calls {
			return sdk.FinishToolCalls, nil
		}
		return sdk.FinishStop, nil
	case genai.FinishReasonMaxTokens, genai.FinishReasonContinuation:
		return sdk.FinishLength, nil
	case genai.FinishReasonSafety, genai.FinishReasonRecitation, genai.FinishReasonBlocklist, genai.FinishReasonProhibitedContent,
		genai.FinishReasonSPII, genai.FinishReasonLanguage, genai.FinishReasonImageSafety, genai.FinishReasonImageProhibitedContent,
		genai.FinishReasonImageRecitation:
		return sdk.FinishContentFilter, nil
	case genai.FinishReasonMalformedFunctionCall, genai.FinishReasonUnexpectedToolCall, genai.FinishReasonTooManyToolCalls:
		return "", r.failed(sdk.KindGenFailed, string(reason), "the model made an impossible tool call: "+orSilence(message))
	case genai.FinishReasonOther, genai.FinishReasonUnspecified, genai.FinishReasonImageOther, genai.FinishReasonNoImage:
		return "", r.failed(sdk.KindGenFailed, string(reason), "the model stopped for no reason it names: "+orSilence(message))
	}
	if !content {
		return "", r.failed(sdk.KindGenFailed, string(reason), "the model stopped and said nothing: "+orSilence(message))
	}
	return sdk.FinishStop, nil // a reason newer than this; native_finish_reason has it
}

func orSilence(message string) string {
	if message == "" {
		return "Gemini says no more"
	}
	return message
}

// blocked is the error of a prompt that Gemini did not answer; nil when there is none.
func (r *reply) blocked(f *genai.GenerateContentResponsePromptFeedback) error {
	if f == nil || f.BlockReason == "" || f.BlockReason == genai.BlockedReasonUnspecified {
		return nil
	}
	message := "the prompt was blocked: " + string(f.BlockReason)
	if f.BlockReasonMessage != "" {
		message += ", " + f.BlockReasonMessage
	}
	return r.failed(sdk.KindBlocked, string(f.BlockReason), message)
}

// failed is an error that came as a reply.
func (r *reply) failed(kind sdk.Kind, code, message string) *sdk.Error {
	return &sdk.Error{
		Kind: kind, Status: http.StatusOK, Code: code, Message: r.wire.call.Key.Redact(message),
		Certainty: sdk.ResponseStarted, UpstreamRequestID: r.id, Usage: r.usage,
	}
}
