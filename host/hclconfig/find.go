package hclconfig

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// NotFoundError says that there is no configuration file in any of the usual places.
type NotFoundError struct{ Looked []string }

// Error implements error.
func (e *NotFoundError) Error() string {
	return "no configuration file: looked for " + strings.Join(e.Looked, " and ") +
		"; run aio init to write one, or name one with --config or AIO_CONFIG"
}

// Find returns the path of the configuration file: flag if it is not empty, else the variable AIO_CONFIG,
// else ./config.hcl if there is one, else aio/config.hcl in the user's configuration folder. Paths given by
// name are returned whether they exist or not, so that Load can say what is wrong with them. getenv nil is
// os.LookupEnv. When nothing is found the error is a *NotFoundError.
func Find(flag string, getenv func(string) (string, bool)) (string, error) {
	if getenv == nil {
		getenv = os.LookupEnv
	}
	if flag != "" {
		return flag, nil
	}
	if path, ok := getenv("AIO_CONFIG"); ok && path != "" {
		return path, nil
	}
	candidates := []string{"config.hcl"}
	if dir, err := os.UserConfigDir(); err == nil {
		candidates = append(candidates, filepath.Join(dir, "aio", "config.hcl"))
	}
	for _, path := range candidates {
		// A file that cannot be looked at is found all the same: reading it names the reason.
		if _, err := os.Stat(path); err == nil || !errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
	}
	candidates[0] = "./" + candidates[0]
	return "", &NotFoundError{Looked: candidates}
}
