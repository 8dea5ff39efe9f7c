package recut

import (
	"bytes"
	"fmt"
	"strings"
)

// Compare has the stream read whole, then in single bytes, then in two pieces for each of the places. read
// makes the call and returns all it delivered. Compare returns what came of the whole stream, and an error at
// the first cut that makes a difference or a replacement character.
func (u *Upstream) Compare(stream []byte, places []int, read func() (string, error)) (string, error) {
	u.Set(stream)
	whole, err := read()
	if err != nil {
		return "", fmt.Errorf("uncut: %w", err)
	}
	if strings.Count(whole, "\ufffd") > bytes.Count(stream, []byte("\ufffd")) {
		return "", fmt.Errorf("uncut: a replacement character: %.300q", whole)
	}
	if len(stream) <= 1<<16 {
		u.Set(stream, Places(len(stream), 1, true)...)
		if err := same(whole, "in single bytes", read); err != nil {
			return "", err
		}
	}
	for _, at := range places {
		u.Set(stream, at)
		if err := same(whole, fmt.Sprintf("cut at byte %d", at), read); err != nil {
			return "", err
		}
	}
	return whole, nil
}

func same(want, how string, read func() (string, error)) error {
	got, err := read()
	if err != nil {
		return fmt.Errorf("%s: %w", how, err)
	}
	if got == want {
		return nil
	}
	from := 0
	for from < min(len(got), len(want)) && got[from] == want[from] {
		from++
	}
	from = max(0, from-40)
	return fmt.Errorf("%s: got ...%.160q, uncut ...%.160q", how, got[min(from, len(got)):], want[min(from, len(want)):])
}
