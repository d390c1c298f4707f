# Undertow: `make run` and `make test` are all a newcomer needs.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
SHARED ?= ../shared
UNDERTOW := .build/release/undertow
BENCH := bench-data
BASE ?=
ARGS ?=
FUZZ_COMMANDS ?= 10000000

.PHONY: run wheel python-test lab lab-test validation scales build test lint unit fuzz bench docs tools acceptance assets page readme dist dist-test install

## Installs what is missing, builds a release and runs the first two hours of 10 October 2025 at full scale: the event, its
## table, and report.html in the run's folder.
run: build
	-@bash scripts/assets
	$(UNDERTOW) run october-2025 --seed 7 --until 2025-10-10T22:00:00Z --threads "$$(getconf _NPROCESSORS_ONLN)"

## A market to play, stop and fork in a browser on this machine (Lab/README.md); ARGS="--port 9000 --no-browser".
lab: tools
	-@bash scripts/assets
	swift build -c release --package-path Lab --product undertow-lab
	Lab/.build/release/undertow-lab $(ARGS)

## The lab's own tests: its rules and feeds, then a lab that is driven, killed and attacked (Lab/check).
lab-test: build
	-@bash scripts/assets
	swift build -c release --package-path Lab --build-tests
	swift test -c release --package-path Lab --skip-build
	-@python3 -m pip install --quiet --disable-pip-version-check --target Lab/.build/playwright playwright==1.65.2
	PYTHONPATH=Lab/.build/playwright SHARED="$(abspath $(SHARED))" python3 Lab/check 5

## The Python package: dist/undertow-*-py3-none-manylinux_*.whl (python/README.md).
wheel: tools
	-@bash scripts/assets
	python/build-wheel

## The wheel in a clean environment: types, tests, notebooks.
python-test: wheel
	python/check

## Twelve seeds to midnight at full scale, with the controls, beside the record: docs/validation.md (about half an hour).
validation: build
	bash scripts/validation

## The same seeds at --scale 10 and 50 beside full scale: docs/scale.md, and what `run --scale` says (after `make validation`).
scales: build
	bash scripts/scales

build: tools
	swift build -c release

## Everything CI checks.
test: tools lint build unit acceptance page readme lab-test python-test
	.build/release/fuzz 1000000 1
	.build/release/fuzz settings 0 280
	.build/release/allocations
	@echo "make test: all green"

tools:
	@bash scripts/install-tools

lint:
	swift format lint --strict --recursive --parallel Package.swift Plugins Sources Tests Lab/Package.swift Lab/Sources Lab/Tests python/Package.swift python/Sources

unit:
	swift build --build-tests
	swift test --skip-build

## The commands of the README and the exit codes, on the release build.
acceptance: build
	SHARED="$(SHARED)" bash scripts/acceptance

## The chart library of report.html, from a pinned package whose hash is checked; pages are plain SVG without it.
assets:
	bash scripts/assets

## A page in a real browser, at desktop and phone width.
page: build
	bash scripts/page-test

## Every command of the README, on the folder that `make run` makes.
readme: build
	python3 scripts/readme-test

## At least ten million random commands against the twins, every checker on.
fuzz: build
	.build/release/fuzz $(FUZZ_COMMANDS) 1

## Speed and memory with checked answers; needs the common workloads of $(SHARED)/bench.
bench: build
	SHARED="$(SHARED)" BENCH="$(BENCH)" BASE="$(BASE)" python3 scripts/bench

## A program that runs without Swift, with manual, completions and licences: dist/*.tar.gz, *.deb and SHA256SUMS.
dist: tools
	-@bash scripts/assets
	bash scripts/dist

## The tarball on a file system without Swift.
dist-test:
	bash scripts/dist-test

## The same below PREFIX (/usr/local).
PREFIX ?= /usr/local
install: tools
	-@bash scripts/assets
	folder=$$(bash scripts/dist folder | tail -1) && mkdir -p "$(DESTDIR)$(PREFIX)" && cp -r "$$folder"/. "$(DESTDIR)$(PREFIX)/"

## The reference as a web site in .build/docs, from the comments of the code.
docs:
	@bash scripts/docs
