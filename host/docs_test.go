package host_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// The page on errors has a row for each kind, with the category and status the code gives it.
func TestTheErrorsPageIsTrue(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/errors.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) == 4 && strings.HasPrefix(strings.TrimSpace(cells[0]), "`") {
			rows[strings.Trim(strings.TrimSpace(cells[0]), "`")] = cells
		}
	}
	for _, kind := range sdk.Kinds() {
		row, ok := rows[string(kind)]
		if !ok {
			t.Errorf("no row for %s", kind)
			continue
		}
		if got := strings.TrimSpace(row[2]); got != string(kind.Category()) {
			t.Errorf("%s: the page says category %s, the code %s", kind, got, kind.Category())
		}
		e := &host.Error{Kind: kind, RetryAfter: 1}
		if want := fmt.Sprint(e.HTTPStatus()); !strings.HasPrefix(strings.TrimSpace(row[3]), want) {
			t.Errorf("%s: the page says status%s, the code %s", kind, row[3], want)
		}
	}
	if len(rows) != len(sdk.Kinds()) {
		t.Errorf("%d rows for %d kinds", len(rows), len(sdk.Kinds()))
	}
}
