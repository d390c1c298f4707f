# Undertow: `make run` and `make test` are all a newcomer needs.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
SHARED ?= ../shared
UNDERTOW := .build/release/undertow
BENCH := bench-data
FUZZ_COMMANDS ?= 10000000

.PHONY: run build test lint unit fuzz bench docs tools acceptance

## Installs what is missing, builds a release and runs the built-in scenario.
run: build
	$(UNDERTOW) run october-2025-btc --seed 7

build: tools
	swift build -c release

## Everything CI checks.
test: tools lint build unit acceptance
	.build/release/fuzz 1000000 1
	@echo "make test: all green"

tools:
	@bash scripts/install-tools

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

unit:
	swift build --build-tests
	swift test --skip-build

## The commands of this README and the rules of docs/command-line.md, on the release build.
acceptance: build
	SHARED="$(SHARED)" bash scripts/acceptance

## At least ten million random commands against the twins, every checker on.
fuzz: build
	.build/release/fuzz $(FUZZ_COMMANDS) 1

## Speed and memory with checked answers; needs the common workloads of $(SHARED)/bench.
bench: build
	SHARED="$(SHARED)" BENCH="$(BENCH)" bash scripts/bench

## The reference as a web site in .build/docs, from the comments of the code.
docs:
	@bash scripts/docs
