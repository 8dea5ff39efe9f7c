// Package child runs copies of the benchmark's own executable in other roles. A copy tells its address in
// one line on stdout and ends when its stdin does, so none outlives the benchmark.
package child
