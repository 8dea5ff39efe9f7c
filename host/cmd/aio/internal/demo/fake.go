package demo

import (
	_ "embed"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/aio-llm/aio/host/hclconfig"
	"github.com/aio-llm/aio/sdk/simulator"
)

//go:embed demo.hcl
var configuration []byte

// answer is what the fake OpenRouter model says.
const answer = "Every word of this left the upstream by itself, crossed a plugin process and reached you before the next one was written."

// defaultGap is the time between two tokens: slow enough to see them come.
const defaultGap = 40 * time.Millisecond

// Fake is an upstream that stands in for Groq and OpenRouter, and a configuration that uses it.
type Fake struct {
	sim     *simulator.Simulator
	server  *simulator.Server
	dir     string
	plugins string
}

// Upstream starts a Fake whose configuration also serves it to everyone on this machine. plugins is the folder
// with the plugin binaries groq and openrouter. Close it.
func Upstream(plugins string) (*Fake, error) {
	return newFake(plugins, defaultGap, append(append([]byte{}, configuration...), "\n# There is nothing here to protect.\ngateway {\n  auth = \"none\"\n}\n"...))
}

func newFake(plugins string, gap time.Duration, text []byte) (f *Fake, err error) {
	f = &Fake{}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	if f.plugins, err = filepath.Abs(plugins); err != nil {
		return f, err
	}
	f.sim = simulator.New(simulator.Options{
		Keys: []simulator.Key{
			{Label: "groq one", Value: "gsk_demo_one", Dialect: simulator.Groq},
			{Label: "groq two", Value: "gsk_demo_two", Dialect: simulator.Groq},
			{Label: "openrouter main", Value: "sk-or-demo-main", Dialect: simulator.OpenRouter},
		},
		Models:   []simulator.Model{{ID: "meta-llama/llama-3.3-70b-instruct:free", Dialect: simulator.OpenRouter, Reply: answer}},
		TokenGap: gap,
	})
	if f.server, err = f.sim.Start("127.0.0.1:0"); err != nil {
		return f, err
	}
	if f.dir, err = os.MkdirTemp("", "aio-demo-"); err != nil {
		return f, err
	}
	return f, os.WriteFile(f.Path(), text, 0o600)
}

// Path is the configuration file's.
func (f *Fake) Path() string { return filepath.Join(f.dir, "config.hcl") }

// Load reads the configuration as any other, with variables of its own.
func (f *Fake) Load() (*hclconfig.File, error) {
	vars := map[string]string{
		"DEMO_PLUGINS": f.plugins, "DEMO_GROQ_URL": f.server.BaseURL(simulator.Groq), "DEMO_OPENROUTER_URL": f.server.BaseURL(simulator.OpenRouter),
		"DEMO_GROQ_KEY": "gsk_demo_one", "DEMO_GROQ_KEY_2": "gsk_demo_two", "DEMO_OPENROUTER_KEY": "sk-or-demo-main",
	}
	return hclconfig.Load(f.Path(), hclconfig.Options{Getenv: func(name string) (string, bool) {
		v, ok := vars[name]
		return v, ok
	}})
}

// Close ends the upstream and removes the configuration.
func (f *Fake) Close() error {
	var errs []error
	if f.server != nil {
		errs = append(errs, f.server.Close())
	}
	if f.dir != "" {
		errs = append(errs, os.RemoveAll(f.dir))
	}
	return errors.Join(errs...)
}
