package sdk

import (
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

type contentForm uint8

const (
	contentAbsent contentForm = iota
	contentNull
	contentText
	contentParts
)

// Content is what a message says: text, a list of parts, an explicit null, or
// nothing at all (the zero value, which is not written). The form that was read
// is the form that is written.
type Content struct {
	form  contentForm
	text  string
	parts []Part
}

// TextContent returns content written as a plain string, even an empty one.
func TextContent(text string) Content { return Content{form: contentText, text: text} }

// PartsContent returns content written as a list of parts.
func PartsContent(parts ...Part) Content { return Content{form: contentParts, parts: parts} }

// NullContent returns content written as null, as assistant messages that only
// call tools have it.
func NullContent() Content { return Content{form: contentNull} }

// Text returns the text: the string itself, or all text parts joined.
func (c Content) Text() string {
	if c.form != contentParts {
		return c.text
	}
	if len(c.parts) == 1 {
		return c.parts[0].textOrEmpty()
	}
	var b strings.Builder
	for i := range c.parts {
		b.WriteString(c.parts[i].textOrEmpty())
	}
	return b.String()
}

// Parts returns the parts; plain text, even empty, reads as one text part.
// The slice belongs to the content: do not change it.
func (c Content) Parts() []Part {
	if c.form == contentText {
		return []Part{TextPart(c.text)}
	}
	return c.parts
}

// IsNull reports whether the content is an explicit null.
func (c Content) IsNull() bool { return c.form == contentNull }

// IsZero reports whether there is no content member at all.
func (c Content) IsZero() bool { return c.form == contentAbsent }

// IsText reports whether the content is a plain string.
func (c Content) IsText() bool { return c.form == contentText }

// IsParts reports whether the content is a list of parts.
func (c Content) IsParts() bool { return c.form == contentParts }

// Equal reports whether both have the same form and say the same.
func (c Content) Equal(d Content) bool {
	return c.form == d.form && c.text == d.text &&
		slices.EqualFunc(c.parts, d.parts, func(a, b Part) bool { return reflect.DeepEqual(a, b) })
}

// MarshalJSONTo writes the content in its form; absent content is null.
func (c Content) MarshalJSONTo(enc *jsontext.Encoder) error {
	switch c.form {
	case contentText:
		return enc.WriteToken(jsontext.String(c.text))
	case contentParts:
		return json.MarshalEncode(enc, &c.parts)
	default:
		return enc.WriteToken(jsontext.Null)
	}
}

// UnmarshalJSONFrom reads a string, a list of parts, or null.
func (c *Content) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*c = Content{}
	switch dec.PeekKind() {
	case jsontext.KindNull:
		c.form = contentNull
		return dec.SkipValue()
	case jsontext.KindString:
		c.form = contentText
		return readString(dec, &c.text)
	case jsontext.KindBeginArray:
		c.form = contentParts
		return json.UnmarshalDecode(dec, &c.parts)
	default:
		return wrongType(dec, "string, array or null")
	}
}
