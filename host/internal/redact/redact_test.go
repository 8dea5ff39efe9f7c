package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/aio-llm/aio/sdk"
)

// secret needs escaping everywhere, and has a length that base64 pads.
const secret = `p/4"<&\ ü+canary=7!`

func TestStringByValue(t *testing.T) {
	t.Parallel()
	r := New(sdk.NewSecret(secret), sdk.NewSecret("other-secret"), sdk.NewSecret("other-secret-longer"), sdk.NewSecret("short"))
	marshalled, err := json.Marshal(map[string]string{"error": "bad key " + secret})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, in, want string }{
		{"nothing", "plain text", "plain text"},
		{"empty", "", ""},
		{"raw", "a " + secret + " b", "a [redacted] b"},
		{"alone", secret, "[redacted]"},
		{"twice in a row", secret + secret, "[redacted][redacted]"},
		{"longest of two that begin alike", "x other-secret-longer y", "x [redacted] y"},
		{"shorter of two that begin alike", "x other-secret-longe y", "x [redacted]-longe y"},
		{"too short to look for", "short", "short"},
		{"base64", "k=" + base64.StdEncoding.EncodeToString([]byte(secret)) + ";", "k=[redacted];"},
		{"url", "u?a=" + url.QueryEscape(secret), "u?a=[redacted]"},
		{"url path", "u/" + url.PathEscape(secret), "u/[redacted]"},
		{"url in lower case", "u?a=" + strings.ReplaceAll(strings.ToLower(url.QueryEscape(secret)), "canary", "canary"), "u?a=[redacted]"},
		{"hex", hex.EncodeToString([]byte(secret)), "[redacted]"},
		{"upper hex", strings.ToUpper(hex.EncodeToString([]byte(secret))), "[redacted]"},
		{"json", string(marshalled), `{"error":"bad key [redacted]"}`},
		{"json without html escapes", `{"e":"p/4\"<&\\ ü+canary=7!"}`, `{"e":"[redacted]"}`},
		{"json with escaped slashes", `{"e":"p\/4\"<&\\ ü+canary=7!"}`, `{"e":"[redacted]"}`},
		{"quoted by Go", fmt.Sprintf("%q", secret), `"[redacted]"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := r.String(tt.in)
			// What base64 pads or mixes with its neighbours may stay: at most two characters of it.
			if tt.name == "base64" {
				got = strings.NewReplacer("[redacted]Q==", "[redacted]", "[redacted]E=", "[redacted]", "[redacted]==", "[redacted]", "[redacted]=", "[redacted]").Replace(got)
			}
			if got != tt.want {
				t.Errorf("String(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// Basic authentication encodes a name, a colon and the key together, at any of three alignments.
func TestStringBase64AnyAlignment(t *testing.T) {
	t.Parallel()
	const key = "canary-0123456789-abcdef"
	r := New(sdk.NewSecret(key))
	for _, user := range []string{"", "u", "us", "use", "user"} {
		for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.RawURLEncoding} {
			coded := enc.EncodeToString([]byte(user + ":" + key + "tail"))
			got := r.String("x " + coded)
			if !strings.Contains(got, mark) || len(got) > len("x ")+len(coded)-len(key)*8/6+len(mark)+2 {
				t.Errorf("user %q: %q became %q", user, coded, got)
			}
		}
	}
}

func TestStringOfManyLines(t *testing.T) {
	t.Parallel()
	r := New(sdk.NewSecret("-----BEGIN-----\nAAAABBBBCCCC\r\nDDDDEEEEFFFF\n-----END-----\n"))
	if got := r.String("line 2: AAAABBBBCCCC"); got != "line 2: [redacted]" {
		t.Errorf("a line of a secret stays: %q", got)
	}
}

func TestStringByPattern(t *testing.T) {
	t.Parallel()
	r := New()
	for _, tt := range []struct{ name, in, want string }{
		{"openai", "key sk-proj-abcDEF0123456789_-x is bad", "key [redacted] is bad"},
		{"openrouter", "sk-or-v1-0123456789abcdef0123456789abcdef", "[redacted]"},
		{"masked by the upstream", "Incorrect API key provided: sk-abc1*****wxyz", "Incorrect API key provided: sk-abc1*****wxyz"},
		{"groq", `"gsk_abcdefghijklmnop"`, `"[redacted]"`},
		{"cerebras", "csk-0123456789abcdefgh.", "[redacted]."},
		{"nvidia", "nvapi-AbCd_0123456789-x", "[redacted]"},
		{"google", "AIzaSyA-0123456789abcdefghijklmnopqrstu", "[redacted]"},
		{"hugging face", "hf_abcdefghijklmnopqrst", "[redacted]"},
		{"google in a url", `Post "https://x/v1?alt=sse&key=abcdefgh1": EOF`, `Post "https://x/v1?alt=sse&key=[redacted]": EOF`},
		{"bearer", "Authorization: Bearer abc.def-123456", "Authorization: Bearer [redacted]"},
		{"bearer without a digit but long", "bearer " + strings.Repeat("x", 50), "bearer [redacted]"},
		{"basic", "authorization: Basic dXNlcjpwYXNzMTIz==", "authorization: Basic [redacted]"},
		{"header map", "map[X-Api-Key:[abcdefgh12]]", "map[X-Api-Key:[[redacted]]]"},
		{"json header", `{"api-key": "abcdefgh12"}`, `{"api-key": "[redacted]"}`},
		{"words", "bearer authentication failed for task-force-of-the-company", "bearer authentication failed for task-force-of-the-company"},
		{"a model", "groq/openai/gpt-oss-120b and risk-2024-assessment-model", "groq/openai/gpt-oss-120b and risk-2024-assessment-model"},
		{"a variable", "api_key: GROQ_API_KEY is not set", "api_key: GROQ_API_KEY is not set"},
		{"two", "gsk_abcdefghijklmnop, gsk_abcdefghijklmnoq", "[redacted], [redacted]"},
		{"masked already", "Bearer [redacted] key=[redacted]", "Bearer [redacted] key=[redacted]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := r.String(tt.in); got != tt.want {
				t.Errorf("String(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestWriter(t *testing.T) {
	t.Parallel()
	const key = "canary-key-0123456789"
	r := New(sdk.NewSecret(key))
	text := "first " + key + "\nsecond\n\nlast " + key
	want := "first [redacted]\nsecond\n\nlast [redacted]"
	for size := 1; size <= len(text); size++ {
		var out strings.Builder
		w := r.Writer(&out)
		for rest := text; rest != ""; {
			n := min(size, len(rest))
			if m, err := w.Write([]byte(rest[:n])); m != n || err != nil {
				t.Fatalf("Write = %d, %v", m, err)
			}
			rest = rest[n:]
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Fatalf("written %d bytes at a time: %q", size, out.String())
		}
	}
}

func TestWriterPassesWholeLinesAtOnce(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	w := New().Writer(&out)
	fmt.Fprint(w, "a line\nand a ha")
	if out.String() != "a line\n" {
		t.Errorf("after a line and a half: %q", out.String())
	}
	fmt.Fprint(w, "lf\n")
	if out.String() != "a line\nand a half\n" {
		t.Errorf("after two lines: %q", out.String())
	}
}

func TestWriterEndlessLine(t *testing.T) {
	t.Parallel()
	const key = "canary key with spaces 0123456789"
	r := New(sdk.NewSecret(key))
	for _, filler := range []string{"x", "x ", "filler, "} {
		var out strings.Builder
		w := r.Writer(&out)
		var in, want strings.Builder
		for in.Len() < 3*maxLine {
			in.WriteString(strings.Repeat(filler, 7) + key)
			want.WriteString(strings.Repeat(filler, 7) + mark)
		}
		for rest := in.String(); rest != ""; {
			n := min(1000, len(rest))
			if _, err := w.Write([]byte(rest[:n])); err != nil {
				t.Fatal(err)
			}
			if len(w.rest) > w.limit+n {
				t.Fatalf("%d bytes kept, limit %d", len(w.rest), w.limit)
			}
			rest = rest[n:]
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if out.String() != want.String() {
			t.Errorf("filler %q: the secret shows, or text was lost", filler)
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestWriterError(t *testing.T) {
	t.Parallel()
	if _, err := New().Writer(brokenPipe{}).Write([]byte("line\n")); err == nil || err.Error() != "broken pipe" {
		t.Errorf("error %v, want the writer's own", err)
	}
}

func FuzzString(f *testing.F) {
	f.Add("sk-or-v1-secret!", "before ", " after")
	f.Add(secret, `{"a":"`, `"}`)
	f.Add("aaaaaaa", "aaa", "aa")
	f.Fuzz(func(t *testing.T, key, before, after string) {
		if len(key) < minSecret || strings.Contains(mark, key) {
			return
		}
		r := New(sdk.NewSecret(key))
		for _, form := range append(encodings(key), key) {
			if len(form) < minSecret || strings.Contains(mark, form) {
				continue
			}
			// The mark may form the secret anew with its neighbours only if the secret holds part of it.
			if got := r.byValue(before + form + after); strings.Contains(got, form) && !strings.ContainsAny(form, mark) {
				t.Errorf("%q shows in %q", form, got)
			}
		}
		if !strings.Contains(before+after, key) {
			var out strings.Builder
			w := r.Writer(&out)
			for _, part := range []string{before, key[:3], key[3:], after} {
				_, _ = w.Write([]byte(part))
			}
			_ = w.Close()
			if !strings.ContainsAny(key, mark+"\n") && strings.Contains(out.String(), key) {
				t.Errorf("%q shows in what was written: %q", key, out.String())
			}
		}
	})
}

func BenchmarkString(b *testing.B) {
	var secrets []sdk.Secret
	for i := range 200 {
		secrets = append(secrets, sdk.NewSecret(fmt.Sprintf("gsk_%040d", i)))
	}
	r := New(secrets...)
	line := `2026-10-02T12:00:00Z [INFO]  request: id=01HZX model=groq/llama-3.3-70b-versatile status=200 attempts=2 duration=1.204s tokens=532 route="groq key=main: rate_minute; openrouter: ok"`
	for _, bb := range []struct{ name, text string }{
		{"clean line", line},
		{"one secret", line + " key " + secrets[7].Reveal()},
		{"clean 64 KiB", strings.Repeat(line+"\n", 370)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(bb.text)))
			for b.Loop() {
				r.String(bb.text)
			}
		})
	}
}
