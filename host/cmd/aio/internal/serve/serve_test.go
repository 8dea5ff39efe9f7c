package serve

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/hclconfig"
	"github.com/aio-llm/aio/sdk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = time.Minute

// rig is a Server whose file is what the test says it is.
type rig struct {
	*Server
	dir  string
	mu   sync.Mutex
	file hclconfig.File
	stop func() error
}

func newRig(t *testing.T, change func(*hclconfig.File)) (*rig, error) {
	t.Helper()
	plugin := &sdk.Plugin{Name: "first", Version: "1", Open: func(context.Context, sdk.Setup) (sdk.Provider, error) { return provider{}, nil }}
	r := &rig{dir: t.TempDir()}
	r.file.Config = host.Config{Auto: true, Providers: []host.Provider{{Name: "first", Local: plugin, Models: []host.Model{{Name: "echo"}}}}}
	r.file.Gateway = hclconfig.Gateway{Listen: "127.0.0.1:0", NoAuth: true}
	if change != nil {
		change(&r.file)
	}
	path := filepath.Join(r.dir, "config.hcl")
	if err := os.WriteFile(path, []byte("# version 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var err error
	r.Server, err = Open(t.Context(), Options{Path: path, Load: r.load, Log: hclog.NewNullLogger(), StateDir: filepath.Join(r.dir, "state")})
	if err != nil {
		return r, err
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Serve(ctx) }()
	r.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Error(err)
		}
	})
	return r, nil
}

func (r *rig) load() (*hclconfig.File, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.file
	return &f, nil
}

// reload puts a change into force and waits until it is, or is refused.
func (r *rig) reload(t *testing.T, change func(*hclconfig.File)) (problems []string, refused string) {
	t.Helper()
	r.mu.Lock()
	change(&r.file)
	r.mu.Unlock()
	before := r.reloader.Status()
	r.reloader.Trigger()
	deadline := time.After(patience)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		if s := r.reloader.Status(); s.Generation > before.Generation || s.Failed > before.Failed {
			return s.Problems, s.LastError
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("nothing was reloaded within a minute")
		}
	}
}

type provider struct{}

func (provider) Chat(context.Context, *sdk.Call) (*sdk.Reply, error) {
	return &sdk.Reply{Body: []byte(`{"choices":[{"index":0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}]}`)}, nil
}

// certify writes a certificate for 127.0.0.1 with the given serial number.
func certify(t *testing.T, files hclconfig.TLS, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "aio"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	cert, err := x509.CreateCertificate(rand.Reader, of, of, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(
		os.WriteFile(files.Cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), 0o600),
		os.WriteFile(files.Key, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private}), 0o600),
	)
	if err != nil {
		t.Fatal(err)
	}
}

// A renewed certificate is served to new connections; a pair that does not fit changes nothing.
func TestCertificateIsReloaded(t *testing.T) {
	dir := t.TempDir()
	files := hclconfig.TLS{Cert: filepath.Join(dir, "server.crt"), Key: filepath.Join(dir, "server.key")}
	certify(t, files, 1)
	r, err := newRig(t, func(f *hclconfig.File) { f.Gateway.TLS = files })
	if err != nil {
		t.Fatal(err)
	}
	served := func() (serial int64, protocol string) {
		conn, err := tls.Dial("tcp", r.listener.Addr().String(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		state := conn.ConnectionState()
		return state.PeerCertificates[0].SerialNumber.Int64(), state.NegotiatedProtocol
	}
	if serial, protocol := served(); serial != 1 || protocol != "h2" || !strings.HasPrefix(r.URL(), "https://127.0.0.1:") {
		t.Errorf("serial %d, protocol %q, URL %s", serial, protocol, r.URL())
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	reply, err := (&http.Client{Transport: transport}).Get(r.URL() + "/models")
	if err != nil {
		t.Fatal(err)
	}
	reply.Body.Close()
	if reply.ProtoMajor != 2 || reply.StatusCode != http.StatusOK {
		t.Errorf("%s %s over HTTP/2", reply.Proto, reply.Status)
	}
	certify(t, files, 2)
	if _, refused := r.reload(t, func(*hclconfig.File) {}); refused != "" {
		t.Fatal(refused)
	}
	if serial, _ := served(); serial != 2 {
		t.Errorf("serial %d is served after the renewal", serial)
	}
	if err := os.WriteFile(files.Key, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, refused := r.reload(t, func(*hclconfig.File) {}); !strings.Contains(refused, "tls: ") {
		t.Errorf("a broken key: %q", refused)
	}
	if serial, _ := served(); serial != 2 {
		t.Errorf("serial %d is served after a broken renewal", serial)
	}
}

// What a reload cannot change is told, and the rest is in force.
func TestFixedChangesAreTold(t *testing.T) {
	r, err := newRig(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	problems, refused := r.reload(t, func(f *hclconfig.File) {
		f.Gateway.Listen = "127.0.0.1:9"
		f.Gateway.Admin.Listen = "off"
		f.Logging.Level = "debug"
		f.Config.Routes = []host.Route{{Name: "fast", Targets: []string{"first"}}}
	})
	told := strings.Join(problems, "; ")
	for _, what := range []string{"admin has changed", "listen has changed", "logging has changed"} {
		if !strings.Contains(told, what) {
			t.Errorf("%q does not tell that %s", told, what)
		}
	}
	if refused != "" || len(r.current.Host().Summary().Routes) != 1 {
		t.Errorf("refused: %q", refused)
	}
}

// A socket that a killed process left is taken over; one that is served is not.
func TestSockets(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.sock")
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open(t.Context(), "unix:"+path); err == nil || !strings.Contains(err.Error(), "another aio serve") {
		t.Errorf("a served socket: %v", err)
	}
	left.SetUnlinkOnClose(false)
	left.Close()
	l, err := open(t.Context(), "unix:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// What had begun is ended when the rest fails; TestMain looks for what is left.
func TestOpenFails(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, change := range map[string]func(*hclconfig.File){
		"the address is taken":    func(f *hclconfig.File) { f.Gateway.Listen = taken.Addr().String() },
		"everyone would be in":    func(f *hclconfig.File) { f.Gateway.Listen = "0.0.0.0:0" },
		"the admin would be open": func(f *hclconfig.File) { f.Gateway.Admin.Listen = "0.0.0.0:0" },
		"no certificate":          func(f *hclconfig.File) { f.Gateway.TLS = hclconfig.TLS{Cert: "/no/such", Key: "/no/such"} },
		"no such plugin settings": func(f *hclconfig.File) { f.Config.Providers[0].Settings = []byte(`{"nonsense":1}`) },
		"a mistake":               func(f *hclconfig.File) { f.Config.Routes = []host.Route{{Name: "auto"}} },
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := newRig(t, change); err == nil {
				t.Error("it serves")
			}
		})
	}
}

// Every configuration has a socket of its own, whatever its path is called by.
func TestAdminAddress(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, link := filepath.Join(dir, "config.hcl"), filepath.Join(dir, "link.hcl")
	if err := errors.Join(os.WriteFile(file, nil, 0o600), os.Symlink(file, link)); err != nil {
		t.Fatal(err)
	}
	at := func(path, flag, said string) string {
		return AdminAddress(Options{Path: path, Admin: flag, StateDir: "/state"}, hclconfig.Gateway{Admin: hclconfig.Admin{Listen: said}})
	}
	own := at(file, "", "")
	if !strings.HasPrefix(own, "unix:/state/serve-") || own != at(link, "", "") || own == at(filepath.Join(dir, "other.hcl"), "", "") {
		t.Errorf("%s, by its link %s", own, at(link, "", ""))
	}
	if at(file, "off", "127.0.0.1:1") != "off" || at(file, "", "127.0.0.1:1") != "127.0.0.1:1" {
		t.Error("the flag wins over the file, and the file over the default")
	}
}
