package sdk

import "github.com/go-json-experiment/json/jsontext"

// Role says who speaks in a [Message].
type Role string

// The roles a chat may hold.
const (
	RoleSystem    Role = "system"
	RoleDeveloper Role = "developer"
	RoleUser      Role = "user"
	RoleAssistant Role = "assistant"
	RoleTool      Role = "tool"
	RoleFunction  Role = "function"
)

// Message is one turn of a chat, in requests and in replies.
type Message struct {
	Role       Role       `json:"role,omitzero"`
	Content    Content    `json:"content,omitzero"`
	Name       string     `json:"name,omitzero"`
	ToolCalls  []ToolCall `json:"tool_calls,omitzero"`
	ToolCallID string     `json:"tool_call_id,omitzero"`
	Refusal    string     `json:"refusal,omitzero"`

	// Reasoning is the thinking as OpenRouter, Groq and Cerebras name it,
	// ReasoningContent as DeepSeek, NVIDIA and vLLM do.
	Reasoning        string `json:"reasoning,omitzero"`
	ReasoningContent string `json:"reasoning_content,omitzero"`
	// ReasoningDetails holds signed reasoning blocks. They go back to the
	// provider unmodified, so they stay raw.
	ReasoningDetails jsontext.Value `json:"reasoning_details,omitzero"`

	Annotations jsontext.Value `json:"annotations,omitzero"`
	Audio       *Audio         `json:"audio,omitzero"`
	Images      []Part         `json:"images,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// Audio is speech in a reply. In a request it only names an earlier one by ID.
type Audio struct {
	ID         string `json:"id,omitzero"`
	Data       string `json:"data,omitzero"`       // base64
	ExpiresAt  int64  `json:"expires_at,omitzero"` // Unix seconds
	Transcript string `json:"transcript,omitzero"`

	Extra map[string]jsontext.Value `json:",embed"`
}

// System returns a system message.
func System(text string) Message { return textMessage(RoleSystem, text) }

// Developer returns a developer message: what newer OpenAI models take for system.
func Developer(text string) Message { return textMessage(RoleDeveloper, text) }

// User returns a user message of plain text.
func User(text string) Message { return textMessage(RoleUser, text) }

// Assistant returns an assistant message of plain text.
func Assistant(text string) Message { return textMessage(RoleAssistant, text) }

// UserParts returns a user message made of parts.
func UserParts(parts ...Part) Message {
	return Message{Role: RoleUser, Content: PartsContent(parts...)}
}

// ToolResult returns the message that answers the tool call id.
func ToolResult(id, text string) Message {
	return Message{Role: RoleTool, ToolCallID: id, Content: TextContent(text)}
}

func textMessage(role Role, text string) Message {
	return Message{Role: role, Content: TextContent(text)}
}

// Thinking returns the reasoning text under whichever name the provider used.
func (m *Message) Thinking() string {
	if m.Reasoning != "" {
		return m.Reasoning
	}
	return m.ReasoningContent
}
