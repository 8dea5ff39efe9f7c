package hclconfig

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Find looks at the working folder and the user's configuration folder, which are the process's: not parallel.
func TestFind(t *testing.T) {
	home, work := t.TempDir(), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("HOME", home)
	t.Setenv("AppData", home)
	t.Chdir(work)
	none := lookup(nil)

	_, err := Find("", none)
	var notFound *NotFoundError
	if !errors.As(err, &notFound) || len(notFound.Looked) != 2 {
		t.Fatalf("nothing there: got %v", err)
	}
	user := notFound.Looked[1]

	if err := os.MkdirAll(filepath.Dir(user), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		create string
		flag   string
		env    map[string]string
		want   string
	}{
		{create: user, want: user},
		{create: "config.hcl", want: "config.hcl"},
		{env: map[string]string{"AIO_CONFIG": ""}, want: "config.hcl"},
		{env: map[string]string{"AIO_CONFIG": "from-env.hcl"}, want: "from-env.hcl"},
		{env: map[string]string{"AIO_CONFIG": "from-env.hcl"}, flag: "flag.hcl", want: "flag.hcl"},
	} {
		if step.create != "" {
			if err := os.WriteFile(step.create, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, err := Find(step.flag, lookup(step.env))
		if err != nil || got != step.want {
			t.Errorf("%+v: got %q, %v", step, got, err)
		}
	}
}
