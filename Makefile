# Everything one does in this repository.
GO ?= go

.PHONY: build test lint e2e bench lab demo snapshot

build: ## the binary
	CGO_ENABLED=0 $(GO) build -trimpath -o pchatops ./cmd/pchatops

test: ## every test, with the race detector
	$(GO) test -race -timeout 20m ./...

e2e: ## one failover on the simulated site, without a screen
	$(GO) run ./cmd/pchatops rehearse failover --auto

lint:
	golangci-lint run

bench: ## the figures of docs/performance.md; PCHATOPS_BENCH_BACKUPS=1000 for the long F3
	$(GO) test -run '^$$' -bench . -benchmem -p 1 -timeout 1h ./...

demo: ## docs/pictures anew, from a failover on the simulated site
	$(GO) test ./cmd/pchatops -run '^TestThePictures' -count 1 -pictures

lab: ## the simulated site alone, for other clients
	$(GO) run ./cmd/pchatops lab

snapshot: ## the six release targets
	goreleaser build --snapshot --clean
