// Package reload replaces the configuration of a running host without losing a request:
//
//	reloader := reload.New(reload.Options{Path: "config.hcl", Apply: apply})
//	current := reload.NewCurrent(h) // made from config.hcl; gateway.New(current, ...)
//	reloader.Begin(reload.Applied{})
//	err := reloader.Run(ctx) // until ctx ends; apply calls current.Apply
//
// Current holds the host of now, one generation after another. A request acquires the host it is served by and
// keeps it to its end; a replaced host is closed when its last request is released. Reloader watches the file,
// waits until a change has settled, and has it applied, once. What cannot be read, is empty or does not hold
// together changes nothing, and Status says why.
//
// What of a new configuration must work at once is decided in apply.go: mistakes in it, and plugins that were
// ready and would not be any more, change nothing at all. A plugin that did not run before may fail to start:
// the rest is applied, its provider rests and is tried again, and Status names it.
package reload
