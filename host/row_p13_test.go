package host_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/internal/rows"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// A request of 20 MB goes through a plugin process and arrives whole; one of 40 MB is refused as too large
// before there even is a process.
func TestRow_P13_LargeRequests(t *testing.T) {
	t.Parallel()
	const mega, key = 1_000_000, "sk-simulated-large-0123456789"
	sim := simulator.New(simulator.Options{Keys: []simulator.Key{{Label: "large", Value: key}}})
	server, err := sim.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	h, _ := processes(t, func(c *host.Config) {
		settings, err := json.Marshal(map[string]string{"base_url": server.BaseURL(simulator.OpenAI)})
		if err != nil {
			t.Fatal(err)
		}
		p := &c.Providers[0]
		p.Settings, p.Models, p.Keys[0].Value = settings, []host.Model{{Name: "echo", ID: "gpt-5.4-mini"}}, sdk.NewSecret(key)
	}, "relay")

	large := func(bytes int) []byte {
		return []byte(`{"model":"relay/echo","messages":[{"role":"system","content":"` + strings.Repeat("x", bytes) + `"},{"role":"user","content":"count 3"}]}`)
	}
	refused := func(bytes int) {
		t.Helper()
		body := large(bytes)
		for _, stream := range []bool{false, true} {
			var err error
			if stream {
				_, err = h.ChatStreamJSON(t.Context(), body)
			} else {
				_, err = h.ChatJSON(t.Context(), body)
			}
			var e *host.Error
			if !errors.As(err, &e) || e.Kind != sdk.KindBadRequest || e.Code != host.CodeBodyTooLarge || e.HTTPStatus() != 413 {
				t.Fatalf("%d bytes, stream=%v: %v", bytes, stream, err)
			}
		}
	}
	refused(40 * mega)
	if pid := pidOf(t, h, "relay"); pid != 0 || sim.Ledger().Len() != 0 {
		t.Errorf("the refused requests started process %d and made %d calls", pid, sim.Ledger().Len())
	}

	sizes := []int{20 * mega}
	if rows.Full() {
		sizes = append(sizes, mega, 10*mega, 30*mega, sdk.MaxBody-1024)
	}
	for _, size := range sizes {
		req := large(size)
		for _, stream := range []bool{false, true} {
			sim.Ledger().Reset()
			var got string
			if stream {
				s, err := h.ChatStreamJSON(t.Context(), req)
				if err != nil {
					t.Fatalf("%d bytes: %v", size, err)
				}
				if got, err = readAll(s); err != nil {
					t.Fatalf("%d bytes: %v", size, err)
				}
			} else {
				reply, err := h.ChatJSON(t.Context(), req)
				if err != nil {
					t.Fatalf("%d bytes: %v", size, err)
				}
				got = text(t, reply)
			}
			arrived := sim.Ledger().Entries()
			if got != "1 2 3" || len(arrived) != 1 || arrived[0].BytesIn < int64(size) {
				t.Errorf("%d bytes, stream=%v: answer %q, %d calls: %s", size, stream, got, len(arrived), pretty(arrived))
			}
		}
	}
	before := sim.Ledger().Len()
	refused(40 * mega)
	if rows.Full() {
		refused(sdk.MaxBody)
	}
	if n := sim.Ledger().Len() - before; n != 0 {
		t.Errorf("%d calls for refused requests", n)
	}
	rows.Report(t, "P13", fmt.Sprintf("requests of %v and 40,000,000 bytes, unary and streamed", sizes),
		"20 MB arrives whole through a plugin process; 40 MB is a 413 before the plugin is reached", func() string {
			return fmt.Sprintf("process %d started for the first that fits", pidOf(t, h, "relay"))
		})
}
