# Needs GNU make, a POSIX shell and Python >= 3.11 with venv. Every target does the set-up that it needs itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python
# Arguments for pytest: make test ARGS="tests/probe -k smtp"
ARGS ?=
# Processes that the tests are spread over when no folder or file of them is named.
WORKERS ?= 2
# Labs for `make fuzz`.
RUNS ?= 500
SEED ?= 1
# A scenario for `make golden`; all without it.
NAME ?=

# Hundreds of tests start `exps` as a program: without bytecode each of them would compile it again.
unexport PYTHONDONTWRITEBYTECODE

LOCKED := $(VENV)/.exps-locked
INSTALLED := $(VENV)/.exps-installed
MADE_FOR := $(VENV)/.exps-made-for

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test test-all fuzz golden lint bench docs lock clean moved

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

setup: $(INSTALLED) ## create .venv with the locked versions; does nothing when it is up to date

demo: $(INSTALLED) ## a lab in one process: a healthy handshake and the classic failures, explained
	$(BIN)/exps demo

# Parts of the tests that were asked for by name run in one process, and need real peers only if they are the interop tests.
SPREAD := --numprocesses=$(WORKERS) --dist=loadfile --no-loadscope-reorder
PARTS := $(filter tests/%,$(ARGS))
RUN_TESTS = $(if $(PARTS),,$(SPREAD)) $(ARGS)
PEERS = $(if $(PARTS),$(findstring tests/interop,$(PARTS)),all)

# Coverage has its floor in pyproject.toml, which parts of the tests do not reach.
COVER := $(if $(ARGS),,--cov --cov-report=)

test: export EXPS_COVERAGE_PATCH = _exit
test: $(INSTALLED) ## what every change has to pass: install the real peers (Debian, root), run the tests
	$(if $(PEERS),scripts/install-peers)
	$(RUN) -m pytest $(COVER) $(RUN_TESTS)

test-all: $(INSTALLED) ## the same with nothing left out; README says what `make test` leaves out
	$(if $(PEERS),scripts/install-peers)
	$(RUN) -m pytest --exhaustive $(if $(PARTS),,--cov --cov-report=term) $(RUN_TESTS)

fuzz: $(INSTALLED) ## labs by chance, the verdict held against the truth: make fuzz RUNS=1000 SEED=7; misses in build/misses
	$(BIN)/exps lab fuzz --runs $(RUNS) --seed $(SEED) --keep build/misses --twice --compare-efforts

golden: $(INSTALLED) ## renew the golden files and generated pages: make golden NAME=my-scenario, or all
	UPDATE_GOLDEN=1 $(RUN) -m pytest --quiet $(if $(NAME),-k '[$(NAME)]') tests/test_scenarios.py tests/test_deprivation.py
	UPDATE_GOLDEN=1 $(RUN) -m pytest --quiet tests/test_confusion.py
	$(MAKE) --no-print-directory docs

lint: $(INSTALLED) ## style, formatting, types, import contracts, sizes
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check
	$(RUN) -m mypy
	$(BIN)/lint-imports --no-logo --no-cache
	$(RUN) scripts/measure

bench: $(INSTALLED) ## measure start-up time and handshakes; the last figure needs Debian's python3-gssapi
	$(RUN) tests/bench/run.py

docs: $(INSTALLED) ## generate the reference
	$(RUN) scripts/docs

lock: ## renew requirements.lock and requirements-base.lock; UPGRADE=1 for the newest versions
	PYTHON='$(PYTHON)' scripts/lock

clean: ## remove .venv and whatever the tools left behind
	rm -rf $(VENV) build dist htmlcov .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache \
		.import_linter_cache
	find probe simulator tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

# A virtual environment holds absolute paths: one that came here with a copied folder would run that folder's code,
# and one whose Python is gone runs nothing. Both are made anew; one that was made here by hand is kept.
ifneq ($(shell test -x $(RUN) && cat $(MADE_FOR) 2>/dev/null),$(CURDIR))
$(MADE_FOR): moved
endif

$(MADE_FOR):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "exps needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "this Python lacks venv; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@if grep -qsF '$(CURDIR)/$(VENV)' $(VENV)/pyvenv.cfg && $(RUN) -m pip --version >/dev/null 2>&1; then \
		echo "keeping the $(VENV) that is here"; \
	else \
		echo "creating $(VENV)"; $(PYTHON) -m venv --clear $(VENV); \
	fi
	@printf '%s\n' '$(CURDIR)' >$@

# The lock is complete: an older pip that is let look for dependencies meets newer releases of them, and stops.
$(LOCKED): $(MADE_FOR) requirements.lock
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(RUN) -m pip check --disable-pip-version-check >/dev/null || { $(RUN) -m pip check; exit 1; }
	@touch $@

$(INSTALLED): $(LOCKED) pyproject.toml
	$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
