package simulator

import (
	"fmt"
	"slices"
	"strings"
)

// validator checks one chat request against a provider's rules. Its methods
// read as the checks a provider makes, first failure wins.
type validator struct {
	rules rules
	req   object
	out   *prompt
}

func (v *validator) run() *apiError {
	for _, check := range []func() *apiError{
		v.refused, v.messages, v.numbers, v.output, v.stop, v.streaming, v.tools, v.toolChoice, v.format, v.reasoning, v.enums,
	} {
		if e := check(); e != nil {
			return e
		}
	}
	return nil
}

func (v *validator) refused() *apiError {
	for _, name := range v.rules.refused {
		if v.req.has(name) {
			return invalid(name, fmt.Sprintf("property '%s' is unsupported", name))
		}
	}
	if !v.rules.closed {
		return nil
	}
	for name := range v.req {
		if !slices.Contains(knownFields(), name) {
			return invalid("", "Unrecognized request argument supplied: "+name)
		}
	}
	return nil
}

// knownFields are those of OpenAI's chat completion request (OpenAI SDK types).
func knownFields() []string {
	return strings.Fields(`messages model audio frequency_penalty function_call functions logit_bias logprobs
		max_completion_tokens max_tokens metadata modalities n parallel_tool_calls prediction presence_penalty
		prompt_cache_key reasoning_effort response_format safety_identifier seed service_tier stop store stream
		stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options
		include_reasoning reasoning_format disable_tool_validation documents citation_options search_settings compound_custom`)
}

// numbers checks the ranges OpenAI documents, which all dialects here share.
func (v *validator) numbers() *apiError {
	for _, r := range []struct {
		name      string
		low, high float64
		whole     bool
	}{
		{"temperature", 0, 2, false},
		{"top_p", 0, 1, false},
		{"frequency_penalty", -2, 2, false},
		{"presence_penalty", -2, 2, false},
		{"n", 1, 128, true},
		{"top_logprobs", 0, 20, true},
		{"seed", -1 << 63, 1 << 63, true},
		{"max_tokens", 1, 1 << 31, true},
		{"max_completion_tokens", 1, 1 << 31, true},
	} {
		if !v.req.has(r.name) {
			continue
		}
		f, ok := v.req.number(r.name)
		switch {
		case !ok || r.whole && f != float64(int64(f)):
			return invalid(r.name, fmt.Sprintf("Invalid type for '%s': expected %s.", r.name, kindOf(r.whole)))
		case f < r.low:
			return invalid(r.name, fmt.Sprintf("Invalid '%s': %v is less than the minimum of %v.", r.name, f, r.low))
		case f > r.high:
			return invalid(r.name, fmt.Sprintf("Invalid '%s': %v is greater than the maximum of %v.", r.name, f, r.high))
		}
	}
	v.out.n = 1
	if n, ok := v.req.integer("n"); ok {
		v.out.n = n
	}
	if v.rules.singleChoice && v.out.n != 1 {
		// Groq docs: n other than 1 is refused with 400.
		return invalid("n", "'n' : number must be at most 1")
	}
	if v.req.has("top_logprobs") && !v.req.is("logprobs") {
		return invalid("top_logprobs", "'top_logprobs' is only allowed when 'logprobs' is enabled.")
	}
	v.out.logprobs = v.req.is("logprobs")
	return nil
}

func kindOf(whole bool) string {
	if whole {
		return "an integer"
	}
	return "a number"
}

func (v *validator) output() *apiError {
	if v.rules.tidyOptions && v.req.has("max_tokens") && v.req.has("max_completion_tokens") {
		return invalid("max_tokens", "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.")
	}
	for _, name := range []string{"max_tokens", "max_completion_tokens"} {
		limit, ok := v.req.integer(name)
		if !ok {
			continue
		}
		if most := v.out.model.MaxOutput; most > 0 && limit > most {
			return invalid(name, fmt.Sprintf("`%s` must be less than or equal to `%d`, the maximum value for `%s` is less than the `context_window` for this model", name, most, name))
		}
		v.out.limit = limit
	}
	return nil
}

// stop: OpenAI, Groq and OpenRouter types all allow up to four sequences.
func (v *validator) stop() *apiError {
	switch s := v.req["stop"].(type) {
	case nil:
	case string:
		v.out.stops = []string{s}
	case []any:
		if len(s) > 4 {
			return invalid("stop", fmt.Sprintf("Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length %d instead.", len(s)))
		}
		for _, item := range s {
			text, ok := item.(string)
			if !ok {
				return invalid("stop", "Invalid type for 'stop': expected an array of strings.")
			}
			v.out.stops = append(v.out.stops, text)
		}
	default:
		return invalid("stop", "Invalid type for 'stop': expected a string or an array of strings.")
	}
	return nil
}

func (v *validator) streaming() *apiError {
	if _, ok := v.req["stream"].(bool); v.req.has("stream") && !ok {
		return invalid("stream", "Invalid type for 'stream': expected a boolean.")
	}
	if !v.req.has("stream_options") {
		return nil
	}
	options, ok := v.req.obj("stream_options")
	if !ok {
		return invalid("stream_options", "Invalid type for 'stream_options': expected an object.")
	}
	if v.rules.tidyOptions && !v.req.is("stream") {
		return invalid("stream_options", "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
	}
	v.out.includeUsage = options.is("include_usage")
	return nil
}

// enums checks the remaining fields that take a fixed set of words.
func (v *validator) enums() *apiError {
	for name, values := range map[string][]string{"reasoning_effort": v.rules.efforts, "service_tier": v.rules.tiers} {
		if !v.req.has(name) || values == nil {
			continue
		}
		if s, _ := v.req.str(name); !slices.Contains(values, s) {
			return invalid(name, fmt.Sprintf("Invalid value: '%v'. Supported values are: %s.", v.req[name], quoted(values)))
		}
	}
	return nil
}

func (v *validator) reasoning() *apiError {
	if effort, _ := v.req.str("reasoning_effort"); effort == "none" {
		v.out.thinking = thinkOff
	}
	if !v.rules.reasoningForm {
		return nil
	}
	if v.req.has("reasoning_format") && v.req.has("include_reasoning") {
		// Groq SDK types: the two are mutually exclusive.
		return invalid("reasoning_format", "cannot specify both `reasoning_format` and `include_reasoning`")
	}
	if include, ok := v.req["include_reasoning"].(bool); ok && !include {
		v.out.thinking = thinkHidden
	}
	if !v.req.has("reasoning_format") {
		return nil
	}
	// Groq SDK types: hidden, raw, parsed.
	switch form, _ := v.req.str("reasoning_format"); form {
	case "hidden":
		v.out.thinking = thinkHidden
	case "raw":
		v.out.thinking = thinkInline
	case "parsed":
	default:
		return invalid("reasoning_format", "'reasoning_format' : value must be one of [hidden raw parsed]")
	}
	return nil
}

func quoted(values []string) string {
	return "'" + strings.Join(values, "', '") + "'"
}
