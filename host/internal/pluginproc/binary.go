package pluginproc

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/aio-llm/aio/sdk"
)

// prefix begins the file name of every plugin.
const prefix = "aio-provider-"

// Binary is a plugin's executable file.
type Binary struct {
	// Dir is the plugin directory as configured, Plugin the plugin's name.
	Dir    string
	Plugin string
	// Path is the file, absolute and free of symbolic links.
	Path string
}

// Find returns the binary of a plugin if it is safe to run: a regular executable file without setuid, which
// only we or root can change or replace. It executes nothing. Failures are *StartError.
func Find(dir, plugin string) (Binary, error) {
	if !sdk.ValidName(plugin) {
		return Binary{}, &StartError{
			Plugin: plugin, Cause: CauseName, Detail: "not a plugin name",
			Hint: "use lower-case letters, digits, dash and underscore, at most 64",
		}
	}
	real, err := realDir(dir)
	if err != nil {
		return Binary{}, about(plugin, err)
	}
	path := filepath.Join(real, prefix+plugin+suffix())
	if err := trustedFile(path); err != nil {
		return Binary{}, about(plugin, err)
	}
	return Binary{Dir: dir, Plugin: plugin, Path: path}, nil
}

// List returns the names of the plugins in dir, sorted. It executes and checks nothing.
func List(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, unreachable(dir, err)
	}
	var names []string
	for _, e := range entries {
		name, isPlugin := strings.CutPrefix(strings.TrimSuffix(e.Name(), suffix()), prefix)
		if isPlugin && sdk.ValidName(name) && !e.IsDir() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// realDir resolves dir and checks that nobody else can put files into it or swap it.
func realDir(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", unreachable(dir, err)
	}
	real, err := filepath.EvalSymlinks(abs)
	if err != nil {
		return "", unreachable(dir, err)
	}
	if err := trustedDir(real, false); err != nil {
		return "", err
	}
	return real, nil
}

// unreachable explains why a path cannot be looked at.
func unreachable(path string, err error) *StartError {
	if errors.Is(err, fs.ErrNotExist) {
		return &StartError{
			Path: path, Cause: CauseMissing, Detail: path + " does not exist", Err: err,
			Hint: "install the plugin there or correct the plugin directory",
		}
	}
	return &StartError{
		Path: path, Cause: CauseUnreadable, Detail: path + " cannot be read: " + reason(err), Err: err,
		Hint: "check its permissions",
	}
}

// about puts the plugin's name into a StartError about a file.
func about(plugin string, err error) error {
	var start *StartError
	if errors.As(err, &start) {
		start.Plugin = plugin
	}
	return err
}

// reason is an error without the operation and path that the text around it already gives.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

func suffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}
