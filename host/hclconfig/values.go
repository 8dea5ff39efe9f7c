package hclconfig

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"time"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/aio-llm/aio/sdk"
)

// The readers below put the value of an attribute where it belongs, or report what is wrong with it.

// value evaluates the attribute and converts it to want.
func (a *attribute) value(want cty.Type, wants string) (cty.Value, bool) {
	e := evaluation{d: a.d}
	v, _, ok := e.eval(a.Expr, false)
	if !ok {
		return v, false
	}
	if v.IsNull() {
		a.failf("Leave it out instead of null.", "%s wants %s", a.name, wants)
		return v, false
	}
	// A text that is a number or a bool converts, since env() gives texts; nothing converts to a text.
	converted, err := convert.Convert(v, want)
	if err != nil || want == cty.String && v.Type() != cty.String {
		a.failf("", "%s wants %s, not %s", a.name, wants, kindOf(v))
		return v, false
	}
	return converted, true
}

// failf reports the attribute's value.
func (a *attribute) failf(detail, format string, args ...any) {
	a.d.failf(a.Expr.Range(), detail, format, args...)
}

func kindOf(v cty.Value) string {
	if v.IsNull() {
		return "null"
	}
	switch t := v.Type(); {
	case t == cty.String:
		return "a text"
	case t == cty.Number:
		return "a number"
	case t == cty.Bool:
		return "true or false"
	case t.IsTupleType(), t.IsListType():
		return "a list"
	case t.IsObjectType(), t.IsMapType():
		return "an object"
	default:
		return "this"
	}
}

func text(to *string) func(*attribute) {
	return func(a *attribute) {
		if v, ok := a.value(cty.String, "a text in quotes"); ok {
			if v.AsString() == "" {
				a.failf("Leave it out if there is nothing to say.", "%s is empty", a.name)
			}
			*to = v.AsString()
		}
	}
}

// path is a text that names a file, relative to the configuration file.
func path(to *string) func(*attribute) {
	return func(a *attribute) {
		text(to)(a)
		*to = a.d.resolve(*to)
	}
}

// oneOf is a text out of a closed list.
func oneOf[S ~string](to *S, allowed ...S) func(*attribute) {
	return func(a *attribute) {
		var s string
		text(&s)(a)
		if s == "" {
			return
		}
		if *to = S(s); !slices.Contains(allowed, *to) {
			names := make([]string, len(allowed))
			for i, name := range allowed {
				names[i] = strconv.Quote(string(name))
			}
			detail := ""
			if near := nearest(s, unquoted(names)); near != "" {
				detail = fmt.Sprintf("Did you mean %q?", near)
			}
			a.failf(detail, "%s wants %s, not %s", a.name, list(names), quote(s))
		}
	}
}

func unquoted(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = n[1 : len(n)-1]
	}
	return out
}

func boolean(to *bool) func(*attribute) {
	return func(a *attribute) {
		if v, ok := a.value(cty.Bool, "true or false"); ok {
			*to = v.True()
		}
	}
}

// inactive reads active, which host.Config keeps the other way round so that its zero value is in use.
func inactive(to *bool) func(*attribute) {
	return func(a *attribute) {
		active := !*to
		boolean(&active)(a)
		*to = !active
	}
}

// whole is an integer from low to high; wayOut says what to do instead of a number outside.
func whole[I int | int64](to *I, low, high int64, wayOut string) func(*attribute) {
	return func(a *attribute) {
		v, ok := a.value(cty.Number, "a whole number")
		if !ok {
			return
		}
		f := v.AsBigFloat()
		n, accuracy := f.Int64()
		switch {
		case !f.IsInt() && !f.IsInf():
			a.failf("", "%s wants a whole number", a.name)
		case accuracy != big.Exact || n < low || n > high:
			a.failf(wayOut, "%s is %s, out of range: it goes from %d to %d", a.name, short(f), low, high)
		default:
			*to = I(n)
		}
	}
}

func short(f *big.Float) string { return f.Text('g', 10) }

// real is a number from low to high; wayOut says what to do instead of a number outside.
func real(to *float64, low, high float64, wayOut string) func(*attribute) {
	return func(a *attribute) {
		v, ok := a.value(cty.Number, "a number")
		if !ok {
			return
		}
		n, _ := v.AsBigFloat().Float64()
		if math.IsInf(n, 0) || n < low || n > high {
			a.failf(wayOut, "%s is %s, out of range: it goes from %g to %g", a.name, short(v.AsBigFloat()), low, high)
			return
		}
		*to = n
	}
}

// duration is a text such as "1m30s", above zero and at most limit.
func duration(to *time.Duration, limit time.Duration) func(*attribute) {
	return func(a *attribute) {
		const example = `Write it with units, for example "500ms", "30s" or "1m30s".`
		e := evaluation{d: a.d}
		v, _, ok := e.eval(a.Expr, false)
		if !ok {
			return
		}
		if v.IsNull() || v.Type() != cty.String {
			a.failf(example, "%s wants a duration in quotes, not %s", a.name, kindOf(v))
			return
		}
		d, err := time.ParseDuration(v.AsString())
		switch {
		case err != nil:
			a.failf(example, "%s is no duration: %s", a.name, quote(v.AsString()))
		case d <= 0:
			a.failf("Leave it out for the default.", "%s must be more than zero", a.name)
		case d > limit:
			a.failf("", "%s is %s, out of range: it goes up to %s", a.name, d, limit)
		default:
			*to = d
		}
	}
}

// texts is a list of texts; each is handed to check with its own place in the file.
func texts(to *[]string, check func(string, *attribute, int)) func(*attribute) {
	return func(a *attribute) {
		e := evaluation{d: a.d}
		v, _, ok := e.eval(a.Expr, false)
		if !ok {
			return
		}
		if v.IsNull() || !v.CanIterateElements() || !v.Type().IsTupleType() {
			a.failf(fmt.Sprintf("Write: %s = [\"...\"]", a.name), "%s wants a list of texts, not %s", a.name, kindOf(v))
			return
		}
		out := []string{}
		for i, item := range v.AsValueSlice() {
			if item.IsNull() || item.Type() != cty.String {
				a.d.failf(a.item(i), "", "%s wants texts in quotes, not %s", a.name, kindOf(item))
				continue
			}
			check(item.AsString(), a, i)
			out = append(out, item.AsString())
		}
		*to = out
	}
}

// secretText is a secret. A variable that is not set is noted in missing instead of being a mistake.
func secretText(to *sdk.Secret, missing *unsetError, check func(a *attribute, value string, literal bool)) func(*attribute) {
	return func(a *attribute) {
		hideLiterals(a.d.src, a.Expr, true)
		e := evaluation{d: a.d, secret: true}
		v, unset, ok := e.eval(a.Expr, missing != nil)
		switch {
		case unset != nil:
			*missing = *unset
		case !ok:
		case v.IsNull() || v.Type() != cty.String:
			a.failf("Write: "+a.name+" = env(\"NAME\")", "%s wants a text, not %s", a.name, kindOf(v))
		case v.AsString() == "":
			a.failf("Write: "+a.name+" = env(\"NAME\")", "%s is empty", a.name)
		default:
			for _, part := range e.outside { // a template may hold the secret in part
				a.d.secret(part)
			}
			*to = a.d.secret(v.AsString())
			check(a, v.AsString(), len(e.outside) == 0)
		}
	}
}
