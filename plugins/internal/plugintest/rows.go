package plugintest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aio-llm/aio/internal/rows"
	"github.com/aio-llm/aio/sdk/sdktest"
)

// WrongType is the promise that a 200 of the wrong type is a bad reply.
func (r Rig) WrongType(t *testing.T, upstream sdktest.Upstream) {
	t.Helper()
	r.row(t, upstream, "U15", "a bad reply, or what its status says; nothing of a page in the error",
		"faults/html", "faults/wrong-type", "faults/empty-body", "faults/json-for-stream", "faults/stream-for-json")
}

// NoRedirects is the promise that a key stays with the configured host.
func (r Rig) NoRedirects(t *testing.T, upstream sdktest.Upstream) {
	t.Helper()
	r.row(t, upstream, "U16", "not followed; another host gets no connection", "redirect/")
}

// row runs the cases of the kit whose names begin so, and records them as a promise kept or not.
func (r Rig) row(t *testing.T, upstream sdktest.Upstream, id, promise string, prefixes ...string) {
	t.Helper()
	session, err := sdktest.Runner{Target: sdktest.InProcess(r.Plugin), Upstream: upstream, Patience: patience}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	})
	var ran []string
	for _, c := range sdktest.Cases() {
		for _, prefix := range prefixes {
			if strings.HasPrefix(c.Name, prefix) && session.Applies(c) {
				ran = append(ran, c.Name)
				if result := session.Run(t.Context(), c); result.Verdict != sdktest.Pass {
					t.Errorf("%s: %s", c.Name, result.Detail)
				}
			}
		}
	}
	if len(ran) < len(prefixes) {
		t.Errorf("of the kit only %q ran", ran)
	}
	rows.Report(t, id, fmt.Sprintf("plugin %s, %d cases of the kit", r.Plugin.Name, len(ran)), promise, func() string { return strings.Join(ran, ", ") })
}
