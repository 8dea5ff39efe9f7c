//go:build unix

package pluginproc

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/sdk"
)

const actAsHost = "PLUGINPROC_TEST_HOST"

func actHost() {}

func TestStartAndStop(t *testing.T) {
	t.Parallel()
	s := newSpawner(t)
	p := start(t, s, spec(install(t, "good"), "good"))
	d := p.Description()
	if d.Name != "good" || d.Version != "1.2.3" {
		t.Errorf("description %+v", d)
	}
	reply, err := p.Client().Chat(within(t), &sdk.Call{Model: "m", Body: []byte(`{"a":1}`)})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`{"a":1}`, string(reply.Body)); diff != "" {
		t.Error(diff)
	}
	if err := p.Stop(within(t)); err != nil {
		t.Error(err)
	}
	wait(t, p.Done(), "end")
	if got := p.ExitNote(); got != "exit status 0" {
		t.Errorf("it ended with %q, want a clean exit; stderr: %q", got, p.LastStderr())
	}
	left, err := os.ReadDir(s.dir.path)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
