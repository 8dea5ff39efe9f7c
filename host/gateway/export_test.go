package gateway

// Held is how many bytes of request bodies the gateway keeps.
func (g *Gateway) Held() int64 { return g.held.Load() }

// Places is how many requests may be at work at once.
func (g *Gateway) Places() int { return g.settings.Load().limits.Concurrency }
