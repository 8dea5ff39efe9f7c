package main

import (
	"bytes"
	"iter"
	"strings"
)

// events are the data of a body of server-sent events. Comments and what names an event are left out: when
// a provider sends them is a matter of time.
func events(body []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		body = bytes.ReplaceAll(bytes.TrimPrefix(body, []byte("\ufeff")), []byte("\r\n"), []byte("\n"))
		body = bytes.ReplaceAll(body, []byte("\r"), []byte("\n"))
		var data []string
		for line := range strings.SplitSeq(string(body)+"\n", "\n") {
			switch text, ok := strings.CutPrefix(line, "data:"); {
			case ok:
				data = append(data, strings.TrimPrefix(text, " "))
			case line == "" && len(data) > 0:
				if !yield(strings.Join(data, "\n")) {
					return
				}
				data = nil
			}
		}
		if len(data) > 0 {
			yield(strings.Join(data, "\n"))
		}
	}
}
