# Eventio's commands. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
PYTEST_WORKERS ?= 2
PORT ?= 4000
GRAPHS ?= 1000

# Each stamp says which lock file the environment was filled from: a changed lock file fills it anew.
RUN_STAMP := $(VENV)/.filled-to-run
DEV_STAMP := $(VENV)/.filled-to-develop

.PHONY: help
help: ## List the commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: $(RUN_STAMP) ## Start the whole system with demo data on http://127.0.0.1:4000
	@$(BIN)/eventio up --port $(PORT)

.PHONY: setup
setup: $(DEV_STAMP) ## Make .venv with all packages, nothing else

.PHONY: test
test: $(DEV_STAMP) ## Run the whole suite on SQLite, PostgreSQL and NATS
	@$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadgroup $(ARGS)

.PHONY: check
check: $(DEV_STAMP) ## Formatting, lint, types, import contracts, supergraph.graphql up to date
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/eventio schema --check

.PHONY: format
format: $(DEV_STAMP) ## Format the code and mend what lint can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: schema
schema: $(DEV_STAMP) ## Compose supergraph.graphql from the three schemas
	@$(BIN)/eventio schema

.PHONY: bench
bench: $(DEV_STAMP) ## Measure speed and size; tables here, JSON in reports/
	@$(BIN)/python -m bench $(ARGS)

.PHONY: load
load: $(DEV_STAMP) ## Walk the journey with hundreds of locust users; HTML report in reports/
	@$(BIN)/python -m bench.load $(ARGS)

.PHONY: chaos
chaos: $(DEV_STAMP) ## Kill, cut off and crash what runs while people buy, then compare the books (ARGS=--controls: see it fail)
	@$(BIN)/python -m chaos $(ARGS)

.PHONY: fuzz
fuzz: $(DEV_STAMP) ## Run the property tests at length
	@HYPOTHESIS_PROFILE=fuzz EVENTIO_FUZZ_GRAPHS=$(GRAPHS) $(BIN)/python -m pytest -n $(PYTEST_WORKERS) -m property $(ARGS)

.PHONY: peers
peers: $(DEV_STAMP) ## Compare composition and plans with other routers' (wants Node.js 20 or newer)
	@npm --prefix tools/composition-peers ci --silent
	@npm --prefix tools/planner-peers ci --silent
	@$(BIN)/python -m pytest -m peers $(ARGS)

.PHONY: lock
lock: $(VENV)/.uv-$(UV_VERSION) ## Resolve the lock files anew
	@$(BIN)/uv pip compile -q --upgrade --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --universal pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile -q --upgrade --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --universal --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

.PHONY: clean
clean: ## Remove the environment, caches and reports; data/ stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis reports build dist

$(VENV)/.uv-$(UV_VERSION):
	@$(PYTHON) -c 'import sys; sys.exit("Eventio needs Python 3.11 or newer: make PYTHON=python3.11 …" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

$(RUN_STAMP): requirements.lock pyproject.toml | $(VENV)/.uv-$(UV_VERSION)
	@echo "Installing packages (once; a minute or two) …"
	@$(BIN)/uv pip install --quiet --require-hashes --compile-bytecode --python $(BIN)/python -r requirements.lock
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python -e .
	@$(BIN)/python -m compileall -q router subgraphs eventio
	@touch $@

$(DEV_STAMP): requirements-dev.lock pyproject.toml | $(VENV)/.uv-$(UV_VERSION)
	@echo "Installing packages (once; a minute or two) …"
	@$(BIN)/uv pip install --quiet --require-hashes --compile-bytecode --python $(BIN)/python -r requirements-dev.lock
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python -e .
	@touch $@
