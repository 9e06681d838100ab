# One verb per habit. Each sets up .venv first, from pinned and hashed requirements.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Auditing has an environment of its own: its tools are in none that runs or tests the bot.
AUDIT  := .venv-audit
# So has the documentation's site.
DOCS   := .venv-docs
CONFIG ?= config.toml

.DEFAULT_GOAL := help
.PHONY: help setup demo run test test-fast smoke simulate lint format bench docs reference words pictures lock audit sbom clean

# A module keeps its sandbox, so its tests stay together; more than eight processes would mostly start up.
# Twice as many as cores: a test waits for a bot, a browser or a clock half of its time.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min(8, 2 * (os.cpu_count() or 1)))')
PYTEST  := $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile

help: ## what there is to do
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

setup: $(VENV)/.ready ## make .venv with everything the other verbs need

$(VENV)/.ready: requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Tessera needs Python 3.11 or newer; " + sys.executable + " is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup ## the whole bot in a browser page: no account, token or key
	$(BIN)/python -m sandbox $(DEMO)

run: setup ## the bot itself, with config.toml (CONFIG=...)
	$(BIN)/python -m bot run --config $(CONFIG)

# Else each process of the bot that a test starts compiles it all: three seconds instead of one.
test test-fast smoke coverage: export PYTHONDONTWRITEBYTECODE :=

test: setup ## all tests on all cores
	$(PYTEST)

coverage: setup ## all tests again, with branch coverage: before Python 3.14 it takes twice as long
	$(PYTEST) --cov

test-fast: setup ## those without a browser, a process or a whole bot
	$(PYTEST) -m 'not slow'

# A start, a question, a proof, a role, a rule, an archive: what fails first on a Python that lacks something.
SMOKE := tests/e2e/test_process_start.py tests/e2e/test_links.py tests/linking/test_wallet_shapes.py \
         tests/sync/test_giving.py tests/gates/test_parser.py tests/archive/test_file.py tests/test_structure.py

smoke: setup ## a few of each kind (PYTHON=python3.11 VENV=.venv-oldest: on another Python)
	$(BIN)/python -m compileall -q bot sandbox
	$(PYTEST) $(SMOKE)

# Of the first server; a server that breaks an invariant is printed with its own seed. A month of a large server takes 80
# seconds of a processor, and a hundred days of small ones six: all of it a quarter of an hour on one core.
SEED ?= 1
DAYS ?= 10000

simulate: setup ## servers that live through faults, for as long as wanted (SEED=1 DAYS=10000)
	$(BIN)/python -m tests.simulation --seed $(SEED) --days $(DAYS)

lint: setup ## ruff, mypy strict, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## let ruff write what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## measure speed and memory; the table in docs/performance.md comes from here
	$(BIN)/python -m bench

$(DOCS)/.ready: requirements-docs.txt
	$(PYTHON) -m venv $(DOCS)
	$(DOCS)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes --only-binary :all: -r requirements-docs.txt
	@touch $@

docs: $(DOCS)/.ready ## build the documentation's site in build/site; a link that leads nowhere fails
	rm -rf build/site
	$(DOCS)/bin/zensical build --strict --clean
	$(DOCS)/bin/python -m docs_site.check_links build/site

reference: setup ## write docs/commands.md and docs/settings.md again from the code
	$(BIN)/python -m docs_site

words: setup ## bring the translations in bot/messages/locale up to date with the code
	$(BIN)/python -m translating

pictures: setup ## take the pictures in docs/images again from the demo (needs Chromium)
	$(BIN)/python -m docs_site.pictures

# Extras stay in the files: pip refuses a hash for `coverage` where `coverage[toml]` is wanted and a newer one is out.
lock: setup ## write the requirements files again from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --upgrade \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --no-strip-extras --quiet -o requirements.txt
	uv pip compile pyproject.toml --extra dev --extra pictures --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --upgrade \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --no-strip-extras --quiet -o requirements-dev.txt
	@# Constrained, so that what runs is what was tested.
	uv pip compile pyproject.toml --extra pictures --constraint requirements-dev.txt --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --upgrade \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --no-strip-extras --quiet -o requirements-pictures.txt
	uv pip compile --group pyproject.toml:audit --universal --python-version 3.11 --generate-hashes --upgrade \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --no-strip-extras --quiet -o requirements-audit.txt
	uv pip compile --group pyproject.toml:docs --universal --python-version 3.11 --generate-hashes --upgrade \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --no-strip-extras --quiet -o requirements-docs.txt

$(AUDIT)/.ready: requirements-audit.txt
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-audit.txt
	@touch $@

audit: $(AUDIT)/.ready ## look up known vulnerabilities of every pinned package
	$(AUDIT)/bin/python .ci/look_up_advisories.py requirements.txt requirements-pictures.txt requirements-dev.txt requirements-audit.txt requirements-docs.txt

sbom: $(AUDIT)/.ready ## write build/tessera.cdx.json: what the bot is made of, as a CycloneDX bill of materials
	@mkdir -p build
	@# It warns that a list of pins knows nothing of who needs whom.
	PYTHONWARNINGS=ignore $(AUDIT)/bin/cyclonedx-py requirements requirements-pictures.txt --pyproject pyproject.toml --output-reproducible --validate -o build/tessera.cdx.json

clean: ## remove what the verbs made
	rm -rf $(VENV) .venv-oldest $(AUDIT) $(DOCS) .cache tests/conformance/eip4361/node_modules tests/conformance/evm/node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .coverage artifacts build *.egg-info
