// Package examples holds no code: each folder below it is a small program to copy from, made of the public
// packages only (host, host/hclconfig, sdk), with the config.hcl it reads.
//
//	make build             # the plugins, in bin/plugins
//	export GROQ_API_KEY=gsk_...
//	cd examples/basic && go run .
//
// Without keys, let the simulator play the providers. It prints its address; leave it running:
//
//	bin/aio simulate --addr 127.0.0.1:8090
//	export GROQ_BASE_URL=http://127.0.0.1:8090/groq/openai/v1 GROQ_API_KEY=any
//	cd examples/basic && go run .
//
// The tests of this package run every one of them through plugin processes against the simulator.
package examples
