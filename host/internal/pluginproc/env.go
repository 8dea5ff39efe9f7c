package pluginproc

import (
	"os"
	"slices"
	"strings"
)

// passed are the variables of the host that a plugin may see. API keys are in none of them: a key travels
// with the call it is for.
func passed(name string) bool {
	switch strings.ToUpper(name) {
	case "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY": // programs read either case
		return true
	}
	switch name {
	case "PATH", "TZ", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR":
		return true
	}
	return strings.HasPrefix(name, "LC_")
}

// environment is a plugin's whole environment; where a name repeats, the later value wins. Nothing in extra
// can override what the handshake depends on.
func environment(host, extra, handshake []string, dir string) []string {
	env := slices.DeleteFunc(slices.Clone(host), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return !passed(name)
	})
	env = append(env, "GOTRACEBACK=single")
	env = append(env, extra...)
	env = append(env, handshake...)
	return append(env, "TMPDIR="+dir, "PLUGIN_UNIX_SOCKET_DIR="+dir)
}

func hostEnvironment() []string { return os.Environ() }
