package accesslog

import "net/http"

// recorder notes what is answered. http.ResponseController reaches through it.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// statusClientGone is what nginx logs for a client that left; HTTP itself has no status for it.
const statusClientGone = 499

// WriteHeader implements http.ResponseWriter.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK || status == http.StatusSwitchingProtocols {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *recorder) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Flush implements http.Flusher, for code that asserts it rather than using http.ResponseController.
func (w *recorder) Flush() {
	_ = w.FlushError() // a writer that cannot flush does not
}

// FlushError tells http.ResponseController of a client that is gone.
func (w *recorder) FlushError() error {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap is for http.ResponseController.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// outcome is the status the client got, or would have.
func (w *recorder) outcome(r *http.Request) int {
	switch {
	case w.status != 0:
		return w.status
	case r.Context().Err() != nil:
		return statusClientGone
	default:
		return http.StatusOK // what net/http sends for a handler that wrote nothing
	}
}
