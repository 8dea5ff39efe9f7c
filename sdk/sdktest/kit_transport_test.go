package sdktest_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
	"github.com/aio-llm/aio/sdk/sdktest"
)

// through is a sound provider but for its transport.
func through(rt http.RoundTripper) sdk.Plugin {
	plugin := sound(nil)
	plugin.Open = func(_ context.Context, setup sdk.Setup) (sdk.Provider, error) {
		var o openaicompat.Options
		if err := setup.Settings.Decode(&o); err != nil {
			return nil, err
		}
		o.Transport = rt
		return openaicompat.New(dialect(), o)
	}
	return plugin
}

// hungry reads the whole reply before it gives any of it.
type hungry struct{ http.RoundTripper }

func (h hungry) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := h.RoundTripper.RoundTrip(r)
	if err != nil || r.Method != http.MethodPost {
		return resp, err
	}
	defer resp.Body.Close()
	body, read := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{read}))
	return resp, nil
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}

func TestATransportThatReadsAheadOrNeverReusesIsNoticed(t *testing.T) {
	t.Parallel()
	once := http.DefaultTransport.(*http.Transport).Clone()
	once.DisableKeepAlives = true
	plain := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(plain.CloseIdleConnections)
	for name, test := range map[string]struct {
		rt   http.RoundTripper
		want string
	}{
		"pressure/slow-reader":    {hungry{plain}, "bytes were read from the upstream"},
		"pressure/one-connection": {once, "100 connections were used"},
	} {
		session := open(t, sdktest.Runner{Target: sdktest.InProcess(through(test.rt)), Upstream: sdktest.OpenAI()})
		expect(t, session, sdktest.Fail, name, test.want)
	}
}

// A provider that leaves parts out, or refuses in silence, is noticed.
func TestLostPartsAreNoticed(t *testing.T) {
	t.Parallel()
	textOnly := sound(func(p sdk.Provider) sdk.Provider {
		return broken{Provider: p, chat: func(ctx context.Context, c *sdk.Call, next chatter) (*sdk.Reply, error) {
			own := *c
			var kept []string
			for _, part := range gjson.GetBytes(c.Body, "messages.0.content").Array() {
				if part.Get("type").Str == "text" {
					kept = append(kept, part.Raw)
				}
			}
			own.Body, _ = sjson.SetRawBytes(c.Body, "messages.0.content", []byte("["+strings.Join(kept, ",")+"]"))
			return next(ctx, &own)
		}}
	})
	session := open(t, sdktest.Runner{Target: sdktest.InProcess(textOnly), Upstream: sdktest.OpenAI()})
	expect(t, session, sdktest.Fail, "parts/audio", "the part did not arrive")
	expect(t, session, sdktest.Fail, "parts/none", "the part did not arrive")
}
