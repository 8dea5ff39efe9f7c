// Package logging makes the logger of a program that embeds the host: a console, a file with everything and
// a file with errors only, each at a level of its own, with the API keys of the configuration cut out of all
// of them.
//
//	log, closer, err := logging.New(logging.Config{Level: "info"}, os.Stderr, false)
//	defer closer.Close()
//	h, err := host.New(ctx, config, host.WithLogger(log))
//
// The console writes coloured text on a terminal and one JSON object a line elsewhere. Files are JSON, can be
// read by their owner only, and are rotated by size. Slog lets code that speaks log/slog write there too.
package logging
