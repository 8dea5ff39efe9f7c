package reload

import (
	"os"
	"slices"
	"time"
)

// look is how files are, as far as one sees without reading them. Links are followed.
type look []fileLook

type fileLook struct {
	path string
	info os.FileInfo // nil: it is not there
	size int64
	time time.Time
}

func lookAt(paths []string) look {
	out := make(look, 0, len(paths))
	for _, p := range paths {
		l := fileLook{path: p}
		if info, err := os.Stat(p); err == nil {
			l.info, l.size, l.time = info, info.Size(), info.ModTime()
		}
		out = append(out, l)
	}
	return out
}

func (l look) equal(o look) bool {
	return slices.EqualFunc(l, o, func(a, b fileLook) bool {
		return a.path == b.path && a.same(b) && a.size == b.size && a.time.Equal(b.time)
	})
}

// inPlaceOf reports whether some file was written into, rather than replaced by another.
func (l look) inPlaceOf(o look) bool {
	for i := range min(len(l), len(o)) {
		if l[i].info != nil && l[i].same(o[i]) && (l[i].size != o[i].size || !l[i].time.Equal(o[i].time)) {
			return true
		}
	}
	return false
}

// partial reports whether some file is not there or empty, as it is while it is being written.
func (l look) partial() bool {
	return slices.ContainsFunc(l, func(f fileLook) bool { return f.info == nil || f.size == 0 })
}

func (a fileLook) same(b fileLook) bool {
	if a.info == nil || b.info == nil {
		return a.info == nil && b.info == nil
	}
	return os.SameFile(a.info, b.info)
}
