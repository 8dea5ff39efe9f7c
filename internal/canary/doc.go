// Package canary knows the secrets that the tests of this repository hand out to see where they show, and looks
// for any trace of them in files: as they are, escaped, in hex and base64, or by their ends.
//
// The last step of `make test` scans what the tests left behind:
//
//	go run ./internal/canary/scan DIR FILE...
//
// A test with many secrets takes them from Value, which makes one of any label; those of List that the tests
// write down themselves are compared with the tests by a test.
package canary
