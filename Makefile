# Safe Passage. Needs make and Python 3.11, 3.12 or 3.13 (or uv, which fetches one); nothing else.
# All that is installed goes into .venv. Useful variables:
#   PYTHON=python3.12        the interpreter that .venv is made with
#   PYTEST_ARGS="-n 2 -k x"  passed on to pytest
#   BENCH_ARGS=...           passed on to the benchmarks

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test lint bench docs clean distclean

VENV := .venv
BIN := $(VENV)/bin
PYTHONS := >=3.11,<3.14
DEMO := aleppo-2016
DEMO_OUT := out/$(DEMO)
PYTHON ?=
PYTEST_ARGS ?=
BENCH_ARGS ?=

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.warm-plan ## plan the bundled case aleppo-2016, verify the plan, write a report
	@$(BIN)/safepassage plan $(DEMO) --out $(DEMO_OUT) || { \
	    code=$$?; test $$code -eq 1 || exit $$code; } # 1: the answer is "no", which is an answer
	@echo
	@$(BIN)/safepassage verify $(DEMO_OUT)/plan.json
	@echo
	@echo "Open these:"
	@echo "  $(DEMO_OUT)/report.html    the report, in a browser; it needs no network"
	@echo "  $(DEMO_OUT)/timetable.csv  one row for each leg of each convoy"
	@echo "  $(DEMO_OUT)/plan.json      the plan with its proof, for programs"

test: $(VENV)/.ready-dev $(VENV)/.warm ## run the tests
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.ready-dev ## check style, types and the layers of the architecture
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench: $(VENV)/.ready-bench $(VENV)/.warm ## run the benchmarks
	@$(BIN)/python -m benchmarks $(BENCH_ARGS)

docs: $(VENV)/.ready ## write the generated reference pages and schemas anew
	@$(BIN)/python docs/generate_reference.py
	@$(BIN)/python -m safepassage docs docs/reference

clean: ## remove outputs, builds and caches; .venv stays
	@rm -rf out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find src tests benchmarks docs -type d -name __pycache__ -prune -exec rm -rf {} +
	@rm -f $(VENV)/.warm $(VENV)/.warm-plan

distclean: clean ## remove .venv too
	@rm -rf $(VENV)

# --- set-up: one stamp file for each step, so that nothing is done twice ---

# $(call install,WHAT): install the project, editable, with the extras WHAT, at the pinned versions.
define install
	if command -v uv >/dev/null 2>&1; then \
	    uv pip install --quiet --python $(BIN)/python -c constraints.txt -e '.$(1)'; \
	else \
	    $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile \
	        -c constraints.txt -e '.$(1)'; \
	fi
endef

$(BIN)/python:
	@rm -rf $(VENV)
	@if command -v uv >/dev/null 2>&1; then \
	    exec uv venv --quiet --python "$(or $(PYTHON),$(PYTHONS))" $(VENV); \
	fi; \
	for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python); do \
	    if $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	        >/dev/null 2>&1; then \
	        echo "Making $(VENV) with $$($$python --version)"; \
	        $$python -m venv $(VENV) && exit 0; \
	        rm -rf $(VENV); \
	        echo "$$python cannot make a virtual environment; on Debian and Ubuntu:" \
	            "apt install python3-venv" >&2; \
	        exit 1; \
	    fi; \
	done; \
	echo "No Python 3.11, 3.12 or 3.13 found; name one with: make PYTHON=/path/to/python" >&2; \
	exit 1

$(VENV)/.ready: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Safe Passage into $(VENV) (once; it may take some minutes)"
	@$(call install,)
	@touch $@

$(VENV)/.ready-dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Safe Passage and its development tools into $(VENV) (once)"
	@$(call install,[dev])
	@touch $(VENV)/.ready $@

$(VENV)/.ready-bench: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Safe Passage and what it is compared with into $(VENV) (once)"
	@$(call install,[bench])
	@touch $(VENV)/.ready $@

# Inner loops are compiled on first use; doing it here keeps the first answer quick. The demonstration needs those of the planner alone.
$(VENV)/.warm-plan: $(wildcard src/safepassage/convoy/*.py) $(VENV)/.ready
	@$(BIN)/python -m safepassage warm plan
	@touch $@

$(VENV)/.warm: $(wildcard src/safepassage/flow/*.py src/safepassage/simulate/*.py) $(VENV)/.warm-plan
	@$(BIN)/python -m safepassage warm table clear simulate
	@touch $@
