package simulator

import (
	"iter"
	"net/http"
)

// dialect is all that tells one provider's API from another's. A provider whose
// chat request is not OpenAI-shaped implements it directly, translating to
// prompt in decode and from answer in whole and chunks; the OpenAI-shaped ones
// are values of chatDialect.
type dialect interface {
	name() string
	base() string                                // path that a client's base URL ends in
	models() []Model                             // the default catalog
	credential(r *http.Request) string           // the key presented, "" for none
	route(c *call) (endpoint, *apiError)         // which endpoint a method and path are
	decode(c *call) (*prompt, *apiError)         // validates a chat request and translates it
	whole(c *call, a *answer) []byte             // the body of a unary reply
	chunks(c *call, a *answer) iter.Seq[event]   // the events of a streamed one
	bill(c *call, a *answer) []byte              // the usage object of a reply
	page(c *call) ([]byte, *apiError)            // every endpoint that is not chat
	failure(c *call, f failing) *apiError        // the provider's real error of that name
	body(e *apiError) []byte                     // an error as the provider writes it
	inband(c *call, e *apiError) ([]byte, event) // an error inside a 200: unary body, stream event
	header(c *call, h http.Header)               // what the provider adds to every reply
	allowance(c *call) allowance                 // how the provider counts against its limits
	shape() shape                                // where its replies have what faults change
}

type endpoint int

const (
	endpointNone endpoint = iota
	endpointChat
	endpointModels
	endpointModel
	endpointEmbeddings
	endpointKey
	endpointCredits
	endpointTokens
)

// dialects lists those served. A further one is added here and nowhere else.
func dialects() []dialect {
	return []dialect{openaiDialect(), groqDialect(), openrouterDialect(), cerebrasDialect(), nvidiaDialect(), geminiDialect{}}
}

// Dialects lists the names of the dialects served.
func Dialects() []string {
	var names []string
	for _, d := range dialects() {
		names = append(names, d.name())
	}
	return names
}

// apiError is an error reply before a dialect writes it down.
type apiError struct {
	status   int
	message  string
	kind     string // "type" in OpenAI's shape
	code     string
	param    string
	metadata map[string]any // OpenRouter; a reply that is an error, of Gemini
	details  []any          // Gemini
	failed   string         // Groq's failed_generation
	header   http.Header    // headers that come with it
}

func (e *apiError) set(name, value string) {
	if e.header == nil {
		e.header = http.Header{}
	}
	e.header.Set(name, value)
}

// invalid is the common shape of a refused request.
func invalid(param, message string) *apiError {
	return &apiError{status: http.StatusBadRequest, kind: "invalid_request_error", param: param, message: message}
}
