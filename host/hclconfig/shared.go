package hclconfig

import "github.com/aio-llm/aio/host"

// shared reports what only the whole file shows.
func (d *decoder) shared(c *host.Config) {
	if len(c.Providers) > 0 || len(d.errors) > 0 {
		return
	}
	d.warn(d.at(0), "no provider is configured", "Add one: provider \"groq\" { ... }. The command aio init writes an example.")
}
