package plugintest

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// ErrorCase is an error reply of the upstream and what it must become.
type ErrorCase struct {
	Name   string
	Status int
	Header map[string]string
	Body   string
	// Want is the error but for its message, status, certainty and request id.
	Want sdk.Error
}

const requestID = "req_9"

// Errors runs the table, each case in one piece and streamed.
func (r Rig) Errors(t *testing.T, cases []ErrorCase) {
	t.Helper()
	for _, tt := range cases {
		t.Run(tt.Name, func(t *testing.T) {
			t.Parallel()
			client := r.Behind(t, func(w http.ResponseWriter, _ *http.Request) {
				for name, value := range tt.Header {
					w.Header().Set(name, value)
				}
				w.Header().Set(r.RequestID, requestID)
				w.WriteHeader(tt.Status)
				_, _ = io.WriteString(w, tt.Body)
			}, nil)
			_, err := client.Chat(t.Context(), r.Call(`{"messages":[]}`))
			r.judge(t, err, tt)
			_, _, err = Stream(t.Context(), client, r.Call(`{"messages":[]}`))
			r.judge(t, err, tt)
		})
	}
}

// judge compares all of an error but its message.
func (r Rig) judge(t *testing.T, err error, tt ErrorCase) {
	t.Helper()
	var got *sdk.Error
	if !errors.As(err, &got) {
		t.Fatalf("got %v, want an error", err)
	}
	if got.Message == "" || strings.Contains(got.Message, r.Key) {
		t.Errorf("message %q", got.Message)
	}
	told, want := *got, tt.Want
	told.Message, told.Cause = "", nil
	want.Status, want.Certainty, want.UpstreamRequestID = tt.Status, sdk.ResponseStarted, requestID
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("%s\n%v", diff, got)
	}
}

// SimulatedErrors checks what the plugin understands of the errors the simulator names: by status, and in
// the middle of a stream. A rate limit must come with its wait unless waitless.
func (r Rig) SimulatedErrors(t *testing.T, body string, waitless bool, want map[string]sdk.Kind) {
	t.Helper()
	for name, kind := range want {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := r.Simulated(t, simulator.Options{}, simulator.Fault{Kind: simulator.FaultError, Error: name})
			_, err := client.Chat(t.Context(), r.Call(body))
			e := sdk.AsError(err)
			if e == nil || e.Kind != kind || strings.Contains(e.Error(), r.Key) {
				t.Fatalf("got %+v, want %s", e, kind)
			}
			if limited := kind == sdk.KindRateMinute || kind == sdk.KindRateDay; !waitless && limited != (e.RetryAfter > 0) {
				t.Errorf("wait %v", e.RetryAfter)
			}
			client, _ = r.Simulated(t, simulator.Options{}, simulator.Fault{Kind: simulator.FaultInband, Error: name, After: 1})
			chunks, _, err := Stream(t.Context(), client, r.Call(body))
			if sdk.KindOf(err) != kind || chunks == "" {
				t.Errorf("in a stream: got %v after %q, want %s", err, chunks, kind)
			}
		})
	}
}
