package gateway

// Held is how many bytes of request bodies the gateway keeps.
func (g *Gateway) Held() int64 { return g.held.Load() }
