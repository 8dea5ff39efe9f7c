package alerts

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aio-llm/aio/sdk"
)

// The headers of a signed webhook, as the Standard Webhooks specification names them.
const (
	headerID        = "Webhook-Id"
	headerTimestamp = "Webhook-Timestamp"
	headerSignature = "Webhook-Signature"
)

// ErrSignature is the error of Verify for a message that the secret's holder did not send now.
var ErrSignature = errors.New("webhook signature does not match")

// signatureAge is how old, or early, a message may be: long enough for clocks that differ, too short for one
// recorded to be of use.
const signatureAge = 5 * time.Minute

// A shorter secret can be guessed. The specification recommends 24 bytes.
const shortestSecret = 16

func signingKey(secret sdk.Secret) ([]byte, error) {
	text := secret.Reveal()
	if text == "" {
		return nil, errors.New("webhook secret: it is missing or empty")
	}
	key := []byte(text)
	if encoded, ok := strings.CutPrefix(text, "whsec_"); ok {
		var err error
		if key, err = base64.StdEncoding.DecodeString(encoded); err != nil {
			return nil, errors.New(`webhook secret: what follows "whsec_" is not base64`)
		}
	}
	if len(key) < shortestSecret {
		return nil, fmt.Errorf("webhook secret: it has %d bytes, give at least %d", len(key), shortestSecret)
	}
	return key, nil
}

// signature is that of version 1 of the specification: HMAC-SHA256 over "id.timestamp.body".
func signature(key []byte, id, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Verify reports, as ErrSignature, whether a webhook with these headers and this body was not sent by a holder
// of secret within five minutes of now. A receiver that must not act twice also remembers the Webhook-Id.
func Verify(secret sdk.Secret, header http.Header, body []byte, now time.Time) error {
	key, err := signingKey(secret)
	if err != nil {
		return err
	}
	timestamp := header.Get(headerTimestamp)
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return fmt.Errorf("%w: no timestamp", ErrSignature)
	}
	if age := now.Sub(time.Unix(seconds, 0)); age < -signatureAge || age > signatureAge {
		return fmt.Errorf("%w: sent %v from now", ErrSignature, -age.Round(time.Second))
	}
	want := signature(key, header.Get(headerID), timestamp, body)
	for _, got := range strings.Fields(header.Get(headerSignature)) {
		if hmac.Equal([]byte(got), []byte(want)) {
			return nil
		}
	}
	return ErrSignature
}
