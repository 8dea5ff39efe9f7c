package sdk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
)

const redacted = "[redacted]"

// Secret is a value that cannot be printed by accident: every way of formatting, logging or encoding it
// gives "[redacted]". The zero value is the empty secret. It is comparable.
type Secret struct{ value string }

// NewSecret wraps value.
func NewSecret(value string) Secret { return Secret{value: value} }

// Reveal returns the value. Call it only where the value leaves for the upstream.
func (s Secret) Reveal() string { return s.value }

// IsZero reports whether the secret is empty.
func (s Secret) IsZero() bool { return s.value == "" }

// String implements fmt.Stringer.
func (s Secret) String() string { return redacted }

// GoString implements fmt.GoStringer.
func (s Secret) GoString() string { return "sdk.Secret{" + redacted + "}" }

// Format implements fmt.Formatter, so that no verb reaches the value.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// MarshalText implements encoding.TextMarshaler.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON implements json.Marshaler.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// Redact replaces every occurrence of the secret in text, as it is and as it looks inside a JSON string.
func (s Secret) Redact(text string) string {
	if len(s.value) < minRedacted || text == "" {
		return text
	}
	text = strings.ReplaceAll(text, s.value, redacted)
	if !strings.ContainsFunc(s.value, escapes) {
		return text // its JSON is itself
	}
	if quoted, err := json.Marshal(s.value); err == nil {
		if inner := string(bytes.Trim(quoted, `"`)); inner != s.value {
			text = strings.ReplaceAll(text, inner, redacted)
		}
	}
	return text
}

// Shorter values would match by chance and turn a message into noise.
const minRedacted = 6

// escapes reports whether JSON may write r differently.
func escapes(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune(`"\\/<>&`, r) }
