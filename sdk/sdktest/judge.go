package sdktest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// equal is nil when got is want.
func equal[T comparable](what string, got, want T) error {
	if got == want {
		return nil
	}
	return fmt.Errorf("%s is %s, want %s", what, short(got), short(want))
}

// short writes a value with few enough characters for a verdict.
func short(v any) string {
	const most = 300
	text := fmt.Sprintf("%#v", v)
	if len(text) > most {
		text = text[:most] + "…"
	}
	return text
}

func check(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}

// sameJSON compares two JSON documents by their bytes, white space between tokens apart.
func sameJSON(what string, got, want []byte) error {
	var a, b bytes.Buffer
	if err := json.Compact(&a, got); err != nil {
		return fmt.Errorf("%s is no JSON: %w", what, err)
	}
	if err := json.Compact(&b, want); err != nil {
		return fmt.Errorf("the case is wrong about %s: %w", what, err)
	}
	return equal(what, a.String(), b.String())
}

// sameValue compares two JSON documents by what they say: the order of members does not matter, every digit
// of a number does.
func sameValue(what string, got, want []byte) error {
	a, err := canonical(got)
	if err != nil {
		return fmt.Errorf("%s: no JSON: %w: %.200q", what, err, got)
	}
	b, err := canonical(want)
	if err != nil {
		return fmt.Errorf("the case is wrong about %s: %w", what, err)
	}
	return equal(what, a, b)
}

func canonical(document []byte) (string, error) {
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return "", err
	}
	out, err := json.Marshal(v)
	return string(out), err
}

// member compares one member of a document by its bytes.
func member(document []byte, path, want string) error {
	return equal(path, gjson.GetBytes(document, path).Raw, want)
}

// failure is how a call must fail.
type failure struct {
	kinds     []sdk.Kind
	scopes    []sdk.Scope // nil: what is plausible for the kind
	status    int         // 0: any
	certainty []sdk.Certainty
	// least and most bound the wait the error asks for; zero most leaves it open.
	least, most time.Duration
}

func fails(kinds ...sdk.Kind) failure { return failure{kinds: kinds} }

func (f failure) with(status int) failure {
	f.status = status
	return f
}

func (f failure) sure(certainty ...sdk.Certainty) failure {
	f.certainty = certainty
	return f
}

// judge is nil when err is that failure.
func (f failure) judge(err error) error {
	if err == nil {
		return fmt.Errorf("the call succeeded, want %v", f.kinds)
	}
	e := sdk.AsError(err)
	var problems []error
	if !slices.Contains(f.kinds, e.Kind) {
		problems = append(problems, fmt.Errorf("kind is %s, want %v", e.Kind, f.kinds))
	}
	scopes := f.scopes
	if scopes == nil {
		scopes = plausible(e.Kind)
	}
	if !slices.Contains(scopes, e.Scope) {
		problems = append(problems, fmt.Errorf("scope is %q, want one of %q", e.Scope, scopes))
	}
	if f.status != 0 && e.Status != f.status {
		problems = append(problems, fmt.Errorf("status is %d, want %d", e.Status, f.status))
	}
	if f.certainty != nil && !slices.Contains(f.certainty, e.Certainty) {
		problems = append(problems, fmt.Errorf("certainty is %s, want %v", e.Certainty, f.certainty))
	}
	if f.most > 0 && (e.RetryAfter < f.least || e.RetryAfter > f.most) {
		problems = append(problems, fmt.Errorf("retry-after is %v, want %v to %v", e.RetryAfter, f.least, f.most))
	}
	if e.Message == "" {
		problems = append(problems, errors.New("the error has no message"))
	}
	if len(problems) > 0 {
		problems = append(problems, fmt.Errorf("the error: %w", e))
	}
	return errors.Join(problems...)
}

// plausible are the scopes an error of a kind may have when a case knows no better.
func plausible(k sdk.Kind) []sdk.Scope {
	switch k {
	case sdk.KindAuthInvalid:
		return []sdk.Scope{sdk.ScopeKey, sdk.ScopeAccount}
	case sdk.KindNoCredit:
		return []sdk.Scope{sdk.ScopeAccount, sdk.ScopeKey}
	case sdk.KindRateMinute, sdk.KindRateDay:
		return []sdk.Scope{sdk.ScopeKey, sdk.ScopeAccountModel, sdk.ScopeAccount, sdk.ScopeModel}
	case sdk.KindForbidden:
		return []sdk.Scope{sdk.ScopeAccountModel, sdk.ScopeAccount, sdk.ScopeKey, sdk.ScopeModel, sdk.ScopeProvider}
	case sdk.KindModelGone:
		return []sdk.Scope{sdk.ScopeModel, sdk.ScopeAccountModel}
	case sdk.KindOverloaded, sdk.KindServerError, sdk.KindBrokenStream:
		return []sdk.Scope{sdk.ScopeModel, sdk.ScopeProvider, sdk.ScopeNone}
	case sdk.KindNetwork, sdk.KindBadReply, sdk.KindTimeout:
		return []sdk.Scope{sdk.ScopeProvider, sdk.ScopeModel, sdk.ScopeNone}
	default:
		// The request's own fault, or the caller's: nothing else is to rest for it.
		return []sdk.Scope{sdk.ScopeNone}
	}
}

// arrived returns the one request that has arrived.
func (b *Bench) arrived() (simulator.Entry, error) {
	all := b.Ledger().Entries()
	if len(all) != 1 {
		return simulator.Entry{}, fmt.Errorf("%d requests arrived, want 1", len(all))
	}
	return all[0], nil
}

// whole is a unary reply, decoded.
func whole(reply *sdk.Reply) (*sdk.ChatCompletion, error) {
	var c sdk.ChatCompletion
	if err := c.UnmarshalJSON(reply.Body); err != nil {
		return nil, fmt.Errorf("the reply cannot be decoded: %w", err)
	}
	if len(c.Choices) == 0 {
		return nil, errors.New("the reply has no choices")
	}
	return &c, nil
}
