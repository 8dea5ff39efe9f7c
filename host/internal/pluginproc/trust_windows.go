package pluginproc

import "os"

// Windows has no owner and mode bits; access lists are not checked.

func trustedFile(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return unreachable(path, err)
	}
	if !info.Mode().IsRegular() {
		return &StartError{
			Path: path, Cause: CauseNotFile, Detail: path + " is not a regular file",
			Hint: "put the plugin's binary there",
		}
	}
	return nil
}

func trustedDir(dir string, _ bool) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return unreachable(dir, err)
	}
	if !info.IsDir() {
		return &StartError{
			Path: dir, Cause: CauseNotFile, Detail: dir + " is not a directory",
			Hint: "correct the plugin directory",
		}
	}
	return nil
}
