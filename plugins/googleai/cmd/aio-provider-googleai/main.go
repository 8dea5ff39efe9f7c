// Command aio-provider-googleai is the provider plugin for Google's Gemini API. An aio host starts it.
package main

import (
	"io"
	"log"

	"github.com/aio-llm/aio/plugins/googleai"
	"github.com/aio-llm/aio/sdk"
)

func main() {
	log.SetOutput(io.Discard) // genai writes to the standard logger; what matters comes as an error too
	sdk.Serve(googleai.Plugin())
}
