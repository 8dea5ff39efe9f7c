package hclconfig

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
)

// maxSecretFile bounds what file() reads; keys are far shorter, certificates a little.
const maxSecretFile = 64 << 10

// file reads a file next to the configuration, without the white space around its text.
func (e *evaluation) file(path string) (string, error) {
	shown := strconv.Quote(path)
	if path == "" {
		return "", &hint{"file() needs a path", "Relative paths start at the folder of the configuration file."}
	}
	if looksLikeKey(filepath.Base(path)) {
		return "", &hint{"file() wants a path, and this looks like a secret", "Put the secret into a file and give its path."}
	}
	full := e.d.resolve(path)
	info, err := os.Stat(full)
	if err != nil {
		return "", &hint{"cannot read the file " + shown + ": " + reason(err), "Looked for " + strconv.Quote(full) + "."}
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for ever
		return "", &hint{shown + " is no regular file", "file() reads plain files only."}
	}
	e.d.read = append(e.d.read, full)
	text, err := readBounded(full, maxSecretFile)
	if err != nil {
		return "", &hint{"cannot read the file " + shown + ": " + reason(err), ""}
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return "", &hint{"the file " + shown + " holds a NUL byte", "It should hold text and nothing else."}
	}
	text = bytes.TrimSpace(text)
	if len(text) == 0 && e.secret {
		return "", &hint{"the file " + shown + " is empty", "Put the secret into it."}
	}
	if e.secret && runtime.GOOS != "windows" && info.Mode().Perm()&0o044 != 0 {
		e.warnings = append(e.warnings, hint{"the secret file " + shown + " can be read by others",
			"Run: chmod 600 " + strconv.Quote(full)})
	}
	e.outside = append(e.outside, string(text))
	return string(text), nil
}

// errTooLarge is a file beyond its bound.
type errTooLarge struct{ limit int64 }

func (e errTooLarge) Error() string {
	return "larger than " + strconv.FormatInt(e.limit>>10, 10) + " KiB"
}

func readBounded(path string, limit int64) ([]byte, error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = errTooLarge{limit}
	}
	return text, err
}

// reason is an error without the path, which the message names already.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
