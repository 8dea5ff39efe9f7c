// Package plugintest is what the tests of the plugins for OpenAI-shaped upstreams share: a plugin behind the
// contract in the same process, before a handler or the simulator, and tables of what it makes of errors.
package plugintest
