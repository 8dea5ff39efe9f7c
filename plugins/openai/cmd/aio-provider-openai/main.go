// Command aio-provider-openai is the provider plugin for OpenAI and every API like it. An aio host starts it.
package main

import (
	"github.com/aio-llm/aio/plugins/openai"
	"github.com/aio-llm/aio/sdk"
)

func main() { sdk.Serve(openai.Plugin()) }
