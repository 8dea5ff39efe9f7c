// Command embed-host runs a host inside a program of one's own: the plugins of a config.hcl beside a provider
// in the program itself, logs and events where the program wants them, and an orderly end on Ctrl-C.
//
//	export GROQ_API_KEY=gsk_...
//	cd examples/embed-host && go run . "Why is the sky blue?" "And at sunset?"
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/aio-llm/aio/host"
	"github.com/aio-llm/aio/host/hclconfig"
	"github.com/aio-llm/aio/host/logging"
	"github.com/aio-llm/aio/sdk"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "embed-host:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, questions []string) (err error) {
	file, err := hclconfig.Load("config.hcl", hclconfig.Options{})
	if err != nil {
		return err
	}
	// host.Config is plain Go: a file, the program, or both fill it.
	config := file.Config
	config.Providers = append(config.Providers, lastResort())

	log, logFiles, err := logging.New(logging.Config{Level: "warn", Secrets: file.Secrets}, os.Stderr, false)
	if err != nil {
		return err
	}
	defer logFiles.Close()
	meter := &meter{failures: map[sdk.Kind]int{}}

	h, err := host.New(ctx, config, host.WithLogger(log), host.WithObserver(meter))
	if err != nil {
		return err
	}
	defer func() {
		// The end has time of its own: ctx may be over already.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		err = errors.Join(err, h.Close(ctx))
		meter.report()
	}()

	for _, question := range questions {
		if err := answer(ctx, h, question); err != nil {
			return err
		}
	}
	return nil
}

func answer(ctx context.Context, h *host.Host, question string) error {
	stream, err := h.ChatStream(ctx, &sdk.ChatRequest{Messages: []sdk.Message{sdk.User(question)}})
	if err != nil {
		return err
	}
	for chunk, err := range stream.Events() {
		if err != nil {
			return err
		}
		for _, choice := range chunk.Choices {
			fmt.Print(choice.Delta.Content.Text())
		}
	}
	fmt.Printf("\n  by %s\n", stream.Route().Provider)
	return nil
}
