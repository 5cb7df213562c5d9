# Run `make` to see what there is. Needs python3 (3.11 or newer) with venv, and make.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
# Each test process would compile the whole code anew.
unexport PYTHONDONTWRITEBYTECODE
# One more than there are cores, at most four: tests with a browser or a demo wait most of their time.
WORKERS ?= $(shell cores=$$(nproc 2>/dev/null || echo 2); [ $$cores -ge 4 ] && echo 4 || echo $$((cores + 1)))
PYTEST := $(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadfile --no-loadscope-reorder
STAMP := .venv/.ready
TEXTS := $(addprefix -k ,lazy_gettext DomainError Invalid NotFound NotPermitted Outdated TooMany Unavailable WrongState)

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' Makefile

setup: $(STAMP) ## Make .venv with every locked library

$(STAMP): requirements.lock pyproject.toml deploy/setup.sh
	PYTHON="$(PYTHON)" sh deploy/setup.sh
	@touch $@

PORT ?= 8000

demo: $(STAMP) ## Start the whole product with invented bodies and people (or PORT=8100: there)
	$(BIN)/citizen-portal demo --port=$(PORT)

test: $(STAMP) ## Run every check and test (installs Chromium, Pango and PgBouncer when root on Debian)
	@sh deploy/debian.sh
	@$(MAKE) --no-print-directory check

check: $(STAMP) ## Format, lint, types, import contracts, templates, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(PYTEST)

test-postgres: $(STAMP) ## Run every test that keeps data on PostgreSQL (make test: a part of them)
	$(PYTEST) --database=postgresql

test-wall: $(STAMP) ## The same behind the second wall
	$(PYTEST) --database=postgresql --wall=filtered

CLUSTERS ?= records account preferences news exports questions access dashboard

test-clusters: $(STAMP) ## Run a slice at a time with citizens split over two PostgreSQL clusters (or CLUSTERS="records news": some)
	for part in $(CLUSTERS); do $(PYTEST) --database=clusters -m "not browser" -rs tests/$$part || exit 1; done

bench: $(STAMP) ## Measure what is to be fast beside its limit (docs/performance.md; or ROW="choice check": these alone)
	$(BIN)/python -m tests.benchmarks $(ROW)

bench-report: $(STAMP) ## The same, ends well whatever it found, and writes the table of that page
	$(BIN)/python -m tests.benchmarks --report $(ROW)

WALLS ?= 1 2 3 4 5 6 7 8

wall: $(STAMP) ## Try each way past the second wall on PostgreSQL, then ask without our own filters (or WALLS=1 … 8)
	$(PYTEST) tests/wall
	for part in $(WALLS); do FAULTS=all PART=$$part $(BIN)/python -m pytest -q -s -n0 tests/isolation/test_unfiltered.py \
	  || exit 1; done

faults: $(STAMP) ## Break a batch at every system call, choices 500 times, questions 1,000 times, try all that is random; takes long
	FAULTS=all $(BIN)/python -m pytest -q -s $$(grep -lE 'tests.thorough import' -r tests --include='test_*.py')
	RUNS=500 $(BIN)/python -m pytest -q tests/preferences/test_converges.py
	RUNS=200 $(BIN)/python -m pytest -q -k altered tests/exports/test_case.py
	RUNS=1000 $(BIN)/python -m pytest -q tests/questions/test_interleaved.py

upgrades: $(STAMP) ## Bring each revision forward and back with data in each table, and have people served meanwhile
	for part in "not postgresql" "postgresql and keeps" "postgresql and not keeps"; do \
	  FAULTS=all $(BIN)/python -m pytest -q -s -n0 tests/upgrading -k "$$part" || exit 1; done

edges: $(STAMP) ## Try each disguise at each address
	FAULTS=all $(BIN)/python -m pytest -q -s -n0 tests/web/test_edges.py tests/fetch/test_disguises.py

oidc-hostile: $(STAMP) ## Have an identity provider forge, lie and fail in every way the tests know
	$(BIN)/python -m tests.oidc_hostile

asvs: $(STAMP) ## Show each security requirement that code meets (docs/asvs.csv) by its tests (or ASVS="1 2": half)
	$(BIN)/python -m tests.asvs $(ASVS)

PART ?= 1 2 3 4

isolation: $(STAMP) ## Ask each route in each way as each stranger, then at random for six minutes (or PART=1 … 4)
	for part in $(PART); do FAULTS=all PART=$$part $(BIN)/python -m pytest -q -s -n0 tests/isolation/test_product.py \
	  -k "stranger or alone or either" || exit 1; done
	FOR=360 $(BIN)/python -m pytest -q -s -n0 tests/isolation/test_product.py -k random

MUTANTS ?= 1 2 3 4 5 6 7 8 9 10 11 12

mutants: $(STAMP) ## Take out each filter by owner and each guard, one at a time, and see who notices (or MUTANTS=1 … 12)
	for part in $(MUTANTS); do $(BIN)/python -m tests.isolation.mutants $$part 12 2>/dev/null || exit 1; done

format: $(STAMP) ## Format Python
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

words: $(STAMP) ## Gather new texts for translation
	$(BIN)/pybabel -q extract -F translations/babel.cfg $(TEXTS) -o translations/messages.pot --no-location --sort-output citizen_portal templates
	$(BIN)/pybabel -q update -i translations/messages.pot -d translations -N --no-wrap
	$(BIN)/pybabel -q compile -d translations

sbom: $(STAMP) ## Write build/sbom.cdx.json: each locked library with its hashes (CycloneDX 1.6)
	@mkdir -p build
	$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --short-PURLs \
	  --output-reproducible --validate --of JSON -o build/sbom.cdx.json

lock: $(STAMP) ## Make both requirements.lock anew, with hashes and without hosts
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header --extra postgres --group dev -q pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --extra postgres --extra s3 --extra pdf -q -c requirements.lock pyproject.toml -o deploy/requirements.lock

rotations: $(STAMP) ## Renew each key ten times under two web workers that are asked without pause
	ROTATIONS=10 $(BIN)/python -m pytest -q tests/keyring/test_running.py

OUTAGE ?= crashes,database,disk,worker,queue server,sources,provider,clock,day

outages: $(STAMP) ## Take away database, disk, worker, clock, bodies and provider under load (or OUTAGE=disk: some)
	for part in $(OUTAGE); do OUTAGE=$$part $(BIN)/python -m tests.outages || exit 1; done

.PHONY: help setup demo test check test-postgres test-wall test-clusters bench bench-report wall faults outages edges upgrades isolation mutants oidc-hostile asvs rotations format words sbom lock
