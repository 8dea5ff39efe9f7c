package keyring

import (
	"container/heap"
	"time"
)

// view is the order in which keys are to be used, kept up to date so that a pick costs the same for ten keys
// and ten thousand. The ring has one view for all models; a model for which some account rests alone gets
// one of its own.
type view struct {
	model   string
	ready   queue // by preference
	resting queue // by the time they are back
	until   []time.Time
}

func newView(model string, size int) *view {
	v := &view{model: model, until: make([]time.Time, size)}
	v.ready = newQueue(size, preferred)
	v.resting = newQueue(size, func(a, b *key) bool { return v.until[a.ord].Before(v.until[b.ord]) })
	return v
}

// preferred is the order of usable keys: priority, fewest calls today, least recently used, as configured.
func preferred(a, b *key) bool {
	switch {
	case a.Priority != b.Priority:
		return a.Priority > b.Priority
	case a.counter.used() != b.counter.used():
		return a.counter.used() < b.counter.used()
	case a.usedSeq != b.usedSeq:
		return a.usedSeq < b.usedSeq
	}
	return a.ord < b.ord
}

// place puts a key where it belongs: among the ready, among those resting until a moment, or nowhere.
func (v *view) place(k *key, out bool, until, now time.Time) {
	v.until[k.ord] = until
	switch {
	case out:
		v.ready.remove(k)
		v.resting.remove(k)
	case until.After(now):
		v.ready.remove(k)
		v.resting.put(k)
	default:
		v.resting.remove(k)
		v.ready.put(k)
	}
}

// due returns a resting key whose time has come; nil if there is none.
func (v *view) due(now time.Time) *key {
	if k := v.resting.top(); k != nil && !v.until[k.ord].After(now) {
		return k
	}
	return nil
}

// queue is a heap of keys that knows where each one is.
type queue struct {
	keys []*key
	pos  []int // by ordinal; -1 is absent
	less func(a, b *key) bool
}

func newQueue(size int, less func(a, b *key) bool) queue {
	q := queue{pos: make([]int, size), less: less}
	for i := range q.pos {
		q.pos[i] = -1
	}
	return q
}

func (q *queue) Len() int           { return len(q.keys) }
func (q *queue) Less(i, j int) bool { return q.less(q.keys[i], q.keys[j]) }

func (q *queue) Swap(i, j int) {
	q.keys[i], q.keys[j] = q.keys[j], q.keys[i]
	q.pos[q.keys[i].ord], q.pos[q.keys[j].ord] = i, j
}

func (q *queue) Push(x any) {
	k := x.(*key) //nolint:errcheck // put pushes nothing else
	q.pos[k.ord] = len(q.keys)
	q.keys = append(q.keys, k)
}

func (q *queue) Pop() any {
	last := len(q.keys) - 1
	k := q.keys[last]
	q.keys[last] = nil
	q.keys, q.pos[k.ord] = q.keys[:last], -1
	return k
}

func (q *queue) put(k *key) {
	if i := q.pos[k.ord]; i >= 0 {
		heap.Fix(q, i)
		return
	}
	heap.Push(q, k)
}

func (q *queue) remove(k *key) {
	if i := q.pos[k.ord]; i >= 0 {
		heap.Remove(q, i)
	}
}

func (q *queue) top() *key {
	if len(q.keys) == 0 {
		return nil
	}
	return q.keys[0]
}

// first returns the first key in order that accept takes; nil if none. It visits only what it must: the
// heap is walked best first, with the frontier in a small heap of its own.
func (q *queue) first(accept func(*key) bool) *key {
	if k := q.top(); k == nil || accept(k) {
		return k
	}
	f := frontier{of: q, at: make([]int, 1, 16)}
	for len(f.at) > 0 {
		i := f.at[0]
		if accept(q.keys[i]) {
			return q.keys[i]
		}
		// Replace the refused key by its children.
		switch left, right := 2*i+1, 2*i+2; {
		case left >= len(q.keys):
			heap.Pop(&f)
		default:
			f.at[0] = left
			heap.Fix(&f, 0)
			if right < len(q.keys) {
				heap.Push(&f, right)
			}
		}
	}
	return nil
}

// frontier is a heap of positions in a queue.
type frontier struct {
	of *queue
	at []int
}

func (f *frontier) Len() int           { return len(f.at) }
func (f *frontier) Less(i, j int) bool { return f.of.Less(f.at[i], f.at[j]) }
func (f *frontier) Swap(i, j int)      { f.at[i], f.at[j] = f.at[j], f.at[i] }
func (f *frontier) Push(x any)         { f.at = append(f.at, x.(int)) } //nolint:errcheck // first pushes nothing else

func (f *frontier) Pop() any {
	last := len(f.at) - 1
	i := f.at[last]
	f.at = f.at[:last]
	return i
}
