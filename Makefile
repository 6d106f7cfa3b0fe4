# COLLECTO: `make demo` and `make test` need Python >= 3.11 and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
SEED ?= 1
TESTS ?= tests
WORKERS ?= 2
MARKS ?= not slow
FRENCH := platform/collecto/locale/fr/LC_MESSAGES/django
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test lint format migrate messages openapi locks clean

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sort | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

demo: $(VENV)/base.stamp $(FRENCH).mo ## Run the whole network on this machine, after one simulated week
	@$(BIN)/collecto demo --port $(PORT) --seed $(SEED)

test: $(VENV)/dev.stamp $(FRENCH).mo ## Run the suite on a throw-away embedded database (MARKS=slow: the rest)
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup -m "$(MARKS)" $(TESTS)

lint: $(VENV)/dev.stamp ## Check style, types, layers, settings, migrations, templates, translations, locks
	@$(BIN)/python infra/lint.py

format: $(VENV)/dev.stamp ## Format Python and templates
	@$(BIN)/ruff check --fix-only --quiet . && $(BIN)/ruff format --quiet .

messages: $(VENV)/dev.stamp ## Bring the French catalogue in step with the sources
	@$(BIN)/collecto messages extract

openapi: $(VENV)/dev.stamp ## Write the API's schema to api/openapi.yaml
	@DJANGO_SETTINGS_MODULE=collecto.settings.typing $(BIN)/collecto openapi

locks: $(VENV)/dev.stamp ## Compile the requirement locks from pyproject.toml
	@$(BIN)/python infra/locks.py compile

clean: ## Forget the demonstration's data and every cache (keeps .venv)
	@if [ -x $(BIN)/collecto ]; then $(BIN)/collecto forget; fi
	@rm -rf .collecto .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist

# --- environment: a stamp is written last, so that an interrupted install starts over cleanly; one installs at a
# time, in this run of make or in another one, and whoever waited finds the work done ---
ifndef IN_TURN
IN_TURN_MAKE = +@$(PYTHON) infra/in_turn.py $(VENV).lock $(MAKE) --no-print-directory IN_TURN=1 $@

$(VENV)/base.stamp: requirements/base.txt requirements/build.txt pyproject.toml
	$(IN_TURN_MAKE)

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/base.stamp
	$(IN_TURN_MAKE)

$(FRENCH).mo: $(FRENCH).po | $(VENV)/base.stamp
	$(IN_TURN_MAKE)
else
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "COLLECTO needs Python 3.11 or later; this is %d.%d. Try: make PYTHON=python3.11 …" % sys.version_info[:2])'
	@$(PYTHON) -m venv --clear $(VENV).making || { rm -rf $(VENV).making; echo "Python cannot make a virtual environment: install its venv module (python3-venv)." >&2; exit 1; }
	@rm -rf $(VENV) && $(PYTHON) -m venv $(VENV) && rm -rf $(VENV).making

$(VENV)/base.stamp: requirements/base.txt requirements/build.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing (once, about a minute) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt -r requirements/base.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/collecto messages compile
	@touch $@

$(FRENCH).mo: $(FRENCH).po | $(VENV)/base.stamp
	@$(BIN)/collecto messages compile

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/base.stamp
	@echo "Installing development tools …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@
endif
