// Package openrouter is the provider plugin for OpenRouter.
package openrouter
