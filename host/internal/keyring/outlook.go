package keyring

import (
	"slices"
	"time"
)

// Outlook is what Acquire would do for a model now.
type Outlook struct {
	// Ready are the labels of the usable keys in the order they would be used.
	Ready []string
	// Held are the keys that would be passed over, with the reason.
	Held []Reason
	// Soonest is when the first of them is back; zero if none rests.
	Soonest time.Time
}

// Outlook says which keys could be used for a model now, without using one.
func (r *Ring) Outlook(model string) Outlook {
	r.mu.Lock()
	defer r.unlock()
	now := r.now()
	r.turn(now)
	var o Outlook
	var ready []*key
	for _, k := range r.keys {
		s := r.standing(k, model, now)
		if s.State == Ready {
			ready = append(ready, k)
			continue
		}
		o.Held = append(o.Held, Reason{Label: k.Label, State: s.State, Until: s.Until, Why: s.Why, Detail: s.Detail})
		if !s.Until.IsZero() && (o.Soonest.IsZero() || s.Until.Before(o.Soonest)) {
			o.Soonest = s.Until
		}
	}
	slices.SortFunc(ready, func(a, b *key) int {
		if preferred(a, b) {
			return -1
		}
		return 1
	})
	for _, k := range ready {
		o.Ready = append(o.Ready, k.Label)
	}
	return o
}
