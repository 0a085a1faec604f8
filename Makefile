# The targets people and CI share. They need Python 3.11 or later with pip, and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# Layers 0 to 2 do no I/O, so every branch of theirs can be tested.
PURE := watcher/model/*,watcher/errors.py,watcher/text/*,watcher/parse/*,watcher/tag/*,watcher/dedupe/*,watcher/digest/*,watcher/pacing/*

.DEFAULT_GOAL := help
.PHONY: help run test lint types tests conformance quality requirements clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run ## Poll the shipped config once and make a digest of it
	@sh tools/first_run.sh $(BIN)/watcher

test: lint types tests ## Everything CI runs

lint: $(VENV)/.dev ## Style and layout
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.dev ## mypy, strict
	@$(BIN)/mypy

tests: $(VENV)/.dev ## The tests, with branch coverage of the pure layers
	@$(BIN)/python -m pytest -q --cov --cov-report= --junitxml=$(VENV)/tests.xml $(PYTEST)
	@$(BIN)/coverage report --fail-under=95 --include='$(PURE)'

conformance: $(VENV)/.dev ## 38 virtual days against the scripted feed server (8 minutes; needs faketime)
	@$(BIN)/python ../shared/checks/run_conformance.py --command "$(BIN)/watcher --config {config} poll"

quality: $(VENV)/.dev ## Score cleaning and tags against the reference answers, where they are
	@$(BIN)/python -m bench.quality

requirements: $(VENV)/.dev ## Pin the dependencies anew, with hashes
	@$(BIN)/pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url \
		--no-emit-trusted-host --no-emit-find-links --no-header --extra build \
		-o requirements/run.txt pyproject.toml
	@$(BIN)/pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url \
		--no-emit-trusted-host --no-emit-find-links --no-header --extra build --extra dev \
		-o requirements/dev.txt pyproject.toml

clean: ## Remove the environment and what the shipped config made
	rm -rf $(VENV) var

# pip checks every file against its hash; the project itself is linked, not built against the index.
$(VENV)/.run: requirements/run.txt pyproject.toml
	@echo "Making $(VENV) (once) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "watcher needs Python 3.11 or later")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml
	@echo "Making $(VENV) for development (once) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.run
