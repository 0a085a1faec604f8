# The targets people and CI share. They need Python 3.11 or later with pip, and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# Layers 0 to 2 do no I/O, so every branch of theirs can be tested.
PURE := watcher/model/*,watcher/errors.py,watcher/text/*,watcher/parse/*,watcher/tag/*,watcher/dedupe/*,watcher/digest/*,watcher/pacing/*

.DEFAULT_GOAL := help
.PHONY: help run test lint types tests e2e torture torture-short conformance conformance-dask scale quality fuzz bench growth mutation requirements clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

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

torture: $(VENV)/.dev ## Kills, torn logs, faults, full disks and a year, whole (hours; docs/robustness.md)
	@$(BIN)/python -m tests.torture --plot docs/year.svg

torture-short: $(VENV)/.dev ## The same with 300 kills, every seventh fault and 30 days (a quarter of an hour)
	@$(BIN)/python -m tests.torture --kills 300 --stride 7 --days 30

conformance: $(VENV)/.dev ## 38 virtual days against the scripted feed server (8 minutes; needs faketime)
	@$(BIN)/python ../shared/checks/run_conformance.py --command "$(BIN)/watcher --config {config} poll"

conformance-dask: $(VENV)/.dev ## The same with the feeds asked by a Dask cluster of two workers
	@$(BIN)/python -m bench.scale.conformance

scale: $(VENV)/.dev ## 10,000 feeds on slow hosts, workers killed (half an hour; docs/scale.md)
	@$(BIN)/python -m bench.scale

e2e: $(VENV)/.dev ## Click through `inspect` in headless Chromium (Debian: apt-get install chromium)
	@$(BIN)/python -m pip install -q --disable-pip-version-check playwright
	@$(BIN)/python -m pytest -q bench/browser

quality: $(VENV)/.dev ## Score cleaning and tags against the reference answers, where they are
	@$(BIN)/python -m bench.quality

fuzz: $(VENV)/.dev ## Read 200,000 mutated feeds and documents (3 minutes of processor time)
	@$(BIN)/python -m bench.quality.fuzz 200000 11

bench: $(VENV)/.dev ## Measure against other pollers, and where the time goes (40 minutes; docs/performance.md)
	@$(BIN)/python -m bench.speed --out docs
	@$(BIN)/python -m bench.speed.profile --out docs

growth: $(VENV)/.dev ## Let a store grow to a million items, and a head to a million feeds (an hour; docs/scale.md)
	@$(BIN)/python -m bench.growth --docs
	@$(BIN)/python -m bench.growth.scale --docs

mutation: $(VENV)/.dev ## Break the cores in two thousand small ways: do the tests notice? (docs/quality.md)
	@$(BIN)/python -m bench.mutation

requirements: $(VENV)/.dev ## Pin the dependencies anew, with hashes
	@$(BIN)/pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url \
		--no-emit-trusted-host --no-emit-find-links --no-header --extra build \
		-o requirements/run.txt pyproject.toml
	@$(BIN)/pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url \
		--no-emit-trusted-host --no-emit-find-links --no-header --extra build --extra scale \
		-o requirements/scale.txt pyproject.toml
	@$(BIN)/pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url \
		--no-emit-trusted-host --no-emit-find-links --no-header --extra build --extra dev --extra inspect \
		-o requirements/dev.txt pyproject.toml

clean: ## Remove the environments, what the shipped config made and the feeds of the benchmark
	rm -rf $(VENV) var bench/speed/.speed_cache

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
