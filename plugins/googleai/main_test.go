package googleai

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/aio-llm/aio/plugins/internal/plugintest"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// genai brings in a library that starts a worker when it is loaded.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("go.opencensus.io/stats/view.(*worker).start"))
}

const canary = "AIzaCanary0123456789abcdefghijklmnopqrs"

func rig() plugintest.Rig {
	return plugintest.Rig{
		Plugin: Plugin(), Dialect: simulator.Gemini, Model: "gemini-2.5-flash", Key: canary, RequestID: "X-Request-Id",
	}
}

// asked is a call with one user message and further members.
func asked(model, text string, members ...string) *sdk.Call {
	quoted, err := json.Marshal(text)
	if err != nil {
		quoted = []byte(`""`)
	}
	all := append([]string{`"messages":[{"role":"user","content":` + string(quoted) + `}]`}, members...)
	call := rig().Call("{" + strings.Join(all, ",") + "}")
	call.Model = model
	return call
}

// golden compares with a file, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// dropped writes down what was reported.
func dropped(list []sdk.Dropped) string {
	var b strings.Builder
	for _, d := range list {
		fmt.Fprintf(&b, "   - %s: %s\n", d.Path, d.Reason)
	}
	return b.String()
}
