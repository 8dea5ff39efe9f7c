package hclconfig

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/aio-llm/aio/sdk"
)

// decoder turns a parsed file into a File. It goes on after a mistake, so that all are found in one run.
type decoder struct {
	src    *source
	dir    string // what relative paths start from
	getenv func(string) (string, bool)

	errors, warnings []found
	read             []string // what file() read
	secrets          []sdk.Secret
	known            map[sdk.Secret]bool // the same secrets
	owners           map[sdk.Secret]owner
	// checks run when every block is known.
	checks []func()
	// observe, if set, is told each kind of block and the names it may hold; tests compare them with the
	// documentation.
	observe func(kind string, names []string)
}

// found is a mistake whose line is not rendered yet: what must be hidden is known only at the end.
type found struct {
	at              hcl.Range
	summary, detail string
}

func (d *decoder) fail(at hcl.Range, summary, detail string) {
	d.errors = append(d.errors, found{at, summary, detail})
}

func (d *decoder) failf(at hcl.Range, detail, format string, args ...any) {
	d.fail(at, fmt.Sprintf(format, args...), detail)
}

func (d *decoder) warn(at hcl.Range, summary, detail string) {
	d.warnings = append(d.warnings, found{at, summary, detail})
}

// later runs check when every block is known.
func (d *decoder) later(check func()) { d.checks = append(d.checks, check) }

// secret takes note of a value that must never show, for the caller's redaction and our own.
func (d *decoder) secret(value string) sdk.Secret {
	s := sdk.NewSecret(value)
	if value != "" && !d.known[s] {
		d.known[s] = true
		d.secrets = append(d.secrets, s)
	}
	return s
}

func (d *decoder) resolve(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(d.dir, path)
}

// attrs is the attributes a block may hold and where their values go.
type attrs map[string]func(*attribute)

// blocks is the blocks a block may hold and who reads them.
type blocks map[string]nested

// nested is a kind of block inside another.
type nested struct {
	// labels is how many labels the block has, 0 or 1, and label what it is called in messages.
	label string
	read  func(*block)
}

// once is a block without a label that may appear once.
func once(read func(*block)) nested { return nested{read: read} }

// named is a block with one label, which may be repeated with other labels.
func named(label string, read func(*block)) nested { return nested{label: label, read: read} }

// block is one block of the file, or the file itself.
type block struct {
	d     *decoder
	kind  string // "" is the file
	label string
	body  *hclsyntax.Body
	// at is the whole header, labelAt the label (or at).
	at, labelAt hcl.Range
	parent      *block
}

// where names the block in messages, with the one it is in.
func (b *block) where() string {
	switch {
	case b.kind == "":
		return "the file"
	case b.label != "":
		return fmt.Sprintf("%s %s", b.kind, quote(b.label))
	case b.parent != nil && b.parent.kind != "":
		return fmt.Sprintf("%s of %s", b.kind, b.parent.where())
	default:
		return b.kind
	}
}

// attribute is one attribute of a block.
type attribute struct {
	d    *decoder
	name string
	// where names the block it is in.
	where string
	*hclsyntax.Attribute
}

// decode reads the block's body by its tables. What the tables do not know is an error, and its values are
// hidden because it may be a misspelt secret.
func (b *block) decode(as attrs, bs blocks) {
	known := keys(as)
	kinds := keys(bs)
	if b.d.observe != nil {
		b.d.observe(b.kind, append(slices.Clone(known), kinds...))
	}
	for _, a := range inOrder(b.body) {
		if set, ok := as[a.Name]; ok {
			set(&attribute{b.d, a.Name, b.where(), a})
			continue
		}
		hideLiterals(b.d.src, a.Expr, b.kind == "key")
		detail := didYouMean(a.Name, known, "attribute")
		if slices.Contains(kinds, a.Name) {
			detail = fmt.Sprintf("It is a block: write %s { ... } without the equals sign.", a.Name)
		}
		b.d.failf(a.NameRange, detail, "unknown attribute %s in %s", quote(a.Name), b.where())
	}
	first := map[string]hcl.Range{}
	for _, raw := range b.body.Blocks {
		n, ok := bs[raw.Type]
		if !ok {
			b.d.hideBody(raw.Body)
			detail := didYouMean(raw.Type, kinds, "block")
			if slices.Contains(known, raw.Type) {
				detail = fmt.Sprintf("It is an attribute: write %s = ...", raw.Type)
			}
			b.d.failf(raw.TypeRange, detail, "unknown block %s in %s", quote(raw.Type), b.where())
			continue
		}
		inner, ok := b.enter(raw, n)
		if !ok {
			continue
		}
		id := raw.Type + " " + inner.label
		if before, again := first[id]; again {
			detail := "Join the two."
			if n.label != "" {
				detail = "Rename one of them, or join the two."
			}
			b.d.failf(inner.labelAt, detail, "%s is already in line %d", inner.where(), before.Start.Line)
			n.read(inner) // its own mistakes are worth telling too
			continue
		}
		first[id] = inner.labelAt
		n.read(inner)
	}
}

func (b *block) enter(raw *hclsyntax.Block, n nested) (*block, bool) {
	inner := &block{d: b.d, kind: raw.Type, body: raw.Body, at: raw.DefRange(), labelAt: raw.TypeRange, parent: b}
	switch {
	case n.label == "" && len(raw.Labels) == 0:
		return inner, true
	case n.label == "":
		b.d.failf(raw.LabelRanges[0], "Write: "+raw.Type+" { ... }", "a %s block has no name", raw.Type)
	case len(raw.Labels) == 1:
		inner.label, inner.labelAt = raw.Labels[0], raw.LabelRanges[0]
		return inner, true
	case len(raw.Labels) == 0:
		b.d.failf(raw.TypeRange, fmt.Sprintf("Write: %s \"%s\" { ... }", raw.Type, n.label), "a %s block needs a name", raw.Type)
	default:
		b.d.failf(raw.LabelRanges[1], fmt.Sprintf("Write: %s \"%s\" { ... }", raw.Type, n.label), "a %s block has one name", raw.Type)
	}
	b.d.hideBody(raw.Body)
	return nil, false
}

// hideBody hides a block nobody decodes, but not its braces, which are outside the range of one written on one line.
func (d *decoder) hideBody(body *hclsyntax.Body) {
	inside := body.Range()
	if text := d.src.text[inside.Start.Byte:inside.End.Byte]; bytes.HasPrefix(text, []byte("{")) && bytes.HasSuffix(text, []byte("}")) {
		inside.Start.Byte++
		inside.End.Byte--
	}
	d.src.hide(inside)
}

// inOrder gives the attributes in the order of the file.
func inOrder(body *hclsyntax.Body) []*hclsyntax.Attribute {
	out := make([]*hclsyntax.Attribute, 0, len(body.Attributes))
	for _, a := range body.Attributes {
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b *hclsyntax.Attribute) int {
		return a.NameRange.Start.Byte - b.NameRange.Start.Byte
	})
	return out
}

func keys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// quote shows a name of the file in a message: one line, bounded.
func quote(name string) string {
	if r := []rune(name); len(r) > 64 {
		name = string(r[:64]) + "…"
	}
	return fmt.Sprintf("%q", strings.ToValidUTF8(name, "·"))
}
