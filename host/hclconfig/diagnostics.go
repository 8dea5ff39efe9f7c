package hclconfig

import (
	"errors"
	"fmt"
	"strings"
)

// Diagnostic is one mistake or warning. Its texts contain no secret.
type Diagnostic struct {
	// Warning tells a warning from an error.
	Warning bool
	// File is the path as it was given to Load. Line and Column count from 1; 0 means the file as a whole.
	File         string
	Line, Column int
	// Summary says what is wrong, Detail what to do about it; Detail may be empty.
	Summary string
	Detail  string
	// Snippet is the line at fault with secrets replaced; empty when there is none to show. The place itself
	// is MarkLen characters from Mark on.
	Snippet       string
	Mark, MarkLen int
}

// Place is "file:line:column", or the file alone.
func (d Diagnostic) Place() string {
	switch {
	case d.Line == 0:
		return d.File
	case d.Column == 0:
		return fmt.Sprintf("%s:%d", d.File, d.Line)
	default:
		return fmt.Sprintf("%s:%d:%d", d.File, d.Line, d.Column)
	}
}

// Error implements error in one line.
func (d Diagnostic) Error() string {
	text := d.Summary
	if d.Detail != "" {
		text += "; " + d.Detail
	}
	if place := d.Place(); place != "" {
		text = place + ": " + text
	}
	return strings.ReplaceAll(text, "\n", " ")
}

// Diagnostics are mistakes or warnings, in the order of the file.
type Diagnostics []Diagnostic

// Error implements error, one line for each.
func (ds Diagnostics) Error() string {
	lines := make([]string, len(ds))
	for i, d := range ds {
		lines[i] = d.Error()
	}
	return strings.Join(lines, "\n")
}

// errorOrNil keeps an empty list from becoming a non-nil error.
func (ds Diagnostics) errorOrNil() error {
	if len(ds) == 0 {
		return nil
	}
	return ds
}

// diagnosticsOf finds the diagnostics in an error, one alone included.
func diagnosticsOf(err error) (Diagnostics, bool) {
	var many Diagnostics
	if errors.As(err, &many) {
		return many, true
	}
	var one Diagnostic
	if errors.As(err, &one) {
		return Diagnostics{one}, true
	}
	return nil, false
}
