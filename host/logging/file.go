package logging

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"gopkg.in/natefinch/lumberjack.v2"
)

// openFile opens a rotated log file that only its owner can read. It fails now rather than at the first line.
func openFile(path string, maxSize, maxFiles int) (io.WriteCloser, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of log file %s: %w; create it, or name another file in the logging block", path, cause(err))
	}
	f, err := os.OpenFile(filepath.Clean(path), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log file %s: %w; make it writable, or name another in the logging block", path, cause(err))
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, fmt.Errorf("open log file %s: %w", path, cause(err))
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("log file %s is no regular file: name another in the logging block", path)
	case info.Mode().Perm()&0o077 != 0: // made by hand, or before this program cared
		if err := f.Chmod(0o600); err != nil {
			return nil, fmt.Errorf("close log file %s to other users: %w; run chmod 600 on it", path, cause(err))
		}
	}
	return &lumberjack.Logger{Filename: path, MaxSize: maxSize, MaxBackups: maxFiles}, nil
}

// cause is an error without the path, which the message names already.
func cause(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

type closers []io.Closer

// Close closes all, also after one that fails.
func (cs closers) Close() error {
	var errs []error
	for _, c := range cs {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}
