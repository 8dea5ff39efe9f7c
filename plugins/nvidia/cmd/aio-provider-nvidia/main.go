// Command aio-provider-nvidia is the provider plugin for NVIDIA. An aio host starts it.
package main

import (
	"github.com/aio-llm/aio/plugins/nvidia"
	"github.com/aio-llm/aio/sdk"
)

func main() { sdk.Serve(nvidia.Plugin()) }
