# What can be done with this repository: `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help run setup test check prove bench fix schema schema-diff docs explorer wheel lock clean

PYTHON ?= python3
since ?= $(shell git describe --tags --abbrev=0 2>/dev/null || echo HEAD)
BIN := .venv/bin
CLIENTS := tests/clients/node_modules/.package-lock.json
MERCURIUS := benchmarks/peers/mercurius/node_modules/.package-lock.json
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

help: ## list what can be done
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/.service explorer ## install, make an SQLite database in data/, and serve on port 8000
	$(BIN)/gql-users serve

setup: .venv/.development explorer $(CLIENTS) ## fill .venv with all that running, testing and checking take

test: setup ## run the tests on SQLite and on a real PostgreSQL
	$(BIN)/python -m pytest --numprocesses=auto

check: setup ## run all that CI runs beside the tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/generate.py --check
	$(BIN)/gql-users schema | diff schema.graphql -

prove: setup ## run the long proofs and write docs/proofs.md
	$(BIN)/python -m proofs

bench: setup .venv/.benchmarks $(MERCURIUS) ## measure the service beside others (20 minutes) and write docs/performance.md
	$(BIN)/python -m benchmarks --write

fix: setup ## format, and mend what can be mended by itself
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

schema: setup ## write schema.graphql
	$(BIN)/gql-users schema > schema.graphql

schema-diff: setup ## name what breaks clients since the last release, or since=<commit>
	git show $(since):schema.graphql | $(BIN)/gql-users schema --diff -

docs: setup ## write the generated pages of docs/
	$(BIN)/python docs/generate.py

explorer: .venv/.service ## build GraphiQL's page into the package
	$(BIN)/python explorer/build.py

wheel: .venv/.development explorer ## build the wheel into dist/
	$(PIP) build
	$(BIN)/python -m build --wheel

lock: .venv/.development ## choose the newest versions and pin them with their hashes
	$(PIP) uv
	for target in "service pyproject.toml" "development pyproject.toml --group development" "node --group node" \
		"benchmarks pyproject.toml --group development --group benchmarks"; do \
		set -- $$target; name=$$1; shift; \
		$(BIN)/uv pip compile $$@ --quiet --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-header --upgrade --output-file requirements/$$name.txt || exit 1; \
	done

clean: ## remove what was installed and built; data/ stays
	rm -rf .venv dist explorer/node_modules tests/clients/node_modules benchmarks/peers/mercurius/node_modules \
		gql_users/graphql/explorer/assets

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.service: requirements/service.txt pyproject.toml | .venv/bin/python
	$(PIP) --require-hashes -r requirements/service.txt
	$(PIP) --no-deps --editable .
	touch $@

.venv/.development: requirements/development.txt .venv/.service
	$(PIP) --require-hashes -r requirements/development.txt
	touch $@

.venv/.benchmarks: requirements/benchmarks.txt .venv/.development
	$(PIP) --require-hashes -r requirements/benchmarks.txt
	touch $@

# Without Node, the benchmarks go without Mercurius, and say so.
$(MERCURIUS): benchmarks/peers/mercurius/package-lock.json
	-cd benchmarks/peers/mercurius && npm ci && touch node_modules/.package-lock.json

$(CLIENTS): tests/clients/package-lock.json | .venv/.development explorer
	$(BIN)/python -m tests.clients.install
	touch $@
