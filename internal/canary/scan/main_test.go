package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aio-llm/aio/internal/canary"
)

func TestRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	value := canary.List()[0].Value.Reveal()
	for name, text := range map[string]string{"clean/a": "four", "clean/deep/b": "more", "bad/log": "key " + value} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, test := range []struct {
		paths   []string
		code    int
		out, is string
	}{
		{nil, 2, "", "usage: "},
		{[]string{at("clean"), at("bad/../clean/a")}, 0, "no canary in what the tests left behind: 3 files, 12 bytes\n", ""},
		{[]string{at("clean"), at("bad")}, 1, "", "bad/log: keys of aio's scripts shows as it is"},
		{[]string{at("absent")}, 2, "", "no such file"},
		{[]string{at("absent"), dir}, 1, "", "bad/log: "},
	} {
		var out, errs bytes.Buffer
		if code := run(test.paths, &out, &errs); code != test.code || out.String() != test.out || !strings.Contains(errs.String(), test.is) {
			t.Errorf("%v: %d, %q, %q", test.paths, code, &out, &errs)
		}
		if strings.Contains(out.String()+errs.String(), value) {
			t.Error("the secret is told")
		}
	}
}
