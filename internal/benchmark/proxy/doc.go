// Package proxy is the floor a gateway is held against: Go's reverse proxy that does nothing but pass on. It
// reads the request's body first: handed on unread, an upstream that answers within microseconds makes the
// server close the body under the transport, which cuts about one reply in a hundred.
package proxy
