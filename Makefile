# Everything one does in this repository.
GO ?= go
PROVE ?= $(CURDIR)/prove.test

.PHONY: accept storm-proof build test lint e2e bench lab demo snapshot prove boundaries storm

build: ## the binary
	CGO_ENABLED=0 $(GO) build -trimpath -o pchatops ./cmd/pchatops

test: ## every test; the parts and a drawn part of the matrices with the race detector
	$(GO) test -race $$($(GO) list ./... | grep -v '/cmd/pchatops$$')
	$(GO) test -race ./cmd/pchatops -run '^TestProve'
	$(GO) test ./cmd/pchatops -parallel 16 -timeout 20m -skip '^TestProve|^TestStorm$$'

e2e: ## one failover on the simulated site, without a screen
	$(GO) run ./cmd/pchatops rehearse failover --auto

prove: ## every case of the matrices of docs/reliability.md, in a table
	$(GO) test -c -o $(PROVE) ./cmd/pchatops
	cd cmd/pchatops && GOGC=1600 $(PROVE) -test.run '^TestProve' -test.timeout 60m -prove

boundaries: ## the lists of known requests anew, after make prove has tried them all
	$(GO) test ./cmd/pchatops -run '^TestProveNetwork' -count 1 -prove.accept

TEXTS ?= $(CURDIR)/texts.recorded
accept: ## ops/truth/testdata/accepted.txt anew, where Microsoft's parsers are (PCHATOPS_TRUTH); TEXTS=DIR: with what .ci/run recorded there (PCHATOPS_TEXTS=DIR .ci/run)
	mkdir -p $(TEXTS)
	-PCHATOPS_TEXTS=$(TEXTS) $(GO) test -tags record -count 1 ./ops/mssql
	PCHATOPS_TEXTS=$(TEXTS) $(GO) test -count 1 ./ops/truth -accept

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

SEEDS ?= 1000
FIRST ?= 0
storm: ## SEEDS=1000 seeds of weather over the simulated site; FIRST=N replays one
	GOGC=400 $(GO) test ./cmd/pchatops -run '^TestStorm$$' -count 1 -timeout 60m -storm.seeds $(SEEDS) -storm.first $(FIRST)

storm-proof: ## that the storm finds what is wrong: in the program of old, and in defects put in on purpose
	$(GO) test ./cmd/pchatops -run '^TestTheProgramOfOld' -count 1 -timeout 40m -storm.old
	cmd/pchatops/testdata/defects/prove.sh
