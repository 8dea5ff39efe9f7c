package clients

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestNode: the official openai package for JavaScript, by far the most used.
func TestNode(t *testing.T) {
	t.Parallel()
	node := needNode(t)
	b := startBridge(t, node)
	classes := map[int]string{
		400: "BadRequestError", 401: "AuthenticationError", 403: "PermissionDeniedError", 404: "NotFoundError", 429: "RateLimitError",
		502: "InternalServerError", 503: "InternalServerError",
	}
	run(t, library{
		retries: 2, inStream: "APIError",
		class:   func(status int) string { return classes[status] },
		connect: func(_ *testing.T, base, token string) client { return remote{b, base, token} },
	})
}

// needNode finds Node and the package. Where they are not installed the test is left out, unless
// AIO_TEST_REQUIRE, names separated by commas, has "node".
func needNode(t *testing.T) string {
	t.Helper()
	missing := "node is not installed"
	node, err := exec.LookPath("node")
	if err == nil {
		missing = "the openai package is not: run npm ci in host/gateway/clients/node"
		_, err = os.Stat(filepath.Join("node", "node_modules", "openai", "package.json"))
	}
	if err == nil {
		return node
	}
	if slices.Contains(strings.Split(os.Getenv("AIO_TEST_REQUIRE"), ","), "node") {
		t.Fatal(missing)
	}
	t.Skip("left out: " + missing)
	return ""
}

// bridge is a Node process that plays requests, many at a time.
type bridge struct {
	mu      sync.Mutex
	in      io.Writer
	last    int
	waiting map[int]chan reply
}

// order is a line to the bridge, reply one from it.
type order struct {
	ID        int        `json:"id"`
	Method    string     `json:"method"`
	Base      string     `json:"base,omitempty"`
	Token     string     `json:"token,omitempty"`
	Question  *question  `json:"question,omitempty"`
	Embedding *embedding `json:"embedding,omitempty"`
	Model     string     `json:"model,omitempty"`
}

type reply struct {
	ID      int             `json:"id"`
	Heard   bool            `json:"heard"`
	Answer  json.RawMessage `json:"answer"`
	Failure *failure        `json:"failure"`
}

func startBridge(t *testing.T, node string) *bridge {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), node, "bridge.mjs")
	cmd.Dir = "node"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")} // nothing of OPENAI_*
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	b := &bridge{in: in, waiting: map[int]chan reply{}}
	read := make(chan error, 1)
	go func() { read <- b.read(out) }()
	t.Cleanup(func() {
		_ = in.Close()
		if err := <-read; err != nil {
			t.Error(err)
		}
		_ = cmd.Wait()
	})
	return b
}

// read hands out replies until there are no more.
func (b *bridge) read(out io.Reader) error {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r reply
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return fmt.Errorf("%w: %s", err, lines.Text())
		}
		b.mu.Lock()
		to := b.waiting[r.ID]
		b.mu.Unlock()
		to <- r
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, to := range b.waiting {
		close(to)
	}
	b.waiting = nil
	return lines.Err()
}

func (b *bridge) send(o order) error {
	line, err := json.Marshal(o)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	_, err = b.in.Write(append(line, '\n'))
	return err
}

// play has the bridge play o. When ctx ends the request is aborted, and what comes of that is the outcome.
func (b *bridge) play(ctx context.Context, o order, heard func() bool, answer any) error {
	// Nobody may keep the reader of all replies waiting: there is room for every piece of a stream.
	replies := make(chan reply, 1024)
	b.mu.Lock()
	if b.waiting == nil {
		b.mu.Unlock()
		return io.ErrUnexpectedEOF
	}
	b.last++
	o.ID = b.last
	b.waiting[o.ID] = replies
	b.mu.Unlock()
	if err := b.send(o); err != nil {
		return err
	}
	aborted := context.AfterFunc(ctx, func() { _ = b.send(order{ID: o.ID, Method: "abort"}) })
	defer aborted()
	for r := range replies {
		if r.Heard {
			heard()
			continue
		}
		b.mu.Lock()
		delete(b.waiting, o.ID)
		b.mu.Unlock()
		if r.Failure != nil {
			return r.Failure
		}
		return json.Unmarshal(r.Answer, answer)
	}
	return io.ErrUnexpectedEOF
}

// remote is a client in the bridge.
type remote struct {
	bridge      *bridge
	base, token string
}

func (c remote) play(ctx context.Context, o order, heard func() bool, answer any) error {
	o.Base, o.Token = c.base, c.token
	return c.bridge.play(ctx, o, heard, answer)
}

func (c remote) chat(ctx context.Context, q question) (a answer, err error) {
	err = c.play(ctx, order{Method: "chat", Question: &q}, nil, &a)
	return a, err
}

func (c remote) stream(ctx context.Context, q question, heard func() bool) (a answer, err error) {
	pieces := 0
	err = c.play(ctx, order{Method: "stream", Question: &q}, func() bool { pieces++; return heard() }, &a)
	a.Pieces = pieces
	return a, err
}

func (c remote) embed(ctx context.Context, e embedding) (out [][]float64, err error) {
	err = c.play(ctx, order{Method: "embed", Embedding: &e}, nil, &out)
	return out, err
}

func (c remote) models(ctx context.Context) (out []string, err error) {
	err = c.play(ctx, order{Method: "models"}, nil, &out)
	return out, err
}

func (c remote) model(ctx context.Context, id string) (out string, err error) {
	err = c.play(ctx, order{Method: "model", Model: id}, nil, &out)
	return out, err
}
