package retry

import "time"

// MinShare is the least time an attempt is given while the request has it: with less, a call to a model is
// lost before it starts. Later targets go short rather than all of them failing for want of time.
const MinShare = 5 * time.Second

// Split returns how long one attempt may take of a request that has remainingTargets targets left to try,
// this one included (below 1 counts as 1), and ends at deadline. The zero deadline is none, and the answer
// 0: unbounded.
//
// Each target left gets an equal part, but the one at hand never less than MinShare nor more than there is.
// So the last target gets all that is left, a hung first of three cannot take more than a third, and time
// that an attempt did not need goes to those after it. A request whose time is up gets a share of 1 ns: over
// at once, and not to be mistaken for unbounded.
func Split(deadline, now time.Time, remainingTargets int) time.Duration {
	if deadline.IsZero() {
		return 0
	}
	left := deadline.Sub(now)
	if left <= 0 {
		return 1
	}
	share := left / time.Duration(max(1, remainingTargets))
	return min(left, max(share, MinShare))
}
