# Two commands matter: `make run` starts Resonanz, `make test` passes its tests.
# Everything they need is installed into .venv and node_modules by the package managers.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export RESONANZ_DATA ?= $(CURDIR)/data

.DEFAULT_GOAL := help
.PHONY: help run demo test check assets picture messages lock clean

help: ## This list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: .stamp-run .stamp-assets ## Install what is missing, migrate, start everything at a printed address
	$(BIN)/resonanz up

demo: .stamp-run .stamp-assets ## Like run, with the demo company in a database of its own
	$(BIN)/resonanz demo

test: .stamp-dev .stamp-assets ## The fast tests: SQLite only, no server, no key
	$(BIN)/pytest -n auto

check: .stamp-dev .stamp-assets ## The slower checks: both databases, real servers, browser, lint, types, import rules
	$(BIN)/python -m tools.check

assets: .stamp-assets ## Compiled translations and the front end's files from npm

picture: .stamp-dev .stamp-assets ## The README's picture, of the demo company
	$(BIN)/python -m tools.picture

messages: .stamp-dev ## Collect new texts from the source into the translation files
	$(BIN)/python -m tools.translations collect

lock: ## Choose the newest versions that fit pyproject.toml
	$(BIN)/uv pip compile -q --universal --no-annotate --no-header --upgrade --python-version 3.11 pyproject.toml --extra fast --extra careful --extra postgres --group build -o requirements/run.txt
	$(BIN)/uv pip compile -q --universal --no-annotate --no-header --python-version 3.11 pyproject.toml --extra fast --extra careful --extra postgres --group build --group test --group check -c requirements/run.txt -o requirements/dev.txt

clean: ## Remove everything the other commands installed or built; data stays
	rm -rf $(VENV) node_modules .stamp-* src/resonanz/web/static/vendor

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Resonanz needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python cannot make a virtual environment here. On Debian: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install -q --disable-pip-version-check uv

# A developer's environment holds the user's: whichever is newer satisfies `make run`.
.stamp-run: requirements/run.txt pyproject.toml | $(BIN)/uv
	@if [ -e .stamp-dev ]; then $(MAKE) --no-print-directory .stamp-dev; else $(BIN)/uv pip sync -q --python $(BIN)/python requirements/run.txt && $(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .; fi
	@touch $@

.stamp-dev: requirements/dev.txt pyproject.toml | $(BIN)/uv
	$(BIN)/uv pip sync -q --python $(BIN)/python requirements/dev.txt
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	@touch $@

.stamp-assets: package.json package-lock.json $(wildcard tools/assets.py tools/translations.py) $(shell find src -name '*.po' -o -name '*.html' -o -path '*/web/*.py') $(shell find src/resonanz/web -name '*.html' -o -name '*.py') | .stamp-any
	$(BIN)/python -m tools.translations compile
	$(BIN)/python -m tools.assets
	@touch $@

.PHONY: .stamp-any
.stamp-any:
	@[ -e .stamp-dev ] || $(MAKE) --no-print-directory .stamp-run
