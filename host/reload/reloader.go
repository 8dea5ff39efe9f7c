package reload

import (
	"bytes"
	"context"
	"crypto/sha256"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
)

// Options say what is reloaded, and how.
type Options struct {
	// Path is the configuration file.
	Path string
	// Apply reads the file and puts it into force, or returns why not and then changes nothing. It is called by
	// one goroutine at a time.
	Apply func(context.Context) (Applied, error)
	// Explain is an error as people are told it; nil is its Error.
	Explain func(error) string
	// OnResult is told of every attempt, with its error; nil is nobody. It must not block.
	OnResult func(Status, error)
	// Log is told as well; nil is silent.
	Log hclog.Logger
}

// Applied is a configuration that is in force.
type Applied struct {
	// Files are what it was read from beside Options.Path; a change of one is a change of it.
	Files []string
	// Problems are what does not work of it for now.
	Problems []error
}

// Status is what can be seen of the reloading.
type Status struct {
	// Generation counts the configurations that were in force, from 1; AppliedAt is when the one of now came.
	Generation int       `json:"generation"`
	AppliedAt  time.Time `json:"applied_at"`
	// LastError is why the last change is not in force; empty when it is.
	LastError   string    `json:"last_error,omitempty"`
	LastErrorAt time.Time `json:"last_error_at,omitzero"`
	// Failed counts changes that were not put into force.
	Failed int `json:"failed"`
	// Problems are what did not work of the configuration when it came into force.
	Problems []string `json:"problems,omitempty"`
}

// Reloader puts changes of a file into force.
type Reloader struct {
	o      Options
	forced chan struct{}

	mu     sync.Mutex
	status Status
	files  []string
	tried  map[string][sha256.Size]byte // the content last tried
}

// New returns a Reloader of the file as it is now. Read and apply the file after that, then Begin and Run: a
// change in between is not missed.
func New(o Options) *Reloader {
	if o.Explain == nil {
		o.Explain = error.Error
	}
	if o.Log == nil {
		o.Log = hclog.NewNullLogger()
	}
	r := &Reloader{o: o, forced: make(chan struct{}, 1), files: []string{o.Path}}
	r.tried = digests(r.files)
	return r
}

// Begin tells what is in force, the first configuration of all.
func (r *Reloader) Begin(first Applied) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inForce(first)
}

// inForce takes note of a configuration that has been applied.
func (r *Reloader) inForce(a Applied) {
	s := &r.status
	s.Generation++
	s.AppliedAt, s.LastError, s.LastErrorAt = time.Now(), "", time.Time{}
	s.Problems = r.explain(a.Problems)
	r.files = filesOf(r.o.Path, a)
	for _, path := range r.files {
		if _, known := r.tried[path]; !known {
			r.tried[path] = digest(path)
		}
	}
}

// Status is how the reloading stands.
func (r *Reloader) Status() Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status
}

// Trigger has the file read anew, changed or not, as a person asks for by SIGHUP.
func (r *Reloader) Trigger() {
	select {
	case r.forced <- struct{}{}:
	default: // asked for already
	}
}

// Run watches the file until ctx ends. Its error is one of the watching's end.
func (r *Reloader) Run(ctx context.Context) error {
	w, err := newWatcher()
	if err != nil {
		r.o.Log.Warn("no notices of changed files; looking from time to time instead", "every", pollEvery, "error", err)
	}
	r.run(ctx, w.notices, func() { w.watch(r.watched()) })
	return w.close()
}

// run is Run with notices from anywhere; watch is called whenever the files may be others.
func (r *Reloader) run(ctx context.Context, notices <-chan struct{}, watch func()) {
	watch()
	r.changed(ctx, false) // since New
	s := settler{
		look: func() look { return lookAt(r.watched()) }, notices: notices, forced: r.forced,
		settled: func(ctx context.Context, forced bool) {
			r.changed(ctx, forced)
			watch()
		},
	}
	s.run(ctx)
}

func (r *Reloader) watched() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.files
}

// changed puts the files into force as they are now, unless they are what was tried last.
func (r *Reloader) changed(ctx context.Context, forced bool) {
	now := digests(r.watched())
	if !forced && maps.Equal(now, r.tried) {
		return
	}
	r.tried = now
	applied, err := r.apply(ctx)
	if ctx.Err() != nil {
		return // on the way out
	}
	r.mu.Lock()
	s := &r.status
	if err != nil {
		s.Failed++
		s.LastError, s.LastErrorAt = r.o.Explain(err), time.Now()
	} else {
		r.inForce(applied)
	}
	told := *s
	r.mu.Unlock()
	r.tell(told, err)
}

func (r *Reloader) apply(ctx context.Context) (Applied, error) {
	if r.empty() { // nobody means it; a writer that died leaves it
		return Applied{}, &EmptyError{Path: r.o.Path}
	}
	return r.o.Apply(ctx) // which says in its own words what is wrong with a file that cannot be read
}

func (r *Reloader) empty() bool {
	info, err := os.Stat(r.o.Path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > 1<<10 {
		return false
	}
	text, err := os.ReadFile(r.o.Path)
	return err == nil && len(bytes.TrimSpace(text)) == 0
}

// EmptyError says that a configuration file is empty, which is never put into force.
type EmptyError struct{ Path string }

// Error implements error.
func (e *EmptyError) Error() string {
	return e.Path + ": the file is empty; the configuration before stays in force"
}

func (r *Reloader) tell(s Status, err error) {
	switch {
	case err != nil:
		r.o.Log.Error("configuration not applied; the one before stays in force", "file", r.o.Path, "generation", s.Generation, "error", s.LastError)
	case len(s.Problems) > 0:
		r.o.Log.Warn("configuration applied in part", "file", r.o.Path, "generation", s.Generation, "problems", s.Problems)
	default:
		r.o.Log.Info("configuration applied", "file", r.o.Path, "generation", s.Generation)
	}
	if r.o.OnResult != nil {
		r.o.OnResult(s, err)
	}
}

func (r *Reloader) explain(errs []error) []string {
	var out []string
	for _, err := range errs {
		out = append(out, r.o.Explain(err))
	}
	return out
}

// filesOf are the files of a configuration, itself first.
func filesOf(path string, a Applied) []string {
	files := []string{path}
	for _, f := range a.Files {
		if !slices.Contains(files, f) {
			files = append(files, f)
		}
	}
	return files
}
