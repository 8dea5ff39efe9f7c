package wire

import "google.golang.org/protobuf/encoding/protowire"

// Next reads the first field of b: its bytes, or its number. The field is 0 where its kind is of no message here.
func Next(b []byte) (field protowire.Number, value []byte, n uint64, rest []byte, err error) {
	field, kind, size := protowire.ConsumeTag(b)
	if size < 0 {
		return 0, nil, 0, nil, protowire.ParseError(size)
	}
	b = b[size:]
	switch kind {
	case protowire.BytesType:
		value, size = protowire.ConsumeBytes(b)
	case protowire.VarintType:
		n, size = protowire.ConsumeVarint(b)
	case protowire.Fixed64Type:
		n, size = protowire.ConsumeFixed64(b)
	default: // of a newer peer
		field, size = 0, protowire.ConsumeFieldValue(field, kind, b)
	}
	if size < 0 {
		return 0, nil, 0, nil, protowire.ParseError(size)
	}
	return field, value, n, b[size:], nil
}

// AppendHead begins a field of size bytes.
func AppendHead(out []byte, field byte, size int) []byte {
	return protowire.AppendVarint(append(out, field<<3|byte(protowire.BytesType)), uint64(size))
}

// AppendBytes writes a field of bytes, unless it is empty.
func AppendBytes[T ~[]byte | ~string](out []byte, field byte, b T) []byte {
	if len(b) == 0 {
		return out
	}
	return append(AppendHead(out, field, len(b)), b...)
}

// AppendInt writes a number, unless it is zero.
func AppendInt(out []byte, field byte, n uint64) []byte {
	if n == 0 {
		return out
	}
	return protowire.AppendVarint(append(out, field<<3|byte(protowire.VarintType)), n)
}

// AppendBool writes a true.
func AppendBool(out []byte, field byte, b bool) []byte {
	if !b {
		return out
	}
	return AppendInt(out, field, 1)
}

// SizeBytes is how many bytes AppendBytes appends.
func SizeBytes[T ~[]byte | ~string](b T) int {
	if len(b) == 0 {
		return 0
	}
	return 1 + protowire.SizeBytes(len(b))
}

// SizeInt is how many bytes AppendInt appends.
func SizeInt(n uint64) int {
	if n == 0 {
		return 0
	}
	return 1 + protowire.SizeVarint(n)
}

// SizeBool is how many bytes AppendBool appends.
func SizeBool(b bool) int {
	if !b {
		return 0
	}
	return 2
}
