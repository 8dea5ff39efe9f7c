package sdk

// OnlyRPCs makes every call an RPC of its own, as with a plugin that serves no exchange.
func (l *Local) OnlyRPCs() { l.line.offered.Store(false) }
