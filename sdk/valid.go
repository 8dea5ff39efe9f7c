package sdk

import (
	"github.com/go-json-experiment/json/jsontext"
	"github.com/tidwall/gjson"
)

// shallow is a size, in bytes, in which nothing can nest deep enough to matter.
const shallow = 64 << 10

// ValidJSON reports whether data is one JSON value that nests no deeper than 10,000 levels. It is for foreign
// bytes of any size: the quick validator recurses, and some megabytes of brackets would end the process with
// a stack overflow that nothing can catch.
func ValidJSON(data []byte) bool {
	if len(data) <= shallow {
		return gjson.ValidBytes(data)
	}
	return jsontext.Value(data).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}
