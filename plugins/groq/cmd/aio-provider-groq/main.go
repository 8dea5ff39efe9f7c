// Command aio-provider-groq is the provider plugin for Groq. An aio host starts it.
package main

import (
	"github.com/aio-llm/aio/plugins/groq"
	"github.com/aio-llm/aio/sdk"
)

func main() { sdk.Serve(groq.Plugin()) }
