# Carrel. `make help` lists the targets; each one first gets what it needs.
PYTHON ?= python3
VENV   := .venv
CARREL := $(VENV)/bin/carrel
PY     := $(VENV)/bin/python
PIP    := $(PY) -m pip --disable-pip-version-check install --quiet
RUN    := $(VENV)/.run-installed
DEV    := $(VENV)/.dev-installed

.DEFAULT_GOAL := help
.PHONY: help setup tools gen check validate render install test test-unit \
  test-cluster cluster-up cluster-down lint bench clean site render-tools

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(DEV) ## make the virtual environment with everything for development

tools: $(RUN) ## build the pinned tools into .tools/bin (needs Go, or downloads it)
	@$(PY) -m carrel.tools.build

gen: $(RUN) ## write what is generated from generator/schema
	@$(CARREL) gen

check: lint validate ## fail on drift of generated files, on style, on types, on a wrong site
	@$(CARREL) gen --check

validate: $(RUN) ## check the values of all sites, or of one: SITE=name
	@$(CARREL) validate $(SITE)

render: site $(RUN) render-tools ## write the checked manifests of a site to dist/name: SITE=name
	@$(CARREL) render '$(SITE)'

install: render ## install or upgrade a site on the current cluster: SITE=name [KUBECONFIG=file]
	@helm=$$($(PY) -m carrel.tools.provide helm) && \
	"$$helm" upgrade --install carrel chart --namespace carrel-system --create-namespace \
	  --values 'dist/$(SITE)/values.yaml' && \
	for shard in 'dist/$(SITE)'/tenants-*.yaml; do \
	  "$$helm" upgrade --install "carrel-$$(basename "$$shard" .yaml)" chart \
	    --namespace carrel-system --values "$$shard" || exit 1; \
	done

test: $(DEV) tools ## run all tests
	@$(PY) -m pytest -n 2 --ignore=tests/cluster
	@$(PY) -m pytest -n 3 tests/cluster

test-unit: $(DEV) ## run the tests that need no tool: the inner loop
	@$(PY) -m pytest -q -n 2 tests/unit

test-cluster: $(DEV) ## run the tests that need a cluster, on one of their own: [K8S=1.33]
	@K8S='$(K8S)' $(PY) -m pytest -n 3 tests/cluster

cluster-up: $(DEV) ## start a cluster in the background and print its KUBECONFIG: [K8S=1.33]
	@$(PY) -m tests.cluster up $(if $(K8S),--kubernetes '$(K8S)')

cluster-down: $(DEV) ## end the cluster of `make cluster-up`
	@$(PY) -m tests.cluster down

lint: $(DEV) ## check style and types
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/mypy

bench: $(DEV) render-tools ## compare our speed with that of bare Helm, kubeconform and Python
	@$(PY) -m tests.bench.bench

clean: ## remove everything that make made
	@rm -rf $(VENV) .tools dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find generator tests constraints -name __pycache__ -prune -exec rm -rf {} +

site:
	@test -n '$(SITE)' || { echo 'error: say which site, as in `make render SITE=lab`' >&2; exit 2; }

render-tools: $(RUN)
	@$(PY) -m carrel.tools.provide helm kubeconform >/dev/null

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo 'error:' \
	  'Python 3.11 or later is needed: name one, as in `make PYTHON=python3.12 setup`' >&2; exit 3; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo 'error: $(PYTHON) cannot make' \
	  'virtual environments: install its venv package (Debian: apt install python3-venv)' >&2; exit 3; }
	@$(PYTHON) -m venv $(VENV) && touch $@

$(RUN): constraints/run.txt pyproject.toml | $(VENV)/.made
	@$(PIP) --require-hashes -r constraints/run.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): constraints/dev.txt $(RUN)
	@$(PIP) --require-hashes -r constraints/dev.txt
	@touch $@
