package sdk

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/hashicorp/go-hclog"
)

// Plugin describes a provider plugin. It is a plain value: building one starts nothing.
type Plugin struct {
	// Name is the provider's name, which its binary carries too: aio-provider-<name>.
	Name    string
	Version string
	// Settings is what the provider block's settings may hold.
	Settings Schema
	// Open returns the Provider for the given settings. Settings it refuses are a *SettingsError. It must
	// not call the upstream.
	Open func(ctx context.Context, setup Setup) (Provider, error)
}

// Setup is what a Provider is opened with.
type Setup struct {
	Settings Settings
	// Log reaches the host's log. Never log keys or prompts.
	Log hclog.Logger
}

// Description is what a plugin tells about itself.
type Description struct {
	Name         string
	Version      string
	SDK          string
	Capabilities []Capability
	Settings     Schema
	// Protocol is the contract version spoken with the plugin; 0 when the host has not said.
	Protocol int
}

// Can reports whether the plugin announced the capability.
func (d Description) Can(c Capability) bool {
	for _, have := range d.Capabilities {
		if have == c {
			return true
		}
	}
	return false
}

// ValidName reports whether name may name a provider or plugin: lower-case letters, digits, dash and
// underscore, starting with a letter or digit, at most 64 bytes.
func ValidName(name string) bool { return namePattern.MatchString(name) }

var namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

func (p Plugin) validate() error {
	if !ValidName(p.Name) {
		return fmt.Errorf("plugin name %q: want lower-case letters, digits, dash and underscore, at most 64", p.Name)
	}
	if p.Open == nil {
		return errors.New("plugin " + p.Name + " has no Open function")
	}
	return nil
}
