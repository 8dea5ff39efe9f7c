// Package googleai is the provider for Google's Gemini API, on google.golang.org/genai.
//
// It maps the OpenAI-shaped request to generateContent and the answer back: roles and system messages, text,
// images, audio, video and PDF, inline and by URL (Google fetches https URLs itself, or the plugin does with
// the setting fetch_urls), tools and their results, structured output, thinking, usage. What Gemini has no
// word for is left out and reported, or refused, as the setting unsupported_params says; content that cannot
// be carried is always an error.
//
// Each call is one exchange with the upstream. genai's automatic continuation, retries and environment
// variables are out of the game: the backend, the base URL and the API version are always given, and the
// API key is put on the request by the transport, so that genai never holds one, neither in its client
// (one for all keys, safe for concurrent use) nor in an error.
//
// # What genai cannot carry
//
// The body of a request is written here and given to genai through its ExtrasRequestProvider hook. Its own
// request types would turn JSON Schemas and tool arguments into maps, which lose the order of members and
// the digits of large integers; leave out an explicit zero; encode in base64 the literal that stands for a
// missing thought signature; and copy inline media three times. For the same reason the arguments of tool
// calls are read from the bytes of a reply. Its type of a reply drops members it does not know; what a
// caller may need of the rest is under extra_content.google (below). Errors come without response headers
// and sometimes without the body, so they are read from the response itself. A stream that is cut is no
// error to genai, and an SSE comment is one: streams are cleaned and judged here. countTokens takes contents
// only in genai; here the whole request is counted.
//
// # Beyond OpenAI
//
// A member "google" of the request is an object merged into the body of generateContent: objects are
// merged, the tools added to those of the request, anything else replaced, for example
//
//	{"google": {"tools": [{"googleSearch": {}}], "generationConfig": {"mediaResolution": "MEDIA_RESOLUTION_LOW"}}}
//
// Of "extra_body": {"google": {...}}, which Google's own OpenAI-compatible API has, thinking_config and
// cached_content are understood.
//
// Gemini signs its thoughts. From version 3 on a conversation with a tool call that is sent back without its
// signature is refused. Signatures travel as extra_content.google.thought_signature of the tool call, or of
// the message where the text is signed; callers send messages back as they came. They are taken in either
// base64 alphabet, with and without padding. A call that never had one, because another model made it, gets
// Google's documented placeholder; a 400 about signatures is a bad request and is not sent again.
//
// Grounding, citations and retrieved URLs are under extra_content.google of the message, as Gemini wrote
// them; a reply that Gemini wants to continue later ends with finish_reason "length" and has a
// continuation_token there.
package googleai
