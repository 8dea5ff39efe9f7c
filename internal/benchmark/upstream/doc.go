// Package upstream is the fake provider behind the benchmark: OpenAI's chat completions over plain HTTP/1.1,
// written straight to the socket from replies made beforehand, so that on a machine shared with what is
// measured it takes as little as it can. It checks nothing; package simulator is the strict one.
//
// Which reply comes is the model's name. Each event of a stream is a write of its own, as upstreams do it.
package upstream
