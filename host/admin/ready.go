package admin

import (
	"fmt"
	"slices"

	"github.com/aio-llm/aio/host"
)

// Readiness is ready as long as one provider can take requests. A key that rests for a moment does not count
// against it: taking the gateway out of a load balancer for that helps nobody.
func (a *Admin) Readiness() Readiness {
	if a.sources.Draining != nil && a.sources.Draining() {
		return Readiness{Reasons: []string{"stopping: requests under way are finished, no more are taken"}}
	}
	var reasons []string
	for _, p := range a.sources.Hosts()[0].Status().Providers {
		why := unusable(p)
		if why == "" {
			return Readiness{Ready: true}
		}
		reasons = append(reasons, "provider "+p.Name+": "+why)
	}
	if len(reasons) == 0 {
		reasons = []string{"no provider is configured"}
	}
	return Readiness{Reasons: reasons}
}

// unusable says why a provider takes no request; empty if it does.
func unusable(p host.ProviderStatus) string {
	if !p.Active {
		return "not active in the configuration"
	}
	if len(p.Keys) > 0 && !slices.ContainsFunc(p.Keys, usable) {
		return keysTold(p.Keys)
	}
	switch p.Plugin.State {
	case "ready", "idle": // idle: the first request starts it
		return ""
	default:
		why := "plugin is " + p.Plugin.State
		if p.Plugin.LastError != "" {
			why += ": " + p.Plugin.LastError
		}
		return why
	}
}

func usable(k host.KeyStatus) bool { return k.State == "ready" || k.State == "cooling" }

func keysTold(keys []host.KeyStatus) string {
	counts := map[string]int{}
	for _, k := range keys {
		counts[k.State]++
	}
	text := "no usable key"
	for _, state := range []string{"missing", "disabled", "exhausted", "parked"} {
		if n := counts[state]; n > 0 {
			text += fmt.Sprintf(", %d %s", n, state)
		}
	}
	return text
}
