package doctor

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"
	"golang.org/x/sync/errgroup"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// examination is that of one provider.
type examination struct {
	host   *host.Host
	config host.Provider
	deep   bool

	mu  sync.Mutex // guards what deep chats find out about models
	out Provider
}

func (e *examination) run(ctx context.Context) Provider {
	plugin := cmp.Or(e.config.Plugin, e.config.Name)
	e.out = Provider{
		Name: e.config.Name, Plugin: plugin, SignUp: e.signUp(plugin), Finding: Finding{Verdict: VerdictOK},
		Keys: e.keys(), Models: e.models(),
	}
	switch {
	case e.config.Disabled:
		e.out.Finding = Finding{Verdict: VerdictNotActive}
		return e.out
	case !slices.ContainsFunc(e.out.Keys, func(k Key) bool { return k.Verdict == VerdictUnchecked }):
		return e.out // not one key to try: its plugin need not even start
	}
	if err := e.host.Start(ctx, e.config.Name); err != nil {
		e.out.Finding = e.plugin(ctx, err)
		return e.out
	}
	e.eachKey(func(k *Key) { e.validate(ctx, k) })
	if e.upstreamIsDown() {
		return e.out
	}
	e.list(ctx)
	if e.deep {
		e.eachKey(func(k *Key) { e.chat(ctx, k) })
	}
	return e.out
}

func (e *examination) signUp(plugin string) string {
	if plugin == "openai" && gjson.GetBytes(e.config.Settings, "base_url").Exists() {
		return "" // a server like OpenAI's, whose keys are made elsewhere or nowhere
	}
	return SignUp(plugin)
}

// keys are the configured ones, with all that is known of them without a call.
func (e *examination) keys() []Key {
	if len(e.config.Keys) == 0 {
		return []Key{{Finding: Finding{Verdict: VerdictUnchecked}}}
	}
	var out []Key
	for _, k := range e.config.Keys {
		key := Key{Label: k.Label, Finding: Finding{Verdict: VerdictUnchecked}}
		switch {
		case k.Disabled:
			key.Verdict = VerdictNotActive
		case k.Value.IsZero():
			key.Finding = Finding{Verdict: VerdictMissing, Detail: k.Missing, Advice: "set it to use this key; without it the key is left out"}
		default:
			key.LooksLike = looksLike(k.Value, cmp.Or(e.config.Plugin, e.config.Name))
		}
		out = append(out, key)
	}
	return out
}

// models are the configured ones, the one that goes first first.
func (e *examination) models() []Model {
	configured := slices.Clone(e.config.Models)
	slices.SortStableFunc(configured, func(a, b host.Model) int { return cmp.Compare(b.Priority, a.Priority) })
	out := []Model{}
	for _, m := range configured {
		model := Model{Name: m.Name, ID: cmp.Or(m.ID, m.Name), Finding: Finding{Verdict: VerdictUnchecked}}
		if m.Disabled {
			model.Verdict = VerdictNotActive
		}
		out = append(out, model)
	}
	return out
}

// plugin judges one that does not start.
func (e *examination) plugin(ctx context.Context, err error) Finding {
	f := judge(err, time.Now())
	if ctx.Err() != nil {
		return f
	}
	f.Verdict, f.Until = VerdictBroken, time.Time{} // the host's next try at it is no remedy
	if e.config.Local != nil {
		return f
	}
	if installed, listErr := host.ListPlugins(e.host.Config().Plugins.Dir); listErr != nil || !slices.Contains(installed, e.out.Plugin) {
		f.Verdict, f.Advice = VerdictNoPlugin, "put aio-provider-"+e.out.Plugin+" into the plugin directory, or correct plugins { dir }"
	}
	return f
}

func (e *examination) eachKey(do func(*Key)) {
	var group errgroup.Group
	group.SetLimit(keysAtOnce)
	for i := range e.out.Keys {
		group.Go(func() error {
			do(&e.out.Keys[i])
			return nil
		})
	}
	_ = group.Wait() // do reports into the key
}

func (e *examination) validate(ctx context.Context, k *Key) {
	if k.Verdict != VerdictUnchecked {
		return
	}
	probe, err := e.host.Probe(e.config.Name, k.Label)
	if err == nil {
		k.Note, err = probe.Validate(ctx)
	}
	if err != nil {
		k.Finding = judge(err, time.Now())
		e.advise(k)
		return
	}
	k.Finding = Finding{Verdict: VerdictOK}
}

// misplaced reports a 404 to a call that names no model: something else lives at that address.
func misplaced(k *Key) bool { return k.Kind == sdk.KindModelGone }

// advise adds to what to do with a key what only its provider's other facts tell.
func (e *examination) advise(k *Key) {
	switch {
	case misplaced(k):
		k.Verdict, k.Advice = VerdictFailing, "check base_url in its settings: what answered there is not this API"
	case k.Verdict == VerdictDead && k.LooksLike != "":
		k.Advice = "it looks like a key of " + k.LooksLike + ": check that it is in the right place, else make a new one"
	}
}

// upstreamIsDown reports that no call got through, and says so once instead of for every key.
func (e *examination) upstreamIsDown() bool {
	first := slices.IndexFunc(e.out.Keys, func(k Key) bool { return k.Verdict.aboutUpstream() })
	reached := slices.ContainsFunc(e.out.Keys, func(k Key) bool { return k.Kind != "" && !k.Verdict.aboutUpstream() || k.Verdict == VerdictOK })
	if first < 0 || reached {
		return false
	}
	e.out.Finding = e.out.Keys[first].Finding
	for i := range e.out.Keys {
		if e.out.Keys[i].Verdict.aboutUpstream() {
			e.out.Keys[i].Finding = Finding{Verdict: VerdictUnchecked}
		}
	}
	return true
}

// list asks for the upstream's models once, with the first key that can.
func (e *examination) list(ctx context.Context) {
	for i, k := range e.out.Keys {
		switch k.Verdict {
		case VerdictOK, VerdictRateLimited, VerdictQuotaUsed, VerdictUnchecked:
		default:
			continue
		}
		probe, err := e.host.Probe(e.config.Name, k.Label)
		if err != nil {
			continue
		}
		listed, err := probe.Models(ctx)
		if err == nil {
			if k.Verdict == VerdictUnchecked { // its plugin checks no keys, and this one just worked
				e.out.Keys[i].Finding = Finding{Verdict: VerdictOK}
			}
			e.present(listed)
			return
		}
		for i := range e.out.Models {
			if m := &e.out.Models[i]; m.Verdict == VerdictUnchecked {
				m.Detail = "the provider's models could not be listed: " + judge(err, time.Now()).Detail
			}
		}
	}
}

func (e *examination) present(listed []sdk.Model) {
	for i := range e.out.Models {
		m := &e.out.Models[i]
		switch {
		case m.Verdict != VerdictUnchecked:
		case isListed(listed, m.ID, e.out.Plugin):
			m.Finding = Finding{Verdict: VerdictOK}
		case isAlias(m.ID, e.out.Plugin):
			m.Detail = "an alias that the provider does not list; a request shows whether it works"
		default:
			e.gone(m, "")
		}
	}
}

// gone marks a model that the upstream does not list, or refused with these words.
func (e *examination) gone(m *Model, detail string) {
	verdict, advice := verdictOf(&sdk.Error{Kind: sdk.KindModelGone})
	m.Finding = Finding{Verdict: verdict, Kind: sdk.KindModelGone, Detail: detail, Advice: advice}
	m.Nearest = e.host.NearestModels(e.config.Name, m.ID)
	if len(m.Nearest) > 0 {
		m.Advice += "; the nearest there are: " + strings.Join(m.Nearest, ", ")
	} else {
		m.Advice += "; aio models --upstream " + e.config.Name + " lists what there is"
	}
}
