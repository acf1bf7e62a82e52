# Everything works from a fresh clone: Python 3.11-3.13 and make are all it needs. `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory
# Without its bytecode Airflow takes half a minute to start, each time.
unexport PYTHONDONTWRITEBYTECODE

# The first Python that runs and is of a version we test (a version manager's shim may be there and not run).
find_python = for python in "$(1)" python3.11 python3.12 python3.13 python3 python; do \
	test -n "$$python" && "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	>/dev/null 2>&1 && echo "$$python" && exit; done
PYTHON ?=

VENV := .venv/bin/python
LOCAL = PYTHONPATH=local:simulator $(VENV) -m hkpost_local

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: install
install: ## Make .venv from requirements.txt (everything below does it first; instant when done)
	@python="$$($(call find_python,$(PYTHON)))"; \
	test -n "$$python" || { echo 'No Python 3.11, 3.12 or 3.13 found: install one, or give its path: make PYTHON=/path/to/python3.11 $(or $(MAKECMDGOALS),install)' >&2; exit 1; }; \
	"$$python" local/hkpost_local/install.py

.PHONY: faults
faults: install ## Write docs/faults.md from what the tests observe of each fault
	@$(VENV) -m pytest tests/dispatch/test_faults.py --write-faults $(ARGS)

.PHONY: demo
demo: install ## The whole way on this machine: PostgreSQL, simulator, Airflow, one run, its results; then all stops
	@$(LOCAL) demo

.PHONY: test
test: install ## Every test, PostgreSQL, simulator and Airflow included (ARGS="-k wording -x" goes to pytest; "-n0": one process)
	@$(VENV) -m pytest --numprocesses=auto --maxprocesses=4 $(ARGS)

.PHONY: up
up: install ## The demo kept running, with Airflow's UI
	@$(LOCAL) up

.PHONY: down
down: install ## Stop what `make up` started
	@$(LOCAL) down

.PHONY: sql
sql: install ## A SQL shell (psql) on the warehouse, as an analyst (ROLE=owner: as the owner of the tables)
	@$(LOCAL) sql $(ROLE)

.PHONY: dbt
dbt: install ## dbt build of integrations/dbt on this machine's warehouse, after make up (ARGS="test": another command)
	@$(LOCAL) dbt $(ARGS)

.PHONY: where
where: install ## One item: state, timeline, requests, next poll: make where ITEM=RB123456785HK
	@$(LOCAL) where "$(ITEM)"

.PHONY: status
status: install ## Versions, open items, requests of the day and open alerts of the warehouse
	@$(LOCAL) status

.PHONY: migrate
migrate: install ## Bring the warehouse behind hkpost_warehouse to the newest schema
	@$(LOCAL) migrate

.PHONY: once
once: install ## One full run of hkpost_tracking in the foreground, with the connections of the environment
	@$(LOCAL) once

.PHONY: compat
compat: install ## The wheel in an environment of another Airflow, and a run there: make compat VERSION=3.2.2
	@$(LOCAL) compat $(or $(VERSION),3.2.2) $(RELEASED)

.PHONY: bench
bench: install ## The figures beside floors and peers, in under 10 minutes (FULL=1: the full ones; SAVE=1: kept in docs/)
	@PYTHONPATH=local:simulator:. $(VENV) -m bench $(if $(FULL),--full) $(if $(SAVE),--save) $(ARGS)

.PHONY: lint
lint: install ## ruff and mypy, tests and DAGs included
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(VENV) -m mypy

.PHONY: lock
lock: install ## Write requirements.txt from requirements.in
	$(VENV) -m uv pip compile --universal --python-version 3.11 requirements.in -o requirements.txt \
		--no-emit-index-url --no-emit-find-links $(ARGS)

.PHONY: holidays
holidays: install ## Write the calendar's seed files from the library of that name
	@$(VENV) -m uv run --no-project --with holidays --with pycountry python local/hkpost_local/holiday_files.py

.PHONY: env
env: ## Write .env with generated secrets for docker compose (an existing one stays)
	@python="$$($(call find_python,$(PYTHON)))"; "$$python" local/hkpost_local/compose_env.py
