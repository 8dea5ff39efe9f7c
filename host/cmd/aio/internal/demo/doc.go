// Package demo shows what aio does, on a fake upstream in the same process: no key and no internet needed.
//
// Everything else is real: the configuration file, the host, the plugin binaries as processes of their own.
// Each step says what it does, does it, shows the route taken, and checks it against the upstream's ledger of
// what arrived. Run fails if any of it is not as it should be.
package demo
