// Package openaicompat is an sdk.Provider for any upstream that speaks the OpenAI chat-completions dialect.
//
// A Dialect is data: where the upstream lives, which request members it does not take, how its errors and
// its rate-limit headers read. New turns a Dialect and the settings of a provider block into a Provider; a
// plugin is little more than its Dialect.
//
// The caller's bytes go through. Of a request only what must change is patched: the model, `stream`, and the
// members the Dialect has a Rule for; everything else, member order, big numbers and unknown members
// included, leaves as it came. Replies and stream events are validated and read, never rewritten. go-openai
// supplies the configuration, the requests that are not chat, and the error type behind an sdk.Error.
//
// Each call is exactly one upstream exchange: nothing is retried (net/http may repeat a request only where HTTP
// itself says the server has not touched it, and a GET on a connection it finds closed) and no redirect is
// followed, so the API key never leaves the configured host.
//
// HTTP 200 is not taken for success: an error inside the reply, an empty reply, a page of HTML or a stream that
// merely stops is an error of its kind. A stream has succeeded when the upstream closed it properly after a
// finish reason, or said [DONE] after content or a finish reason; after a finish reason only, where the Dialect
// says that its upstream always gives one.
package openaicompat
