//go:build unix

package pluginproc

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// maxStray bounds the descriptors that are looked after; closing one costs a step for each number below it.
const maxStray = 1 << 16

func extraFiles(life *os.File) []*os.File { return []*os.File{life} }

// strays returns the open descriptors from 4 on that children would inherit: Go's own never are, but a
// shell or service manager may have left us some. (Descriptor 3 becomes the lifeline.)
func strays() []int {
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		return nil
	}
	var found []int
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil || fd <= lifelineFD || fd > maxStray {
			continue
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			found = append(found, fd)
		}
	}
	return found
}
