package googleai

import (
	"google.golang.org/genai"

	"github.com/aio-llm/aio/sdk"
)

// usageOf counts as OpenAI does: what tools fetched is part of the prompt, thoughts are part of the
// completion. In a stream each chunk's counts are those of all so far.
func usageOf(u *genai.GenerateContentResponseUsageMetadata) *sdk.Usage {
	if u == nil {
		return nil
	}
	out := &sdk.Usage{
		PromptTokens:     int64(u.PromptTokenCount) + int64(u.ToolUsePromptTokenCount),
		CompletionTokens: int64(u.CandidatesTokenCount) + int64(u.ThoughtsTokenCount),
		TotalTokens:      int64(u.TotalTokenCount),
	}
	if out.TotalTokens == 0 {
		out.TotalTokens = out.PromptTokens + out.CompletionTokens
	}
	prompt := sdk.PromptTokensDetails{
		CachedTokens: told(u.CachedContentTokenCount),
		AudioTokens:  told(ofModality(u.PromptTokensDetails, genai.MediaModalityAudio)),
		VideoTokens:  told(ofModality(u.PromptTokensDetails, genai.MediaModalityVideo)),
	}
	if prompt.CachedTokens != nil || prompt.AudioTokens != nil || prompt.VideoTokens != nil {
		out.PromptTokensDetails = &prompt
	}
	completion := sdk.CompletionTokensDetails{
		ReasoningTokens: told(u.ThoughtsTokenCount),
		AudioTokens:     told(ofModality(u.CandidatesTokensDetails, genai.MediaModalityAudio)),
		ImageTokens:     told(ofModality(u.CandidatesTokensDetails, genai.MediaModalityImage)),
	}
	if completion.ReasoningTokens != nil || completion.AudioTokens != nil || completion.ImageTokens != nil {
		out.CompletionTokensDetails = &completion
	}
	return out
}

// told is a count that is there: the API leaves out zeros.
func told(n int32) *int64 {
	if n == 0 {
		return nil
	}
	return sdk.Ptr(int64(n))
}

func ofModality(counts []*genai.ModalityTokenCount, of genai.MediaModality) int32 {
	var n int32
	for _, c := range counts {
		if c != nil && c.Modality == of {
			n += c.TokenCount
		}
	}
	return n
}
