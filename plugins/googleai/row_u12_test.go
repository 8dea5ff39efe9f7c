package googleai

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/internal/rows"
	"github.com/aio-llm/aio/plugins/internal/plugintest"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
	"github.com/aio-llm/aio/sdk/sdktest/recut"
)

// behind is a Provider behind the contract, in this process.
func behind(t *testing.T, p *Provider) *sdk.Client {
	t.Helper()
	plugin := Plugin()
	plugin.Open = func(context.Context, sdk.Setup) (sdk.Provider, error) { return p, nil }
	local, err := sdk.NewLocal(plugin, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = local.Close() })
	if _, err := local.Configure(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return local.Client
}

// Wherever the connection cuts a stream of Gemini's, in the middle of a character too, and in whichever of
// its legal forms it is written, the caller gets the same bytes.
func TestRow_U12_StreamsCutAnywhere(t *testing.T) {
	t.Parallel()
	said := func(parts, more string) string {
		return `{"candidates":[{"content":{"parts":[` + parts + `],"role":"model"},"index":0` + more + `}],"modelVersion":"gemini-2.5-flash","responseId":"r1"}`
	}
	const words = "日本語, naïve 👩‍👩‍👧‍👦 🇨🇭 עברית"
	events := []string{
		said(`{"text":"`+words+`"}`, ""),
		said(`{"text":"\ud83d\ude80 \"quoted\", \\ tab\tend \u2028"},{"text":"語","thoughtSignature":"+/8="}`, ""),
		said(`{"functionCall":{"name":"f","args":{"city":"東京","n":9007199254740993}}}`, `,"finishReason":"STOP"`),
	}
	var upstream recut.Upstream
	client := behind(t, opened(t, options{Options: openaicompat.Options{Transport: &upstream}}))
	created := regexp.MustCompile(`"created":[0-9]+,`)
	ids := regexp.MustCompile(`"id":"call_[^"]*"`)
	read := func() (string, error) {
		chunks, _, err := plugintest.Stream(t.Context(), client, asked("gemini-2.5-flash", "hi"))
		return ids.ReplaceAllString(created.ReplaceAllString(chunks, ""), `"id":"call"`), err
	}
	const text = words + "🚀 \"quoted\", \\ tab\tend \u2028語"
	cuts := 0
	for n, stream := range recut.Corpus(events, "") {
		places := recut.Places(len(stream.Body), 29, n == 0 || rows.Full())
		got, err := upstream.Compare(stream.Body, places, read)
		if err != nil {
			t.Errorf("%s: %v", stream.Name, err)
			continue
		}
		var arguments string
		for line := range strings.Lines(got) {
			arguments += gjson.Get(line, "choices.0.delta.tool_calls.0.function.arguments").String()
		}
		// Data over several lines has white space where the lines meet.
		arguments = strings.ReplaceAll(arguments, " ", "")
		if diff := cmp.Diff([]string{text, `{"city":"東京","n":9007199254740993}`}, []string{plugintest.Text(got), arguments}); diff != "" {
			t.Errorf("%s: (-sent +got)\n%s", stream.Name, diff)
		}
		cuts += len(places)
	}
	large := strings.Repeat("語", rows.Dose(300<<10, 5<<20)/3+1)
	stream := []byte("data: " + said(`{"text":"`+large+`"}`, `,"finishReason":"STOP"`) + "\r\n\r\n")
	places := recut.Places(len(stream), len(stream)/rows.Dose(3, 200), false)
	got, err := upstream.Compare(stream, places, read)
	if err != nil || plugintest.Text(got) != large {
		t.Errorf("the large event: %d bytes, %v", len(got), err)
	}
	rows.Report(t, "U12", fmt.Sprintf("13 forms cut at %d places and into single bytes; an event of %d bytes cut at %d", cuts, len(stream), len(places)),
		"the same bytes as uncut, no replacement character", func() string { return "Gemini's dialect, over the wire codec" })
}
