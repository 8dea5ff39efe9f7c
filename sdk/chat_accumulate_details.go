package sdk

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/tidwall/gjson"
)

// detailsDraft gathers reasoning_details. Blocks go back to the provider as they
// came, so a block in one piece keeps its bytes; only one that comes in several
// (same type and index, the text cut up) is put together.
type detailsDraft struct {
	blocks []*detailBlock
	list   bool
	other  jsontext.Value
}

// detailBlock is one element of reasoning_details.
type detailBlock struct {
	raw     jsontext.Value // as it came; nil once merged
	kind    string         // type and index: what pieces of a block have in common
	members []rawMember    // in their order, once merged; the text member's value is in text
	text    strings.Builder
}

type rawMember struct{ name, value string } // both raw

func (d *detailsDraft) add(v jsontext.Value) {
	if v == nil {
		return
	}
	if v.Kind() != jsontext.KindBeginArray {
		if v.Kind() != jsontext.KindNull || d.other == nil {
			d.other = v
		}
		return
	}
	d.list = true
	earlier := len(d.blocks) // two elements of one chunk are two blocks
	eachElement(v, func(item jsontext.Value) {
		kind := detailKind(item)
		for i := earlier - 1; i >= 0 && i >= earlier-8; i-- {
			if kind != "" && d.blocks[i].kind == kind {
				d.blocks[i].merge(item)
				return
			}
		}
		d.blocks = append(d.blocks, &detailBlock{raw: item, kind: kind})
	})
}

func (d *detailsDraft) finish() jsontext.Value {
	if !d.list {
		return d.other
	}
	items := make([]jsontext.Value, len(d.blocks))
	for i, block := range d.blocks {
		items[i] = block.finish()
	}
	return joinArray(items)
}

// detailKind says which blocks are pieces of one; empty if it is always whole.
func detailKind(item jsontext.Value) string {
	kind := gjson.GetBytes(item, "type").Str
	if textMember(kind) == "" {
		return ""
	}
	return kind + gjson.GetBytes(item, "index").Raw
}

// textMember names the member that holds the text of a block of this type.
func textMember(kind string) string {
	switch kind {
	case "reasoning.text":
		return `"text"`
	case "reasoning.summary":
		return `"summary"`
	}
	return ""
}

// merge appends the piece's text; of other members the last that is not null wins.
func (b *detailBlock) merge(piece jsontext.Value) {
	if b.raw != nil {
		first := b.raw
		b.raw = nil
		b.merge(first)
	}
	text := textMember(gjson.GetBytes(piece, "type").Str)
	gjson.ParseBytes(piece).ForEach(func(name, value gjson.Result) bool {
		isText := name.Raw == text
		if isText {
			b.text.WriteString(value.Str)
		}
		for i := range b.members {
			if b.members[i].name == name.Raw {
				if !isText && value.Type != gjson.Null {
					b.members[i].value = value.Raw
				}
				return true
			}
		}
		b.members = append(b.members, rawMember{name.Raw, value.Raw})
		return true
	})
}

func (b *detailBlock) finish() jsontext.Value {
	if b.raw != nil {
		return b.raw
	}
	out := jsontext.Value{'{'}
	for i, m := range b.members {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(out, m.name...), ':')
		if m.name == `"text"` || m.name == `"summary"` {
			out, _ = jsontext.AppendQuote(out, b.text.String()) // bad UTF-8 becomes U+FFFD
			continue
		}
		out = append(out, m.value...)
	}
	return append(out, '}')
}

// eachElement visits the elements of a raw array.
func eachElement(array jsontext.Value, visit func(jsontext.Value)) {
	gjson.ParseBytes(array).ForEach(func(_, item gjson.Result) bool {
		visit(jsontext.Value(item.Raw))
		return true
	})
}

func joinArray(items []jsontext.Value) jsontext.Value {
	out := jsontext.Value{'['}
	for i, item := range items {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, item...)
	}
	return append(out, ']')
}
