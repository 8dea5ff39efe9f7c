package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// chatFlags are the flags of aio chat.
type chatFlags struct {
	model, route, system string
	files                []string
	schema               string
	json, noStream       bool
	showRoute            bool
	temperature          float64
	maxTokens            int64
	timeout              time.Duration

	given func(flag string) bool
	// conforms checks a complete answer; nil lets any pass.
	conforms func(answer string) error
}

func (a *app) chatCommand() *cobra.Command {
	var f chatFlags
	c := &cobra.Command{
		Use:   "chat [flags] [prompt...]",
		Short: "Send a prompt and print the answer as it comes",
		Long: "Send a prompt and print the answer as it comes. The prompt is the arguments, with \"-\" standing for the\n" +
			"standard input; without arguments it is the standard input; at a terminal it is a conversation.\n\n" +
			"Ctrl-C cancels the answer, upstream too. The exit code is 0 when the answer is complete, 1 when it is not,\n" +
			"2 when the arguments or the configuration are wrong.",
		Example: "  aio chat \"Why is the sky blue?\"\n" +
			"  git diff | aio chat \"Review this:\" -\n" +
			"  aio chat --file photo.jpg \"What is on it?\"\n" +
			"  aio chat --show-route --model auto hello",
		RunE: func(c *cobra.Command, args []string) error {
			f.given = c.Flags().Changed
			return a.chat(c.Context(), f, args)
		},
	}
	fs := c.Flags()
	fs.StringVarP(&f.model, "model", "m", "", "`name` of a model, provider/model or route (default: auto, if the configuration says auto = true)")
	fs.StringVarP(&f.route, "route", "r", "", "`name` of the route to take; wins over --model")
	fs.StringVarP(&f.system, "system", "s", "", "system prompt")
	fs.StringArrayVarP(&f.files, "file", "f", nil, "send this `file` along: text, image, sound, film or PDF (repeatable)")
	fs.StringVar(&f.schema, "schema", "", "ask for JSON that follows the JSON Schema in this `file`")
	fs.BoolVar(&f.json, "json", false, "print the whole reply as JSON, when it is complete")
	fs.BoolVar(&f.noStream, "no-stream", false, "ask for the answer in one piece")
	fs.BoolVar(&f.showRoute, "show-route", false, "tell on stderr which targets and keys were tried")
	fs.Float64VarP(&f.temperature, "temperature", "t", 0, "0 is strict, 2 is wild (default: the model's)")
	fs.Int64Var(&f.maxTokens, "max-tokens", 0, "at most so many tokens of answer (default: the model's)")
	fs.DurationVar(&f.timeout, "timeout", 0, "give up after this time, such as 30s (default: the configuration's)")
	_ = c.RegisterFlagCompletionFunc("model", a.complete(modelNames)) // fails for a flag that is not there
	_ = c.RegisterFlagCompletionFunc("route", a.complete(routeNames))
	return c
}

func (a *app) chat(ctx context.Context, f chatFlags, args []string) error {
	text, conversation, err := a.prompt(args)
	if err != nil {
		return err
	}
	request, err := f.request()
	if err != nil {
		return err
	}
	attached, err := f.attachments()
	if err != nil {
		return err
	}
	if !conversation {
		request.Messages = append(request.Messages, user(text, attached))
	}
	return a.with(ctx, func(s *session) error {
		if err := needKey(s, f, request); err != nil {
			return err
		}
		a.warnRoot()
		if conversation {
			return a.converse(ctx, s, f, request, attached)
		}
		_, err := a.answer(ctx, s, f, request)
		return err
	})
}

// answer makes one request, prints what comes and returns its text.
func (a *app) answer(ctx context.Context, s *session, f chatFlags, request *sdk.ChatRequest) (string, error) {
	if f.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, f.timeout)
		defer cancel()
	}
	take := a.stream
	if f.json || f.noStream {
		take = a.whole
	}
	text, trail, err := take(ctx, s, f, request)
	var failed *host.Error
	if trail == nil && errors.As(err, &failed) {
		trail = failed.Trail
	}
	if f.showRoute && trail != nil {
		a.showRoute(*trail)
	}
	if err == nil && f.conforms != nil {
		err = f.conforms(text)
	}
	return text, err
}

// request is what the flags say, without the user's message.
func (f *chatFlags) request() (*sdk.ChatRequest, error) {
	r := &sdk.ChatRequest{Model: f.model}
	if f.system != "" {
		r.Messages = append(r.Messages, sdk.System(f.system))
	}
	if f.given("temperature") {
		r.Temperature = &f.temperature
	}
	if f.given("max-tokens") {
		if f.maxTokens < 1 {
			return nil, misusef("Leave it out for the model's own limit.", "--max-tokens %d: must be 1 or more", f.maxTokens)
		}
		r.MaxTokens = &f.maxTokens
	}
	if f.timeout < 0 || f.given("timeout") && f.timeout == 0 {
		return nil, misusef("Leave it out for the configuration's.", "--timeout %s: must be more than zero", f.timeout)
	}
	if f.schema != "" {
		format, err := schemaFormat(f.schema)
		if err != nil {
			return nil, err
		}
		r.ResponseFormat = format
		if f.conforms, err = conformity(f.schema, format); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (f chatFlags) attachments() ([]sdk.Part, error) {
	var parts []sdk.Part
	for _, path := range f.files {
		part, err := attach(path)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return parts, nil
}

// user is the user's message: plain text unless something is attached.
func user(text string, attached []sdk.Part) sdk.Message {
	if len(attached) == 0 {
		return sdk.User(text)
	}
	return sdk.UserParts(append(attached[:len(attached):len(attached)], sdk.TextPart(text))...)
}

func (f chatFlags) options() []host.CallOption {
	if f.route == "" {
		return nil
	}
	return []host.CallOption{host.WithRoute(f.route)}
}
