package plugintest

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// answer is what the fuzzed upstream says.
type answer struct {
	status     int
	kind, body string
}

// A daily quota's wait, and an hour for clocks; no hint is longer.
const longestWait = 25 * time.Hour

// Fuzz gives the plugin replies of any status and content, in one piece and as a stream, beginning with the
// seeds and with what the simulator has of the dialect. Whatever comes, the outcome is a reply or a classified error, without the key and with a sane wait.
func (r Rig) Fuzz(f *testing.F, seeds ...string) {
	f.Helper()
	for _, seed := range seeds {
		for _, status := range []int{200, 400, 403, 429, 500} {
			f.Add(status, seed)
		}
		f.Add(200, "data: "+seed+"\n\ndata: [DONE]\n\n")
	}
	f.Add(401, `{"error":"no: `+r.Key+`"}`)
	for _, s := range r.Shapes(f) {
		f.Add(s.Status, s.Body)
	}
	var now atomic.Pointer[answer]
	client := r.Behind(f, func(w http.ResponseWriter, _ *http.Request) {
		a := now.Load()
		w.Header().Set("Content-Type", a.kind)
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.body)
	}, nil)
	f.Fuzz(func(t *testing.T, status int, body string) {
		status = 200 + ((status-200)%400+400)%400 // a final status
		if status == http.StatusNoContent || status == http.StatusNotModified {
			status = http.StatusOK // those have no body
		}
		now.Store(&answer{status, "application/json", body})
		_, err := client.Chat(t.Context(), r.Call(`{"messages":[]}`))
		r.sane(t, err, status)
		now.Store(&answer{status, "text/event-stream", body})
		_, _, err = Stream(t.Context(), client, r.Call(`{"messages":[]}`))
		r.sane(t, err, status)
	})
}

func (r Rig) sane(t *testing.T, err error, status int) {
	t.Helper()
	if err == nil {
		if status != http.StatusOK {
			t.Errorf("HTTP %d is taken for a reply", status)
		}
		return
	}
	var e *sdk.Error
	switch {
	case !errors.As(err, &e):
		t.Errorf("got a %T: %v", err, err)
	case !slices.Contains(sdk.Kinds(), e.Kind) || e.Message == "" || e.Certainty != sdk.ResponseStarted || e.RetryAfter < 0 || e.RetryAfter > longestWait:
		t.Errorf("got %+v", e)
	case strings.Contains(e.Error()+e.Code+e.Param+e.UpstreamRequestID, r.Key):
		t.Errorf("the key shows in %+v", e)
	}
}
