package simulator

// rules are the differences between OpenAI-shaped providers in what they refuse.
type rules struct {
	roles   []string
	parts   []string // content part types
	formats []string // response_format types
	efforts []string // reasoning_effort values
	tiers   []string // service_tier values
	refused []string // top-level fields refused whenever they are present

	singleChoice  bool // n must be 1
	nameRefused   bool // messages[].name is refused
	reasoningForm bool // knows reasoning_format and include_reasoning
	wordJSON      bool // json_object needs the word "json" in the messages
	strictSchema  bool // a strict schema must close and require everything
	tidyTools     bool // tool_choice without tools, unanswered tool calls and the like are refused
	tidyOptions   bool // stream_options without stream, both max_tokens fields are refused
	closed        bool // unknown top-level fields are refused
}
