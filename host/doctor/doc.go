// Package doctor finds out which keys and models of a host work, and says in plain words what to do about
// those that do not:
//
//	report, err := doctor.Examine(ctx, h, doctor.Options{})
//	for _, p := range report.Providers { ... }
//
// An examination makes one call a key, which costs no quota at any provider known, and lists the models of
// each provider once. Options.Deep adds one tiny chat a key, which does count.
//
// It is a view: nothing it finds is kept by the host, but for what a deep chat says, which the host takes as
// it takes the outcome of any request. A report holds labels and words, and no key.
package doctor
