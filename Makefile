# make run and make test need Go and make, make e2e Node and git as well.

GO      ?= go
PREFIX  ?= $(HOME)/.local
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

# For one package, or with more to say: make test PKG=./internal/journal TESTFLAGS=-v
PKG       ?= ./...
TESTFLAGS ?=
FUZZTIME  ?= 30s
BENCHFLAGS ?=

LDFLAGS  := -s -w -X agent-telemetry/internal/cli.Version=$(VERSION)
PROGRAMS := agent-telemetry agent-telemetry-hook
LINTER   := $(GO) tool -modfile=tools/lint/go.mod

.DEFAULT_GOAL := help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# A program that the linker has just written starts slower than a copy of it, since
# the linker's file sits in small pages. The rename swaps it in under running hooks.
build: ## build both programs into bin/
	@mkdir -p bin/.linked
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/.linked/ $(PROGRAMS:%=./cmd/%)
	@for p in $(PROGRAMS); do cp bin/.linked/$$p bin/.$$p.new && mv -f bin/.$$p.new bin/$$p || exit 1; done
	@rm -r bin/.linked

run: build ## build, then watch a recorded session arrive in a throw-away journal
	@bin/agent-telemetry up --demo

test: ## run all tests but the end-to-end ones
	$(GO) test $(TESTFLAGS) $(PKG)

race: ## run them with the race detector, which needs a C compiler
	CGO_ENABLED=1 $(GO) test -race $(TESTFLAGS) $(PKG)

e2e: ## run the real Claude Code against a scripted API, with the hook and without
	$(GO) test -tags e2e -count=1 -timeout 15m $(TESTFLAGS) ./e2e

lint: ## formatting, vet for three systems, staticcheck, tidy modules, known vulnerabilities
	@tools/lint/run '$(GO)' $(LINTER)

bench: build ## measure what the hook costs; bench/README.md says what else it needs
	$(GO) run ./bench/hook -hook bin/agent-telemetry-hook $(BENCHFLAGS)
	$(GO) test -run '^$$' -bench . ./internal/journal ./internal/jsontree ./internal/privacy ./internal/shell

bench-query: build ## measure the collector and its answers; BENCHFLAGS='-n 10000000 -keep DIR -live' for all of it
	$(GO) run ./bench/query -bin bin $(BENCHFLAGS)

bench-sqlite: ## measure both SQLite drivers on the index's own statements
	cd bench/sqlite && $(GO) run . $(BENCHFLAGS)

fuzz: ## run every fuzz target for FUZZTIME (30s)
	@grep -rl --include='*_test.go' '^func Fuzz' internal | sort | while read -r file; do \
	  for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$$file"); do \
	    echo "$${file%/*} $$target"; \
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "./$${file%/*}" || exit 1; \
	  done || exit 1; \
	done

install: build ## install programs, man pages and completions below PREFIX (~/.local)
	@mkdir -p '$(DESTDIR)$(PREFIX)/bin' '$(DESTDIR)$(PREFIX)/share/man/man1' \
	  '$(DESTDIR)$(PREFIX)/share/bash-completion/completions' \
	  '$(DESTDIR)$(PREFIX)/share/zsh/site-functions' '$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d'
	@for p in $(PROGRAMS); do \
	  cp bin/$$p '$(DESTDIR)$(PREFIX)/bin/'.$$p.new && mv -f '$(DESTDIR)$(PREFIX)/bin/'.$$p.new '$(DESTDIR)$(PREFIX)/bin/'$$p || exit 1; \
	done
	@bin/agent-telemetry man '$(DESTDIR)$(PREFIX)/share/man/man1'
	@bin/agent-telemetry completion bash > '$(DESTDIR)$(PREFIX)/share/bash-completion/completions/agent-telemetry'
	@bin/agent-telemetry completion zsh > '$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_agent-telemetry'
	@bin/agent-telemetry completion fish > '$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/agent-telemetry.fish'
	@echo 'Installed below $(DESTDIR)$(PREFIX). Next, in a project of yours: agent-telemetry init'

clean: ## remove what was built and installed for the tests
	rm -rf bin dist e2e/.cache

.PHONY: help build run test race e2e lint bench bench-query bench-sqlite fuzz install clean
