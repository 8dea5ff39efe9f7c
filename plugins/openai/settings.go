package openai

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/tidwall/gjson"
	"golang.org/x/net/http/httpguts"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/openaicompat"
)

// settings are the provider block's: the shared ones and those of this plugin.
type settings struct {
	openaicompat.Options

	Organization   string         `json:"organization"`
	Project        string         `json:"project"`
	MaxTokensField string         `json:"max_tokens_field"`
	StreamUsage    *bool          `json:"stream_usage"`
	DroppedParams  []string       `json:"dropped_params"`
	ExtraBody      jsontext.Value `json:"extra_body"`
}

const (
	maxTokens           = "max_tokens"
	maxCompletionTokens = "max_completion_tokens"
)

func ownSettings() []sdk.Setting {
	return []sdk.Setting{
		{Name: "organization", Type: sdk.String, Doc: "OpenAI organisation to bill (header OpenAI-Organization)"},
		{Name: "project", Type: sdk.String, Doc: "OpenAI project to bill (header OpenAI-Project)"},
		{
			Name: "max_tokens_field", Type: sdk.String, Values: []string{maxTokens, maxCompletionTokens},
			Doc: "the only name under which the API takes the output limit; requests with the other one are translated",
		},
		{Name: "stream_usage", Type: sdk.Bool, Default: true, Doc: "ask for token counts at the end of streams (stream_options.include_usage)"},
		{Name: "dropped_params", Type: sdk.StringList, Doc: "request members the API does not take, such as logit_bias or messages[].name"},
		{Name: "extra_body", Type: sdk.Any, Doc: "members for chat requests that do not have them, such as { top_k = 20 }"},
	}
}

// dialect is the plugin's dialect as the settings change it.
func (s settings) dialect() (openaicompat.Dialect, error) {
	d := dialect()
	if s.BaseURL == "" || strings.TrimRight(s.BaseURL, "/") == baseURL {
		d.SignupURL = "https://platform.openai.com/api-keys" // others' keys are made elsewhere, or nowhere
	}
	d.StreamUsage = s.StreamUsage == nil || *s.StreamUsage
	d.Headers = http.Header{}
	for _, h := range []struct{ setting, name, value string }{
		{"organization", "OpenAI-Organization", s.Organization}, {"project", "OpenAI-Project", s.Project},
	} {
		if !httpguts.ValidHeaderFieldValue(h.value) {
			return d, sdk.BadSetting([]string{h.setting}, "must not hold control characters")
		}
		if h.value != "" {
			d.Headers.Set(h.name, h.value)
		}
	}
	switch s.MaxTokensField {
	case "":
	case maxTokens:
		d.Rules = append(d.Rules, openaicompat.Rule{Member: maxCompletionTokens, Rename: maxTokens})
	case maxCompletionTokens:
		d.Rules = append(d.Rules, openaicompat.Rule{Member: maxTokens, Rename: maxCompletionTokens})
	default:
		return d, sdk.BadSetting([]string{"max_tokens_field"}, "is %q; want %s or %s", s.MaxTokensField, maxTokens, maxCompletionTokens)
	}
	if err := s.drop(&d); err != nil {
		return d, err
	}
	return d, s.extend(&d)
}

// reserved are the members without which a chat is none, or which are the provider's to set.
func reserved(name string) bool {
	return slices.Contains([]string{"model", "messages", "stream"}, name)
}

func (s settings) drop(d *openaicompat.Dialect) error {
	for i, name := range s.DroppedParams {
		list, member, inList := strings.Cut(name, "[].")
		switch {
		case name == "", inList && (list == "" || member == ""), strings.ContainsAny(strings.Replace(name, "[].", "", 1), "[]. "):
			return sdk.BadSetting([]string{"dropped_params", strconv.Itoa(i)}, "is %q; want a member of the request such as logit_bias, or of its messages such as messages[].name", name)
		case reserved(name), inList && (member == "role" || member == "content"):
			return sdk.BadSetting([]string{"dropped_params", strconv.Itoa(i)}, "is %s, which no chat can do without", name)
		}
		if name == "stream_options" {
			d.StreamUsage = false
		}
		d.Rules = append(d.Rules, openaicompat.Rule{Member: name, Reason: "left out by the configuration (dropped_params)"})
	}
	return nil
}

func (s settings) extend(d *openaicompat.Dialect) error {
	extra := gjson.ParseBytes(s.ExtraBody)
	if extra.Type == gjson.Null {
		return nil
	}
	if !extra.IsObject() {
		return sdk.BadSetting([]string{"extra_body"}, "is no object; want something like { top_k = 20 }")
	}
	var err error
	extra.ForEach(func(name, value gjson.Result) bool {
		if reserved(name.Str) || name.Str == "stream_options" {
			err = sdk.BadSetting([]string{"extra_body", name.Str}, "is the request's or the provider's to set")
			return false
		}
		d.Defaults = append(d.Defaults, openaicompat.Default{Member: name.Str, Value: value.Raw})
		return true
	})
	return err
}
