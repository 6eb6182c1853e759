# Everything starts here, on a machine with make and Python 3.11 or newer (with venv), and nothing else.
#   make brief   sets up .venv and writes the policy brief: prints the path of the PDF
#   make test    sets up .venv and runs the tests
#   make help    lists the rest
# ARGS are handed on:  make brief ARGS="--format docx"   make test ARGS="tests/load -x"

SHELL := /bin/sh
ARGS ?=
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python

.PHONY: brief summary test check bench gallery lock wheel clean help
.DEFAULT_GOAL := help

brief: .venv/runtime.stamp ## write the policy brief as PDF
	@$(PY) generate.py brief $(ARGS)

summary: .venv/runtime.stamp ## write the one-page summary as PDF
	@$(PY) generate.py summary $(ARGS)

test: .venv/dev.stamp ## run the tests
	@$(PY) -m pytest $(ARGS)

check: .venv/dev.stamp ## format, lint, types, tests, the dossier: what a change must pass
	@scripts/check

bench: .venv/runtime.stamp .bench-venv/peers.stamp ## measure ours beside other generators, in one run
	@$(PY) bench/run.py $(ARGS)

gallery: .venv/runtime.stamp ## draw the README's pictures anew (needs pdftoppm)
	@$(PY) scripts/gallery.py

lock: ## write the lock files anew from pyproject.toml (needs a package index)
	@scripts/lock "$(PYTHON)" $(ARGS)

wheel: .venv/dev.stamp ## build the wheel and the source archive into dist/
	@$(PY) -m hatchling build

clean: ## remove what make has made, documents and issued editions apart
	rm -rf .venv .bench-venv .lock-venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

# An environment is right when its stamp is newer than the lock it was made from.
.venv/runtime.stamp: requirements.lock
	@scripts/install "$(PYTHON)" .venv requirements.lock
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/runtime.stamp
	@scripts/install "$(PYTHON)" .venv requirements-dev.lock
	@touch $@

.bench-venv/peers.stamp: bench/requirements.txt
	@scripts/install "$(PYTHON)" .bench-venv bench/requirements.txt
	@touch $@
