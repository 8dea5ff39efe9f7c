// Package cerebras is the provider plugin for Cerebras.
//
// Cerebras's API is OpenAI-shaped but for its errors, which are flat, and for its limiter: a token bucket that
// is charged with the prompt and the whole output asked for before anything runs. A request that names no
// limit is therefore given one.
package cerebras
