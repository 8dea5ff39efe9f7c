//go:build unix && !linux

package main

func protect() {
	privateFiles()
	noCores()
}
