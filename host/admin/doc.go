// Package admin serves those who run a gateway, on a listener of its own: health, readiness, metrics, the state
// of everything, and the requests under way.
//
//	a := admin.New(admin.Sources{...}, admin.Config{})
//	server := &http.Server{Handler: a.Handler()}
//	go server.Serve(listener) // a unix socket, or a loopback address
//
// Nothing here starts a process, names a file or an address, or gives a secret away; the list of routes in
// routes.go is all there is. What changes something is a POST with the header X-Aio-Admin, which no web page
// can send from another site, and pages of other sites can read nothing: there is no CORS, and requests for
// another host's name are refused.
package admin
