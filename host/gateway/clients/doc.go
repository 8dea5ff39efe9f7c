// Package clients tests the gateway with the client libraries people use: openai-go and go-openai in this
// process, and the official openai package for JavaScript in a Node process of its own (node/bridge.mjs).
//
// There is one list of scenarios. Each is told in the terms of the interface client, which every library
// implements as its users would call it, and runs once per library and provider: a simulated upstream behind a
// real plugin, the host, and the gateway on a loopback port. What a scenario judges is what the library hands to
// its user, and what the simulator's ledger says arrived upstream.
//
// The package has tests only.
package clients
