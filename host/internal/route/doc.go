// Package route decides which targets a request may be sent to, in which order, and why others are left out.
// It is pure: a Catalog is built once from the configuration and never changes, and Plan depends on nothing
// but its arguments. It knows nothing of keys, plugins or time.
package route
