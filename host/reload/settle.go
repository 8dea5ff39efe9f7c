package reload

import (
	"context"
	"time"
)

// How long a changed file must stay as it is before it is read. One that was replaced by renaming is whole at
// once; one that is written in place, or is not there just now, may be half-written for as long as its writer
// takes.
const (
	quietReplaced = 200 * time.Millisecond
	quietInPlace  = time.Second
)

// pollEvery is how often the files are looked at where no notice comes: notices are lost when there are too
// many, and some file systems give none.
const pollEvery = 2 * time.Second

// settler calls settled once for each change of the files, when it has been over for a while, and at once when
// forced to.
type settler struct {
	// look tells how the files are now, without reading them.
	look func() look
	// notices come when something may have changed.
	notices, forced <-chan struct{}
	settled         func(ctx context.Context, forced bool)
}

// run returns when ctx ends.
func (s *settler) run(ctx context.Context) {
	last := s.look()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	quiet := time.NewTimer(quietInPlace)
	quiet.Stop()
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-quiet.C:
			s.settled(ctx, false)
			continue
		case <-s.forced:
			s.settled(ctx, true)
		case <-s.notices:
		case <-poll.C:
		}
		now := s.look()
		if now.equal(last) {
			continue
		}
		wait := quietReplaced
		if now.inPlaceOf(last) || now.partial() {
			wait = quietInPlace
		}
		last = now
		quiet.Reset(wait)
	}
}
