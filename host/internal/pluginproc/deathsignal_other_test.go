//go:build unix && !linux

package pluginproc

func dropDeathSignal() {}
