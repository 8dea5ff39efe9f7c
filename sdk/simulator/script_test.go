package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReadScript(t *testing.T) {
	t.Parallel()
	got, err := ReadScript(strings.NewReader(`{"rules":[
		{"name":"first key is limited","match":{"dialect":"groq","key":"a","stream":true,"from":2,"to":5,"every":2},
		 "fault":{"kind":"error","error":"rate_minute","wait":"7.66s","hints":["retry-after","body"],"header":{"X-A":"b"}}},
		{"fault":{"kind":"stall","after":3,"every":"500ms"}}
	]}`))
	if err != nil {
		t.Fatal(err)
	}
	yes := true
	want := Script{Rules: []Rule{
		{
			Name:  "first key is limited",
			Match: Match{Dialect: Groq, Key: "a", Stream: &yes, From: 2, To: 5, Every: 2},
			Fault: Fault{Kind: FaultError, Error: ErrorRateMinute, Wait: 7660 * time.Millisecond, Hints: []string{HintRetryAfter, HintBody}, Header: map[string]string{"X-A": "b"}},
		},
		{Fault: Fault{Kind: FaultStall, After: 3, Every: 500 * time.Millisecond}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	written, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	again, err := ReadScript(bytes.NewReader(written))
	if diff := cmp.Diff(want, again); diff != "" || err != nil {
		t.Errorf("%v, written and read again (-want +got):\n%s", err, diff)
	}
}

// TestReadScriptErrors pins what people see.
func TestReadScriptErrors(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	for _, text := range []string{
		``, `[]`, `{"rules":[`, `{"rules":7}`, `{"rule":[]}`, `{"rules":[],"rules":[]}`,
		`{"rules":[{"fault":{"kind":"explode"}}]}`,
		`{"rules":[{"fault":{"kind":"none"}},{"fault":{"kind":"stall","aftr":2}}]}`,
		`{"rules":[{"fault":{"kind":"stall","after":"2"}}]}`,
		`{"rules":[{"fault":{"kind":"stall","after":-2}}]}`,
		`{"rules":[{"fault":{"kind":"delay","for":5}}]}`,
		`{"rules":[{"fault":{"kind":"delay","for":"5"}}]}`,
		`{"rules":[{"fault":{"kind":"delay"}}]}`,
		`{"rules":[{"match":{"dialect":"gork","from":5,"to":2},"fault":{"kind":"hang","size":3}}]}`,
		`{"rules":[{"fault":{"kind":"error"}}]}`,
		`{"rules":[{"fault":{"kind":"error","error":"sad"}}]}`,
		`{"rules":[{"fault":{"kind":"error","status":42}}]}`,
		`{"rules":[{"fault":{"kind":"error","status":429,"hints":["smoke"]}}]}`,
		`{"rules":[{"fault":{"kind":"error","status":429,"header":{"A\nB":"c"}}}]}`,
		`{"rules":[{"fault":{"kind":"reset","at":"lunch"}}]}`,
		`{"rules":[{"fault":{"kind":"redirect"}}]}`,
		`{"rules":[{"fault":{"kind":"redirect","location":"/x","status":200}}]}`,
		`{"rules":[{"fault":{"kind":"html","status":204}}]}`,
		`{"rules":[{"fault":{"kind":"usage"}}]}`,
		`{"rules":[{"fault":{"kind":"framing","style":"finish"}}]}`,
	} {
		_, err := ReadScript(strings.NewReader(text))
		if err == nil {
			t.Errorf("%s is accepted", text)
		}
		fmt.Fprintf(&out, "%s\n    %s\n", text, strings.ReplaceAll(fmt.Sprint(err), "\n", "\n    "))
	}
	golden(t, "script_errors.txt", out.String())
}

func FuzzScript(f *testing.F) {
	f.Add(`{"rules":[{"match":{"key":"a","every":2},"fault":{"kind":"error","status":429,"wait":"1s"}}]}`)
	f.Add(`{"rules":[{"fault":{"kind":"stall","after":3}}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ReadScript(strings.NewReader(text))
		if err != nil {
			return
		}
		written, err := json.Marshal(s)
		if err != nil {
			t.Fatalf("%s cannot be written: %v", text, err)
		}
		again, err := ReadScript(bytes.NewReader(written))
		if err != nil {
			t.Fatalf("%s, written as %s: %v", text, written, err)
		}
		if rewritten, _ := json.Marshal(again); !bytes.Equal(written, rewritten) {
			t.Fatalf("%s becomes %s", written, rewritten)
		}
	})
}

func TestMatch(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	down := Fault{Kind: FaultError, Status: 500}
	for name, tc := range map[string]struct {
		match Match
		want  string // statuses of 8 requests: groq a, groq b, openai a (stream), groq a; twice
	}{
		"all":        {Match{}, "55555555"},
		"dialect":    {Match{Dialect: OpenAI}, "22522252"},
		"key":        {Match{Key: "b"}, "25222522"},
		"model":      {Match{Model: "gpt-5.4-mini"}, "22522252"},
		"path":       {Match{Path: "/chat/completions"}, "55555555"},
		"other":      {Match{Path: "/models"}, "22222222"},
		"streams":    {Match{Stream: &yes}, "22522252"},
		"unary":      {Match{Stream: &no}, "55255525"},
		"from":       {Match{Key: "a", From: 3}, "22255255"},
		"to":         {Match{To: 3}, "55522222"},
		"window":     {Match{Dialect: Groq, From: 2, To: 3}, "25252222"},
		"every":      {Match{Every: 3}, "52252252"},
		"every from": {Match{From: 2, Every: 2}, "25252525"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, Options{Script: Script{Rules: []Rule{{Match: tc.match, Fault: down}}}})
			var got strings.Builder
			for range 2 {
				for _, who := range []struct {
					dialect, key string
					stream       bool
				}{{Groq, "secret-a", false}, {Groq, "secret-b", false}, {OpenAI, "secret-a", true}, {Groq, "secret-a", false}} {
					body := chatBody(r.sim.catalogs[who.dialect][0].ID, "hi", who.stream)
					h := hear(r.client, request(t, http.MethodPost, r.server.BaseURL(who.dialect)+"/chat/completions", who.key, body))
					fmt.Fprint(&got, h.status/100)
				}
			}
			if got.String() != tc.want {
				t.Errorf("got %s, want %s", got.String(), tc.want)
			}
		})
	}
}

// TestNoneShields: "none" keeps later rules away, which still count.
func TestNoneShields(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Script: Script{Rules: []Rule{
		{Match: Match{To: 1}, Fault: Fault{Kind: FaultNone}},
		{Match: Match{To: 2}, Fault: Fault{Kind: FaultError, Status: 503}},
	}}})
	var got []int
	for range 3 {
		got = append(got, r.chat(Groq, "hi", false).status)
	}
	if diff := cmp.Diff([]int{200, 503, 200}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSetScript(t *testing.T) {
	t.Parallel()
	r := scripted(t, Fault{Kind: FaultError, Status: 500})
	if h := r.chat(Groq, "hi", false); h.status != 500 {
		t.Errorf("got %d", h.status)
	}
	r.sim.SetScript(Script{})
	if h := r.chat(Groq, "hi", false); h.status != 200 {
		t.Errorf("got %d", h.status)
	}
	r.sim.SetScript(Script{Rules: []Rule{{Fault: Fault{Kind: "explode"}}}})
	if h := r.chat(Groq, "hi", false); h.status != 500 || !strings.Contains(h.body, "rules[0].fault.kind") {
		t.Errorf("got %s", show(h))
	}
}

func TestHints(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault   Fault
		headers map[string]string
		body    string // what it contains; "!" for what it does not
	}{
		"groq usual":   {Fault{Error: ErrorRateMinute, Wait: 7660 * time.Millisecond}, map[string]string{"Retry-After": "8", "X-Ratelimit-Reset-Tokens": "7.66s"}, "try again in 7.66s"},
		"seconds only": {Fault{Error: ErrorRateMinute, Wait: 2 * time.Second, Hints: []string{HintRetryAfter}}, map[string]string{"Retry-After": "2", "X-Ratelimit-Reset-Tokens": "0s"}, "!try again"},
		"ms":           {Fault{Error: ErrorRateMinute, Wait: 1500 * time.Millisecond, Hints: []string{HintRetryAfterMS}}, map[string]string{"Retry-After-Ms": "1500", "Retry-After": ""}, "!try again"},
		"body":         {Fault{Error: ErrorRateDay, Wait: time.Hour, Hints: []string{HintBody}}, map[string]string{"Retry-After": ""}, "try again in 1h0m0s"},
		"none":         {Fault{Error: ErrorRateDay, Hints: []string{HintNone}}, map[string]string{"Retry-After": ""}, "!try again"},
		"junk":         {Fault{Error: ErrorRateMinute, Header: map[string]string{"Retry-After": "soon"}}, map[string]string{"Retry-After": "soon"}, "try again"},
		"removed":      {Fault{Error: ErrorRateMinute, Header: map[string]string{"Retry-After": ""}}, map[string]string{"Retry-After": ""}, "try again"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.fault.Kind = FaultError
			h := scripted(t, tc.fault).chat(Groq, "hi", false)
			for name, want := range tc.headers {
				if got := h.header.Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			text, absent := strings.CutPrefix(tc.body, "!")
			if strings.Contains(h.body, text) == absent {
				t.Errorf("body is %s", h.body)
			}
		})
	}
	h := scripted(t, Fault{Kind: FaultError, Error: ErrorRateMinute, Wait: time.Hour, Hints: []string{HintRetryAfterDate}}).chat(OpenAI, "hi", false)
	if at, err := http.ParseTime(h.header.Get("Retry-After")); err != nil || time.Until(at) > time.Hour {
		t.Errorf("Retry-After %q, %v", h.header.Get("Retry-After"), err)
	}
}

// TestExampleScripts: the scripts in testdata, as people write them, are good.
func TestExampleScripts(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/demo.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := ReadScript(f)
	if err != nil || len(s.Rules) != 3 {
		t.Errorf("%+v, %v", s, err)
	}
}
