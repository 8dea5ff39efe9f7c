// Package hclconfig reads the configuration file: HCL in, a host.Config out, every mistake told at once.
//
//	file, err := hclconfig.Load("config.hcl", hclconfig.Options{})
//	if err != nil {
//		hclconfig.WriteDiagnostics(os.Stderr, err, color, width)
//	}
//
// The error of Load is a Diagnostics: each names its place as file:line:column, shows the line, says what is
// wrong and what would be right. Nothing this package returns as text contains a secret: values of keys and
// proxies, strings in settings, and whatever env() and file() gave there are replaced before a line is shown.
//
// A file is read in three steps. It is bounded first (size, NUL bytes, nesting), because the parser recurses.
// Then every block is decoded by a table of its attributes and blocks, which is the whole grammar. Last come
// the checks that look at several places, such as the targets of a route.
//
// The settings block of a provider belongs to its plugin: it becomes JSON here and is checked later, by
// CheckSettings against the schema a plugin announces, or by the plugin itself through
// host.Provider.SettingsError.
package hclconfig
