package keyring

import (
	"errors"
	"fmt"
)

// ErrClosed is returned by Acquire after Close.
var ErrClosed = errors.New("the key ring is closed")

// DuplicateLabelError means two keys of a provider have the same label.
type DuplicateLabelError struct{ Provider, Label string }

// Error implements error.
func (e *DuplicateLabelError) Error() string {
	return fmt.Sprintf("provider %q has two keys labelled %q; give each its own label", e.Provider, e.Label)
}

// DuplicateValueError means two keys of a provider have the same value, which would count its quota twice.
type DuplicateValueError struct {
	Provider string
	Labels   [2]string
}

// Error implements error.
func (e *DuplicateValueError) Error() string {
	return fmt.Sprintf("keys %q and %q of provider %q are the same key; remove one", e.Labels[0], e.Labels[1], e.Provider)
}

// InvalidKeyError means a key cannot be used as it is configured.
type InvalidKeyError struct{ Provider, Label, Problem string }

// Error implements error.
func (e *InvalidKeyError) Error() string {
	return fmt.Sprintf("key %q of provider %q: %s", e.Label, e.Provider, e.Problem)
}

// UnknownLabelError means a provider has no key of that label.
type UnknownLabelError struct{ Provider, Label string }

// Error implements error.
func (e *UnknownLabelError) Error() string {
	return fmt.Sprintf("provider %q has no key labelled %q", e.Provider, e.Label)
}
