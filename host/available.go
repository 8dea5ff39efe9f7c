package host

import "slices"

// Available reports whether the provider could take a request now: it is active, its plugin runs or may be
// started, and one of its keys, if it has any, is ready.
func (p ProviderStatus) Available() bool {
	if !p.Active || p.Plugin.State == "backoff" || p.Plugin.State == "disabled" {
		return false
	}
	return len(p.Keys) == 0 || slices.ContainsFunc(p.Keys, func(k KeyStatus) bool { return k.State == "ready" })
}
