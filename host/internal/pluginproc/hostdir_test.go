//go:build unix

package pluginproc

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSweepKeepsTheLivingAndStrangers(t *testing.T) {
	t.Parallel()
	root := shortDir(t)
	for _, name := range []string{"aio-1-2", "aio-4194304-77", "aio-x-1", "aio-1", "other"} {
		sub := filepath.Join(root, name, "1")
		if err := os.MkdirAll(sub, 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(sub, "plugin1"), nil, 0o600)
	}
	write(t, filepath.Join(root, "aio-5-5"), nil, 0o600) // a file by that name
	symlink(t, filepath.Join(root, "other"), filepath.Join(root, "aio-6-6"))
	living, err := newHostDir(root)
	if err != nil {
		t.Fatal(err)
	}
	second, err := newHostDir(root)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"aio-1", "aio-5-5", "aio-6-6", "aio-x-1", filepath.Base(living.path), filepath.Base(second.path), "other"}
	got := leftovers(t, root)
	if diff := cmp.Diff(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got))); diff != "" {
		t.Error(diff)
	}
	for _, d := range []*hostDir{living, second} {
		info, err := os.Stat(d.path)
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", d.path, info.Mode(), err)
		}
		if err := d.close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(d.path); !os.IsNotExist(err) {
			t.Errorf("after closing: %v", err)
		}
	}
}

func TestLongRootGivesWay(t *testing.T) {
	t.Parallel()
	root := filepath.Join(safeDir(t), strings.Repeat("long", 20))
	d, err := newHostDir(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.close(); err != nil {
			t.Error(err)
		}
	})
	sub, err := d.make()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(sub) + len("/plugin4294967295"); n > maxSocketPath {
		t.Errorf("a socket's path has %d bytes: %s", n, sub)
	}
	if filepath.Dir(d.path) != "/tmp" {
		t.Errorf("it is %s", d.path)
	}
}

func TestUntrustedRootGivesWay(t *testing.T) {
	t.Parallel()
	root := shortDir(t)
	chmod(t, root, 0o777) // anybody could swap the directories in it
	d, err := newHostDir(root)
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Dir(d.path) != "/tmp" {
		t.Errorf("it is %s", d.path)
	}
	if err := d.close(); err != nil {
		t.Error(err)
	}
}

func TestOwnAddress(t *testing.T) {
	t.Parallel()
	tests := []struct {
		network, addr string
		want          bool
	}{
		{"unix", "/run/aio/1/plugin7", true},
		{"unix", "/run/aio/1/sub/plugin7", true},
		{"unix", "/run/aio/1/../2/plugin7", false},
		{"unix", "/run/aio/10/plugin7", false},
		{"unix", "/run/aio/1", false},
		{"unix", "plugin7", false},
		{"unix", "@abstract", false},
		{"tcp", "127.0.0.1:80", true},
		{"tcp", "[::1]:80", true},
		{"tcp", "[::ffff:127.0.0.1]:80", true},
		{"tcp", "localhost:80", false},
		{"tcp", "10.0.0.1:80", false},
		{"tcp", "127.0.0.1", false},
		{"udp", "127.0.0.1:80", false},
		{"", "", false},
	}
	for _, tt := range tests {
		if got := ownAddress(tt.network, tt.addr, "/run/aio/1"); got != tt.want {
			t.Errorf("%s %s: %v, want %v", tt.network, tt.addr, got, tt.want)
		}
	}
}
