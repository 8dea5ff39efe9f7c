// Package nvidia is the provider plugin for the hosted models of NVIDIA NIM.
//
// The API is vLLM's OpenAI-shaped one behind NVIDIA's gateway, whose errors are {"status","title","detail"}
// and whose 429s say nothing about how long to wait. The free queues are slow: give the provider long
// timeouts. Reasoning comes in reasoning_content, and is switched through chat_template_kwargs; both pass
// as they are.
package nvidia
