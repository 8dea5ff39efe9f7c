// Package rows is what the tests of fault promises share: their dose, and the record of what was measured.
//
// A promise about faults is a test named TestRow_<ID>. `go test` runs a small dose of the fault; with
// AIO_ROWS=full (make rows) the full one. With AIO_ROWS_OUT set to a file each row appends one line of JSON.
package rows

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

// Full reports whether the full dose is asked for.
func Full() bool { return os.Getenv("AIO_ROWS") == "full" }

// Dose returns small, or full when the full dose is asked for.
func Dose(small, full int) int {
	if Full() {
		return full
	}
	return small
}

// Row is one promise and what was measured of it.
type Row struct {
	ID string `json:"id"`
	// Dose says how much of the fault was given, Promise what must hold.
	Dose    string `json:"dose"`
	Promise string `json:"promise"`
	// Measured is what happened, for people.
	Measured string `json:"measured"`
	OK       bool   `json:"ok"`
}

// Report records a row when the test ends: it is well if the test is. measured is called then.
func Report(t *testing.T, id, dose, promise string, measured func() string) {
	t.Helper()
	t.Cleanup(func() {
		row := Row{ID: id, Dose: dose, Promise: promise, Measured: measured(), OK: !t.Failed()}
		t.Logf("%s: %s: %s", row.ID, row.Promise, row.Measured)
		path := os.Getenv("AIO_ROWS_OUT")
		if path == "" {
			return
		}
		if err := appendTo(path, row); err != nil {
			t.Error(err)
		}
	})
}

func appendTo(path string, row Row) error {
	line, err := json.Marshal(row)
	if err != nil {
		return fmt.Errorf("encode row %s: %w", row.ID, err)
	}
	// Test binaries of several packages write side by side; one short append is atomic.
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("record row %s: %w", row.ID, err)
	}
	if _, err := f.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("record row %s: %w", row.ID, err)
	}
	return f.Close()
}
