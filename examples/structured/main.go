// Command structured gets an answer that follows a JSON schema, as a Go value.
//
//	export GROQ_API_KEY=gsk_...
//	cd examples/structured && go run .
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/hclconfig"
	"github.com/aio-llm/aio/sdk"
)

// Recipe is what the model fills in.
type Recipe struct {
	Title       string       `json:"title"`
	Minutes     int          `json:"minutes"`
	Difficulty  string       `json:"difficulty"`
	Ingredients []Ingredient `json:"ingredients"`
}

// Ingredient is one line of a Recipe.
type Ingredient struct {
	Name  string `json:"name"`
	Grams int    `json:"grams"`
}

// In strict schemas every object is closed and requires all it has.
const schema = `{
	"type": "object",
	"properties": {
		"title":       {"type": "string"},
		"minutes":     {"type": "integer", "minimum": 1},
		"difficulty":  {"type": "string", "enum": ["easy", "medium", "hard"]},
		"ingredients": {"type": "array", "items": {
			"type": "object",
			"properties": {"name": {"type": "string"}, "grams": {"type": "integer"}},
			"required": ["name", "grams"],
			"additionalProperties": false
		}}
	},
	"required": ["title", "minutes", "difficulty", "ingredients"],
	"additionalProperties": false
}`

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "structured:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	file, err := hclconfig.Load("config.hcl", hclconfig.Options{})
	if err != nil {
		return err
	}
	h, err := host.New(ctx, file.Config)
	if err != nil {
		return err
	}
	defer h.Close(ctx)

	recipe, err := ask(ctx, h, "A simple bread.")
	if err != nil {
		return err
	}
	fmt.Printf("%s, %d min, %s\n", recipe.Title, recipe.Minutes, recipe.Difficulty)
	for _, i := range recipe.Ingredients {
		fmt.Printf("- %d g %s\n", i.Grams, i.Name)
	}
	return nil
}

func ask(ctx context.Context, h *host.Host, dish string) (Recipe, error) {
	var recipe Recipe
	reply, err := h.Chat(ctx, &sdk.ChatRequest{
		Model:          "groq/openai/gpt-oss-20b",
		Messages:       []sdk.Message{sdk.System("You write recipes."), sdk.User(dish)},
		ResponseFormat: sdk.JSONSchema("recipe", schema, true),
	})
	if err != nil {
		return recipe, err
	}
	completion, err := reply.Completion()
	if err != nil {
		return recipe, err
	}
	// A reply cut at the token limit is no valid JSON; the finish reason says so before the decoder does.
	if r := reply.Info.FinishReason; r != "stop" {
		return recipe, fmt.Errorf("the answer is not whole: it ended with %q", r)
	}
	if err := json.Unmarshal([]byte(completion.Text()), &recipe); err != nil {
		return recipe, fmt.Errorf("the answer does not follow the schema: %w", err)
	}
	return recipe, nil
}
