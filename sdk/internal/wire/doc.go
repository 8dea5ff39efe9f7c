// Package wire writes and reads the fields of protobuf messages without reflection, for the few messages of the
// hot path. What it writes is protobuf's encoding; field numbers are below 16, so a tag is one byte.
package wire
