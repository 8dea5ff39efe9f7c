package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLiteral(t *testing.T) {
	t.Parallel()
	got, err := literal("{ // a comment\n a: [1, -.5, 1e6,], 'b-c': !0, \"d\": !1, e: null, f: void 0, g: 'it\\'s \\u00e9\\n', h: `x`, /* pure */ i: {} } trailing")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"a": []any{1.0, -0.5, 1e6}, "b-c": true, "d": false, "e": nil, "f": nil, "g": "it's é\n", "h": "x", "i": map[string]any{},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"", "{", "[1", "[1 2]", "{a 1}", "{a: f()}", "'open", "`${x}`", "{:1}", strings.Repeat("[", 100)} {
		if v, err := literal(bad); err == nil {
			t.Errorf("%q is %v", bad, v)
		}
	}
}

func FuzzLiteral(f *testing.F) {
	f.Add("{a: [1, -.5, 1e6,], 'b': !0, c: `x`, d: \"\\u00e9\"}")
	f.Fuzz(func(t *testing.T, text string) {
		if v, err := literal(text); err == nil {
			if _, err := json.Marshal(v); err != nil && !strings.Contains(err.Error(), "unsupported value") {
				t.Error(err)
			}
		}
	})
}

// The rules by which a model of the source becomes a line of the snapshot.
func TestFromGenAI(t *testing.T) {
	t.Parallel()
	const source = `[{"id":"elsewhere","models":[{"id":"x","match":{"equals":"x"},"prices":{"input_mtok":1}}]},
	{"id":"google","models":[
	 {"id":"claude-9","match":{"equals":"claude-9"},"prices":{"input_mtok":1}},
	 {"id":"gemini-a","match":{"or":[{"equals":"gemini-a"},{"equals":"gemini-a2"},{"starts_with":"gemini-a-"}]},"context_window":7,
	  "prices":{"input_mtok":{"base":1,"tiers":[{"start":200000,"price":2}]},"output_mtok":{"base":3,"tiers":[{"start":200000,"price":4}]},"cache_read_mtok":0.5,"web_searches_kcount":10}},
	 {"id":"gemini-a2","match":{"equals":"gemini-a2"},"prices":{"input_mtok":9}},
	 {"id":"gemini-image","match":{"equals":"gemini-image"},"context_window":8,"prices":{"input_mtok":1,"output_image_mtok":60}},
	 {"id":"gemini-unknown","match":{"equals":"gemini-unknown"},"prices":{}}]},
	{"id":"openrouter","models":[
	 {"id":"noauthor","match":{"equals":"noauthor"},"prices":{"input_mtok":1}},
	 {"id":"a/b:free","match":{"equals":"a/b:free"},"prices":{}},
	 {"id":"a/dated","match":{"equals":"a/dated"},"prices":[{"prices":{"input_mtok":1}},
	   {"constraint":{"type":"start_date","start_date":"2026-01-01"},"prices":{"input_mtok":2}},
	   {"constraint":{"type":"start_date","start_date":"2027-01-01"},"prices":{"input_mtok":3}}]},
	 {"id":"a/nightly","match":{"equals":"a/nightly"},"context_window":9,"prices":[{"constraint":{"type":"time_of_date"},"prices":{"input_mtok":1}}]}]}]`
	var providers []genaiProvider
	if err := json.Unmarshal([]byte(source), &providers); err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(fromGenAI(providers, "2026-11-23"))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"googleai":[` +
		`{"id":"gemini-a","also":["gemini-a2"],"versions":true,"context":7,"prices":[{"cached_input":0.5,"input":1,"output":3,"tiers":[{"above":200000,"input":2,"output":4}]}]},` +
		`{"id":"gemini-image","context":8}],` +
		`"openrouter":[{"id":"a/b:free","prices":[{"input":0,"output":0}]},` +
		`{"id":"a/dated","prices":[{"input":2},{"input":3,"since":"2027-01-01"}]},` +
		`{"id":"a/nightly","context":9}]}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	var from tokenlensProvider
	if err := json.Unmarshal([]byte(`{"models":{"a":{"limit":{"context":5,"output":6}},"b":{"limit":{"context":7,"output":8}},"other":{"limit":{"context":1}},"nothing":{}}}`), &from); err != nil {
		t.Fatal(err)
	}
	got := fill([]model{{ID: "a"}, {ID: "b", Context: 1000, Also: []string{"other"}}}, from)
	want := []model{{ID: "a", Context: 5, MaxOutput: 6}, {ID: "b", Context: 1000, Also: []string{"other"}, MaxOutput: 8}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
