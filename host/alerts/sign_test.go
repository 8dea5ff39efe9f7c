package alerts_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/alerts"
	"github.com/aio-llm/aio/sdk"
)

func key(label string) host.KeyStatus {
	return host.KeyStatus{Label: label, State: "ready", UsedToday: 9, DailyLimit: 10}
}

// The example of the Standard Webhooks reference libraries: what their users verify, we sign alike.
func TestVerifyKnownSignature(t *testing.T) {
	t.Parallel()
	const body = `{"test": 2432232314}`
	known := sdk.NewSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	sent := time.Unix(1614265330, 0)
	header := func(change func(http.Header)) http.Header {
		h := http.Header{}
		h.Set("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
		h.Set("webhook-timestamp", "1614265330")
		h.Set("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
		if change != nil {
			change(h)
		}
		return h
	}
	for _, tt := range []struct {
		name   string
		secret sdk.Secret
		header http.Header
		body   string
		at     time.Time
		ok     bool
	}{
		{"as sent", known, header(nil), body, sent, true},
		{"among other signatures", known, header(func(h http.Header) {
			h.Set("webhook-signature", "v1a,AAAA v1,BBBB v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
		}), body, sent, true},
		{"a little late", known, header(nil), body, sent.Add(5 * time.Minute), true},
		{"recorded", known, header(nil), body, sent.Add(5*time.Minute + time.Second), false},
		{"from the future", known, header(nil), body, sent.Add(-6 * time.Minute), false},
		{"another body", known, header(nil), body + " ", sent, false},
		{"another id", known, header(func(h http.Header) { h.Set("webhook-id", "msg_2") }), body, sent, false},
		{"another time", known, header(func(h http.Header) { h.Set("webhook-timestamp", "1614265331") }), body, sent, false},
		{"no time", known, header(func(h http.Header) { h.Del("webhook-timestamp") }), body, sent, false},
		{"no signature", known, header(func(h http.Header) { h.Del("webhook-signature") }), body, sent, false},
		{"another secret", sdk.NewSecret(secret), header(nil), body, sent, false},
		{"no secret", sdk.Secret{}, header(nil), body, sent, false},
	} {
		err := alerts.Verify(tt.secret, tt.header, []byte(tt.body), tt.at)
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
		if !tt.ok && !tt.secret.IsZero() && !errors.Is(err, alerts.ErrSignature) {
			t.Errorf("%s: %v is no ErrSignature", tt.name, err)
		}
	}
}

// Whatever the headers hold, only the right signature is one.
func FuzzVerify(f *testing.F) {
	f.Add("msg_1", "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", []byte(`{"test": 2432232314}`), secret)
	f.Add("", "-9223372036854775808", " v1, ,", []byte(nil), "whsec_")
	f.Fuzz(func(t *testing.T, id, timestamp, signature string, body []byte, value string) {
		h := http.Header{"Webhook-Id": {id}, "Webhook-Timestamp": {timestamp}, "Webhook-Signature": {signature}}
		if err := alerts.Verify(sdk.NewSecret(value), h, body, time.Unix(1614265330, 0)); err == nil {
			t.Errorf("%q signed %q", signature, body)
		}
	})
}
