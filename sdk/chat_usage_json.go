package sdk

import (
	"github.com/go-json-experiment/json/jsontext"
)

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (u *Usage) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return readReply(dec, u, &u.Extra, func(name []byte) (fit, error) {
		switch string(name) {
		case "prompt_tokens":
			return required(readInt(dec, &u.PromptTokens))
		case "completion_tokens":
			return required(readInt(dec, &u.CompletionTokens))
		case "total_tokens":
			return required(readInt(dec, &u.TotalTokens))
		case "cost":
			return readFloatPtr(dec, &u.Cost)
		case "prompt_tokens_details":
			return readStruct(dec, &u.PromptTokensDetails)
		case "completion_tokens_details":
			return readStruct(dec, &u.CompletionTokensDetails)
		}
		return unknown, nil
	})
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (p *PromptTokensDetails) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return readReply(dec, p, &p.Extra, func(name []byte) (fit, error) {
		switch string(name) {
		case "cached_tokens":
			return readIntPtr(dec, &p.CachedTokens)
		case "cache_write_tokens":
			return readIntPtr(dec, &p.CacheWriteTokens)
		case "audio_tokens":
			return readIntPtr(dec, &p.AudioTokens)
		case "video_tokens":
			return readIntPtr(dec, &p.VideoTokens)
		}
		return unknown, nil
	})
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (c *CompletionTokensDetails) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return readReply(dec, c, &c.Extra, func(name []byte) (fit, error) {
		switch string(name) {
		case "reasoning_tokens":
			return readIntPtr(dec, &c.ReasoningTokens)
		case "audio_tokens":
			return readIntPtr(dec, &c.AudioTokens)
		case "image_tokens":
			return readIntPtr(dec, &c.ImageTokens)
		case "accepted_prediction_tokens":
			return readIntPtr(dec, &c.AcceptedPredictionTokens)
		case "rejected_prediction_tokens":
			return readIntPtr(dec, &c.RejectedPredictionTokens)
		}
		return unknown, nil
	})
}
