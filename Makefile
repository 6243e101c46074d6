# Schoolgate: `make run` starts the whole filter with a demo policy, `make test` proves it.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?=
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
export PIP_NO_INPUT := 1

.PHONY: help run test fuzz lint types imports docs locale pictures lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.installed ## start the filter on loopback with the demo policy (Ctrl-C stops it)
	@$(BIN)/schoolgate demo --config config/demo

# Tools in JavaScript that go around filters; without npm their tests are skipped, and CI fails.
ADVERSARIES := tests/adversaries
TOOLS := $(if $(shell command -v npm),$(ADVERSARIES)/node_modules/.package-lock.json)
CONSOLE_TESTS := tests/journeys tests/proxy/console
# What measures, and publishes in idle time, has the machine to itself.
BENCH_TESTS := tests/proxy/bench/test_areas.py
SIDE_BY_SIDE := -n auto --maxprocesses 4 --dist worksteal

test: $(VENV)/.installed-dev $(TOOLS) ## run the tests; those of the console on SQLite and on PostgreSQL
ifdef TESTS
	@$(BIN)/python -m pytest $(TESTS)
else
	@failed=; \
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) $(CONSOLE_TESTS:%=--ignore %) $(BENCH_TESTS:%=--ignore %) || failed=yes; \
	$(BIN)/python -m pytest $(BENCH_TESTS) || failed=yes; \
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) $(CONSOLE_TESTS) || failed=yes; \
	$(BIN)/python tests/fakes/postgres_server.py \
	    $(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "not browser" tests/proxy/console || failed=yes; \
	test -z "$$failed"
endif

$(ADVERSARIES)/node_modules/.package-lock.json: $(ADVERSARIES)/package-lock.json
	@echo "Installing what $(ADVERSARIES)/package-lock.json names"
	@npm ci --prefix $(ADVERSARIES) --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@

fuzz: $(VENV)/.installed-dev ## feed hostile bytes to every parser (SECONDS=60 for each)
	@for target in tests/fuzz/fuzz_*.py; do \
	    echo "$$target"; $(BIN)/python -m tests.fuzz.$$(basename $$target .py) --seconds $(or $(SECONDS),60) || exit 1; done

lint: $(VENV)/.installed-dev ## ruff: style and common mistakes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev ## mypy --strict
	$(BIN)/mypy

imports: $(VENV)/.installed-dev ## import-linter: who may import whom
	$(BIN)/lint-imports

docs: $(VENV)/.installed-dev ## write the generated reference pages anew
	$(BIN)/python -m proxy.settings.reference > docs/operators/settings.md

locale: $(VENV)/.installed-dev ## bring the translations of console and block page up to date
	$(BIN)/python -m proxy.console.look.catalogue; done=$$?; $(BIN)/python -m proxy.pages.catalogue && exit $$done

pictures: $(VENV)/.installed-dev ## take the pictures of the manuals anew (needs Chromium)
	$(BIN)/python -m pytest -q tests/pictures/take_pictures.py

lock: $(VENV)/.installed-dev ## resolve the dependencies anew (needs uv)
	uv pip compile --universal --python-version 3.12 --generate-hashes --no-annotate --no-header \
	    --quiet pyproject.toml --group build -o requirements.lock
	uv pip compile --universal --python-version 3.12 --generate-hashes --no-annotate --no-header \
	    --quiet pyproject.toml --group build --group dev -o requirements-dev.lock

clean: ## remove the environment and the demo's state
	rm -rf $(VENV) .state

# An environment is good while the lock it came from has not changed.
$(VENV)/.python:
	@python=$$(PYTHON='$(PYTHON)' sh deploy/find-python) || exit 1; \
	    echo "Making $(VENV) with $$python"; "$$python" -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.python requirements.lock pyproject.toml
	@echo "Installing what requirements.lock names (a minute or two the first time)"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.python requirements-dev.lock $(VENV)/.installed
	@echo "Installing what requirements-dev.lock names"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
