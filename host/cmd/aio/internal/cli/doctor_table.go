package cli

import (
	"strings"
	"time"

	"github.com/aio-llm/aio/host/doctor"
	"github.com/aio-llm/aio/host/hclconfig"
)

// tellDoctor writes a report for people: a table, what was said, and the sum of it.
func (a *app) tellDoctor(r *doctor.Report, file *hclconfig.File, now time.Time) error {
	t := &doctorTable{now: now, file: file, rows: [][]string{{"PROVIDER", "KEY", "MODEL", "VERDICT", "WHAT TO DO"}}}
	for _, p := range r.Providers {
		t.provider(p)
	}
	if err := a.out.table(t.rows); err != nil {
		return err
	}
	if len(t.said) > 0 {
		a.out.say("\nWhat was said:")
		if err := a.out.table(t.said); err != nil {
			return err
		}
	}
	a.out.say("")
	if !r.Deep && r.Usable() {
		a.out.say("note: a quota that is used up may show only with --deep, which sends one tiny request a key")
	}
	switch n := r.Problems(); {
	case n > 0:
		a.out.say("%s", a.out.paint(styleRed, count(n, "problem")))
	case !r.Usable():
		a.out.say("%s", a.out.paint(styleRed, "no key works"))
	default:
		a.out.say("%s", a.out.paint(styleGreen, "all well"))
	}
	return nil
}

type doctorTable struct {
	now  time.Time
	file *hclconfig.File
	rows [][]string
	// said are the words of upstreams and plugins.
	said [][]string
}

func (t *doctorTable) provider(p doctor.Provider) {
	if p.Verdict != doctor.VerdictOK {
		t.add(p.Name, "", "", p.Finding, "")
	}
	var missing []string
	for _, k := range p.Keys {
		label := k.Label
		if label == "" {
			label = "(none)"
		}
		switch k.Verdict {
		case doctor.VerdictMissing:
			missing = append(missing, label)
		case doctor.VerdictOK:
			t.add(p.Name, label, "", k.Finding, k.Note)
		default:
			t.add(p.Name, label, "", k.Finding, needsPage(k.Verdict, p.SignUp))
		}
	}
	if len(missing) > 0 {
		t.rows = append(t.rows, []string{p.Name, strings.Join(missing, ", "), "", string(doctor.VerdictMissing), t.toSet(p)})
	}
	for _, m := range p.Models {
		t.add(p.Name, "", m.Name, m.Finding, "")
	}
}

// add writes one verdict, with something to say after the advice.
func (t *doctorTable) add(provider, key, model string, f doctor.Finding, more string) {
	what := f.Advice
	if after := until(f.Until, t.now); after != "" {
		what += "; it passes " + after
	}
	if what != "" && more != "" {
		what += ": "
	}
	what += more
	if what == "" {
		what = "-" // columns only line up where none is left out
	}
	t.rows = append(t.rows, []string{provider, key, model, string(f.Verdict), what})
	if f.Detail != "" {
		t.said = append(t.said, []string{"  " + strings.TrimSuffix(provider+"/"+key+model, "/"), f.Detail})
	}
}

// needsPage is the page where keys are made, if that is what the verdict asks for.
func needsPage(v doctor.Verdict, page string) string {
	switch v {
	case doctor.VerdictDead, doctor.VerdictNoCredit, doctor.VerdictForbidden:
		return page
	default:
		return ""
	}
}

// toSet says which variables would bring the missing keys, and where keys are made.
func (t *doctorTable) toSet(p doctor.Provider) string {
	var names []string
	for _, u := range t.file.Unset {
		if u.Provider == p.Name {
			names = append(names, u.Var)
		}
	}
	what := "set " + strings.Join(names, ", ") + " to use it"
	if len(names) == 0 {
		what = "give it a value to use it"
	}
	if p.SignUp != "" {
		what += "; keys: " + p.SignUp
	}
	return what
}
