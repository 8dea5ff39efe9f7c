package doctor

import (
	"errors"
	"strings"
	"time"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
)

// Verdict is the outcome for one provider, key or model, in a closed list.
type Verdict string

// The verdicts.
const (
	VerdictOK        Verdict = "ok"
	VerdictNotActive Verdict = "not active" // switched off in the configuration
	VerdictMissing   Verdict = "key missing"
	VerdictUnchecked Verdict = "unchecked" // something else must work first, or the provider has no way to tell

	VerdictDead        Verdict = "key dead"         // the upstream does not know it, or no longer
	VerdictNoCredit    Verdict = "no credit"        // its account has nothing left to spend
	VerdictForbidden   Verdict = "forbidden"        // its account may not do this
	VerdictQuotaUsed   Verdict = "quota used up"    // until the quota starts anew
	VerdictRateLimited Verdict = "rate-limited now" // passes within minutes
	VerdictUnknown     Verdict = "model unknown"    // the upstream has no such model, or no longer
	VerdictUnreachable Verdict = "unreachable"      // no usable connection
	VerdictTimeout     Verdict = "no answer"        // in the time there was
	VerdictFailing     Verdict = "upstream failing" // it answers with errors of its own
	VerdictNoPlugin    Verdict = "plugin missing"
	VerdictBroken      Verdict = "plugin broken" // it does not start, or refuses its settings
	VerdictFailed      Verdict = "failed"        // anything else
)

// Wrong reports whether somebody has to do something, or wait.
func (v Verdict) Wrong() bool {
	switch v {
	case VerdictOK, VerdictNotActive, VerdictMissing, VerdictUnchecked:
		return false
	default:
		return true
	}
}

// aboutUpstream verdicts say nothing about the key the call was made with.
func (v Verdict) aboutUpstream() bool {
	return v == VerdictUnreachable || v == VerdictTimeout || v == VerdictFailing || v == VerdictBroken
}

// judge turns the error of a call into a finding.
func judge(err error, now time.Time) Finding {
	var held *host.Error
	if errors.As(err, &held) {
		return judgeHeld(held, now)
	}
	e := sdk.AsError(err)
	f := Finding{Kind: e.Kind, Detail: oneLine(e.Error())}
	if e.RetryAfter > 0 {
		f.Until = now.Add(e.RetryAfter)
	}
	f.Verdict, f.Advice = verdictOf(e)
	return f
}

// judgeHeld is for a key that this host itself does not use now.
func judgeHeld(e *host.Error, now time.Time) Finding {
	f := Finding{Verdict: VerdictRateLimited, Kind: e.Kind, Detail: oneLine(e.Message), Advice: "wait; aio rests the key until then"}
	if e.RetryAfter > 0 {
		f.Until = now.Add(e.RetryAfter)
	}
	if e.RetryAfter > time.Hour {
		f.Verdict = VerdictQuotaUsed
	}
	return f
}

func verdictOf(e *sdk.Error) (Verdict, string) {
	switch e.Kind {
	case sdk.KindAuthInvalid:
		return VerdictDead, "make a new key and put it in the place of this one"
	case sdk.KindNoCredit:
		return VerdictNoCredit, "add credit to the account, or raise the key's limit"
	case sdk.KindForbidden:
		return VerdictForbidden, "see in the provider's console what the account, its region and this key may do"
	case sdk.KindRateDay:
		return VerdictQuotaUsed, "wait for the quota to start anew; another key of the same account does not help"
	case sdk.KindRateMinute:
		return VerdictRateLimited, "wait a little; this passes by itself"
	case sdk.KindModelGone:
		return VerdictUnknown, "correct its id in the configuration, or take it out"
	case sdk.KindNetwork:
		return VerdictUnreachable, connection(e.Message)
	case sdk.KindTimeout, sdk.KindCanceled:
		return VerdictTimeout, "give it more time, or look at the network between here and there"
	case sdk.KindServerError, sdk.KindOverloaded, sdk.KindBrokenStream:
		return VerdictFailing, "try again later; the provider's status page may know more"
	case sdk.KindBadReply:
		return VerdictFailing, "check base_url in its settings: what answered there is not this API"
	case sdk.KindPluginDown:
		return VerdictBroken, "see what it says; aio plugins --start tries it alone"
	case sdk.KindUnsupported:
		return VerdictUnchecked, ""
	default:
		return VerdictFailed, "read what was said"
	}
}

// connection says what to check. A failed dial crosses from the plugin's process in words only.
func connection(message string) string {
	message = strings.ToLower(message)
	says := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(message, w) {
				return true
			}
		}
		return false
	}
	switch {
	case says("proxyconnect", "proxy authentication"):
		return "check the proxy: the provider's proxy setting, or HTTPS_PROXY"
	case says("no such host", "server misbehaving", "lookup "):
		return "check the name in base_url, and DNS on this machine"
	case says("x509", "certificate", "tls"):
		return "check this machine's clock and certificates (SSL_CERT_FILE), and whether a proxy opens TLS"
	case says("connection refused"):
		return "nothing listens there: start the server, or correct base_url"
	case says("network is unreachable", "no route to host"):
		return "check this machine's connection to the internet"
	default:
		return "check the connection, a firewall or proxy in between, and base_url in its settings"
	}
}

// oneLine makes a text fit into a table.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
