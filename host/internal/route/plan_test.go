package route_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/host/internal/route"
)

func catalog(t *testing.T) *route.Catalog {
	t.Helper()
	c, err := route.New([]route.Provider{
		{Name: "low", Priority: 1, Models: []route.Model{{Name: "shared"}, {Name: "only-low", Context: 1000}}},
		{Name: "high", Priority: 5, Models: []route.Model{
			{Name: "small", Priority: 1, Features: []string{}},
			{Name: "big", Priority: 9, ID: "vendor/big-v2", Features: []string{"tools", "vision"}},
			{Name: "resting", Disabled: true},
			{Name: "shared"},
		}},
		{Name: "off", Priority: 9, Disabled: true, Models: []route.Model{{Name: "hidden"}}},
		{Name: "open", Priority: -1, AnyModel: true},
	}, []route.Alias{{Name: "fast", Targets: []string{"low/only-low", "high"}}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func names(targets []route.Target) []string {
	var out []string
	for _, t := range targets {
		out = append(out, t.String()+"="+t.ID)
	}
	return out
}

func TestPlan(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	for _, row := range []struct {
		ask     string
		needs   route.Needs
		mode    route.Mode
		want    []string
		dropped []string
	}{
		{ask: "auto", mode: route.ModeAuto, want: []string{"high/big=vendor/big-v2", "high/small=small", "high/shared=shared", "low/shared=shared", "low/only-low=only-low"}},
		{ask: "fast", mode: route.ModeRoute, want: []string{"low/only-low=only-low", "high/big=vendor/big-v2", "high/small=small", "high/shared=shared"}, dropped: []string{"high/resting: model high/resting is not active"}},
		{ask: "high/big", mode: route.ModeDirect, want: []string{"high/big=vendor/big-v2"}},
		{ask: "high/vendor/big-v2", mode: route.ModeDirect, want: []string{"high/big=vendor/big-v2"}},
		{ask: "vendor/big-v2", mode: route.ModeDirect, want: []string{"high/big=vendor/big-v2"}},
		{ask: "only-low", mode: route.ModeDirect, want: []string{"low/only-low=only-low"}},
		{ask: "open/any/thing", mode: route.ModeDirect, want: []string{"open/any/thing=any/thing"}},
		{ask: "off/hidden", mode: route.ModeDirect, dropped: []string{"off/hidden: provider off is not active"}},
		{
			ask: "auto", needs: route.Needs{Features: []string{"vision"}, Tokens: 2000}, mode: route.ModeAuto,
			want:    []string{"high/big=vendor/big-v2", "high/shared=shared", "low/shared=shared"},
			dropped: []string{"high/small: model has no vision", "low/only-low: request needs about 2000 tokens, model takes 1000"},
		},
	} {
		plan, err := c.Plan(row.ask, row.needs)
		if err != nil {
			t.Errorf("%s: %v", row.ask, err)
			continue
		}
		var dropped []string
		for _, d := range plan.Dropped {
			dropped = append(dropped, d.Target.String()+": "+d.Reason)
		}
		if diff := cmp.Diff(row.want, names(plan.Targets)); diff != "" || plan.Mode != row.mode {
			t.Errorf("%s: mode %s\n%s", row.ask, plan.Mode, diff)
		}
		if diff := cmp.Diff(row.dropped, dropped); diff != "" {
			t.Errorf("%s dropped:\n%s", row.ask, diff)
		}
	}
}

func TestUnknownNamesAreExplained(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	for _, row := range []struct {
		ask  string
		want route.UnknownError
	}{
		{"shared", route.UnknownError{Name: "shared", Candidates: []string{"high/shared", "low/shared"}}},
		{"high/bog", route.UnknownError{Name: "high/bog", Nearest: []string{"high/big"}}},
		{"fsat", route.UnknownError{Name: "fsat", Nearest: []string{"fast"}}},
		{"autos", route.UnknownError{Name: "autos", Nearest: []string{"auto"}}},
		{"nothing-like-that-at-all", route.UnknownError{Name: "nothing-like-that-at-all"}},
		{"high/", route.UnknownError{Name: "high/"}},
		{"low/quite-another-one", route.UnknownError{Name: "low/quite-another-one", Listed: []string{"shared", "only-low"}}},
	} {
		_, err := c.Plan(row.ask, route.Needs{})
		var got *route.UnknownError
		if !errors.As(err, &got) {
			t.Errorf("%s: %v", row.ask, err)
			continue
		}
		if row.ask == "high/" || row.ask == "nothing-like-that-at-all" {
			got.Nearest, got.Listed = nil, nil // whatever is near, it must not be a target
		}
		if len(got.Nearest) > 1 {
			got.Nearest = got.Nearest[:1]
		}
		if diff := cmp.Diff(&row.want, got); diff != "" {
			t.Errorf("%s:\n%s", row.ask, diff)
		}
	}
}

func TestAliasOfNothingIsRefused(t *testing.T) {
	t.Parallel()
	_, err := route.New(nil, []route.Alias{{Name: "x", Targets: []string{"nobody/nothing"}}})
	var unknown *route.UnknownError
	if !errors.As(err, &unknown) {
		t.Errorf("got %v", err)
	}
}
