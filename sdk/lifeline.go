package sdk

import (
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

// watchLifeline ends the process when the host does, however it dies: the host holds the other end of a
// pipe, and its end of file is the one signal that even kill -9 cannot suppress. Without the variable (a
// host of another make) there is nothing to watch.
func watchLifeline() error {
	value := os.Getenv(LifelineEnv)
	if value == "" {
		return nil
	}
	fd, err := strconv.Atoi(value)
	if err != nil || fd < 3 {
		return fmt.Errorf("%s=%q: want a file descriptor number from 3 on", LifelineEnv, value)
	}
	// A service manager signals the whole group: the host drains its requests first and then ends us.
	signal.Ignore(syscall.SIGTERM)
	line := os.NewFile(uintptr(fd), "lifeline")
	go func() {
		var one [1]byte
		for {
			if _, err := line.Read(one[:]); err != nil {
				os.Exit(0)
			}
		}
	}()
	return nil
}
