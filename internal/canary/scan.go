package canary

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aio-llm/aio/sdk/sdktest"
)

// window is how much of a file is looked at and held at once.
const window = 1 << 18

// Finding is a canary that shows. It never holds the value.
type Finding struct {
	// Path is where. Parts of it that show a canary are [redacted].
	Path string
	// Label is the canary's, Form the way it shows.
	Label, Form string
}

// String says it in a line.
func (f Finding) String() string { return fmt.Sprintf("%s: %s shows %s", f.Path, f.Label, f.Form) }

// Result is what a scan has seen.
type Result struct {
	Files int
	Bytes int64
	// Findings are ordered by path; a canary that shows in one file in several ways is there with each.
	Findings []Finding
	// Unread are sockets, pipes and devices, which hold nothing and may block; only their names were looked at.
	Unread []string
}

// Scanner looks for canaries. It may be used by several goroutines.
type Scanner struct {
	// begin has the traces by their first bytes; maybe is a sieve in front of it.
	begin   map[uint64][]trace
	maybe   [1 << 16]bool
	longest int
}

type trace struct{ label, form, text string }

// start is how many bytes of a trace choose it. None is shorter.
const start = 8

// sieve is where the first bytes of a trace are in Scanner.maybe; the multiplier is 2^64 over the golden ratio.
func sieve(first uint64) uint64 { return first * 0x9e3779b97f4a7c15 >> 48 }

// NewScanner prepares a scan for all traces of the canaries. One of less than 8 bytes is an error.
func NewScanner(canaries []Canary) (*Scanner, error) {
	s := &Scanner{begin: map[uint64][]trace{}}
	for _, c := range canaries {
		traces := sdktest.Traces(c.Value.Reveal())
		if len(traces["as it is"]) < start {
			return nil, fmt.Errorf("canary %q: its value has less than %d bytes, which every text could hold; make it longer", c.Label, start)
		}
		for _, form := range slices.Sorted(maps.Keys(traces)) {
			if c.Whole && strings.HasPrefix(form, "by its ") {
				continue
			}
			text := traces[form]
			first := binary.LittleEndian.Uint64(text)
			s.begin[first] = append(s.begin[first], trace{c.Label, form, string(text)})
			s.maybe[sieve(first)] = true
			s.longest = max(s.longest, len(text))
		}
	}
	return s, nil
}

// Find names the canaries that show in what r gives, and counts its bytes. name is the findings' Path.
func (s *Scanner) Find(name string, r io.Reader) (findings []Finding, size int64, err error) {
	found := map[trace]bool{}
	buf := make([]byte, 0, window+s.longest)
	for {
		n, err := io.ReadFull(r, buf[len(buf):min(len(buf)+window, cap(buf))])
		buf, size = buf[:len(buf)+n], size+int64(n)
		for t := range s.in(buf) {
			if !found[t] {
				found[t] = true
				findings = append(findings, Finding{Path: name, Label: t.label, Form: t.form})
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return findings, size, nil
		}
		if err != nil {
			return findings, size, err
		}
		keep := min(len(buf), s.longest) // what the next window may complete
		buf = append(buf[:0], buf[len(buf)-keep:]...)
	}
}

// in yields the traces in text, each as often as it is there.
func (s *Scanner) in(text []byte) iter.Seq[trace] {
	return func(yield func(trace) bool) {
		for i := range max(0, len(text)-start+1) {
			first := binary.LittleEndian.Uint64(text[i:])
			if !s.maybe[sieve(first)] {
				continue
			}
			for _, t := range s.begin[first] {
				if len(text)-i >= len(t.text) && string(text[i:i+len(t.text)]) == t.text && !yield(t) {
					return
				}
			}
		}
	}
}

// Paths scans files, folders with all they hold, names, and where links point. What cannot be read is an error;
// the rest is scanned all the same.
func (s *Scanner) Paths(paths ...string) (Result, error) {
	var (
		result Result
		errs   []error
	)
	for _, root := range paths {
		errs = append(errs, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err == nil {
				err = s.entry(&result, path, d)
			}
			if err != nil {
				errs = append(errs, fmt.Errorf("scan %s: %w", s.shown(path), cause(err)))
			}
			return nil
		}))
	}
	slices.SortStableFunc(result.Findings, func(a, b Finding) int { return cmp.Compare(a.Path, b.Path) })
	return result, errors.Join(errs...)
}

func (s *Scanner) entry(result *Result, path string, d fs.DirEntry) error {
	shown := s.shown(path)
	find := func(where string, in io.Reader) (int64, error) {
		findings, size, err := s.Find(where, in)
		result.Findings = append(result.Findings, findings...)
		return size, err
	}
	if _, err := find(shown+" (its name)", strings.NewReader(filepath.Base(path))); err != nil || d.IsDir() {
		return err
	}
	switch {
	case d.Type()&fs.ModeSymlink != 0:
		target, err := os.Readlink(path)
		if err != nil {
			return err
		}
		_, err = find(shown+" (where it points)", strings.NewReader(target))
		return err
	case !d.Type().IsRegular():
		result.Unread = append(result.Unread, shown)
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	size, err := find(shown, f)
	result.Files++
	result.Bytes += size
	return err
}

// shown is a path without the parts that show a canary.
func (s *Scanner) shown(path string) string {
	parts := strings.Split(path, string(filepath.Separator))
	for i, part := range parts {
		for range s.in([]byte(part)) {
			parts[i] = "[redacted]"
		}
	}
	return strings.Join(parts, string(filepath.Separator))
}

// cause is an error without the path in it.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
