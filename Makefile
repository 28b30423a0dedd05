# One command each. `make demo` shows what Truceline does; `make test` is what continuous integration runs.
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := $(VENV)/.packages
STAMP := $(VENV)/.installed
# Without compiling: what is needed is compiled when it is first used, and most is not.
# So that it is compiled once, whoever has told Python otherwise.
unexport PYTHONDONTWRITEBYTECODE
INSTALL := $(BIN)/python -m pip --disable-pip-version-check --quiet install --no-compile
CHECKED := src tests benchmarks scripts
OUT ?= out
SEEDS ?= 1
WEB := src/truceline/edges/web
NODE := $(VENV)/.node
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix $(WEB) --silent

.PHONY: help demo web test soak lint bench golden bundle audit clean

help:
	@echo "make demo     set up, run two missions, say what was found; then replay one into a live service"
	@echo "make web      build the watch floor, with a Node.js from the package index where there is none"
	@echo "make test     lint, types, layers, and every test but the long ones"
	@echo "make soak     the long tests"
	@echo "make lint     style, types and layers alone"
	@echo "make bench    worlds of SEEDS=$(SEEDS) seed(s) of each family: made, run, scored, timed; and the pages"
	@echo "make bundle   one archive that installs on a machine with no network: $(OUT)/bundle.tar"
	@echo "make audit    the locked packages, held against the known weaknesses"
	@echo "make golden   write all golden files anew; look at the difference before you commit it"
	@echo "make clean    remove what these made"

# The packages of the lock file, in an environment that is made from nothing whenever the lock file changes.
$(PACKAGES): requirements.lock
	@echo "Making $(VENV) from requirements.lock; once, a minute or so."
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "Python 3.11, 3.12 or 3.13 is needed: name one with make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { echo "No venv module: on Debian, apt install python3-venv"; exit 1; }
	@$(INSTALL) --require-hashes -r requirements.lock
	@touch $@

# The project itself, as it stands in src.
$(STAMP): $(PACKAGES) pyproject.toml
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

# Node.js builds the watch floor; where the machine has none, one comes from the package index like all else.
$(NODE): requirements-node.lock $(PACKAGES)
	@command -v npm >/dev/null || $(INSTALL) --require-hashes -r requirements-node.lock
	@touch $@

# The watch floor: its ground of land and water, and the page's script and style.
$(WEB)/node_modules/.installed: $(WEB)/package-lock.json $(NODE)
	@$(NPM) ci
	@touch $@

$(WEB)/built/land.pmtiles: $(WEB)/ground.mjs $(WEB)/node_modules/.installed $(STAMP)
	@$(NPM) run ground

$(WEB)/built/floor.js: $(wildcard $(WEB)/src/*) $(WEB)/vite.config.ts $(WEB)/tsconfig.json $(WEB)/node_modules/.installed
	@$(NPM) run build
	@touch $@

web: $(WEB)/built/land.pmtiles $(WEB)/built/floor.js

demo: $(STAMP) web
	@echo
	@echo "1. A real explosion in Utah in 2004, heard by three infrasound arrays 330 to 860 km away."
	@$(BIN)/truceline run missions/uttr-2004 --out $(OUT)/uttr-2004
	@echo "   (The truth is known: 41.131° N 112.896° W, 17:23:04 UTC. See docs/science/infrasound.md.)"
	@echo
	@echo "2. An invented line of contact: an hour and a half, two parties, four nations that lend sensors."
	@$(BIN)/truceline run missions/first-light --out $(OUT)/first-light
	@echo
	@echo "3. Is the second result sealed, unaltered, and what its inputs lead to?"
	@$(BIN)/truceline verify $(OUT)/first-light
	@echo
	@echo "Open $(OUT)/first-light/report.html in a browser. Then ask why:"
	@echo "  $(BIN)/truceline explain $(OUT)/first-light"
	@echo
	@echo "4. The same mission live, an hour a minute. Open the link below; end it with Ctrl-C."
	@rm -rf $(OUT)/service
	@if [ -t 0 ]; then stay=; else stay="--seconds 20"; echo "   (Nobody is at a terminal: it ends by itself.)"; fi; \
	  $(BIN)/truceline serve $(OUT)/service --mission missions/first-light --replay 60 $$stay

lint: $(STAMP)
	$(BIN)/ruff check $(CHECKED)
	$(BIN)/ruff format --check $(CHECKED)
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint web
	$(BIN)/pytest -n 2 -m "not soak"

soak: $(STAMP)
	$(BIN)/pytest -n 2 -m soak

bench: $(STAMP)
	$(BIN)/python benchmarks/worlds.py --out $(OUT)/bench --seeds $(SEEDS)
	$(BIN)/python benchmarks/exam.py $(OUT)/bench
	$(BIN)/python benchmarks/report_pages.py

bundle: $(STAMP) web
	$(BIN)/python scripts/bundle.py --out $(OUT)/bundle

# In an environment of its own: it is no part of the product, nor of its tests.
AUDIT := $(VENV)-audit

audit: requirements.lock
	@$(PYTHON) -m venv $(AUDIT)
	@$(AUDIT)/bin/python -m pip --disable-pip-version-check --quiet install pip-audit
	$(AUDIT)/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.lock
	$(NPM) audit --omit=optional

golden: $(STAMP)
	cd tests && ../$(BIN)/python -m golden.regenerate

clean:
	rm -rf $(WEB)/node_modules $(WEB)/built $(VENV) $(AUDIT) build dist $(OUT) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
