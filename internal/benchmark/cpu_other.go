//go:build !linux

package main

import (
	"errors"
	"time"
)

var errNoClock = errors.New("the benchmark reads CPU clocks of processes, which it can on Linux only")

func ownCPU() (time.Duration, error)        { return 0, errNoClock }
func processCPU(int) (time.Duration, error) { return 0, errNoClock }
