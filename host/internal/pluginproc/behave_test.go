//go:build unix

package pluginproc

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"

	"github.com/aio-llm/aio/sdk"
)

// behave is the main of the plugin called name.
func behave(name string) {
	switch name {
	case "exits":
		os.Exit(0)
	case "three":
		fmt.Fprintln(os.Stderr, "first line")
		fmt.Fprintln(os.Stderr, "cannot go on: "+os.Getenv("CANARY")+" \x1b[31mred")
		os.Exit(3)
	case "garbage":
		fmt.Println("hello, I am no plugin")
		forever()
	case "long":
		fmt.Println(strings.Repeat("x", 200<<10))
		forever()
	case "hang":
		forever()
	case "silent": // closes its standard output and stays
		_ = syscall.Close(1)
		forever()
	case "stranger": // a plugin of another program
		goplugin.Serve(&goplugin.ServeConfig{HandshakeConfig: goplugin.HandshakeConfig{
			MagicCookieKey: "OTHER_PROGRAM", MagicCookieValue: "1",
		}})
	case "library":
		fmt.Fprintln(os.Stderr, "aio-provider-library: error while loading shared libraries: libfoo.so.1: cannot open shared object file")
		os.Exit(127)
	case "core9":
		fmt.Println("9|1|unix|/tmp/x|grpc|")
		forever()
	case "version7":
		fmt.Println("1|7|unix|/tmp/x|grpc|")
		forever()
	case "netrpc":
		fmt.Println("1|1|unix|/tmp/x|netrpc|")
		forever()
	case "elsewhere":
		fmt.Println("1|1|tcp|192.0.2.1:80|grpc|")
		forever()
	case "liar":
		fmt.Println("1|1|unix|" + os.Getenv("PLUGIN_UNIX_SOCKET_DIR") + "/none|grpc|")
		os.Exit(4)
	case "mute": // shakes hands and then does not answer
		fmt.Println("1|1|unix|" + os.Getenv("PLUGIN_UNIX_SOCKET_DIR") + "/none|grpc|")
		forever()
	case "impostor":
		sdk.Serve(echo("somebody"))
	case "deaf": // does not know of the lifeline
		_ = os.Unsetenv(sdk.LifelineEnv)
		sdk.Serve(echo(name))
	case "loose": // has got rid of the parent-death signal
		dropDeathSignal()
		sdk.Serve(echo(name))
	case "flood":
		go flood()
		sdk.Serve(echo(name))
	case "after": // exits as soon as it has shaken hands
		plugin := echo(name)
		plugin.Open = func(context.Context, sdk.Setup) (sdk.Provider, error) { os.Exit(5); return nil, nil }
		sdk.Serve(plugin)
	default:
		sdk.Serve(echo(name))
	}
}

// forever blocks until the host is gone, as a plugin without the lifeline would not.
func forever() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR1)
	<-c
}

func flood() {
	line := bytes.Repeat([]byte("0123456789abcdef"), 4)
	line[len(line)-1] = '\n'
	block := bytes.Repeat(line, 512)
	for {
		_, _ = syscall.Write(2, block)
	}
}

// echo is a plugin that does as it is told by the model's name, and otherwise answers the request's body.
func echo(name string) sdk.Plugin {
	return sdk.Plugin{
		Name: name, Version: "1.2.3",
		Settings: sdk.Schema{{Name: "refuse", Type: sdk.Bool}, {Name: "fail", Type: sdk.Bool}},
		Open: func(_ context.Context, setup sdk.Setup) (sdk.Provider, error) {
			var settings struct {
				Refuse bool `json:"refuse"`
				Fail   bool `json:"fail"`
			}
			if err := setup.Settings.Decode(&settings); err != nil {
				return nil, err
			}
			if settings.Refuse {
				return nil, sdk.BadSetting([]string{"refuse"}, "must be false")
			}
			if settings.Fail {
				return nil, sdk.Errorf(sdk.KindInternal, "cannot open")
			}
			return &echoProvider{log: setup.Log}, nil
		},
	}
}

type echoProvider struct{ log hclog.Logger }

// Chat implements sdk.Chatter.
func (e *echoProvider) Chat(ctx context.Context, call *sdk.Call) (*sdk.Reply, error) {
	switch call.Model {
	case "block":
		fmt.Fprintln(rawStderr, "blocked")
		<-ctx.Done()
		return nil, sdk.AsError(ctx.Err())
	case "environ":
		return answer(os.Environ())
	case "fds":
		return answer(openFiles())
	case "stdin":
		n, err := os.Stdin.Read(make([]byte, 1))
		return answer([]string{strconv.Itoa(n), fmt.Sprint(err)})
	case "log":
		e.log.Info("from the plugin", "provider", "forged", "key", os.Getenv("CANARY"))
		return answer(nil)
	case "fork": // a child that holds standard error, in the same process group
		cmd := exec.Command("sleep", "600")
		cmd.Stderr = rawStderr
		if err := cmd.Start(); err != nil {
			return nil, err
		}
		return answer([]string{strconv.Itoa(cmd.Process.Pid)})
	case "daemon": // the same, in a session of its own
		cmd := exec.Command("sleep", "600")
		cmd.Stderr = rawStderr
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		if err := cmd.Start(); err != nil {
			return nil, err
		}
		return answer([]string{strconv.Itoa(cmd.Process.Pid)})
	case "die":
		fmt.Fprintln(rawStderr, "the end is near")
		os.Exit(6)
	}
	return &sdk.Reply{Body: call.Body}, nil
}

// rawStderr is the real one; go-plugin replaces os.Stderr.
var rawStderr = os.Stderr

func answer(v []string) (*sdk.Reply, error) {
	body, err := json.Marshal(v)
	return &sdk.Reply{Body: body}, err
}

// openFiles lists the descriptors this process was given by its parent: those without close-on-exec.
func openFiles() []string {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil
	}
	var inherited []string
	for _, e := range entries {
		info, err := os.ReadFile("/proc/self/fdinfo/" + e.Name())
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(info)) {
			value, isFlags := strings.CutPrefix(line, "flags:")
			flags, err := strconv.ParseInt(strings.TrimSpace(value), 8, 64)
			if isFlags && err == nil && flags&syscall.O_CLOEXEC == 0 {
				inherited = append(inherited, e.Name())
			}
		}
	}
	slices.Sort(inherited)
	return inherited
}
