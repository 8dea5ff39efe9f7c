// Package simulator is a strict, scripted fake of LLM provider HTTP APIs with
// an append-only ledger of everything that arrived.
//
// It refuses what the real providers refuse, in their real error bodies and
// headers; it answers deterministically (echo, canned text, tool calls,
// reasoning, JSON by schema); and it misbehaves by script, per key, model and
// request number, in the ways upstreams have been seen to. The ledger is the
// judge: it says which key called, how far each reply got and whether the
// client left, and a test can wait on it without sleeping.
//
// A Simulator is an http.Handler that serves each provider below its name,
// for example /groq/openai/v1/chat/completions, and its own controls below
// /_sim/. Start puts it on a TCP address, StartMemory on an in-memory listener
// that also works inside a testing/synctest bubble.
//
// Rules that rest on recollection only, not on documentation, official types
// or an observed reply, are off unless Options.Unconfirmed is set.
package simulator
