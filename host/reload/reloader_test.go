package reload

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aio-llm/aio/internal/rows"
	"github.com/aio-llm/aio/sdk/simulator"
)

// bench is a Reloader of a file in a bubble: notices come from the test, time is virtual.
type bench struct {
	*Reloader
	path    string
	notices chan struct{}
	applied []string // what Apply found in the file
	told    []Status
	fail    func(text string) error
}

func newBench(t *testing.T, text string) *bench {
	t.Helper()
	b := &bench{path: filepath.Join(t.TempDir(), "config.hcl"), notices: make(chan struct{}, 1), fail: func(string) error { return nil }}
	b.write(t, text)
	b.Reloader = New(Options{Path: b.path, Apply: b.apply, OnResult: func(s Status, _ error) { b.told = append(b.told, s) }})
	b.Begin(Applied{})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		b.run(ctx, b.notices, func() {})
		close(ended)
	}()
	t.Cleanup(func() { cancel(); <-ended })
	synctest.Wait()
	return b
}

func (b *bench) apply(context.Context) (Applied, error) {
	text, err := os.ReadFile(b.path)
	if err != nil {
		return Applied{}, err
	}
	b.applied = append(b.applied, string(text))
	return Applied{}, b.fail(string(text))
}

// notice is what the file system tells: something happened.
func (b *bench) notice() {
	select {
	case b.notices <- struct{}{}:
	default:
	}
	synctest.Wait()
}

// write writes in place, as most programs do.
func (b *bench) write(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(b.path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	b.notice()
}

// swap replaces the file by renaming, as careful programs do.
func (b *bench) swap(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(b.path+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(b.path+".new", b.path); err != nil {
		t.Fatal(err)
	}
	b.notice()
}

// settle lets the longest time pass in which a change must be in force.
func settle() {
	pause(2*time.Second - time.Millisecond)
	synctest.Wait()
}

func (b *bench) want(t *testing.T, applied ...string) {
	t.Helper()
	if diff := cmp.Diff(applied, b.applied); diff != "" {
		t.Errorf("applied (-want +got):\n%s", diff)
	}
	b.applied = nil
}

func TestRow_C4_ChangesSettle(t *testing.T) {
	for name, test := range map[string]func(*testing.T, *bench){
		"truncated, then written in pieces": func(t *testing.T, b *bench) {
			for _, text := range []string{"", "auto", "auto = true", "auto = true\n", "auto = true\n# done\n"} {
				b.write(t, text)
				pause(500 * time.Millisecond)
			}
			settle()
			b.want(t, "auto = true\n# done\n")
		},
		"empty": func(t *testing.T, b *bench) {
			b.write(t, "")
			settle()
			b.write(t, " \n\n")
			settle()
			b.want(t)
			if s := b.Status(); s.Generation != 1 || !strings.Contains(s.LastError, "empty") {
				t.Errorf("status %+v", s)
			}
			b.write(t, "first")
			settle()
			b.want(t, "first")
			if s := b.Status(); s.LastError != "" || s.Generation != 2 || s.Failed != 2 {
				t.Errorf("status %+v", s)
			}
		},
		"replaced": func(t *testing.T, b *bench) {
			b.swap(t, "second")
			pause(quietReplaced + time.Millisecond)
			synctest.Wait()
			b.want(t, "second")
		},
		"removed for a moment": func(t *testing.T, b *bench) {
			if err := os.Remove(b.path); err != nil {
				t.Fatal(err)
			}
			b.notice()
			pause(900 * time.Millisecond)
			b.write(t, "second")
			settle()
			b.want(t, "second")
		},
		"replaced five times": func(t *testing.T, b *bench) {
			for i := range 5 {
				b.swap(t, fmt.Sprint("version ", i))
				pause(quietReplaced / 2)
			}
			settle()
			b.want(t, "version 4")
		},
		"touched": func(t *testing.T, b *bench) {
			b.swap(t, "first")
			settle()
			b.want(t)
		},
		"changed and changed back": func(t *testing.T, b *bench) {
			b.swap(t, "second")
			b.swap(t, "first")
			settle()
			b.want(t)
		},
		"notices lost": func(t *testing.T, b *bench) {
			if err := os.WriteFile(b.path, []byte("second"), 0o600); err != nil {
				t.Fatal(err)
			}
			pause(pollEvery + quietInPlace + time.Millisecond)
			synctest.Wait()
			b.want(t, "second")
		},
		"noise in the folder": func(t *testing.T, b *bench) {
			b.swap(t, "second")
			for range 20 { // which must not put it off
				pause(20 * time.Millisecond)
				b.notice()
			}
			b.want(t, "second")
		},
		"asked for": func(t *testing.T, b *bench) {
			b.Trigger()
			synctest.Wait()
			b.want(t, "first")
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, "first")
				test(t, b)
				settle()
				if extra := b.applied; len(extra) > 0 {
					t.Errorf("applied again: %q", extra)
				}
			})
		})
	}
	t.Run("link swapped", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, "first")
			// As Kubernetes does: config.hcl -> ..data/config.hcl, ..data -> a folder, which is swapped whole.
			dir := filepath.Dir(b.path)
			for _, v := range []string{"v1", "v2"} {
				if err := errors.Join(os.Mkdir(filepath.Join(dir, v), 0o700), os.WriteFile(filepath.Join(dir, v, "config.hcl"), []byte(v), 0o600)); err != nil {
					t.Fatal(err)
				}
			}
			err := errors.Join(os.Symlink("v1", filepath.Join(dir, "..data")), os.Remove(b.path), os.Symlink("..data/config.hcl", b.path))
			if err != nil {
				t.Fatal(err)
			}
			b.notice()
			settle()
			b.want(t, "v1")
			if err := errors.Join(os.Symlink("v2", filepath.Join(dir, "next")), os.Rename(filepath.Join(dir, "next"), filepath.Join(dir, "..data"))); err != nil {
				t.Fatal(err)
			}
			b.notice()
			settle()
			b.want(t, "v2")
		})
	})
	rows.Report(t, "C4", "truncate-then-write, empty, link swap, lost notices and more", "no empty or partial file applied, one apply per settled change, within 2 s", func() string { return "as promised, in virtual time" })
}

func TestRow_C2_BrokenFiles(t *testing.T) {
	saves := rows.Dose(20, 100)
	var l *load
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Options{Latency: 10 * time.Millisecond, TokenGap: 5 * time.Millisecond})
		b := newBench(t, "good")
		b.fail = func(text string) error {
			if strings.HasPrefix(text, "broken") {
				return errors.New("config.hcl:1:1: " + text)
			}
			return nil
		}
		before := r.Host()
		l = r.load(t, 5)
		for i := range saves {
			b.swap(t, fmt.Sprint("broken ", i))
			pause(quietReplaced + time.Millisecond)
			synctest.Wait()
			s := b.Status()
			if want := fmt.Sprint("config.hcl:1:1: broken ", i); s.LastError != want || s.Failed != i+1 || s.Generation != 1 || s.LastErrorAt.IsZero() {
				t.Fatalf("status %+v, want the error %q", s, want)
			}
		}
		l.stop()
		if l.failed.Load() > 0 || r.Host() != before {
			t.Errorf("%d of %d failed: %v", l.failed.Load(), l.made.Load(), l.first)
		}
		if len(b.told) != saves || cmp.Diff(b.told[saves-1], b.Status()) != "" {
			t.Errorf("told %d times of %d failures", len(b.told), saves)
		}
		b.swap(t, "good")
		settle()
		if s := b.Status(); s.LastError != "" || !s.LastErrorAt.IsZero() || s.Generation != 2 {
			t.Errorf("status after a good file: %+v", s)
		}
	})
	rows.Report(t, "C2", fmt.Sprintf("%d broken files under load", saves), "the configuration before serves, nothing fails, everyone sees why", func() string {
		return fmt.Sprintf("%d requests, %d failed", l.made.Load(), l.failed.Load())
	})
}

// A change between the first reading and Run is not missed.
func TestChangedBeforeRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "config.hcl")
		write := func(text string) {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		write("first")
		applied := 0
		r := New(Options{Path: path, Apply: func(context.Context) (Applied, error) { applied++; return Applied{}, nil }})
		write("second") // while the first one is still being applied
		r.Begin(Applied{})
		ctx, cancel := context.WithCancel(t.Context())
		go r.run(ctx, nil, func() {})
		synctest.Wait()
		cancel()
		if s := r.Status(); applied != 1 || s.Generation != 2 {
			t.Errorf("applied %d times, status %+v", applied, s)
		}
	})
}

// The file system's own notices reach the Reloader, from the folders of the file, of what it is a link to, and
// of the files it includes.
func TestNotices(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(path ...string) string { return filepath.Join(append([]string{dir}, path...)...) }
	write := func(path, text string) {
		t.Helper()
		if err := errors.Join(os.WriteFile(path+".new", []byte(text), 0o600), os.Rename(path+".new", path)); err != nil {
			t.Fatal(err)
		}
	}
	for _, folder := range []string{"etc", "real", "secrets"} {
		if err := os.Mkdir(at(folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write(at("real", "config.hcl"), "one")
	write(at("secrets", "key"), "one")
	if err := os.Symlink(at("real", "config.hcl"), at("etc", "config.hcl")); err != nil {
		t.Fatal(err)
	}
	told := make(chan Status, 16)
	applied := Applied{Files: []string{at("secrets", "key")}, Problems: []error{errors.New("one thing")}}
	r := New(Options{Path: at("etc", "config.hcl"), OnResult: func(s Status, _ error) { told <- s },
		Apply: func(context.Context) (Applied, error) { return applied, nil }})
	r.Begin(Applied{})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	next := func(what string, generation int) {
		t.Helper()
		select {
		case s := <-told:
			if s.Generation != generation || len(s.Problems) != 1 {
				t.Errorf("%s: status %+v", what, s)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s: nothing was applied within a minute", what)
		}
	}
	r.Trigger() // from now on the secret is watched too
	next("asked for", 2)
	write(at("real", "config.hcl"), "two")
	next("the file behind the link", 3)
	write(at("secrets", "key"), "two")
	next("an included file", 4)
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
