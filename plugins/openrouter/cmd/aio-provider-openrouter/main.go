// Command aio-provider-openrouter is the provider plugin for OpenRouter. An aio host starts it.
package main

import (
	"github.com/aio-llm/aio/plugins/openrouter"
	"github.com/aio-llm/aio/sdk"
)

func main() { sdk.Serve(openrouter.Plugin()) }
