package googleai

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/genai"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/fetch"
	"github.com/aio-llm/aio/sdk/openaicompat"
)

// options are the settings of a provider block.
type options struct {
	openaicompat.Options

	// APIVersion is the version in the path of every request.
	APIVersion string `json:"api_version"`
	// Safety maps a harm category to the threshold from which content of it is blocked.
	Safety map[string]string `json:"safety"`
	// FetchURLs has the plugin fetch what URLs of a request name, and send it along.
	FetchURLs bool `json:"fetch_urls"`
	// fetching is changed by tests only.
	fetching fetch.Options

	// IncludeThoughts asks for thoughts also where the request does not.
	IncludeThoughts bool `json:"include_thoughts"`
}

const defaultVersion = "v1beta"

func schema() sdk.Schema {
	return openaicompat.Settings(
		dialect(),
		sdk.Setting{Name: "api_version", Type: sdk.String, Default: defaultVersion, Doc: "version of the Gemini API"},
		sdk.Setting{
			Name: "safety", Type: sdk.StringMap,
			Doc: `from which probability on content is blocked, by category: { harassment = "BLOCK_ONLY_HIGH" }; Google's defaults where not given`,
		},
		sdk.Setting{
			Name: "fetch_urls", Type: sdk.Bool, Default: false,
			Doc: "fetch images and files that a request names by http or https URL here, from public addresses only, instead of leaving it to Google",
		},
		sdk.Setting{
			Name: "include_thoughts", Type: sdk.Bool, Default: false,
			Doc: "ask for the model's thoughts even when a request says nothing about reasoning; models that cannot think refuse it",
		},
	)
}

var versionPattern = regexp.MustCompile(`^v[0-9]+[a-z0-9]*$`)

// check refuses what would end in a wrong path or a 400 on every call.
func (o options) check() error {
	var refused sdk.SettingsError
	if o.APIVersion != "" && !versionPattern.MatchString(o.APIVersion) {
		refused.Problems = append(refused.Problems, sdk.SettingProblem{Path: []string{"api_version"}, Message: "is no version such as v1beta"})
	}
	for name, threshold := range o.Safety {
		switch {
		case !slices.Contains(harmCategories(), harmCategory(name)):
			refused.Problems = append(refused.Problems, sdk.SettingProblem{
				Path: []string{"safety", name}, Message: "is no harm category; there are harassment, hate_speech, sexually_explicit, dangerous_content and civic_integrity",
			})
		case !slices.Contains(thresholds(), genai.HarmBlockThreshold(threshold)):
			refused.Problems = append(refused.Problems, sdk.SettingProblem{
				Path: []string{"safety", name}, Message: "is no threshold; there are OFF, BLOCK_NONE, BLOCK_ONLY_HIGH, BLOCK_MEDIUM_AND_ABOVE and BLOCK_LOW_AND_ABOVE",
			})
		}
	}
	if refused.Problems == nil {
		return nil
	}
	slices.SortFunc(refused.Problems, func(a, b sdk.SettingProblem) int {
		return strings.Compare(strings.Join(a.Path, "."), strings.Join(b.Path, "."))
	})
	return &refused
}

// safety is the setting in the order of the categories, so that requests are the same every time.
func (o options) safety() []*genai.SafetySetting {
	var out []*genai.SafetySetting
	for _, category := range harmCategories() {
		for _, name := range slices.Sorted(maps.Keys(o.Safety)) {
			if harmCategory(name) == category {
				out = append(out, &genai.SafetySetting{Category: category, Threshold: genai.HarmBlockThreshold(o.Safety[name])})
				break
			}
		}
	}
	return out
}

// harmCategory takes the category's own name and the short form: HARM_CATEGORY_HARASSMENT, harassment.
func harmCategory(name string) genai.HarmCategory {
	name = strings.ToUpper(name)
	if !strings.HasPrefix(name, "HARM_CATEGORY_") {
		name = "HARM_CATEGORY_" + name
	}
	return genai.HarmCategory(name)
}

func harmCategories() []genai.HarmCategory {
	return []genai.HarmCategory{
		genai.HarmCategoryHarassment, genai.HarmCategoryHateSpeech, genai.HarmCategorySexuallyExplicit,
		genai.HarmCategoryDangerousContent,
		genai.HarmCategoryCivicIntegrity, //nolint:staticcheck // deprecated, and older models still take it
	}
}

func thresholds() []genai.HarmBlockThreshold {
	return []genai.HarmBlockThreshold{
		genai.HarmBlockThresholdOff, genai.HarmBlockThresholdBlockNone, genai.HarmBlockThresholdBlockOnlyHigh,
		genai.HarmBlockThresholdBlockMediumAndAbove, genai.HarmBlockThresholdBlockLowAndAbove,
	}
}
