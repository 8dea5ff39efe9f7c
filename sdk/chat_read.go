package sdk

import (
	"math"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// fit says what became of a member that was offered for reading.
type fit uint8

const (
	known   fit = iota // read
	unknown            // not read: belongs in Extra
	useless            // not read, and no place to keep it
)

// The read functions read one member this package knows. If a reply has
// something there that is not of its type they leave it unread, and it is kept
// in Extra: that is no reason to fail a reply that was paid for. In a request it
// is an error. Null reads as not there.

func readText(dec *jsontext.Decoder, s *string) (fit, error) {
	switch dec.PeekKind() {
	case jsontext.KindString:
		return known, readString(dec, s)
	case jsontext.KindNull:
		*s = ""
		return known, dec.SkipValue()
	}
	return unfit(dec, "string")
}

func readRaw(dec *jsontext.Decoder, v *jsontext.Value) (fit, error) {
	raw, err := dec.ReadValue()
	if err == nil {
		*v = cloneRaw(raw)
	}
	return known, err
}

// readInt takes 1.0 and 1e3 too: upstreams in some languages count that way.
func readInt[T ~int | ~int64](dec *jsontext.Decoder, n *T) (fit, error) {
	switch dec.PeekKind() {
	case jsontext.KindNull:
		*n = 0
		return known, dec.SkipValue()
	case jsontext.KindNumber:
	default:
		return unfit(dec, "integer")
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return known, err
	}
	whole, err := strconv.ParseInt(string(raw), 10, 64)
	if err == nil {
		*n = T(whole)
		return known, nil
	}
	if !lenient(dec) {
		return known, problem(dec, "want integer, got "+string(raw))
	}
	f, _ := strconv.ParseFloat(string(raw), 64) // out of range is ±Inf, which is clamped
	*n = T(math.Max(math.MinInt64/2, math.Min(f, math.MaxInt64/2)))
	return known, nil
}

func readIntPtr[T ~int | ~int64](dec *jsontext.Decoder, n **T) (fit, error) {
	if dec.PeekKind() == jsontext.KindNull {
		*n = nil
		return known, dec.SkipValue()
	}
	v := new(T)
	f, err := readInt(dec, v)
	if f == known {
		*n = v
	}
	return f, err
}

func readFloat(dec *jsontext.Decoder, n *float64) (fit, error) {
	switch dec.PeekKind() {
	case jsontext.KindNull:
		*n = 0
		return known, dec.SkipValue()
	case jsontext.KindNumber:
	default:
		return unfit(dec, "number")
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return known, err
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil && !lenient(dec) {
		return known, problem(dec, "want number, got one out of range")
	}
	*n = math.Max(-math.MaxFloat64, math.Min(f, math.MaxFloat64))
	return known, nil
}

func readFloatPtr(dec *jsontext.Decoder, n **float64) (fit, error) {
	if dec.PeekKind() == jsontext.KindNull {
		*n = nil
		return known, dec.SkipValue()
	}
	v := new(float64)
	f, err := readFloat(dec, v)
	if f == known {
		*n = v
	}
	return f, err
}

// readStruct reads an object into a new T.
func readStruct[T any, P interface {
	*T
	json.UnmarshalerFrom
}](dec *jsontext.Decoder, p **T) (fit, error) {
	switch dec.PeekKind() {
	case jsontext.KindNull:
		*p = nil
		return known, dec.SkipValue()
	case jsontext.KindBeginObject:
		*p = new(T)
		return known, P(*p).UnmarshalJSONFrom(dec)
	}
	return unfit(dec, "object")
}

// readInto reads an object into p, which has its place already.
func readInto(dec *jsontext.Decoder, p json.UnmarshalerFrom) (fit, error) {
	switch dec.PeekKind() {
	case jsontext.KindNull:
		return known, dec.SkipValue()
	case jsontext.KindBeginObject:
		return known, p.UnmarshalJSONFrom(dec)
	}
	return unfit(dec, "object")
}

// readList reads an array of objects. Null is no list, an empty array an empty one.
func readList[T any, P interface {
	*T
	json.UnmarshalerFrom
}](dec *jsontext.Decoder, list *[]T) (fit, error) {
	*list = nil
	switch dec.PeekKind() {
	case jsontext.KindNull:
		return known, dec.SkipValue()
	case jsontext.KindBeginArray:
	default:
		return unfit(dec, "array")
	}
	if _, err := dec.ReadToken(); err != nil {
		return known, err
	}
	out := []T{}
	for dec.PeekKind() != jsontext.KindEndArray {
		var item T
		out = append(out, item)
		if err := P(&out[len(out)-1]).UnmarshalJSONFrom(dec); err != nil {
			return known, err
		}
	}
	*list = out
	_, err := dec.ReadToken()
	return known, err
}

// required is for members that are always written: kept in Extra, what does not
// fit would be written beside them.
func required(f fit, err error) (fit, error) {
	if f == unknown {
		f = useless
	}
	return f, err
}

func unfit(dec *jsontext.Decoder, want string) (fit, error) {
	if lenient(dec) {
		return unknown, nil
	}
	return known, wrongType(dec, want)
}

// readArguments reads the arguments of a tool call. In a reply that is not a
// string they are kept as their JSON text.
func readArguments(dec *jsontext.Decoder, s *string) (fit, error) {
	switch dec.PeekKind() {
	case jsontext.KindString, jsontext.KindNull:
		return readText(dec, s)
	}
	if !lenient(dec) {
		return known, wrongType(dec, "string")
	}
	raw, err := dec.ReadValue()
	*s = string(cloneRaw(raw))
	return known, err
}
