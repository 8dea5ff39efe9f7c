package pluginproc

import "os"

// Plugins listen on TCP here; the directories hold scratch files only, which the system's own cleaning of
// its temporary directory takes care of.

func lockedDir(root, pattern string) (string, *os.File, error) {
	path, err := os.MkdirTemp(root, pattern)
	return path, nil, err
}

func removeIfDead(string) {}
