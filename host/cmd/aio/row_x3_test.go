package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/template"

	"github.com/rogpeppe/go-internal/testscript"
	"google.golang.org/grpc"

	"github.com/aio-llm/aio/internal/canary"
	"github.com/aio-llm/aio/internal/rows"
	"github.com/aio-llm/aio/sdk/simulator"
)

// Secrets go into a real aio serve by every way there is, and come back to it from upstreams and a proxy that
// echo them. Nothing the run leaves shows one.
func TestRow_X3_NoSecretShows(t *testing.T) {
	var seen canary.Result
	cmds := commands()
	maps.Copy(cmds, map[string]func(*testscript.TestScript, bool, []string){
		"leave": leave, "slay": slay, "argv": argv,
		"unseen":   func(ts *testscript.TestScript, _ bool, args []string) { unseen(ts, &seen, args) },
		"unspoken": func(ts *testscript.TestScript, _ bool, args []string) { unspoken(ts, &seen, args) },
	})
	testscript.Run(t, testscript.Params{
		Files: []string{"testdata/rows/x3.txtar"}, RequireUniqueNames: true, RequireExplicitExec: true, Setup: setupCanaries, Cmds: cmds,
	})
	labels := append(canary.Served(), canary.Spoken()...)
	script, err := os.ReadFile("testdata/rows/x3.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, label := range labels {
		if !bytes.Contains(script, []byte(`"`+label+`"`)) && !regexp.MustCompile(`\b`+variable(label)+`\b`).Match(script) && !given(label) {
			t.Errorf("the script does not use %q", label)
		}
	}
	rows.Report(t, "X3", fmt.Sprintf("%d keys, tokens, passwords and prompts through env, files, headers, bodies, proxies, errors and a killed plugin", len(labels)),
		"none shows, in no form, in logs, metrics, traces, answers, webhooks, state, temporary files and argument lists",
		func() string { return fmt.Sprintf("0 in %d files, %d bytes", seen.Files, seen.Bytes) })
}

// given are the labels that setupCanaries hands out by itself.
func given(label string) bool {
	return slices.Contains([]string{"password of a proxy", "password of HTTPS_PROXY", "password of ALL_PROXY", "collector header", "webhook path", "password of basic auth", "key unused"}, label)
}

// variable is the environment variable that has the secret of a label.
func variable(label string) string {
	return strings.ToUpper(regexp.MustCompile(`\W`).ReplaceAllString(label, "_"))
}

// setupCanaries puts a secret for each label into the environment, and into the files that ask for one by
// {{canary "label"}}. Around aio serve there are an upstream, a proxy that refuses, a taker of webhooks and a collector.
func setupCanaries(env *testscript.Env) error {
	var keys []simulator.Key
	for _, label := range []string{"key in env", "key in the file", "key in a file", "key in an env file", "key of the next file"} {
		keys = append(keys, simulator.Key{Label: label, Value: canary.Value(label)})
	}
	if err := upstream(env, keys...); err != nil {
		return err
	}
	for _, label := range append(canary.Served(), canary.Spoken()...) {
		env.Setenv(variable(label), canary.Value(label))
	}
	env.Setenv("BASIC", "Basic "+base64.StdEncoding.EncodeToString([]byte("me:"+canary.Value("password of basic auth"))))

	proxy := echoingProxy()
	hooks := recorded(filepath.Join(env.WorkDir, "out", "hooks.txt"))
	env.Defer(proxy.Close)
	env.Defer(hooks.Close)
	proxied := func(password string) string {
		return (&url.URL{Scheme: "http", User: url.UserPassword("me", canary.Value(password)), Host: proxy.Listener.Addr().String()}).String()
	}
	env.Setenv("PROXY", proxied("password of a proxy"))
	env.Setenv("HTTPS_PROXY", proxied("password of HTTPS_PROXY"))
	env.Setenv("ALL_PROXY", proxied("password of ALL_PROXY"))
	env.Setenv("WEBHOOK", hooks.URL+"/"+url.PathEscape(canary.Value("webhook path")))

	collector, stop, err := collect(filepath.Join(env.WorkDir, "out", "otlp.bin"))
	if err != nil {
		return err
	}
	env.Defer(stop)
	env.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"+collector)
	env.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization="+url.PathEscape(canary.Value("collector header")))
	return fill(filepath.Join(env.WorkDir, "in"))
}

// fill writes secrets into the files of a folder.
func fill(dir string) error {
	known := append(canary.Served(), canary.Spoken()...)
	functions := template.FuncMap{
		"canary": func(label string) (string, error) {
			if !slices.Contains(known, label) {
				return "", fmt.Errorf("no canary is called %q", label)
			}
			return canary.Value(label), nil
		},
		"base64": func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) },
	}
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		t, err := template.New(d.Name()).Funcs(functions).Parse(string(text))
		if err != nil {
			return err
		}
		var out bytes.Buffer
		return errors.Join(t.Execute(&out, nil), os.WriteFile(path, out.Bytes(), 0o600))
	})
}

// echoingProxy refuses to connect anybody, and says with which credentials, as they came and decoded.
func echoingProxy() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		sent := r.Header.Get("Proxy-Authorization")
		_, coded, _ := strings.Cut(sent, " ")
		plain, _ := base64.StdEncoding.DecodeString(coded)
		_, password, _ := strings.Cut(string(plain), ":")
		fmt.Fprintf(conn, "HTTP/1.1 407 not with %s or %s or %s\r\nContent-Length: 0\r\n\r\n", sent, plain, url.QueryEscape(password))
	}))
}

// appender appends to a file, whoever writes.
type appender struct {
	mu   sync.Mutex
	path string
}

func (a *appender) Write(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := os.MkdirAll(filepath.Dir(a.path), 0o700); err != nil {
		return 0, err
	}
	f, err := os.OpenFile(a.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	n, err := f.Write(p)
	return n, errors.Join(err, f.Close())
}

// recorded keeps what it is sent in a file, but for where it was sent to.
func recorded(path string) *httptest.Server {
	to := &appender{path: path}
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		fmt.Fprintf(to, "%v\n%s\n%v\n", r.Header, body, err)
		w.WriteHeader(http.StatusNoContent)
	}))
}

// collect keeps in a file whatever OTLP exporters send.
func collect(path string) (address string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	to := &appender{path: path}
	server := grpc.NewServer(grpc.ForceServerCodec(asIs{}), grpc.UnknownServiceHandler(func(_ any, s grpc.ServerStream) error {
		var message []byte
		if err := s.RecvMsg(&message); err != nil {
			return err
		}
		if _, err := to.Write(message); err != nil {
			return err
		}
		return s.SendMsg([]byte(nil)) // every answer of theirs without a field
	}))
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(l) // ends with Stop
	}()
	return l.Addr().String(), func() { server.Stop(); <-served }, nil
}

// asIs is the codec of messages that stay bytes.
type asIs struct{}

func (asIs) Name() string { return "proto" }

func (asIs) Marshal(v any) ([]byte, error) { return v.([]byte), nil }

func (asIs) Unmarshal(data []byte, v any) error {
	*v.(*[]byte) = slices.Clone(data)
	return nil
}

// leave ends a stream as its reader: leave NAME
func leave(ts *testscript.TestScript, _ bool, args []string) {
	all := ts.Value(streamsKey{}).(*streams)
	all.mu.Lock()
	defer all.mu.Unlock()
	all.named[args[0]].leave()
}

// slay sends a signal to the plugin of a provider: slay SIGNAL PROVIDER [header=value ...] SOCKET
func slay(ts *testscript.TestScript, _ bool, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	reply, err := request(ctx, ts, append(slices.Clone(args[2:]), "GET", "/status"))
	ts.Check(err)
	defer reply.Body.Close()
	var status struct {
		Providers []struct {
			Name   string
			Plugin struct{ Pid int }
		}
	}
	ts.Check(json.NewDecoder(reply.Body).Decode(&status))
	for _, p := range status.Providers {
		if p.Name == args[1] && p.Plugin.Pid > 0 {
			process, err := os.FindProcess(p.Plugin.Pid)
			ts.Check(err)
			ts.Check(process.Signal(signalNamed(args[0])))
			return
		}
	}
	ts.Fatalf("%s has no plugin: %+v", args[1], status)
}

// argv looks at the argument lists of the processes a status tells of: argv STATUS-FILE
func argv(ts *testscript.TestScript, _ bool, args []string) {
	pids := regexp.MustCompile(`"pid": ([1-9]\d*)`).FindAllStringSubmatch(ts.ReadFile(args[0]), -1)
	if len(pids) < 3 {
		ts.Fatalf("want aio serve and its plugins, have %v", pids)
	}
	scanner, err := canary.NewScanner(canary.List())
	ts.Check(err)
	for _, pid := range pids {
		line, err := os.ReadFile("/proc/" + pid[1] + "/cmdline")
		if errors.Is(err, fs.ErrNotExist) {
			continue // no such thing here
		}
		ts.Check(err)
		found, _, err := scanner.Find("the arguments of "+pid[1], bytes.NewReader(line))
		ts.Check(err)
		if len(found) > 0 {
			ts.Fatalf("%v", found)
		}
		fmt.Fprintln(ts.Stdout(), strings.ReplaceAll(string(line), "\x00", " "))
	}
}

// unseen fails if a secret shows anywhere in the script's folder, but for what is named: unseen NAME...
func unseen(ts *testscript.TestScript, seen *canary.Result, but []string) {
	entries, err := os.ReadDir(ts.Getenv("WORK"))
	ts.Check(err)
	var paths []string
	for _, e := range entries {
		if !slices.Contains(but, e.Name()) {
			paths = append(paths, filepath.Join(ts.Getenv("WORK"), e.Name()))
		}
	}
	scanFor(ts, seen, canary.List(), paths)
}

// unspoken fails if anything but what callers and upstreams said to each other shows in files: unspoken PATH...
func unspoken(ts *testscript.TestScript, seen *canary.Result, args []string) {
	var paths []string
	for _, path := range args {
		paths = append(paths, ts.MkAbs(path))
	}
	scanFor(ts, seen, canary.Of(canary.Served()...), paths)
}

func scanFor(ts *testscript.TestScript, seen *canary.Result, canaries []canary.Canary, paths []string) {
	scanner, err := canary.NewScanner(canaries)
	ts.Check(err)
	result, err := scanner.Paths(paths...)
	ts.Check(err)
	seen.Files += result.Files
	seen.Bytes += result.Bytes
	for _, found := range result.Findings {
		fmt.Fprintln(ts.Stderr(), found)
	}
	if len(result.Findings) > 0 {
		ts.Fatalf("%d secrets show", len(result.Findings))
	}
}
