# The commands of the house. Each may be typed again at any time: what is done already is not done twice.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

STATE ?= state
ARGS ?=
CORPUS ?= ../shared/data/corpus
SECONDS ?= 60
TARGETS ?=

.PHONY: help run demo setup test check format papers bench fuzz model lock clean

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo '  Settings: PYTHON=/path/to/python3 (3.11 or newer), STATE=folder of make run, ARGS="more options"'

run:  ## start the gate in the foreground on its embedded defaults (make run STATE=state ARGS="--workers 1")
	@scripts/make-venv runtime
	@exec .venv/bin/gatepost serve --state $(STATE) $(ARGS)

demo:  ## send varied mails through an embedded gate and watch what becomes of them
	@scripts/make-venv runtime
	@exec .venv/bin/gatepost demo $(ARGS)

setup:  ## make .venv with everything that tests need, and nothing outside it
	@scripts/make-venv dev

test:  ## install what the tests need, then run everything: format, lint, types, layers, all tests
	@scripts/install-packages tests
	@scripts/make-venv dev
	@scripts/check all

check:  ## the quick part of make test, installing nothing
	@scripts/check quick

format:  ## write the code in the house's form
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

bench:  ## measure the promises beside their peers (installs the peers when root)
	@scripts/install-packages bench
	@scripts/make-venv dev
	@.venv/bin/python bench/run.py $(ARGS)

fuzz:  ## fuzz what reads strangers' bytes, a minute each (make fuzz SECONDS=600 TARGETS="open_pdf mail"; Linux on x86-64)
	@scripts/make-venv dev
	@scripts/install-fuzzer
	@PYTHONPATH=tests:build/fuzzer nice -n 10 .venv/bin/python -m fuzz.run --seconds $(SECONDS) $(TARGETS)

model:  ## train the model that comes with gatepost (make model CORPUS=folder; about four minutes)
	@scripts/make-venv dev
	@mkdir -p build
	@.venv/bin/gatepost model train $(CORPUS) --output build/model.gpm --diagram docs/reliability.svg
	@.venv/bin/gatepost model pack build/model.gpm src/gatepost/screen/data/model.gpm --corpus $(CORPUS)
	@.venv/bin/python -m gatepost.learn.paper

papers:  ## bring the pages in docs/ that are written from the code up to date
	@mkdir -p build
	@LC_ALL=C.UTF-8 .venv/bin/gatepost config reference > build/paper && mv build/paper docs/gatepost.toml
	@.venv/bin/python -m gatepost.screen.describe > build/paper && mv build/paper docs/checks.md
	@.venv/bin/python scripts/papers.py

lock:  ## write the lock files anew from pyproject.toml (make lock ARGS=--upgrade: newest of all)
	@scripts/lock $(ARGS)

clean:  ## remove what these commands made, but never the state folder
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
