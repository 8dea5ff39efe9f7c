package host

import (
	"net/url"
	"os"

	"github.com/aio-llm/aio/sdk"
)

// secrets are all values that must show nowhere: what the configuration says, and the passwords of proxies, also of
// those in the variables that plugins inherit, since a proxy may say them in its refusal.
func (c Config) secrets() []sdk.Secret {
	var out []sdk.Secret
	add := func(s sdk.Secret) {
		if !s.IsZero() {
			out = append(out, s)
		}
	}
	for _, name := range proxyVariables() {
		add(passwordOf(os.Getenv(name)))
	}
	for _, s := range c.Secrets {
		add(s)
	}
	for _, p := range c.Providers {
		add(p.Proxy)
		add(passwordOf(p.Proxy.Reveal()))
		for _, k := range p.Keys {
			add(k.Value)
		}
	}
	return out
}

func proxyVariables() []string {
	return []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"}
}

// proxyEnv overrides the proxy variables that the plugin would get from the host.
func proxyEnv(proxy sdk.Secret) []string {
	if proxy.IsZero() {
		return nil
	}
	var env []string
	for _, name := range proxyVariables() {
		env = append(env, name+"="+proxy.Reveal())
	}
	return env
}

// passwordOf is the password in the address of a proxy; of what is no address it is all.
func passwordOf(address string) sdk.Secret {
	u, err := url.Parse(address)
	if err != nil {
		return sdk.NewSecret(address)
	}
	password, _ := u.User.Password()
	return sdk.NewSecret(password)
}

// clean returns err without what must not show, err itself if there is nothing of the kind in it.
func (h *Host) clean(err *sdk.Error) *sdk.Error {
	c := *err
	c.Code, c.Param, c.Message = h.redactor.String(err.Code), h.redactor.String(err.Param), h.redactor.String(err.Message)
	c.UpstreamRequestID = h.redactor.String(err.UpstreamRequestID)
	if c.Code == err.Code && c.Param == err.Param && c.Message == err.Message && c.UpstreamRequestID == err.UpstreamRequestID {
		return err
	}
	return &c
}

// cleanSide is clean for a call beside the requests, whose key need not be one of the configuration's.
func (h *Host) cleanSide(key sdk.Secret, err error) error {
	if err == nil {
		return nil
	}
	e := *sdk.AsError(err)
	for _, text := range []*string{&e.Code, &e.Param, &e.Message, &e.UpstreamRequestID} {
		*text = key.Redact(*text)
	}
	return h.clean(&e)
}
