package alerts

import "time"

type id struct{ name, subject string }

// state is one alert's: whether it stands, and since when a change has been in the air.
type state struct {
	raised  bool
	alert   Alert
	pending time.Time
	seen    bool
}

// take turns verdicts into changes: each alert is raised once and resolved once.
func (a *Alerts) take(verdicts []verdict, now time.Time) (changes []Alert) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.states {
		s.seen = false
	}
	for _, v := range verdicts {
		k := id{v.name, v.subject}
		s := a.states[k]
		if s == nil {
			s = &state{}
			a.states[k] = s
		}
		s.seen = true
		if s.due(v, now) {
			changes = append(changes, a.change(s, v, now))
		}
	}
	for k, s := range a.states {
		if s.seen {
			continue
		}
		if s.raised { // its key is no longer configured
			changes = append(changes, a.change(s, verdict{message: s.alert.Subject + " is no longer configured"}, now))
		}
		delete(a.states, k)
	}
	return changes
}

// due reports whether the verdict has held long enough to change the state.
func (s *state) due(v verdict, now time.Time) bool {
	if s.raised && !v.good || !s.raised && !v.bad {
		s.pending = time.Time{}
		return false
	}
	if s.pending.IsZero() {
		s.pending = now
	}
	return now.Sub(s.pending) >= v.hold
}

func (a *Alerts) change(s *state, v verdict, now time.Time) Alert {
	s.raised, s.pending = !s.raised, time.Time{}
	if s.raised {
		s.alert = Alert{Name: v.name, Subject: v.subject, Value: v.value, Threshold: v.threshold, Message: v.message, Raised: now}
		return s.alert
	}
	s.alert.Resolved, s.alert.Message = now, v.message
	a.past = append(a.past, s.alert)
	if extra := len(a.past) - mostPast; extra > 0 {
		a.past = append([]Alert(nil), a.past[extra:]...)
	}
	return s.alert
}
