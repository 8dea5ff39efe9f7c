package examples_test

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"go/types"
	"regexp"
	"strings"
)

// checkListing compares the API that a page lists with what the package has: each function's signature, each
// listed field and its type, each method of an interface. The page may leave out the rest.
func checkListing(imports types.Importer, path string, file *ast.File) error {
	p, err := imports.Import(path)
	if err != nil {
		return err
	}
	l := listing{p}
	var problems []error
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			problems = append(problems, l.function(d))
		case *ast.GenDecl:
			for _, s := range d.Specs {
				problems = append(problems, l.spec(s))
			}
		}
	}
	return errors.Join(problems...)
}

type listing struct{ pkg *types.Package }

func (l listing) function(d *ast.FuncDecl) error {
	name, found := d.Name.Name, l.pkg.Scope().Lookup(d.Name.Name)
	if d.Recv != nil {
		receiver := types.ExprString(d.Recv.List[0].Type)
		name = receiver + "." + name
		found = l.member(strings.TrimPrefix(receiver, "*"), d.Name.Name)
	}
	function, ok := found.(*types.Func)
	if !ok {
		return fmt.Errorf("there is no function %s", name)
	}
	return l.compare(name, d.Type, function.Signature())
}

func (l listing) spec(s ast.Spec) error {
	switch s := s.(type) {
	case *ast.ValueSpec:
		for _, n := range s.Names {
			found := l.pkg.Scope().Lookup(n.Name)
			if found == nil {
				return fmt.Errorf("there is no %s", n.Name)
			}
			if s.Type != nil {
				return l.compare(n.Name, s.Type, found.Type())
			}
		}
	case *ast.TypeSpec:
		found := l.pkg.Scope().Lookup(s.Name.Name)
		if found == nil {
			return fmt.Errorf("there is no type %s", s.Name.Name)
		}
		return l.typ(s, found.Type().Underlying())
	}
	return nil
}

func (l listing) typ(s *ast.TypeSpec, found types.Type) error {
	name := s.Name.Name
	switch want := s.Type.(type) {
	case *ast.StructType:
		return l.members(name, want.Fields)
	case *ast.InterfaceType:
		if has, ok := found.(*types.Interface); ok && has.NumMethods() != want.Methods.NumFields() {
			return fmt.Errorf("%s has %d methods", name, has.NumMethods())
		}
		return l.members(name, want.Methods)
	default:
		return l.compare(name, s.Type, found)
	}
}

func (l listing) members(owner string, fields *ast.FieldList) error {
	var problems []error
	for _, f := range fields.List {
		for _, n := range f.Names {
			member := l.member(owner, n.Name)
			if member == nil {
				problems = append(problems, fmt.Errorf("there is no %s.%s", owner, n.Name))
				continue
			}
			problems = append(problems, l.compare(owner+"."+n.Name, f.Type, member.Type()))
		}
	}
	return errors.Join(problems...)
}

// member is a field or method; nil if there is none.
func (l listing) member(owner, name string) types.Object {
	t := l.pkg.Scope().Lookup(owner)
	if t == nil {
		return nil
	}
	found, _, _ := types.LookupFieldOrMethod(types.NewPointer(t.Type()), true, l.pkg, name)
	if found == nil { // a pointer to an interface has no methods
		found, _, _ = types.LookupFieldOrMethod(t.Type(), true, l.pkg, name)
	}
	return found
}

// compare says whether both read the same, as this package would write them.
func (l listing) compare(name string, want ast.Expr, found types.Type) error {
	if s, ok := found.(*types.Signature); ok { // without receiver and type parameters
		found = types.NewSignatureType(nil, nil, nil, s.Params(), s.Results(), s.Variadic())
	}
	text := types.TypeString(found, func(p *types.Package) string {
		if p == l.pkg {
			return ""
		}
		return p.Name()
	})
	// The compiler names results of functions that range over functions.
	expr, err := parser.ParseExpr(regexp.MustCompile(`#rv\d+ `).ReplaceAllString(text, ""))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if a, b := written(want), written(expr); a != b {
		return fmt.Errorf("%s is %s, not %s", name, b, a)
	}
	return nil
}

// written is an expression as text, with a type at each parameter.
func written(e ast.Expr) string {
	if f, ok := e.(*ast.FuncType); ok {
		e = &ast.FuncType{Params: each(f.Params), Results: each(f.Results)}
	}
	var b bytes.Buffer
	if err := printer.Fprint(&b, token.NewFileSet(), e); err != nil {
		return err.Error()
	}
	return b.String()
}

func each(fields *ast.FieldList) *ast.FieldList {
	if fields == nil {
		return nil
	}
	out := new(ast.FieldList)
	for _, f := range fields.List {
		if len(f.Names) == 0 {
			out.List = append(out.List, &ast.Field{Type: f.Type})
		}
		for _, n := range f.Names {
			out.List = append(out.List, &ast.Field{Names: []*ast.Ident{ast.NewIdent(n.Name)}, Type: f.Type})
		}
	}
	return out
}
