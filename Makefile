# SentiLoRA: everything starts from a bare clone. `make demo` and `make test` need CPython 3.11 and pip.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# --no-compile: most modules of these packages are never imported, and need no bytecode. What is imported has to be
# allowed to keep its own: else each of some hundred processes of the tests would compile torch anew.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: demo test test-all test-browser test-services services browser lint format install clean help

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 15

demo: $(VENV)/.user  ## Train on the sample reviews, show before and after, predict (about a minute)
	@rm -rf runs/demo
	$(BIN)/sentilora train sample --base minilm --name demo
	@echo
	@echo "The model that ships with the package, trained on more than these 540 reviews:"
	$(BIN)/sentilora predict general \
	    "Great movie, highly recommended!" \
	    "The parcel arrived on Tuesday." \
	    "Three weeks late, and then nobody picks up the phone."
	@echo
	@echo "Now a file of your own (the command is $(BIN)/sentilora until you type: . $(BIN)/activate):"
	@echo "    $(BIN)/sentilora check reviews.csv                    # what it holds, and what is wrong with it"
	@echo "    $(BIN)/sentilora train reviews.csv --base minilm      # learn from its labels"
	@echo "    $(BIN)/sentilora predict general --input reviews.csv --output scored.csv    # or answer it at once"

test: $(VENV)/.dev  ## Run the tests: no model hub, no data sets, a few minutes on two cores
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-all: $(VENV)/.dev  ## Run the slow tests too, and those that start Python again and again
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not gpu and not network and not service and not browser and not alone"
	$(BIN)/python -m pytest -m alone

test-browser: browser  ## Test the exported web page and the app in Chromium, which Debian and npm bring
	SENTILORA_BROWSER=required $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m browser

test-services: services  ## Test stores, brokers and the monitor on real servers, which Debian brings
	SENTILORA_SERVICES=required $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m service

services: $(VENV)/.services  ## Install PostgreSQL, Redis, NATS and RabbitMQ, and what their tests need
	@ls /usr/lib/postgresql/*/bin/initdb /usr/lib/rabbitmq/bin/rabbitmq-server >/dev/null 2>&1 && \
	    command -v redis-server nats-server >/dev/null || \
	    { apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql redis-server nats-server rabbitmq-server >/dev/null; } || \
	    { echo "These tests need servers that could not be installed: Debian's packages are out of reach, or you are not root. Type: sudo apt-get install postgresql redis-server nats-server rabbitmq-server" >&2; exit 1; }

browser: $(VENV)/.browser node_modules/.sentilora  ## Install Chromium and the packages that the page needs
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
	    { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; } || \
	    { echo "The browser tests need Chromium, and it could not be installed: Debian's packages are out of reach, or you are not root. Type: sudo apt-get install chromium" >&2; exit 1; }

lint: $(VENV)/.dev  ## Check style, types and which room imports which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev  ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

install: $(VENV)/.dev  ## Make .venv with everything for development

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "SentiLoRA needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another one: make demo PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.user: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --quiet --no-compile -c constraints.txt -e '.[embedded]'
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --quiet --no-compile --upgrade 'pip>=25.1'
	$(PIP) install --quiet --no-compile -c constraints.txt -e '.[app,brokers,embedded,insights,language,monitor,onnx,openvino,server]' --group dev
	@touch $@ $(VENV)/.user

$(VENV)/.browser: $(VENV)/.dev
	$(PIP) install --quiet --no-compile -c constraints.txt --group browser
	@touch $@

$(VENV)/.services: $(VENV)/.dev
	$(PIP) install --quiet --no-compile -c constraints.txt --group services
	@touch $@

node_modules/.sentilora: src/sentilora/exports/browser_page.py | $(VENV)/.dev
	@command -v npm >/dev/null || \
	    { echo "The browser tests need npm, which comes with Node.js. Type: sudo apt-get install npm" >&2; exit 1; }
	@packages=$$($(BIN)/python -c 'from sentilora.exports.browser_page import PACKAGES; print(PACKAGES)') && \
	    { npm install --prefix . --no-save --no-package-lock --ignore-scripts --no-audit --no-fund $$packages || \
	    { echo "The browser tests need $$packages, and npm could not install them: its registry is out of reach." >&2; exit 1; }; }
	@touch $@

clean:  ## Remove the environment and what tools left behind; runs/ stays
	rm -rf $(VENV) node_modules build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
