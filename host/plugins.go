package host

import "github.com/aio-llm/aio/host/internal/pluginproc"

// ListPlugins returns the names of the plugins in dir, sorted. It executes none of them.
func ListPlugins(dir string) ([]string, error) { return pluginproc.List(dir) }
