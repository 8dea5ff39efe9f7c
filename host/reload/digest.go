package reload

import (
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
)

func digests(paths []string) map[string][sha256.Size]byte {
	out := make(map[string][sha256.Size]byte, len(paths))
	for _, p := range paths {
		out[p] = digest(p)
	}
	return out
}

// maxDigested is far beyond what a configuration may have.
const maxDigested = 16 << 20

// digest is of a file's content; one that cannot be read is like no other.
func digest(path string) (sum [sha256.Size]byte) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() { // opening a pipe would wait for ever
		return sum
	}
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return sum
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, maxDigested)); err == nil {
		h.Sum(sum[:0])
	}
	return sum
}
