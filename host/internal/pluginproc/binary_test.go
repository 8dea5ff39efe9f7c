//go:build unix

package pluginproc

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/aio-llm/aio/internal/rows"
	"github.com/aio-llm/aio/sdk"
)

func TestFind(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		set   func(t *testing.T, dir, path string)
		cause Cause
	}{
		{name: "good"},
		{name: "group-writable", cause: CauseMode, set: func(t *testing.T, _, path string) { chmod(t, path, 0o775) }},
		{name: "world-writable", cause: CauseMode, set: func(t *testing.T, _, path string) { chmod(t, path, 0o757) }},
		{name: "setuid", cause: CauseSetuid, set: func(t *testing.T, _, path string) { chmod(t, path, 0o755|fs.ModeSetuid) }},
		{name: "setgid", cause: CauseSetuid, set: func(t *testing.T, _, path string) { chmod(t, path, 0o755|fs.ModeSetgid) }},
		{name: "no-x", cause: CauseNotExecutable, set: func(t *testing.T, _, path string) { chmod(t, path, 0o644) }},
		{name: "absent", cause: CauseMissing, set: func(t *testing.T, _, path string) { remove(t, path) }},
		{name: "link-out", cause: CauseSymlink, set: func(t *testing.T, _, path string) {
			remove(t, path)
			symlink(t, "/bin/true", path)
		}},
		{name: "link-in", cause: CauseSymlink, set: func(t *testing.T, dir, path string) {
			write(t, filepath.Join(dir, "other"), []byte("#!/bin/sh\n"), 0o755)
			remove(t, path)
			symlink(t, "other", path)
		}},
		{name: "directory", cause: CauseNotFile, set: func(t *testing.T, _, path string) {
			remove(t, path)
			directory(t, path)
		}},
		{name: "fifo", cause: CauseNotFile, set: func(t *testing.T, _, path string) {
			remove(t, path)
			fifo(t, path)
		}},
		{name: "socket", cause: CauseNotFile, set: func(t *testing.T, _, path string) {
			remove(t, path)
			if err := unix.Mknod(path, unix.S_IFSOCK|0o755, 0); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "open-dir", cause: CauseMode, set: func(t *testing.T, dir, _ string) { chmod(t, dir, 0o777) }},
		{name: "sticky-dir", cause: CauseMode, set: func(t *testing.T, dir, _ string) { chmod(t, dir, 0o777|fs.ModeSticky) }},
		{name: "open-parent", cause: CauseMode, set: func(t *testing.T, dir, _ string) { chmod(t, filepath.Dir(dir), 0o777) }},
		{name: "sticky-parent", set: func(t *testing.T, dir, _ string) { chmod(t, filepath.Dir(dir), 0o777|fs.ModeSticky) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := safeDir(t)
			path := filepath.Join(dir, "aio-provider-x")
			write(t, path, []byte("#!/bin/sh\n"), 0o755)
			if tt.set != nil {
				tt.set(t, dir, path)
			}
			b, err := Find(dir, "x")
			if tt.cause == "" {
				if err != nil {
					t.Fatal(err)
				}
				if want := (Binary{Dir: dir, Plugin: "x", Path: path}); b != want {
					t.Errorf("got %+v, want %+v", b, want)
				}
				return
			}
			wantCause(t, err, tt.cause)
		})
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	const we, stranger = 1000, 1001
	tests := []struct {
		name              string
		mode              fs.FileMode
		owner, we         int
		private, stickyOK bool
		cause             Cause
	}{
		{name: "ours", mode: 0o755, owner: we, we: we},
		{name: "root's", mode: 0o755, owner: 0, we: we},
		{name: "a stranger's", mode: 0o755, owner: stranger, we: we, cause: CauseOwner},
		{name: "a stranger's, and we are root", mode: 0o700, owner: stranger, we: 0, cause: CauseOwner},
		{name: "a stranger's, sticky", mode: 0o777 | fs.ModeSticky, owner: stranger, we: we, stickyOK: true, cause: CauseOwner},
		{name: "for the group", mode: 0o775, owner: we, we: we, cause: CauseMode},
		{name: "for our private group", mode: 0o775, owner: we, we: we, private: true},
		{name: "for all and our private group", mode: 0o777, owner: we, we: we, private: true, cause: CauseMode},
		{name: "for all", mode: 0o757, owner: we, we: we, cause: CauseMode},
		{name: "for all, and we are root", mode: 0o757, owner: 0, we: 0, cause: CauseMode},
		{name: "sticky above", mode: 0o777 | fs.ModeSticky, owner: 0, we: we, stickyOK: true},
		{name: "sticky itself", mode: 0o777 | fs.ModeSticky, owner: 0, we: we, cause: CauseMode},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := judge("/x", tt.mode, tt.owner, tt.we, tt.private, tt.stickyOK)
			if tt.cause == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantCause(t, err, tt.cause)
		})
	}
}

func TestFindFollowsTheDirectoryItself(t *testing.T) {
	t.Parallel()
	dir := safeDir(t)
	write(t, filepath.Join(dir, "aio-provider-x"), []byte("#!/bin/sh\n"), 0o755)
	link := filepath.Join(safeDir(t), "plugins")
	symlink(t, dir, link)
	b, err := Find(link, "x")
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "aio-provider-x"); b.Path != want {
		t.Errorf("path %s, want %s", b.Path, want)
	}
	_, err = Find(filepath.Join(dir, "aio-provider-x"), "x")
	wantCause(t, err, CauseNotFile)
	_, err = Find(filepath.Join(dir, "nowhere"), "x")
	wantCause(t, err, CauseMissing)
}

func TestRow_X8_Names(t *testing.T) {
	t.Parallel()
	dir := safeDir(t)
	for _, name := range []string{
		"", ".", "..", "../sh", "/bin/sh", "a/b", `a\b`, "a\x00b", "a\nb", "-x", "_x", "X", "grоq" /* a Cyrillic o */, "groq ",
		strings.Repeat("a", 65), strings.Repeat("a", 300), "a.b", "groq\u200b", "$(id)", "~",
	} {
		_, err := Find(dir, name)
		wantCause(t, err, CauseName)
		if err != nil && strings.ContainsAny(err.Error(), "\x00\n\u200b") {
			t.Errorf("the error carries the name raw: %q", err)
		}
	}
	for _, name := range []string{"a", "0", "a-b_c", strings.Repeat("a", 64)} {
		_, err := Find(dir, name)
		wantCause(t, err, CauseMissing)
	}
	rows.Report(t, "X8", "20 forged names, and a fuzz target", "only ^[a-z0-9][a-z0-9_-]{0,63}$ names a plugin", func() string { return "all refused before any file was touched" })
}

func FuzzFind(f *testing.F) {
	for _, seed := range []string{"x", "../sh", "/bin/sh", "a\x00", "-x", "grоq", strings.Repeat("a", 300)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		root := safeDir(t)
		dir := filepath.Join(root, "plugins")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(root, "aio-provider-x"), []byte("#!/bin/sh\n"), 0o755)
		write(t, filepath.Join(dir, "aio-provider-x"), []byte("#!/bin/sh\n"), 0o755)
		b, err := Find(dir, name)
		if err != nil {
			var start *StartError
			if !errors.As(err, &start) || start.Cause == "" {
				t.Fatalf("%q: untyped %v", name, err)
			}
			return
		}
		if !sdk.ValidName(name) || filepath.Dir(b.Path) != dir || filepath.Base(b.Path) != "aio-provider-"+name {
			t.Fatalf("%q leads to %s", name, b.Path)
		}
	})
}

func TestList(t *testing.T) {
	t.Parallel()
	dir := safeDir(t)
	for _, name := range []string{"aio-provider-b", "aio-provider-a", "aio-provider-", "aio-provider-Up", "other", "aio-provider-a.tmp"} {
		write(t, filepath.Join(dir, name), nil, 0o644)
	}
	directory(t, filepath.Join(dir, "aio-provider-dir"))
	got, err := List(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "b"}, got); diff != "" {
		t.Error(diff)
	}
	_, err = List(filepath.Join(dir, "none"))
	wantCause(t, err, CauseMissing)
}

func TestOnlyMember(t *testing.T) {
	t.Parallel()
	const passwd = "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\nbob:x:1001:1001::/:\neve:x:1002:1001::/:\n"
	const group = "root:x:0:\nann:x:1000:\nbob:x:1001:\nshared:x:1003:ann,bob\nself:x:1004:ann\n"
	tests := []struct {
		name, user, gid string
		group           string
		want            bool
	}{
		{name: "private", user: "ann", gid: "1000", group: group, want: true},
		{name: "listed herself", user: "ann", gid: "1000", group: "ann:x:1000:ann\n", want: true},
		{name: "not in /etc/group", user: "ann", gid: "1000", group: "", want: true},
		{name: "somebody's primary group too", user: "bob", gid: "1001", group: group},
		{name: "with a member", user: "ann", gid: "1000", group: "ann:x:1000:bob\n"},
		{name: "with a member in a second line", user: "ann", gid: "1000", group: "ann:x:1000:\nann2:x:1000:eve\n"},
		{name: "not hers", user: "ann", gid: "1003", group: group},
		{name: "unknown", user: "ann", gid: "7", group: group},
		{name: "junk", user: "ann", gid: "", group: ":::::\n\n:"},
	}
	for _, tt := range tests {
		if got := onlyMember(passwd, tt.group, tt.user, tt.gid); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func wantCause(t testing.TB, err error, cause Cause) {
	t.Helper()
	var start *StartError
	if !errors.As(err, &start) {
		t.Errorf("want a StartError with cause %s, got %v", cause, err)
		return
	}
	if start.Cause != cause || start.Hint == "" || start.Detail == "" {
		t.Errorf("want cause %s with detail and hint, got %s: %v", cause, start.Cause, err)
	}
}

func chmod(t testing.TB, path string, mode fs.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func remove(t testing.TB, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func symlink(t testing.TB, to, path string) {
	t.Helper()
	if err := os.Symlink(to, path); err != nil {
		t.Fatal(err)
	}
}
