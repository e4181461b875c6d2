# `make run` opens the app, `make test` checks everything. Both set up what they need, once.
.PHONY: run test tests setup setup-dev chromium lint bench clean
.DEFAULT_GOAL := run

PORT ?= 8501
BIN := .venv/bin
MACOS_CHROME := /Applications/Google Chrome.app/Contents/MacOS/Google Chrome

# The first Python between 3.10 and 3.12 that really runs.
PYTHON ?= $(shell for p in python3 python3.12 python3.11 python3.10; do \
	$$p -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null && echo $$p && break; done)

run: setup
	@$(BIN)/streamlit run streamlit_app.py --server.address localhost --server.port $(PORT) --server.showEmailPrompt false

setup: .venv/installed

.venv/created:
	@test -n "$(PYTHON)" || { echo "Corpus Lab needs Python 3.10, 3.11 or 3.12: install one, then run make again."; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv is missing: on Debian and Ubuntu, apt-get install python3-venv."; exit 1; }
	@touch $@

.venv/installed: .venv/created requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m core wordnet || echo "The app works without WordNet; only what needs it is left out."
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

setup-dev: .venv/installed-dev

# The browser tests need a Chromium: the system's, or Debian's where it can be installed without asking.
chromium:
	@for c in chromium-headless-shell chromium chromium-browser google-chrome "$(MACOS_CHROME)"; do \
		command -v "$$c" >/dev/null && exit 0; done; \
	SUDO=; [ "$$(id -u)" = 0 ] || SUDO="sudo -n"; \
	command -v apt-get >/dev/null && $$SUDO true 2>/dev/null && $$SUDO apt-get update -qq && \
		{ $$SUDO apt-get install -y -qq chromium-headless-shell || $$SUDO apt-get install -y -qq chromium; } >/dev/null || \
		echo "NO CHROMIUM: the browser tests will be skipped. Install the package chromium to run them."

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Style and types, which use one core, are checked while the tests begin.
test: setup-dev chromium
	@$(MAKE) --no-print-directory -j2 lint tests

# Two processes; tests/conftest.py says which tests stay together and which come first.
tests: setup-dev
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

bench: setup-dev
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	$(BIN)/python -m tests.benchmarks $(ONLY)

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
