// Command benchmark measures what a provider plugin costs over calling go-openai in the same process, and
// holds it against the project's budgets. `make bench` runs it; docs/benchmarks.md says how to read it.
//
// Three processes take part: this one, which is both the load and the host (or, for the other side of each
// comparison, the go-openai client); the groq plugin; and package upstream, a fake provider too cheap to
// hide what is measured. rows.go is the list of figures, cells.go the loads behind them, load.go how one is
// taken: the two sides of a comparison one after the other, in turns, round after round. What counts is the
// ratio within a round, since the machine may be slower in the next.
package main
