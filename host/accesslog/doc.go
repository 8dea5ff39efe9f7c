// Package accesslog writes one structured line for each HTTP request.
//
//	handler = accesslog.Handler(gateway, log)
//
// The line says who asked for what (method, path, remote address, client token by name), what came of it
// (status, bytes, duration) and, read from the reply's own headers, how: request id, provider, model, key
// label, attempts. Query strings, Authorization and other request headers, and bodies are never in it.
package accesslog
