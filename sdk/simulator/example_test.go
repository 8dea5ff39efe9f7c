package simulator_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/aio-llm/aio/sdk/simulator"
)

// The first request of one key is rate limited; the ledger says who came.
func Example() {
	sim := simulator.New(simulator.Options{
		Keys: []simulator.Key{{Label: "first", Value: "gsk_1"}, {Label: "second", Value: "gsk_2"}},
		Script: simulator.Script{Rules: []simulator.Rule{{
			Match: simulator.Match{Key: "first", To: 1},
			Fault: simulator.Fault{Kind: simulator.FaultError, Error: simulator.ErrorRateMinute},
		}}},
	})
	server := sim.StartMemory()
	defer server.Close()
	client := server.Client()
	defer client.CloseIdleConnections()

	for _, key := range []string{"gsk_1", "gsk_2", "gsk_1"} {
		body := strings.NewReader(`{"model":"openai/gpt-oss-20b","messages":[{"role":"user","content":"hello"}]}`)
		r, err := http.NewRequestWithContext(context.TODO(), http.MethodPost, server.BaseURL(simulator.Groq)+"/chat/completions", body)
		if err != nil {
			fmt.Println(err)
			return
		}
		r.Header.Set("Authorization", "Bearer "+key)
		r.Header.Set("Content-Type", "application/json")
		reply, err := client.Do(r)
		if err != nil {
			fmt.Println(err)
			return
		}
		reply.Body.Close()
	}
	for _, e := range sim.Ledger().Entries() {
		fmt.Println(e.Seq, e.KeyLabel, e.Status, e.Phase)
	}
	// Output:
	// 1 first 429 done
	// 2 second 200 done
	// 3 first 200 done
}
