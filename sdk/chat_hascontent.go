package sdk

// HasContent reports whether a raw chunk says anything.
func HasContent(chunk []byte) bool { return len(chunk) > 0 }
