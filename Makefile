# Tallystick: everything a developer or a newcomer runs.
# Needs Python 3.11 or later and make; all else goes into .venv.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet
CONSTRAINTS := requirements/constraints.txt
WORKERS ?= 2

.PHONY: install demo test check format test-wheel mutation clean

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Tallystick needs Python 3.11 or later; set PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml $(CONSTRAINTS) | $(BIN)/python
	$(PIP) install -c $(CONSTRAINTS) -e .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(PIP) install -c $(CONSTRAINTS) -e '.[test]'
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed-test
	$(PIP) install -c $(CONSTRAINTS) -e '.[test,dev]'
	@touch $@

install: $(VENV)/installed ## Install the command into .venv

demo: install ## Play the whole story
	$(BIN)/tallystick demo

test: $(VENV)/installed-test ## Run the test suite
	$(BIN)/python -m pytest -n $(WORKERS)

check: $(VENV)/installed-dev ## Lint, types, architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_architecture.py tests/test_code_style.py

format: $(VENV)/installed-dev ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test-wheel: $(VENV)/installed-dev ## Run the suite against the built wheel, away from the sources
	tools/test-wheel $(abspath $(BIN)/python)

mutation: $(VENV)/installed-dev ## Mutation testing of the decision lines; writes docs/mutation.md
	$(BIN)/python tools/mutation.py

clean: ## Remove everything that was made
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache mutants
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
