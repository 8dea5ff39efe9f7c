package hclconfig

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// settings is a settings block: JSON for the plugin, and the way back from a path in that JSON to the file.
// A nested block is an object, one with a label an object inside an object.
type settings struct {
	d    *decoder
	body *hclsyntax.Body
	at   hcl.Range
}

// settings reads the settings block of p. Nothing is checked: only the plugin knows what belongs there. All
// texts in it are hidden, since any may be a secret.
func (b *block) settings(f *File, p *host.Provider) {
	s := &settings{d: b.d, body: b.body, at: b.at}
	value := b.d.object(b.body)
	raw, err := ctyjson.Marshal(value, value.Type())
	if err != nil {
		b.d.failf(b.at, "Write plain values.", "%s cannot be written as JSON", b.where())
		return
	}
	p.Settings = raw
	p.SettingsError = s.problem
	f.settings[p.Name] = s
}

// object is a block of settings as a value.
func (d *decoder) object(body *hclsyntax.Body) cty.Value {
	members := map[string]cty.Value{}
	for _, a := range inOrder(body) {
		hideLiterals(d.src, a.Expr, false)
		e := evaluation{d: d}
		v, _, ok := e.eval(a.Expr, false)
		for _, part := range e.outside {
			d.secret(part)
		}
		switch {
		case !ok || !d.bounded(v, a.Expr.Range()):
		case v.IsNull(): // as if it were not there
		default:
			members[a.Name] = v
		}
	}
	for _, block := range body.Blocks {
		inner := d.object(block.Body)
		for i := len(block.Labels) - 1; i >= 0; i-- {
			inner = cty.ObjectVal(map[string]cty.Value{block.Labels[i]: inner})
		}
		before, again := members[block.Type]
		if again {
			if inner, again = merge(before, inner); again {
				d.failf(block.TypeRange, "Write a list instead: "+block.Type+" = [{ ... }, { ... }]", "%s is already there", quote(block.Type))
			}
		}
		members[block.Type] = inner
	}
	return cty.ObjectVal(members)
}

// merge joins blocks of one kind with different labels; clash says that they say the same thing twice.
func merge(a, b cty.Value) (joined cty.Value, clash bool) {
	if !a.Type().IsObjectType() || a.IsNull() || b.LengthInt() != 1 {
		return b, true
	}
	members := a.AsValueMap()
	if members == nil {
		members = map[string]cty.Value{}
	}
	for name, v := range b.AsValueMap() {
		if _, clash = members[name]; clash {
			return b, true
		}
		members[name] = v
	}
	return cty.ObjectVal(members), false
}

// maxExponent bounds numbers to what JSON readers take; a written-out 1e999999999 would fill the memory.
const maxExponent = 1100

func (d *decoder) bounded(v cty.Value, at hcl.Range) bool {
	ok := true
	// The callback returns no error, so neither does Walk.
	_ = cty.Walk(v, func(_ cty.Path, v cty.Value) (bool, error) {
		if v.IsKnown() && !v.IsNull() && v.Type() == cty.Number {
			if f := v.AsBigFloat(); f.IsInf() || f.MantExp(nil) > maxExponent || f.MantExp(nil) < -maxExponent {
				d.fail(at, "this number is out of range", "")
				ok = false
			}
		}
		return ok, nil
	})
	return ok
}

// problem is host.Provider.SettingsError.
func (s *settings) problem(p sdk.SettingProblem) error {
	return s.d.diagnostic(found{at: s.find(p.Path), summary: joinPath(p.Path) + ": " + p.Message}, false)
}

func joinPath(path []string) string {
	out := "settings"
	for _, p := range path {
		if _, err := strconv.Atoi(p); err == nil {
			out += "[" + p + "]"
		} else {
			out += "." + p
		}
	}
	return out
}

// find is where the value at path stands, or the nearest thing around it.
func (s *settings) find(path []string) hcl.Range { return findInBody(s.body, path, s.at) }

func findInBody(body *hclsyntax.Body, path []string, at hcl.Range) hcl.Range {
	if len(path) == 0 {
		return at
	}
	if a, ok := body.Attributes[path[0]]; ok {
		if len(path) == 1 {
			return a.SrcRange
		}
		return findInValue(a.Expr, path[1:])
	}
	for _, block := range body.Blocks {
		if block.Type != path[0] {
			continue
		}
		at, rest := block.DefRange(), path[1:]
		if n := len(block.Labels); n > 0 && !hasPrefix(rest, block.Labels) {
			continue
		} else if n > 0 {
			rest = rest[n:]
		}
		return findInBody(block.Body, rest, at)
	}
	return at
}

func hasPrefix(path, prefix []string) bool {
	if len(path) < len(prefix) {
		return false
	}
	for i, p := range prefix {
		if path[i] != p {
			return false
		}
	}
	return true
}

func findInValue(x hclsyntax.Expression, path []string) hcl.Range {
	if len(path) == 0 {
		return x.Range()
	}
	switch x := x.(type) {
	case *hclsyntax.ParenthesesExpr:
		return findInValue(x.Expression, path)
	case *hclsyntax.TupleConsExpr:
		if i, err := strconv.Atoi(path[0]); err == nil && i >= 0 && i < len(x.Exprs) {
			return findInValue(x.Exprs[i], path[1:])
		}
	case *hclsyntax.ObjectConsExpr:
		for _, item := range x.Items {
			key, diags := item.KeyExpr.Value(nil)
			if !diags.HasErrors() && key.Type() == cty.String && key.IsKnown() && !key.IsNull() && key.AsString() == path[0] {
				return findInValue(item.ValueExpr, path[1:])
			}
		}
	}
	return x.Range()
}

// CheckSettings checks the settings of a provider against the schema its plugin announces. Its error is a
// Diagnostics that points at each setting in the file; nil also when the file has no such provider.
func (f *File) CheckSettings(provider string, schema sdk.Schema) error {
	for i := range f.Config.Providers {
		p := &f.Config.Providers[i]
		if p.Name != provider {
			continue
		}
		_, err := schema.Check(p.Settings)
		if err == nil {
			return nil
		}
		s := f.settings[provider]
		var out Diagnostics
		for _, problem := range err.Problems {
			if s == nil { // required settings and no block to hold them
				out = append(out, Diagnostic{File: f.Path, Summary: "provider " + provider + ": " + joinPath(problem.Path) + ": " + problem.Message})
				continue
			}
			out = append(out, s.d.diagnostic(found{at: s.find(problem.Path), summary: joinPath(problem.Path) + ": " + problem.Message}, false))
		}
		return sorted(out)
	}
	return nil
}

func sorted(ds Diagnostics) Diagnostics {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return ds
}
