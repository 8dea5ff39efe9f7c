package canary_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aio-llm/aio/internal/canary"
)

// The secrets that tests write down are written down there; those that are made are nowhere, not even in part.
func TestListIsTrue(t *testing.T) {
	t.Parallel()
	var tests, all bytes.Buffer
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if name := d.Name(); name == ".git" || name == ".tmp" || name == "bin" || name == "node_modules" {
				return filepath.SkipDir
			}
			return err
		}
		if !d.Type().IsRegular() {
			return nil
		}
		text, err := os.ReadFile(path)
		own := filepath.Base(filepath.Dir(path)) == "canary"
		if !own && (strings.HasSuffix(path, "_test.go") || strings.Contains(path, "testdata")) {
			tests.Write(text)
		}
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	labels, made := append(canary.Served(), canary.Spoken()...), map[string]bool{}
	for _, label := range labels {
		if made[label] {
			t.Errorf("%s is there twice", label)
		}
		made[label] = true
	}
	for _, c := range canary.List() {
		switch value := c.Value.Reveal(); {
		case made[c.Label]: // looked for below, all at once
		case len(value) < 10:
			t.Errorf("%s is too short to look for", c.Label)
		case !bytes.Contains(tests.Bytes(), []byte(value)):
			t.Errorf("no test has %q (%s)", value, c.Label)
		}
	}
	findings, _, err := scanner(t, canary.Of(labels...)...).Find("the repository", &all)
	if err != nil || len(findings) > 0 {
		t.Errorf("what only a secret should show: %v, %v", findings, err)
	}
	if n := len(made); n < 30 {
		t.Errorf("only %d are given to aio serve, want 30", n)
	}
}

// The made ones are different in every encoding, and from each other at both ends.
func TestValue(t *testing.T) {
	t.Parallel()
	ends := map[string]string{}
	for _, c := range canary.Of(append(canary.Served(), canary.Spoken()...)...) {
		value := c.Value.Reveal()
		if value != canary.Value(c.Label) || len(value) != 36 {
			t.Errorf("%s: %q", c.Label, value)
		}
		for _, end := range []string{value[:8], value[len(value)-8:]} {
			if other, ok := ends[end]; ok {
				t.Errorf("%s and %s share an end", c.Label, other)
			}
			ends[end] = c.Label
		}
	}
}
