package googleai

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

func TestSettingsRefused(t *testing.T) {
	t.Parallel()
	for path, settings := range map[string]map[string]any{
		"base_url":        {"base_url": "http://gemini.example"},
		"api_version":     {"api_version": "../v1"},
		"safety.mischief": {"safety": map[string]string{"mischief": "OFF"}},
		"safety.hate_speech": {
			"safety": map[string]string{"hate_speech": "SOMETIMES"},
		},
		"unsupported_params": {"unsupported_params": "ignore"},
		"headers.Cookie":     {"headers": map[string]string{"Cookie": "x"}},
	} {
		err := rig().Refused(t, settings)
		var got *sdk.SettingsError
		if !errors.As(err, &got) || strings.Join(got.Problems[0].Path, ".") != path {
			t.Errorf("%s: got %v", path, err)
		}
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	var asked struct{ path, body string }
	client := rig().Behind(t, func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		asked.path, asked.body = r.URL.Path, string(raw)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"STOP"}]}`)
	}, map[string]any{
		"api_version": "v1alpha", "include_thoughts": true,
		"safety": map[string]string{"sexually_explicit": "OFF", "HARM_CATEGORY_HARASSMENT": "BLOCK_ONLY_HIGH"},
	})
	if _, err := client.Chat(t.Context(), call("hi")); err != nil {
		t.Fatal(err)
	}
	if asked.path != "/v1alpha/models/gemini-2.5-flash:generateContent" {
		t.Errorf("path %s", asked.path)
	}
	want := `[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_ONLY_HIGH"},{"category":"HARM_CATEGORY_SEXUALLY_EXPLICIT","threshold":"OFF"}]`
	if got := gjson.Get(asked.body, "safetySettings").Raw; got != want || !gjson.Get(asked.body, "generationConfig.thinkingConfig.includeThoughts").Bool() {
		t.Errorf("sent %s", asked.body)
	}
}

func call(text string) *sdk.Call { return asked("gemini-2.5-flash", text) }

// TestEnvironment: what genai would read from the environment counts for nothing here.
func TestEnvironment(t *testing.T) {
	decoy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the environment redirected a call") }))
	t.Cleanup(decoy.Close)
	for name, value := range map[string]string{
		"GOOGLE_GEMINI_BASE_URL": decoy.URL, "GOOGLE_VERTEX_BASE_URL": decoy.URL, "GOOGLE_GENAI_USE_VERTEXAI": "true",
		"GOOGLE_GENAI_USE_ENTERPRISE": "1", "GOOGLE_API_KEY": "AIzaEnvironment000", "GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_CLOUD_LOCATION": "us",
	} {
		t.Setenv(name, value)
	}
	client, sim := rig().Simulated(t, simulator.Options{})
	reply, err := client.Chat(t.Context(), call("hi"))
	if err != nil || reply.Info.Model != "gemini-2.5-flash" {
		t.Fatal(reply, err)
	}
	keyless := call("hi")
	keyless.Key = sdk.Secret{}
	if _, err := client.Chat(t.Context(), keyless); sdk.KindOf(err) != sdk.KindAuthInvalid {
		t.Errorf("without a key: got %v", err)
	}
	var keys []string
	for _, e := range sim.Ledger().Entries() {
		keys = append(keys, e.KeyLabel)
	}
	if diff := cmp.Diff([]string{"a", "none"}, keys); diff != "" {
		t.Error(diff)
	}
}

func TestPlugin(t *testing.T) {
	t.Parallel()
	p := Plugin()
	if p.Name != "googleai" || p.Version == "" || p.Settings[0].Default != "https://generativelanguage.googleapis.com" {
		t.Errorf("got %+v", p)
	}
}

// TestNotSent: a dial that failed is known to have sent nothing.
func TestNotSent(t *testing.T) {
	t.Parallel()
	client := rig().At(t, "http://127.0.0.1:1", nil)
	_, err := client.Chat(t.Context(), call("hi"))
	if e := sdk.AsError(err); e == nil || e.Kind != sdk.KindNetwork || e.Certainty != sdk.NotSent || e.Scope != sdk.ScopeProvider {
		t.Errorf("got %+v", e)
	}
}
