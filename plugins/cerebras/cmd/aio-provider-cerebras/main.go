// Command aio-provider-cerebras is the provider plugin for Cerebras. An aio host starts it.
package main

import (
	"github.com/aio-llm/aio/plugins/cerebras"
	"github.com/aio-llm/aio/sdk"
)

func main() { sdk.Serve(cerebras.Plugin()) }
