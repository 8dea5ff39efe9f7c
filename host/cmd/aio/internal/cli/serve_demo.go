package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/cmd/aio/internal/demo"
	"github.com/aio-llm/aio/host/cmd/aio/internal/serve"
	"github.com/aio-llm/aio/host/hclconfig"
)

// serveDemo serves the demo's fake upstream through real plugins. Nobody is asked for a token: there is nothing
// behind it but an echo, and only this machine reaches it.
func (a *app) serveDemo(ctx context.Context, f serveFlags) (err error) {
	plugins, err := demoPlugins(f.plugins)
	if err != nil {
		return err
	}
	a.warnRoot()
	w, err := demo.Upstream(plugins)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if f.admin == "" {
		f.admin = "unix:" + filepath.Join(filepath.Dir(w.Path()), "admin.sock")
	}
	return a.run(ctx, f, w.Path(), func() (*hclconfig.File, error) {
		file, err := w.Load()
		if err == nil {
			file.Config.Plugins.AllowRoot = true // the plugins come from here, and only reach the fake upstream
		}
		return file, err
	}, func(*serve.Server) {
		a.out.say("The upstream is fake: it echoes. Its configuration is %s: change it and see it put into force.", w.Path())
	})
}

// demoPlugins is the folder with the plugins that the demo needs.
func demoPlugins(folder string) (string, error) {
	if folder == "" {
		self, err := os.Executable()
		if err != nil {
			return "", misusef("", "find the plugins: %w; name their folder with --plugins", err)
		}
		folder = filepath.Join(filepath.Dir(self), "plugins")
	}
	installed, err := host.ListPlugins(folder)
	if err != nil || !slices.Contains(installed, "groq") || !slices.Contains(installed, "openrouter") {
		return "", misusef("Run make demo, which builds them.", "the demo needs the plugins groq and openrouter in %s", folder)
	}
	return folder, nil
}
