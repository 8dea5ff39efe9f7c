package hclconfig

import (
	"errors"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// unsetError is env() of a variable that is not set.
type unsetError struct{ variable string }

func (e *unsetError) Error() string { return e.variable + " is not set" }

// hint is an error with a way out.
type hint struct{ text, wayOut string }

func (e *hint) Error() string { return e.text }

// evaluation is one expression being evaluated. Its functions note where values come from, because a value
// from outside is a secret in some places and the way a key should be given in others.
type evaluation struct {
	d *decoder
	// secret says the expression gives a secret: empty is refused, open files are warned about.
	secret bool

	outside  []string // values that came from a variable or a file
	warnings []hint
	// causes are the errors of the functions by their text: cty's ArgError does not unwrap.
	causes map[string]error
}

// refuse blames argument i of a function.
func (e *evaluation) refuse(i int, err error) (cty.Value, error) {
	if e.causes == nil {
		e.causes = map[string]error{}
	}
	e.causes[err.Error()] = err
	return cty.NilVal, function.NewArgError(i, err)
}

// eval returns the value of x. Failures are reported and the second result is false, but an unset variable
// is returned as unset instead when wantUnset is true.
func (e *evaluation) eval(x hclsyntax.Expression, wantUnset bool) (v cty.Value, unset *unsetError, ok bool) {
	if !e.d.vet(x, e.secret) {
		return cty.NilVal, nil, false
	}
	v, diags := x.Value(&hcl.EvalContext{Functions: e.functions()})
	if !diags.HasErrors() {
		for _, w := range e.warnings {
			e.d.warn(x.Range(), w.text, w.wayOut)
		}
		return v, nil, true
	}
	failed := false
	for _, diag := range diags {
		call, isCall := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](diag)
		if !isCall || call.FunctionCallError() == nil {
			continue
		}
		failed = true
		err := e.cause(call.FunctionCallError())
		if errors.As(err, &unset) && wantUnset {
			continue
		}
		e.d.fail(*diag.Subject, err.Error(), wayOut(err))
		ok = true // reported; not a success
	}
	if unset != nil && wantUnset && !ok {
		return cty.NilVal, unset, false
	}
	if !failed { // an expression that makes no sense; what follows a failed call is noise
		for _, diag := range diags {
			summary := "this expression has no value"
			if call, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](diag); ok {
				summary = "the arguments of " + call.CalledFunctionName() + "() must be texts in quotes"
			}
			e.d.fail(subject(diag, x), summary, "Write a plain value, or env(\"NAME\") or file(\"path\").")
		}
	}
	return cty.NilVal, nil, false
}

func (e *evaluation) cause(err error) error {
	if cause, ok := e.causes[err.Error()]; ok {
		return cause
	}
	return err
}

func subject(diag *hcl.Diagnostic, x hclsyntax.Expression) hcl.Range {
	if diag.Subject != nil {
		return *diag.Subject
	}
	return x.Range()
}

func wayOut(err error) string {
	var unset *unsetError
	if errors.As(err, &unset) {
		return fmt.Sprintf("Set it, or give a default: env(%q, \"...\").", unset.variable)
	}
	var h *hint
	if errors.As(err, &h) {
		return h.wayOut
	}
	return ""
}

// vet refuses what the parser allows and a configuration has no use for, before it is evaluated.
func (d *decoder) vet(x hclsyntax.Expression, secret bool) bool {
	before := len(d.errors)
	var refused hcl.Range // what is inside is not worth a second message
	_ = hclsyntax.VisitAll(x, func(n hclsyntax.Node) hcl.Diagnostics {
		if refused.ContainsPos(n.Range().Start) {
			return nil
		}
		switch n := n.(type) {
		case *hclsyntax.FunctionCallExpr:
			switch {
			case n.Name != "env" && n.Name != "file":
				d.fail(n.NameRange, "unknown function"+quotedUnless(secret, n.Name),
					didYouMean(n.Name, []string{"env", "file"}, "function"))
			case len(n.Args) == 0:
				d.fail(n.Range(), n.Name+"() needs an argument", "Write env(\"NAME\") or file(\"path\").")
			}
		case *hclsyntax.ScopeTraversalExpr:
			d.fail(n.Range(), "unknown word"+quotedUnless(secret, n.Traversal.RootName()),
				"Text needs quotes; a variable of the environment is env(\"NAME\").")
		case *hclsyntax.ForExpr, *hclsyntax.SplatExpr:
			refused = n.Range()
			d.fail(refused, "for expressions are not supported", "Write the values out.")
		}
		return nil
	})
	return len(d.errors) == before
}

func quotedUnless(secret bool, text string) string {
	if secret {
		return ""
	}
	return fmt.Sprintf(" %q", text)
}

func (e *evaluation) functions() map[string]function.Function {
	return map[string]function.Function{
		"env": function.New(&function.Spec{
			Params:   []function.Parameter{{Name: "name", Type: cty.String}},
			VarParam: &function.Parameter{Name: "default", Type: cty.String},
			Type:     function.StaticReturnType(cty.String),
			Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
				if len(args) > 2 {
					return e.refuse(2, &hint{"env takes a name and at most one default", ""})
				}
				return e.env(args[0].AsString(), args[1:])
			},
		}),
		"file": function.New(&function.Spec{
			Params: []function.Parameter{{Name: "path", Type: cty.String}},
			Type:   function.StaticReturnType(cty.String),
			Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
				text, err := e.file(args[0].AsString())
				if err != nil {
					return e.refuse(0, err)
				}
				return cty.StringVal(text), nil
			},
		}),
	}
}

// env looks a variable up. One that is set but empty is refused where a secret is wanted, because an empty
// secret is a hole and never meant; elsewhere the default covers it.
func (e *evaluation) env(name string, fallback []cty.Value) (cty.Value, error) {
	if !validVariable(name) || looksLikeKey(name) {
		return e.refuse(0, &hint{"this is not the name of a variable",
			"A name is letters, digits and underscores. A secret itself does not belong into this file."})
	}
	value, set := e.d.getenv(name)
	switch {
	case set && value == "" && (e.secret || len(fallback) == 0):
		return e.refuse(0, &hint{name + " is set but empty", "Give it a value, or unset it."})
	case set && value != "":
		e.outside = append(e.outside, value)
		return cty.StringVal(value), nil
	case len(fallback) > 0:
		return fallback[0], nil
	default:
		return e.refuse(0, &unsetError{name})
	}
}

// validVariable bounds what is echoed as a variable's name.
func validVariable(name string) bool {
	if name == "" || len(name) > 128 {
		return false
	}
	for i, c := range []byte(name) {
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return true
}
