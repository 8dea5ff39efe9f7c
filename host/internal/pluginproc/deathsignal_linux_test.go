package pluginproc

import "golang.org/x/sys/unix"

func dropDeathSignal() { _ = unix.Prctl(unix.PR_SET_PDEATHSIG, 0, 0, 0, 0) }
