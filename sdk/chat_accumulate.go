package sdk

// Accumulator puts the chunks of a stream together into one completion. The
// zero value is ready. It is for one goroutine.
type Accumulator struct {
	reply ChatCompletion
}

// Add merges one chunk.
func (a *Accumulator) Add(c *ChatChunk) {}

// Completion returns what the chunks so far add up to.
func (a *Accumulator) Completion() *ChatCompletion { return &a.reply }
