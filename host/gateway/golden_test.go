package gateway_test

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares what a client got with testdata/<name>.txt.
func golden(t *testing.T, name string, a answer) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	got := a.String()
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
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
		t.Errorf("%s (-want +got; go test -update rewrites it):\n%s", path, diff)
	}
}

// drawn is what chance decides: ids, and waits, which have jitter.
var drawn = regexp.MustCompile(`(req_|retry-after: |retry-after-ms: )[0-9a-z]+`)

// String is the answer as on the wire, without what chance decides.
func (a answer) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d\n", a.status)
	writeHeader(&b, a.header)
	b.WriteString("\n" + a.body)
	if len(a.trailer) > 0 {
		b.WriteString("--\n")
		writeHeader(&b, a.trailer)
	}
	return drawn.ReplaceAllString(b.String(), "${1}DRAWN")
}

func writeHeader(b *strings.Builder, h http.Header) {
	var names []string
	for name := range h {
		if name != "Date" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(b, "%s: %s\n", strings.ToLower(name), strings.Join(h[name], ", "))
	}
}
