# make run, make test: from nothing but Python 3.11+ and make. make check, make check-all: before a commit, before a release.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --require-hashes --no-deps --only-binary=:all:
PORT ?= 8000
PERSONS ?= 10000

.PHONY: help run test check check-all bench locks clean
help:
	@echo "make run        the site on 127.0.0.1:$(PORT) with a synthetic nation of $(PERSONS)"
	@echo "make test       the tests that need only Python"
	@echo "make check      format, lint, types, contracts, migrations"
	@echo "make check-all  the tests with real parts: PostgreSQL, Chromium, kill -9 (refuses to skip)"
	@echo "make bench NAME=run   a measurement of bench/, its dated result kept in bench/results/"
	@echo "make locks      renew requirements/*.lock"

# The virtual environment is renewed when a lock file changes, and only then.
$(VENV)/core.stamp: requirements/core.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Enishi needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	@test -x $(BIN)/python || { echo "Making the virtual environment in $(VENV) ..."; $(PYTHON) -m venv $(VENV); }
	@echo "Installing the pinned packages ..."
	@$(INSTALL) -r requirements/core.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/test.stamp: $(VENV)/core.stamp requirements/test.lock
	@echo "Installing what the tests need ..."
	@$(INSTALL) -r requirements/test.lock
	@touch $@

$(VENV)/browser.stamp: $(VENV)/test.stamp requirements/browser.lock
	@$(INSTALL) -r requirements/browser.lock
	@touch $@

run: $(VENV)/core.stamp
	@$(BIN)/enishi demo --persons $(PERSONS) --port $(PORT)

test: $(VENV)/test.stamp
	$(BIN)/pytest -n 2 --dist loadfile

check: $(VENV)/test.stamp
	$(BIN)/ruff format --check src tests bench
	$(BIN)/ruff check src tests bench
	$(BIN)/mypy src
	$(BIN)/lint-imports
	$(BIN)/python -m django makemigrations --check --dry-run --settings enishi.site.settings

node_modules/axe-core/axe.min.js: package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: it fetches axe-core, which the browser tests use. On Debian: apt install npm"; exit 1; }
	@npm ci --silent
	@touch $@

check-all: $(VENV)/browser.stamp node_modules/axe-core/axe.min.js
	@$(BIN)/enishi doctor --need postgresql,chromium,fonts
	ENISHI_NO_SKIP=1 $(BIN)/pytest -n 2 --dist loadfile -m 'slow or postgres or browser or shared'

bench: $(VENV)/test.stamp
	$(BIN)/python -m bench.$(NAME)

locks:
	cd requirements && for name in core test browser; do \
		uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate $$name.in -o $$name.lock; done

clean:
	rm -rf $(VENV) var build
