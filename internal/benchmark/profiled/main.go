// Command profiled is the groq plugin with a CPU profiler in it, for `benchmark -cpuprofile plugin`.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime/pprof"

	"github.com/aio-llm/aio/plugins/groq"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
)

// profileTo is the file, set by the linker: a plugin's environment is the host's to choose.
var profileTo string //nolint:gochecknoglobals // the linker's

func main() {
	plugin := groq.Plugin()
	open := plugin.Open
	plugin.Open = func(ctx context.Context, setup sdk.Setup) (sdk.Provider, error) {
		provider, err := open(ctx, setup)
		if err != nil {
			return nil, err
		}
		return profile(provider)
	}
	sdk.Serve(plugin)
}

// profiled stops the profiler when the host is done with the plugin.
type profiled struct {
	*openaicompat.Provider
	file *os.File
}

func profile(provider sdk.Provider) (sdk.Provider, error) {
	inner, ok := provider.(*openaicompat.Provider)
	if !ok {
		return nil, fmt.Errorf("cannot wrap a %T", provider)
	}
	file, err := os.Create(profileTo)
	if err != nil {
		return nil, err
	}
	return profiled{Provider: inner, file: file}, pprof.StartCPUProfile(file)
}

// Close implements io.Closer.
func (p profiled) Close() error {
	pprof.StopCPUProfile()
	if err := p.file.Close(); err != nil {
		return err
	}
	return p.Provider.Close()
}
