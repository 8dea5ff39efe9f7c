package alerts

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/aio-llm/aio/host"
)

// WebhookStatus is what became of the messages to the webhook.
type WebhookStatus struct {
	// Host is where they go; the rest of the URL may hold a token and is not shown.
	Host string `json:"host,omitempty"`
	// Delivered were answered with a status of 200 to 299, Failed were given up, Dropped had no place in the
	// queue.
	Delivered int64  `json:"delivered"`
	Failed    int64  `json:"failed"`
	Dropped   int64  `json:"dropped"`
	Queued    int    `json:"queued"`
	LastError string `json:"last_error,omitempty"`
}

// message is the body of a webhook.
type message struct {
	// Type is alert.raised or alert.resolved.
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      Alert     `json:"data"`
}

// delivery is a message on its way; its id stays the same however often it is sent.
type delivery struct {
	id   string
	name string
	body []byte
}

const (
	// queueLength is more than all alerts of a big configuration at once.
	queueLength = 256
	firstWait   = time.Second
	longestWait = 30 * time.Second
	// mostReply is read of an answer, so that its connection can be used again.
	mostReply = 64 << 10
)

// sender delivers messages one after the other.
type sender struct {
	config Webhook
	key    []byte
	host   string
	client *http.Client
	log    hclog.Logger
	queue  chan delivery

	abort context.CancelFunc
	done  chan struct{}

	closing sync.Once
	mu      sync.Mutex
	status  WebhookStatus
}

func newSender(c Webhook, log hclog.Logger, transport http.RoundTripper) (*sender, error) {
	key, err := signingKey(c.Secret)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil, errors.New("webhook URL: it cannot be read")
	}
	if transport == nil {
		transport = &http.Transport{
			Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConns: 1, IdleConnTimeout: time.Minute,
			TLSHandshakeTimeout: c.Timeout, ResponseHeaderTimeout: c.Timeout, MaxResponseHeaderBytes: mostReply,
		}
	}
	ctx, abort := context.WithCancel(context.Background()) // its life is its own, until close
	s := &sender{
		config: c, key: key, host: u.Host, log: log, queue: make(chan delivery, queueLength), abort: abort, done: make(chan struct{}),
		client: &http.Client{
			Transport: transport, Timeout: c.Timeout,
			// What is signed for one place is not for another.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	s.status.Host = u.Host
	go s.run(ctx)
	return s, nil
}

// enqueue must not be called after close.
func (s *sender) enqueue(a Alert) {
	m := message{Type: "alert.raised", Timestamp: a.Raised, Data: a}
	if !a.Resolved.IsZero() {
		m.Type, m.Timestamp = "alert.resolved", a.Resolved
	}
	body, err := json.Marshal(m)
	if err != nil { // an Alert holds nothing that JSON cannot
		s.log.Error("alert webhook", "alert", a.Name, "error", err)
		return
	}
	select {
	case s.queue <- delivery{id: "msg_" + rand.Text(), name: a.Name, body: body}:
	default:
		s.count(func(w *WebhookStatus) { w.Dropped++ })
		s.log.Error("alert webhook: the queue is full, a message is dropped", "alert", a.Name, "host", s.host)
	}
}

func (s *sender) run(ctx context.Context) {
	defer close(s.done)
	for d := range s.queue {
		if err := s.deliver(ctx, d); err != nil {
			s.count(func(w *WebhookStatus) { w.Failed, w.LastError = w.Failed+1, err.Error() })
			s.log.Error("alert webhook: a message could not be delivered", "alert", d.name, "host", s.host, "error", err)
			continue
		}
		s.count(func(w *WebhookStatus) { w.Delivered++ })
	}
}

// deliver sends until it is answered well, refused for good, or there were enough tries.
func (s *sender) deliver(ctx context.Context, d delivery) error {
	wait := firstWait
	for try := 1; ; try++ {
		err := s.send(ctx, d)
		var refused *refusedError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &refused) && refused.final(), try == s.config.Tries:
			return fmt.Errorf("after %d tries: %w", try, err)
		}
		s.log.Debug("alert webhook: trying again", "alert", d.name, "host", s.host, "wait", wait, "error", err)
		select {
		case <-ctx.Done():
			return fmt.Errorf("after %d tries, when stopping: %w", try, err)
		case <-time.After(wait):
		}
		wait = min(2*wait, longestWait)
	}
}

func (s *sender) send(ctx context.Context, d delivery) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.config.URL, bytes.NewReader(d.body))
	if err != nil {
		return withoutURL(err)
	}
	now := strconv.FormatInt(time.Now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "aio/"+host.Version)
	req.Header.Set(headerID, d.id)
	req.Header.Set(headerTimestamp, now)
	req.Header.Set(headerSignature, signature(s.key, d.id, now, d.body))
	resp, err := s.client.Do(req)
	if err != nil {
		return withoutURL(err)
	}
	_, _ = io.CopyN(io.Discard, resp.Body, mostReply) // what it says does not matter
	_ = resp.Body.Close()                             // likewise
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return &refusedError{status: resp.StatusCode}
	}
	return nil
}

// refusedError is an answer that is no success.
type refusedError struct{ status int }

func (e *refusedError) Error() string {
	if e.status >= 300 && e.status < 400 {
		return fmt.Sprintf("the webhook answered with status %d: redirects are not followed, give the final URL", e.status)
	}
	return fmt.Sprintf("the webhook answered with status %d", e.status)
}

// final reports whether asking again would get the same answer.
func (e *refusedError) final() bool {
	return e.status < 500 && e.status != http.StatusRequestTimeout && e.status != http.StatusTooManyRequests
}

// withoutURL takes the URL, which may hold a token, out of an error of the HTTP client.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func (s *sender) count(change func(*WebhookStatus)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.status)
}

func (s *sender) snapshot() WebhookStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.status
	out.Queued = len(s.queue)
	return out
}

// close waits for the queue to empty; when ctx ends the rest is given up.
func (s *sender) close(ctx context.Context) error {
	s.closing.Do(func() { close(s.queue) })
	defer s.client.CloseIdleConnections()
	defer s.abort()
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		s.abort()
		<-s.done
		return fmt.Errorf("alerts: messages to the webhook were given up: %w", context.Cause(ctx))
	}
}
