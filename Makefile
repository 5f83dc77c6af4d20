# Everything a newcomer types. Any Python from 3.11 on: make demo PYTHON=python3.12
PYTHON ?= python3
BIN := .venv/bin
# Other ports for the demo: make demo TOOL_PORT=8100 LMS_PORT=8101
TOOL_PORT ?= 8000
LMS_PORT ?= 8001
# The workbench of make demo-xblock; the tool is that of make demo, started if it does not run
WORKBENCH_PORT ?= 8002
SECONDS ?= 60
# How much make test-faults does: kills on each database, and everything else in proportion
FAULTS ?= 1000
export QUOIN_TEST_DATA ?= ../shared
MYPY_PARTS := -p stacking_rules -p lti_tool -p demo_lms -p quoin_xblock -p demo_workbench -p benchmarks -p tools

# Processes of mutation testing, and the commit to compare with: make mutation-changed MUTATION_BASE=main
JOBS ?= 2
MUTATION_BASE ?= HEAD~1
MUTATION := $(BIN)/python -m tools.mutation

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset demo-xblock install test test-a11y test-faults test-load test-upgrade test-openedx check screenshots bench fuzz messages format clean \
	mutation mutation-changed mutation-report docs sbom

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

demo: ## Install what the demo needs and start the tool beside a practice LMS
	@$(PYTHON) tools/install.py demo
	@$(BIN)/python -m demo_lms.demo --tool-port $(TOOL_PORT) --lms-port $(LMS_PORT)

demo-reset: ## Throw the demo's data away
	@$(PYTHON) tools/install.py demo
	@$(BIN)/python -m demo_lms.demo --reset

demo-xblock: install ## Start the blocks in the XBlock SDK's workbench, beside the tool
	@$(BIN)/python -m demo_workbench.demo --port $(WORKBENCH_PORT) --tool-port $(TOOL_PORT) --lms-port $(LMS_PORT)

install: ## Prepare .venv with all that demo, tests and benchmarks need
	@$(PYTHON) tools/install.py dev

test: install ## Run all tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup --durations=40 --durations-min=5

test-a11y: install ## Look at every page: each width, light, dark, forced colours, both directions (minutes)
	QUOIN_TEST_A11Y=full $(BIN)/python -m pytest -n 2 --dist loadgroup tests/accessibility

screenshots: install ## Draw docs/screenshots anew, from a campus that is made for it
	$(BIN)/python -m tests.accessibility.gallery

test-faults: install ## Kill, disconnect, fill up, set the clock: FAULTS=1000 kills on each database (hours)
	QUOIN_FAULTS=$(FAULTS) $(BIN)/python -m pytest -n 0 tests/faults

test-upgrade: install ## From the last release to this one with traffic running: no request may fail
	QUOIN_TEST_UPGRADE=1 $(BIN)/python -m pytest -n 0 tests/deploy/test_rolling_upgrade.py

test-openedx: ## Test the blocks and the plugin among the versions that Open edX pins: PYTHON=python3.12
	@$(PYTHON) tools/open_edx.py

check: install ## Run linters, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	MYPYPATH=xblock $(BIN)/mypy $(MYPY_PARTS)

test-load: install ## Completions through the API for ten minutes, then their deliveries: QUOIN_LOAD_SECONDS=60 for a short one
	$(BIN)/quoin bench load

bench: install ## Run a benchmark: make bench NAME=import
	$(BIN)/quoin bench $(NAME)

docs: install ## Build the documentation site into build/site, strictly
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

sbom: ## Write what the tool is made of as CycloneDX: dist/quoin.cdx.json (minutes, needs a network)
	@$(PYTHON) -m tools.sbom

fuzz: install ## Fuzz the rules engine, each target so long: make fuzz SECONDS=60
	$(BIN)/python -m tests.fuzz.run --seconds $(SECONDS)

mutation: install ## Make the engine wrong in every place and see which tests notice (an hour; may be broken off)
	$(MUTATION) all --jobs $(JOBS)

mutation-changed: install ## The same for functions that differ from MUTATION_BASE, for three minutes
	$(MUTATION) changed --base $(MUTATION_BASE) --jobs $(JOBS)

mutation-report: install ## Write docs/mutation.md from the results so far
	$(MUTATION) report

messages: install ## Collect what the pages say, bring the catalogues of all languages up to date, compile them
	$(BIN)/python -m tools.messages

format: install ## Put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## Remove what can be made again (not var/)
	rm -rf .venv node_modules build dist *.egg-info xblock/*.egg-info lti_tool/web/static/vendor \
		tests/credentials/node/node_modules tests/wallet_protocols/node/node_modules
