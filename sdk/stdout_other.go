//go:build !unix

package sdk

func guardStdout() error { return nil }
