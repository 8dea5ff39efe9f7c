// Package sdk is what a provider plugin imports.
//
// A plugin is a value: name, version, the settings it understands, and a function that opens a Provider.
// Its main passes that value to Serve and is done:
//
//	func main() { sdk.Serve(acme.Plugin()) }
//
// A Provider makes exactly one upstream call per Chat or ChatStream, with the one API key that travels in
// the Call, and reports failures as an *Error whose Kind comes from typed upstream facts (status, code,
// header). It never retries, never logs keys or prompts, and never writes to stdout: retries, key rotation
// and fallback belong to the host alone.
//
// The payload on the wire is OpenAI chat-completions JSON as bytes; ChatRequest, ChatCompletion and
// ChatChunk are typed views of it that keep every member they do not know. The contract itself is published
// in sdk/proto for authors in other languages. Package openaicompat is a ready Provider for any
// OpenAI-shaped upstream, sdktest the conformance kit, simulator a fake upstream to test against.
//
// For hosts the package also holds the other end of the contract: Handshake, VersionedPlugins and Client.
package sdk
