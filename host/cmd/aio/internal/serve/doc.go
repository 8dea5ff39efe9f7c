// Package serve puts a gateway together and runs it: the configuration, a host, the gateway and its admin
// listener, the observers, reloads, and a stop that loses nothing.
//
//	s, err := serve.Open(ctx, serve.Options{Path: path, Load: load, Log: log})
//	err = s.Serve(ctx) // until ctx ends, then drains
//
// The story is in serve.go; config.go turns the file into what the parts want, listen.go opens the listeners,
// reload.go puts a changed file into force, stop.go ends it all.
package serve
