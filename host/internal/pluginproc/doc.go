// Package pluginproc finds, starts, watches and stops provider plugin processes.
//
// Read it in this order: Find checks a binary before it may run (binary.go); a Spawner forks it with an
// environment, a directory and a process group of its own (spawner.go, child.go, env.go); Start speaks the
// handshake and hands over the settings (start.go, explain.go); a Process is one that runs (process.go);
// a Supervisor keeps one running for a provider block (supervisor.go, backoff.go).
//
// go-plugin does the handshake, AutoMTLS and the connection. What it cannot be trusted with stays here: it
// waits for pipes instead of processes, its Kill and Ping can block for ever on a frozen plugin, and it
// neither groups processes nor notices that the host has died.
package pluginproc
