package googleai

import (
	"github.com/go-json-experiment/json/jsontext"
	"google.golang.org/genai"
)

// The body of a generateContent request as it goes out. Where genai's type keeps everything it is used.

type content struct {
	Role  string `json:"role,omitempty"`
	Parts []part `json:"parts"`
}

const (
	roleUser  = "user"
	roleModel = "model"
)

// part is one of: text, inline data, file data, a call of a function, the answer to one.
type part struct {
	Text             *string           `json:"text,omitempty"`
	Thought          bool              `json:"thought,omitempty"`
	InlineData       *blob             `json:"inlineData,omitempty"`
	FileData         *genai.FileData   `json:"fileData,omitempty"`
	FunctionCall     *functionCall     `json:"functionCall,omitempty"`
	FunctionResponse *functionResponse `json:"functionResponse,omitempty"`
	// ThoughtSignature is base64, or the placeholder.
	ThoughtSignature string `json:"thoughtSignature,omitempty"`
}

func textPart(text string) part { return part{Text: &text} }

type blob struct {
	MIMEType string `json:"mimeType"`
	Data     string `json:"data"` // base64
}

type functionCall struct {
	ID   string         `json:"id,omitempty"`
	Name string         `json:"name"`
	Args jsontext.Value `json:"args"`
}

type functionResponse struct {
	ID       string         `json:"id,omitempty"`
	Name     string         `json:"name"`
	Response jsontext.Value `json:"response"`

	place int // of the call it answers
}

type generationConfig struct {
	Temperature        *float64              `json:"temperature,omitempty"`
	TopP               *float64              `json:"topP,omitempty"`
	TopK               *int64                `json:"topK,omitempty"`
	CandidateCount     *int64                `json:"candidateCount,omitempty"`
	MaxOutputTokens    *int64                `json:"maxOutputTokens,omitempty"`
	StopSequences      []string              `json:"stopSequences,omitempty"`
	Seed               *int64                `json:"seed,omitempty"`
	PresencePenalty    *float64              `json:"presencePenalty,omitempty"`
	FrequencyPenalty   *float64              `json:"frequencyPenalty,omitempty"`
	ResponseLogprobs   *bool                 `json:"responseLogprobs,omitempty"`
	Logprobs           *int64                `json:"logprobs,omitempty"`
	ResponseMIMEType   string                `json:"responseMimeType,omitempty"`
	ResponseJSONSchema jsontext.Value        `json:"responseJsonSchema,omitempty"`
	ResponseModalities []string              `json:"responseModalities,omitempty"`
	ThinkingConfig     *genai.ThinkingConfig `json:"thinkingConfig,omitempty"`
}

// body is a generateContent request. Lists and the configuration are left out when empty.
type body struct {
	Contents          []content              `json:"contents"`
	SystemInstruction *content               `json:"systemInstruction,omitempty"`
	Tools             []*genai.Tool          `json:"tools,omitempty"`
	ToolConfig        *genai.ToolConfig      `json:"toolConfig,omitempty"`
	SafetySettings    []*genai.SafetySetting `json:"safetySettings,omitempty"`
	GenerationConfig  generationConfig       `json:"generationConfig,omitzero"`
	CachedContent     string                 `json:"cachedContent,omitempty"`
	ServiceTier       genai.ServiceTier      `json:"serviceTier,omitempty"`
}
