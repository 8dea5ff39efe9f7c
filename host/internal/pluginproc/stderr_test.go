package pluginproc

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"
)

func redactCanary(s string) string { return strings.ReplaceAll(s, "s3cr3t", "[redacted]") }

// testLog returns a logger of the plain form, without times.
func testLog(out io.Writer) hclog.Logger {
	return hclog.New(&hclog.LoggerOptions{Name: "block", Level: hclog.Trace, Output: out, DisableTime: true}).With("provider", "block")
}

func TestStderrToLog(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in, want string
	}{
		{name: "hclog record", in: `{"@level":"warn","@message":"slow","@module":"x","@timestamp":"2026-01-02T03:04:05.000000Z","took":12,"who":"me"}`,
			want: "[WARN]  block: slow: provider=block took=12 who=me\n"},
		{name: "plain line", in: "starting up", want: "[DEBUG] block: starting up: provider=block\n"},
		{name: "crlf", in: "starting up\r", want: "[DEBUG] block: starting up: provider=block\n"},
		{name: "no newline at the end", in: "last", want: "[DEBUG] block: last: provider=block\n"},
		{name: "empty lines", in: "\n\n  \n", want: ""},
		{name: "secret", in: "key s3cr3t here", want: "[DEBUG] block: key [redacted] here: provider=block\n"},
		{name: "secret in a record", in: `{"@level":"info","@message":"key s3cr3t","k":"s\u0033cr3t","s3cr3t":1}`,
			want: "[INFO]  block: key [redacted]: provider=block k=[redacted] [redacted]=1\n"},
		{name: "forged fields", in: `{"@level":"info","@message":"m","@module":"host","provider":"other","@caller":"x","":"e"}`,
			want: "[INFO]  block: m: provider=block plugin_provider=other plugin_=e\n"},
		{name: "forged line", in: `{"@level":"info","@message":"m\n2026-01-02T03:04:05Z [INFO] host: all is well"}`,
			want: "[INFO]  block: m\\n2026-01-02T03:04:05Z [INFO] host: all is well: provider=block\n"},
		{name: "terminal tricks", in: "\x1b[2J\x07 \xff \u202e", want: `[DEBUG] block: \x1b[2J\a \xff \u202e: provider=block` + "\n"},
		{name: "unknown level", in: `{"@level":"off","@message":"m"}`, want: "[DEBUG] block: m: provider=block\n"},
		{name: "json that is no record", in: `{"a":1}`, want: `[DEBUG] block: {"a":1}: provider=block` + "\n"},
		{name: "broken record", in: `{"@level":"info","@message":"m"`, want: `[DEBUG] block: {"@level":"info","@message":"m": provider=block` + "\n"},
		{name: "odd types", in: `{"@level":7,"@message":{"a":[1]},"k":null}`, want: `[DEBUG] block: {"a":[1]}: provider=block k=""` + "\n"},
		{name: "panic", in: "panic: boom\n\ngoroutine 1 [running]:\n" + `{"@level":"info","@message":"m"}` + "\nafter",
			want: "[ERROR] block: panic: boom: provider=block\n[ERROR] block: goroutine 1 [running]:: provider=block\n" +
				"[INFO]  block: m: provider=block\n[DEBUG] block: after: provider=block\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, size := range []int{1, 7, 1 << 20} { // however the pipe cuts it
				var out bytes.Buffer
				s := newStderr(testLog(&out), redactCanary)
				feed(t, s, tt.in, size)
				s.close()
				if diff := cmp.Diff(tt.want, out.String()); diff != "" {
					t.Errorf("in pieces of %d: %s", size, diff)
				}
			}
		})
	}
}

func feed(t testing.TB, w io.Writer, in string, size int) {
	t.Helper()
	for len(in) > 0 {
		n := min(size, len(in))
		if _, err := io.WriteString(w, in[:n]); err != nil {
			t.Fatal(err)
		}
		in = in[n:]
	}
}

func TestLastLines(t *testing.T) {
	t.Parallel()
	s := newStderr(hclog.NewNullLogger(), redactCanary)
	for i := range 50 {
		feed(t, s, fmt.Sprintf("line %d s3cr3t\n", i), 1<<20)
	}
	feed(t, s, "unfinished", 1<<20)
	got := s.lines()
	if len(got) != keptLines || got[0] != "line 30 [redacted]" || got[keptLines-1] != "line 49 [redacted]" {
		t.Errorf("%d lines: %q", len(got), got)
	}
	s.close()
	if got := s.lines(); got[keptLines-1] != "unfinished" {
		t.Errorf("last line %q", got[keptLines-1])
	}
}

// A line of 10 MB is one record, and a secret across the place where it is cut does not show in halves.
func TestRow_P10_HugeLine(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := newStderr(testLog(&out), redactCanary)
	feed(t, s, strings.Repeat("a", maxLine-3)+"s3cr3t"+strings.Repeat("b", 10<<20)+"\nnext\n", 1<<15)
	s.close()
	if n := strings.Count(out.String(), "\n"); n != 2 {
		t.Errorf("%d records, want 2", n)
	}
	if strings.Contains(out.String(), "s3c") || strings.Contains(strings.Join(s.lines(), ""), "s3c") {
		t.Error("half a secret shows")
	}
	if got := out.Len(); got > 2*maxLine {
		t.Errorf("%d bytes of log", got)
	}
	if !strings.Contains(out.String(), "bytes_dropped=10") {
		t.Errorf("it does not say what is missing: %s", out.String()[out.Len()-300:])
	}
	if held := cap(s.line) + s.size; held > keptBytes+2*maxRaw {
		t.Errorf("%d bytes are held", held)
	}
}

// A flood is cut to the rate, and what was dropped is told.
func TestRow_P9_LogRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		s := newStderr(testLog(&out), redactCanary)
		line := strings.Repeat("x", 999) + "\n"
		began := time.Now()
		for range 3 {
			feed(t, s, strings.Repeat(line, 2<<10), 1<<15) // 2 MB at once
			pass(time.Second)
		}
		s.close()
		allowed := logRate * (2 + int(time.Since(began)/time.Second)) // the burst, and the seconds
		if out.Len() > allowed {
			t.Errorf("%d bytes of log, want at most %d", out.Len(), allowed)
		}
		logged := strings.Count(out.String(), "xxx: provider=block\n")
		dropped := 0
		for record := range strings.Lines(out.String()) {
			var n, size int
			if i := strings.Index(record, "lines="); i >= 0 {
				if _, err := fmt.Sscanf(record[i:], "lines=%d bytes=%d", &n, &size); err != nil || size != n*999 {
					t.Errorf("%q: %v", record, err)
				}
				dropped += n
			}
		}
		if want := 3 * (2 << 10); logged+dropped != want || logged < 3000 {
			t.Errorf("%d logged and %d dropped, of %d", logged, dropped, want)
		}
		if got := s.lines(); len(got) != keptLines {
			t.Errorf("%d lines kept, want %d: the last of a flood too", len(got), keptLines)
		}
	})
}

func FuzzStderr(f *testing.F) {
	f.Add([]byte(`{"@level":"info","@message":"m","a":{"b":[1,2]}}`), 3)
	f.Add([]byte("panic: x\n\x1b[0m\xff\xfe\n{"), 1)
	f.Add(bytes.Repeat([]byte("s3cr3t"), 5000), 4096)
	f.Fuzz(func(t *testing.T, in []byte, size int) {
		var out bytes.Buffer
		s := newStderr(testLog(&out), redactCanary)
		feed(t, s, string(in), max(size, 1))
		s.close()
		for _, text := range append(s.lines(), strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")...) {
			if strings.Contains(text, "s3cr3t") {
				t.Errorf("the secret shows in %q", text)
			}
			if escape(text) != text {
				t.Errorf("%q is not fit to be shown", text)
			}
		}
	})
}

func FuzzParseHandshake(f *testing.F) {
	f.Add([]byte("1|1|unix|/tmp/x|grpc|"))
	f.Add([]byte("||||"))
	f.Fuzz(func(t *testing.T, line []byte) {
		h := parseHandshake(line)
		if h.ok() && (h.core != "1" || h.version == "" || h.transport != "grpc") {
			t.Errorf("%q: %+v", line, h)
		}
		if escape(h.transport) != h.transport {
			t.Errorf("%q is not fit to be shown", h.transport)
		}
	})
}
