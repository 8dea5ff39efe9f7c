package googleai

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/aio-llm/aio/sdk"
)

// model is what a model's name says about what it takes.
type model struct {
	id    string
	major int // of gemini-<major>; 0 when the name does not say
	minor int
	pro   bool
	lite  bool
}

var modelPattern = regexp.MustCompile(`^gemini-([0-9]{1,3})(?:\.([0-9]{1,3}))?(?:-|$)`)

func modelOf(id string) model {
	id = strings.TrimPrefix(id, "models/")
	m := model{id: id, pro: strings.Contains(id, "-pro"), lite: strings.Contains(id, "-lite")}
	if found := modelPattern.FindStringSubmatch(id); found != nil {
		m.major, _ = strconv.Atoi(found[1])
		m.minor, _ = strconv.Atoi(found[2])
	}
	return m
}

// latest says that the name is Google's alias for the newest of a kind: gemini-flash-latest.
func (m model) latest() bool {
	return strings.HasPrefix(m.id, "gemini-") && strings.HasSuffix(m.id, "-latest")
}

// wantsSignatures: from Gemini 3 on tool calls must come back signed.
func (m model) wantsSignatures() bool { return m.major >= 3 || m.major == 0 && m.latest() }

// byBudget: Gemini 2.5 takes a number of tokens to think, later ones a level.
func (m model) byBudget() bool { return m.major == 2 }

var idPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]*(?:/[A-Za-z0-9][A-Za-z0-9._@-]*)*$`)

// check refuses an id that would mean something else in a path.
func (m model) check() error {
	if len(m.id) <= 256 && !strings.Contains(m.id, "..") && idPattern.MatchString(m.id) {
		return nil
	}
	return &sdk.Error{
		Kind: sdk.KindModelGone, Scope: sdk.ScopeModel, Certainty: sdk.NotSent, Param: "model",
		Message: "this is no name of a Gemini model: want letters, digits, dots and dashes",
	}
}
