// Package groq is the provider plugin for Groq's OpenAI-compatible API.
package groq
