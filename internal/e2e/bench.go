package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/sdk"
	"github.com/aio-llm/aio/sdk/simulator"
)

// wrongPrefix names the second provider block of a provider, the one with the wrong key.
const wrongPrefix = "wrong-"

// bench is a host over one provider's plugin, with a recorder behind it.
type bench struct {
	host     *host.Host
	recorder *recorder
}

func (o options) assemble(ctx context.Context, u upstream) (*bench, error) {
	r, err := record(ctx, u.baseURL)
	if err != nil {
		return nil, err
	}
	settings, err := json.Marshal(map[string]string{"base_url": r.url})
	if err != nil {
		return nil, errors.Join(err, r.close())
	}
	block := func(name string, key sdk.Secret) host.Provider {
		p := host.Provider{
			Name: name, Plugin: u.name, Settings: settings,
			Keys: []host.Key{{Label: "e2e", Value: key}}, Models: []host.Model{{Name: u.model.ID}},
		}
		if o.local != nil {
			p.Local = o.local(u.name)
		}
		return p
	}
	h, err := host.New(ctx, host.Config{
		Plugins:   host.Plugins{Dir: o.plugins, AllowRoot: true},
		Providers: []host.Provider{block(u.name, u.key), block(wrongPrefix+u.name, u.wrong())},
		// One call a task: what fails is to be seen, and free plans count failures too.
		Retry: host.Retry{MaxTries: 1},
		// Free models can have long queues.
		Timeouts: host.Timeouts{Unary: 3 * time.Minute, FirstToken: 3 * time.Minute},
	})
	if err != nil {
		return nil, errors.Join(err, r.close())
	}
	return &bench{host: h, recorder: r}, nil
}

func (b *bench) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return errors.Join(b.host.Close(ctx), b.recorder.close())
}

// replay sends the recorded request to the simulator and compares the replies.
func replay(ctx context.Context, x exchange, u upstream, server *simulator.Server) (calls, error) {
	simulated, err := ask(ctx, x, u, server.BaseURL(u.dialect))
	if err != nil {
		return calls{}, err
	}
	pair := calls{Request: requestOf(x), Real: replyOf(x.reply), Simulated: replyOf(simulated)}
	if x.reply.status != 0 { // no reply has no shape
		pair.Difference = compare(shapeOf(x.reply), shapeOf(simulated))
	}
	return pair, nil
}

func ask(ctx context.Context, x exchange, u upstream, base string) (reply, error) {
	address := base + x.path
	if x.query != "" {
		address += "?" + x.query
	}
	req, err := http.NewRequestWithContext(ctx, x.method, address, bytes.NewReader(x.body))
	if err != nil {
		return reply{}, err
	}
	for _, name := range []string{"Accept", "Content-Type", "Authorization", "X-Goog-Api-Key"} {
		switch value := x.header.Get(name); value {
		case "":
		case "Bearer " + u.key.Reveal():
			req.Header.Set(name, "Bearer "+simulatedKey)
		case u.key.Reveal():
			req.Header.Set(name, simulatedKey)
		default:
			req.Header.Set(name, value)
		}
	}
	transport := &http.Transport{DisableKeepAlives: true, DisableCompression: true}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	return reply{status: resp.StatusCode, header: resp.Header, body: body}, err
}
