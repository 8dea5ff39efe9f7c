//go:build !unix

package cli

func columns(uintptr) int { return 0 }
