// Package openai is the provider plugin for OpenAI and for every API made like it: Ollama, vLLM, llama.cpp,
// LiteLLM, a company's own gateway.
//
// Such APIs differ in small things, which are settings: where the API lives, which members it does not take,
// what it calls the output limit, whether it tells usage in streams. A key is optional. What they write as
// errors differs more; all of it is understood here, since nothing tells which of them an address is.
package openai
