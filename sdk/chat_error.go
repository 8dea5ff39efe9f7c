package sdk

import (
	"fmt"
	"strings"
)

// RequestError is one thing wrong with a request.
type RequestError struct {
	// Path names the place, as in "messages[2].content[0].text"; empty for the whole.
	Path string
	// Problem says what is wrong there, and what would be right.
	Problem string
	// Err is the cause, if there is one below.
	Err error
}

// Error implements error.
func (e *RequestError) Error() string {
	if e.Path == "" {
		return "request: " + e.Problem
	}
	return e.Path + ": " + e.Problem
}

// Unwrap returns the cause.
func (e *RequestError) Unwrap() error { return e.Err }

// RequestErrors is everything wrong with a request.
type RequestErrors []*RequestError

// Error implements error: all problems, in one line.
func (e RequestErrors) Error() string {
	texts := make([]string, len(e))
	for i, one := range e {
		texts[i] = one.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap returns the problems one by one.
func (e RequestErrors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, one := range e {
		errs[i] = one
	}
	return errs
}

// maxProblems bounds what is reported about one request: more helps nobody, and
// a large hostile request must not become a larger answer.
const maxProblems = 50

func (e *RequestErrors) add(path, problem string, args ...any) {
	if len(*e) < maxProblems {
		*e = append(*e, &RequestError{Path: path, Problem: fmt.Sprintf(problem, args...)})
	}
}
