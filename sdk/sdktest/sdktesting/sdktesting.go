// Package sdktesting runs the conformance kit as subtests of a Go test.
package sdktesting

import (
	"context"
	"testing"

	"github.com/aio-llm/aio/sdk/sdktest"
)

// Run runs every case as a subtest of t: those that are independent in parallel, those that judge the whole
// run after them. Cases that do not apply are left out.
func Run(t *testing.T, r sdktest.Runner) {
	t.Helper()
	session, err := r.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, last := range []bool{false, true} {
		phase := "cases"
		if last {
			phase = "whole"
		}
		t.Run(phase, func(t *testing.T) {
			for _, c := range sdktest.Cases() {
				if c.Last != last || !session.Applies(c) {
					continue
				}
				t.Run(c.Name, func(t *testing.T) {
					if !last {
						t.Parallel()
					}
					judge(t.Context(), t, session, c)
				})
			}
		})
	}
}

func judge(ctx context.Context, t *testing.T, session *sdktest.Session, c sdktest.Case) {
	t.Helper()
	if r := session.Run(ctx, c); r.Verdict == sdktest.Fail {
		t.Errorf("want: %s\nbecause: %s\n%s", c.Expect, c.Why, r.Detail)
	}
}
