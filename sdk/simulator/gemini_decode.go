package simulator

import (
	"fmt"
	"regexp"
	"slices"
)

// geminiReader reads one generateContent request: first failure wins.
type geminiReader struct {
	call *call
	req  object
	out  *prompt
}

// decode is the strict reading of a generateContent request.
func (d geminiDialect) decode(c *call) (*prompt, *apiError) {
	known, e := d.lookup(c)
	if e != nil {
		return nil, e
	}
	if _, method := d.method(c.rest); method == "streamGenerateContent" && c.query.Get("alt") != "sse" {
		return nil, argument("simulator: streamGenerateContent is served with alt=sse only")
	}
	req, e := geminiRequest().read("", c.tree)
	if e != nil {
		return nil, e
	}
	return readGemini(c, known, req)
}

// lookup finds the model named in the path.
func (d geminiDialect) lookup(c *call) (*Model, *apiError) {
	known := c.find(c.model, nil)
	if known == nil || known.Retired || known.Embedding != (c.endpoint == endpointEmbeddings) {
		return nil, d.failure(c, failing{name: ErrorModelNotFound})
	}
	c.known = known
	return known, nil
}

func readGemini(c *call, known *Model, req object) (*prompt, *apiError) {
	r := &geminiReader{call: c, req: req, out: &prompt{model: known, plain: true, parallel: true, n: 1}}
	for _, check := range []func() *apiError{r.contents, r.tools, r.toolConfig, r.generation, r.structure, r.thinking} {
		if e := check(); e != nil {
			return nil, e
		}
	}
	p := r.out
	switch {
	case p.imageAt() >= 0 && !known.Vision:
		return nil, argument("Image input modality is not enabled for models/" + known.ID)
	case len(p.tools) > 0 && known.NoTools:
		return nil, argument("Function calling is not enabled for models/" + known.ID)
	}
	if ask := p.tokens(); known.Context > 0 && ask > known.Context {
		return nil, c.dialect.failure(c, failing{name: ErrorTooLong, ask: ask})
	}
	return p, nil
}

// violation is the API's form of a refused value.
func violation(at, message string) *apiError {
	return argument("* GenerateContentRequest." + at + ": " + message + "\n")
}

var functionName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$`)

func (r *geminiReader) tools() *apiError {
	list, _ := r.req.list("tools")
	for i, item := range list {
		group, _ := asObject(item)
		functions, _ := group.list("functionDeclarations")
		for j, item := range functions {
			at := fmt.Sprintf("tools[%d].function_declarations[%d]", i, j)
			f, _ := asObject(item)
			name, _ := f.str("name")
			schema := f["parametersJsonSchema"]
			switch {
			case !functionName.MatchString(name):
				return violation(at+".name", "Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.")
			case slices.ContainsFunc(r.out.tools, func(t tool) bool { return t.name == name }):
				return argument("Duplicate function declaration found: " + name)
			case f.has("parameters") && schema != nil:
				return violation(at, "only one of parameters and parameters_json_schema can be set")
			}
			if parameters, ok := f.obj("parameters"); ok {
				if why := openAPISubset(parameters, at+".parameters", 0); why != nil {
					return why
				}
				schema = map[string]any(parameters)
			}
			r.out.tools = append(r.out.tools, tool{name: name, schema: schema})
		}
	}
	return nil
}

// openAPISubset: the older schema type knows no $ref and no additionalProperties, and enums of strings only.
func openAPISubset(s object, at string, depth int) *apiError {
	if depth > 32 {
		return nil
	}
	for _, name := range sortedKeys(s) {
		switch name {
		case "type", "format", "title", "description", "nullable", "default", "items", "minItems", "maxItems", "enum", "properties",
			"propertyOrdering", "required", "minProperties", "maxProperties", "minimum", "maximum", "minLength", "maxLength",
			"pattern", "example", "anyOf":
		default:
			return unknownName(name, at)
		}
	}
	values, _ := s.list("enum")
	for i, v := range values {
		if _, ok := v.(string); !ok {
			return wrongValue(fmt.Sprintf("%s.enum[%d]", at, i), "TYPE_STRING", v)
		}
	}
	properties, _ := s.obj("properties")
	for _, name := range sortedKeys(properties) {
		inner, _ := properties.obj(name)
		if e := openAPISubset(inner, fmt.Sprintf("%s.properties[%q]", at, name), depth+1); e != nil {
			return e
		}
	}
	if items, ok := s.obj("items"); ok {
		return openAPISubset(items, at+".items", depth+1)
	}
	return nil
}

func (r *geminiReader) toolConfig() *apiError {
	config, _ := r.req.obj("toolConfig")
	calling, ok := config.obj("functionCallingConfig")
	if !ok {
		return nil
	}
	mode, _ := calling.str("mode")
	names, _ := calling.list("allowedFunctionNames")
	switch {
	case len(r.out.tools) == 0:
		return argument("Function calling config is set without function_declarations.")
	case len(names) > 0 && mode != "ANY" && mode != "VALIDATED":
		return violation("tool_config.function_calling_config.allowed_function_names", "allowed_function_names should only be set when mode is ANY.")
	}
	for i, item := range names {
		name, _ := item.(string)
		if !slices.ContainsFunc(r.out.tools, func(t tool) bool { return t.name == name }) {
			return violation(fmt.Sprintf("tool_config.function_calling_config.allowed_function_names[%d]", i), "no such function: "+name)
		}
	}
	r.out.choice = toolChoice{none: mode == "NONE", required: mode == "ANY"}
	if mode == "ANY" && len(names) == 1 {
		r.out.choice.name, _ = names[0].(string)
	}
	return nil
}

func (r *geminiReader) generation() *apiError {
	g, _ := r.req.obj("generationConfig")
	for _, bound := range []struct {
		name      string
		low, high float64
	}{
		{"temperature", 0, 2}, {"topP", 0, 1}, {"candidateCount", 1, 8}, {"maxOutputTokens", 1, 1 << 31}, {"logprobs", 0, 20},
		{"presencePenalty", -2, 2}, {"frequencyPenalty", -2, 2}, {"seed", -1 << 31, 1<<31 - 1},
	} {
		if f, ok := g.number(bound.name); ok && (f < bound.low || f > bound.high) {
			return violation("generation_config."+snakeCase(bound.name), fmt.Sprintf("%s must be in the range [%v, %v]", snakeCase(bound.name), bound.low, bound.high))
		}
	}
	if g.has("logprobs") && !g.is("responseLogprobs") {
		return violation("generation_config.logprobs", "logprobs is set, but response_logprobs is not true")
	}
	stops, _ := g.list("stopSequences")
	if len(stops) > 5 && r.call.unconfirmed { // recalled: five at most
		return violation("generation_config.stop_sequences", "at most 5 stop sequences are allowed")
	}
	for _, s := range stops {
		text, _ := s.(string)
		r.out.stops = append(r.out.stops, text)
	}
	if n, ok := g.integer("candidateCount"); ok {
		r.out.n = n
	}
	r.out.limit, _ = g.integer("maxOutputTokens")
	if most := r.out.model.MaxOutput; most > 0 && r.out.limit > most {
		return violation("generation_config.max_output_tokens", fmt.Sprintf("must be at most %d", most))
	}
	r.out.logprobs = g.is("responseLogprobs")
	return nil
}

// structure: a schema needs the JSON type, and there is only one of the two kinds.
func (r *geminiReader) structure() *apiError {
	g, _ := r.req.obj("generationConfig")
	kind, _ := g.str("responseMimeType")
	schema := g["responseJsonSchema"]
	if older, ok := g.obj("responseSchema"); ok {
		if schema != nil {
			return violation("generation_config", "only one of response_schema and response_json_schema can be set")
		}
		if e := openAPISubset(older, "generation_config.response_schema", 0); e != nil {
			return e
		}
		schema = map[string]any(older)
	}
	switch {
	case !slices.Contains([]string{"", "text/plain", "application/json", "text/x.enum"}, kind):
		return violation("generation_config.response_mime_type", "allowed mimetypes are `text/plain`, `application/json`, `application/xml`, `application/yaml` and `text/x.enum`.")
	case schema != nil && kind != "application/json" && kind != "text/x.enum":
		return violation("generation_config.response_schema", "only allowed when response_mime_type is application/json")
	case schema != nil:
		r.out.format.schema = schema
	case kind == "application/json":
		r.out.format.object = true
	}
	return nil
}

// thinking: 2.5 takes a budget, later models a level, and no request both (Google docs, thinking).
func (r *geminiReader) thinking() *apiError {
	g, _ := r.req.obj("generationConfig")
	t, there := g.obj("thinkingConfig")
	model := r.out.model
	r.out.thinking = thinkHidden
	if t.is("includeThoughts") {
		r.out.thinking = thinkField
	}
	budget, hasBudget := t.integer("thinkingBudget")
	level, _ := t.str("thinkingLevel")
	pro := geminiPro.MatchString(model.ID)
	switch {
	case hasBudget && level != "":
		return argument("You can only set only one of thinking budget and thinking level.")
	case level != "" && geminiVersion(model.ID) == 2:
		return argument("Thinking level is not supported for this model.")
	case level == "MINIMAL" && pro:
		return argument("Thinking level MINIMAL is not supported for this model. Please retry with other thinking level.")
	case hasBudget && budget == 0 && pro && geminiVersion(model.ID) == 2:
		return argument("Budget 0 is invalid. This model only works in thinking mode.")
	case there && !model.Reasoning && r.call.unconfirmed: // recalled: the wording
		return argument("Thinking is not enabled for models/" + model.ID)
	case hasBudget && budget == 0:
		r.out.thinking = thinkOff
	}
	return nil
}

var geminiPro = regexp.MustCompile(`-pro(-|$)`)
