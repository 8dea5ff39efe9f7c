package simulator

import (
	"net/http"
	"strconv"
)

// control serves what lies below /_sim/:
//
//	GET    health            {"status":"ok","requests":n}
//	GET    ledger?after=seq  {"entries":[...],"dropped":n}
//	DELETE ledger            forgets the entries
//	GET    script            the script in force
//	POST   script            replaces it; the body is as ReadScript reads it
func (s *Simulator) control(rest string, w http.ResponseWriter, r *http.Request) {
	switch r.Method + " " + rest {
	case "GET health":
		respondJSON(w, http.StatusOK, map[string]any{"status": "ok", "requests": s.ledger.Len()})
	case "GET ledger":
		s.showLedger(w, r)
	case "DELETE ledger":
		s.ledger.Reset()
		w.WriteHeader(http.StatusNoContent)
	case "GET script":
		respondJSON(w, http.StatusOK, s.director().script)
	case "POST script":
		script, err := ReadScript(r.Body)
		if err != nil {
			respondJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
			return
		}
		s.SetScript(script)
		w.WriteHeader(http.StatusNoContent)
	default:
		respondJSON(w, http.StatusNotFound, map[string]string{"error": "simulator: no such control; there are health, ledger and script"})
	}
}

func (s *Simulator) showLedger(w http.ResponseWriter, r *http.Request) {
	after := int64(0)
	if text := r.URL.Query().Get("after"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			respondJSON(w, http.StatusBadRequest, map[string]string{"error": "simulator: after is a sequence number"})
			return
		}
		after = n
	}
	entries := s.ledger.Select(func(e Entry) bool { return e.Seq > after })
	if entries == nil {
		entries = []Entry{}
	}
	respondJSON(w, http.StatusOK, map[string]any{"entries": entries, "dropped": s.ledger.Dropped()})
}

func respondJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(encode(v), '\n')) // the client may have left
}
