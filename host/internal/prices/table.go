package prices

import (
	_ "embed" // the snapshot
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/tidwall/gjson"
)

//go:embed snapshot.json
var snapshot string

// Licences are the terms of the tables the snapshot was made from; they go where the snapshot goes.
//
//go:embed LICENSE-genai-prices
var licenceOfGenAIPrices string

//go:embed LICENSE-tokenlens
var licenceOfTokenlens string

// Licences returns the terms of the tables the snapshot was made from, which go where it goes.
func Licences() []string { return []string{licenceOfGenAIPrices, licenceOfTokenlens} }

// Source is a table that went into the snapshot.
type Source struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Licence string `json:"licence"`
	// Gives says what was taken from it.
	Gives string `json:"gives"`
}

// Table holds the models of some plugins. The zero value knows none. It is read-only and safe for concurrent
// use.
type Table struct {
	// Taken is the day the snapshot was made.
	Taken   time.Time
	Sources []Source
	models  map[key]*Model
}

// key is a plugin's name and an upstream model id.
type key struct{ plugin, id string }

// entry is a line of the snapshot.
type entry struct {
	ID string `json:"id"`
	// Also are other ids of the same model. Versions says that ids with a version after one of these, such as
	// -preview or -2026-03-05, are the same model to the price list.
	Also      []string `json:"also"`
	Versions  bool     `json:"versions"`
	Context   int64    `json:"context"`
	MaxOutput int64    `json:"max_output"`
	Prices    []dated  `json:"prices"`
}

// Load reads the snapshot's models of the named plugins; names it does not know are fine.
func Load(plugins ...string) (*Table, error) { return Parse(snapshot, plugins...) }

// Parse reads a table in the format of the snapshot. What is not asked for is passed over unread: a host with
// one provider should not pay for the models of all.
func Parse(text string, plugins ...string) (*Table, error) {
	t := &Table{models: map[key]*Model{}}
	if err := unmarshal(text, "taken", (*day)(&t.Taken)); err != nil {
		return nil, err
	}
	if err := unmarshal(text, "sources", &t.Sources); err != nil {
		return nil, err
	}
	for _, plugin := range plugins {
		var entries []entry
		if err := unmarshal(text, "models."+gjson.Escape(plugin), &entries); err != nil {
			return nil, err
		}
		for i := range entries {
			if err := t.add(plugin, &entries[i]); err != nil {
				return nil, fmt.Errorf("price table: %s, model %q: %w", plugin, entries[i].ID, err)
			}
		}
	}
	return t, nil
}

// unmarshal reads the part of a table at path; a part that is missing stays as it is.
func unmarshal(text, path string, to any) error {
	part := gjson.Get(text, path)
	if !part.Exists() {
		return nil
	}
	if err := json.Unmarshal([]byte(part.Raw), to); err != nil {
		return fmt.Errorf("read %s of the price table: %w", path, err)
	}
	return nil
}

func (t *Table) add(plugin string, e *entry) error {
	if e.ID == "" || e.Context < 0 || e.MaxOutput < 0 {
		return errors.New("an empty id or a negative size")
	}
	if err := checkDated(e.Prices); err != nil {
		return err
	}
	m := &Model{Context: e.Context, MaxOutput: e.MaxOutput, versions: e.Versions, prices: e.Prices}
	t.models[key{plugin, e.ID}] = m
	for _, id := range e.Also {
		t.models[key{plugin, id}] = m
	}
	return nil
}

// Find returns what the table says of a model; nil when nothing.
func (t *Table) Find(plugin, id string) *Model {
	if m := t.models[key{plugin, id}]; m != nil {
		return m
	}
	for {
		i := strings.LastIndexByte(id, '-')
		if i <= 0 || !isVersion(id[i+1:]) {
			return nil
		}
		id = id[:i]
		if m := t.models[key{plugin, id}]; m != nil && m.versions {
			return m
		}
	}
}

// isVersion tells 001, 2026 or preview from what names another model, such as lite or 8b.
func isVersion(part string) bool {
	return slices.Contains([]string{"preview", "latest", "exp"}, part) ||
		part != "" && strings.Trim(part, "0123456789") == ""
}
