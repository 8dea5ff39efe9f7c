// Command multimodal asks about images, documents and sound. A model that cannot take what a request holds is
// passed over, which the reply tells.
//
//	export GROQ_API_KEY=gsk_... GOOGLE_API_KEY=AIza...
//	cd examples/multimodal && go run . square.png note.pdf
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/hclconfig"
	"github.com/aio-llm/aio/sdk"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "multimodal:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, files []string) error {
	file, err := hclconfig.Load("config.hcl", hclconfig.Options{})
	if err != nil {
		return err
	}
	h, err := host.New(ctx, file.Config)
	if err != nil {
		return err
	}
	defer h.Close(ctx)

	parts := []sdk.Part{sdk.TextPart("What do these show?")}
	for _, name := range files {
		part, err := attach(name)
		if err != nil {
			return err
		}
		parts = append(parts, part)
	}
	reply, err := h.Chat(ctx, &sdk.ChatRequest{Messages: []sdk.Message{sdk.UserParts(parts...)}})
	if err != nil {
		return err
	}
	completion, err := reply.Completion()
	if err != nil {
		return err
	}
	for _, s := range reply.Route.Skipped {
		fmt.Printf("passed over %s: %s\n", s.Target, s.Reason)
	}
	fmt.Printf("%s/%s says:\n%s\n", reply.Route.Provider, reply.Route.Model, completion.Text())
	return nil
}

// attach makes a file a part of a message. Its bytes travel inside the request; sdk.ImagePart, sdk.VideoPart
// and sdk.FileURL take an address instead, where the provider fetches it.
func attach(name string) (sdk.Part, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return sdk.Part{}, err
	}
	switch ext := strings.ToLower(filepath.Ext(name)); ext {
	case ".png":
		return sdk.ImageData("image/png", data), nil
	case ".jpg", ".jpeg":
		return sdk.ImageData("image/jpeg", data), nil
	case ".pdf":
		return sdk.FilePart(filepath.Base(name), "application/pdf", data), nil
	case ".wav", ".mp3":
		return sdk.AudioPart(ext[1:], data), nil
	default:
		return sdk.Part{}, fmt.Errorf("%s: neither png, jpg, pdf, wav nor mp3", name)
	}
}
