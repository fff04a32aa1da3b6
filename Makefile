# Tallystick: everything a developer or a newcomer runs.
# Needs Python 3.11 or later, make and git; all else goes into .venv.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
CONSTRAINTS := requirements/constraints.txt
WORKERS ?= 2
MINUTES ?= 60
DOCUMENTS ?= 50000
ROUNDS ?= 7
# Tests start Python often; it compiles each module once, into a folder that is no part of the sources.
WITH_BYTECODE = PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX=$${PYTHONPYCACHEPREFIX:-$(abspath $(VENV))/bytecode}

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo test browser cluster check catalogues format test-wheel mutation bench bench-registers bench-replay bench-http \
	differential differential-record interop soak picture openapi device-check scale clean

help: ## List what can be made
	@awk -F ': .*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# A half-made environment is removed, so that the next attempt starts afresh.
$(VENV)/created:
	@test -n "$(PYTHON)" || { echo "Tallystick needs Python 3.11 or later; none was found."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Tallystick needs Python 3.11 or later; set PYTHON=/path/to/python3.11")'
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); echo "The environment $(VENV) cannot be made; see above."; exit 1; }
	@touch $@

$(VENV)/installed: pyproject.toml $(CONSTRAINTS) $(VENV)/created
	$(PIP) install -c $(CONSTRAINTS) -e .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(PIP) install -c $(CONSTRAINTS) -e '.[test]'
	@touch $@

$(VENV)/installed-browser: $(VENV)/installed-test
	$(PIP) install -c $(CONSTRAINTS) -e '.[test,browser]'
	@touch $@

$(VENV)/installed-cluster: $(VENV)/installed-test
	$(PIP) install -c $(CONSTRAINTS) -e '.[test,dask]'
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed-test
	$(PIP) install -c $(CONSTRAINTS) -e '.[test,dev]'
	@touch $@

install: $(VENV)/installed ## Install the command into .venv

demo: install ## Play the whole story; KEEP=FOLDER keeps the files, SERVE=1 goes on in a browser
	$(BIN)/tallystick demo $(if $(KEEP),--keep $(KEEP)) $(if $(SERVE),--serve)

test: $(VENV)/installed-test ## Run the test suite
	$(WITH_BYTECODE) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

browser: $(VENV)/installed-browser ## Look at the pages in Chromium (Debian: chromium, fonts-dejavu-core)
	TALLYSTICK_BROWSER=1 $(BIN)/python -m pytest tests/browser

cluster: $(VENV)/installed-cluster ## Issue and verify over a Dask cluster on this machine
	TALLYSTICK_CLUSTER=1 $(BIN)/python -m pytest tests/cluster

scale: $(VENV)/installed-test ## Measure what 100 million credentials would take; writes docs/scale-measured.md
	$(BIN)/python tools/scale.py

.PHONY: bench-desk
bench-desk: $(VENV)/installed-test ## Measure the desk with 5,000 cases; writes docs/desk-measured.md
	$(BIN)/python -m tools.bench_desk

.PHONY: bench-what-if
bench-what-if: $(VENV)/installed-test ## Measure what-if over 100,000 cases; needs PostgreSQL; writes docs/what-if-measured.md
	$(BIN)/python -m tools.bench_what_if

.PHONY: bench-wallet
bench-wallet: $(VENV)/installed-test ## Measure the wallet's pages; writes docs/wallet-measured.md
	$(BIN)/python -m tools.bench_wallet

.PHONY: bench-register-pages
bench-register-pages: $(VENV)/installed-test ## Measure the pages of a register and its desk; writes docs/register-pages-measured.md
	$(BIN)/python -m tools.bench_register_pages

.PHONY: reference-register
reference-register: $(VENV)/installed ## Write the reference register anew, read in advance, after its files changed
	$(BIN)/python -m tools.reference_register

catalogues: $(VENV)/installed-test ## Bring the catalogues of translations to the texts of the pages
	$(BIN)/python -m tools.catalogues

check: $(VENV)/installed-dev ## Lint, types, architecture, packaging, documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_architecture.py tests/test_code_style.py tests/test_packaging.py \
		tests/test_documentation.py

format: $(VENV)/installed-dev ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test-wheel: $(VENV)/installed-dev ## Run the suite against the built wheel, away from the sources
	WORKERS=$(WORKERS) tools/test-wheel $(abspath $(BIN)/python)

mutation: $(VENV)/installed-dev ## Mutation testing of the decision lines; goes on where it stopped
	$(BIN)/python tools/mutation.py --minutes $(MINUTES) --workers $(WORKERS)

.PHONY: two-cores
two-cores: install ## What a second core gains, in turns; on a quiet machine (COUNT=10000)
	$(WITH_BYTECODE) $(BIN)/python tools/two_cores.py --count $(or $(COUNT),10000)

.PHONY: soak-stream
soak-stream: install ## Verify a stream of a million badges, and watch its memory; writes docs/scale-memory.md
	$(BIN)/python tools/soak_stream.py

soak: $(VENV)/installed-test ## Run the suite with far more wallets, kills, repeats, flipped bits and hostile texts
	$(WITH_BYTECODE) TALLYSTICK_SOAK=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

# One promise of docs/promises.md alone: make soak-R5
soak-R%: $(VENV)/installed-test
	TALLYSTICK_SOAK=1 $(BIN)/python -m pytest $$(grep '^| R$* ' docs/promises.md | grep -o 'tests/[^`]*')

bench: install ## Measure beside the software of others; needs Node.js; writes docs/benchmarks.md
	$(BIN)/python -m tools.benchmarks --rounds $(ROUNDS)

bench-registers: install ## Measure how fast registers are opened and values checked
	$(BIN)/python tools/bench_registers.py

device-check: ## Build the module that checks credentials in a browser; needs Node.js and npm
	cd tools/device_check && npm ci --no-audit --no-fund --silent && npm run --silent build

interop: install ## Ask clients that others wrote; needs Node.js and npm; writes docs/interop.md
	$(BIN)/python -m tools.interop

differential: install ## Our N-Quads against jsonld.js and PyLD; needs Node.js; writes docs/differential.md
	$(BIN)/python -m tools.differential --documents $(DOCUMENTS)

differential-record: install ## Record anew what jsonld.js makes of the documents that are a test
	$(BIN)/python -m tools.differential --record

picture: install ## Draw the plan of the documentation anew; writes docs/stack-plan.svg
	$(BIN)/python -m tests.stacking.plan_example > docs/stack-plan.svg

bench-replay: install ## Measure the replay of 100,000 decisions; writes docs/benchmarks-recognition.md
	$(BIN)/python tools/bench_replay.py

bench-http: $(VENV)/installed-test ## Measure the verifier over HTTP; writes docs/benchmarks-http.md
	$(BIN)/python -m tools.bench_http

.PHONY: bench-page
bench-page: $(VENV)/installed-browser ## Measure the verdict for a dropped badge on the page; writes docs/benchmarks-page.md
	$(BIN)/python -m tools.bench_page

.PHONY: bench-rosters
.PHONY: bench-issuer-api
bench-issuer-api: install ## Measure single issuing over the API at 50 requests a second
	PYTHONPATH=. $(BIN)/python -m tools.bench_issuer_api

bench-rosters: install ## Measure a roster of 10,000 from upload to published list, with two workers
	PYTHONPATH=. $(BIN)/python tools/bench_rosters.py

openapi: $(VENV)/installed-test ## Write the OpenAPI documents anew, in docs/openapi
	$(BIN)/python -m tests.openapi_documents

clean: ## Remove everything that was made
	rm -rf $(VENV) build dist *.egg-info .interop .peers .mypy_cache .ruff_cache .pytest_cache .hypothesis mutants
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
