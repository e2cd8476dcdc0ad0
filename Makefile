# Needs python3 >= 3.11, git and make. Everything else goes into .venv, with no root.
PROBE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
PYTHON := $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c '$(PROBE)' >/dev/null 2>&1 && { echo $$p; break; }; done)
DEMO_TARGET ?= examples/orders.py::repeat_customers
PYTEST_ARGS ?=
LOCK := requirements-dev.lock
VSCODE := clients/vscode
SERVER_LOCK := $(VSCODE)/server.lock
OVERLAY := server/afterburner/runner/overlay.lock
BIN := .venv/bin

.PHONY: demo test test-system lint bench docs lock vsix clean

demo: .venv/.installed ## Optimise one slow function of examples/
	@echo "demo: $(BIN)/afterburner optimize $(DEMO_TARGET)"
	@$(BIN)/afterburner optimize $(DEMO_TARGET)

test: .venv/.installed ## The tests that need nothing but .venv
	@echo "test: pytest, everything that needs no system package"
	@$(BIN)/python -m pytest -m "not system" --no-skips $(PYTEST_ARGS)

test-system: .venv/.installed ## The tests that need bubblewrap and CPython 3.9 to 3.13
	@echo "test-system: pytest, what needs bubblewrap and CPython 3.9 to 3.13"
	@$(BIN)/python -m pytest -m system --no-skips $(PYTEST_ARGS)

lint: .venv/.installed ## ruff and mypy
	@echo "lint: ruff check, ruff format --check, mypy --strict"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: .venv/.installed ## Everything that measures Afterburner itself
	@for script in timing optimize lsp; do \
		echo "bench: benchmarks/$$script.py"; $(BIN)/python benchmarks/$$script.py || exit 1; done

docs: .venv/.installed ## Write the generated pages under docs/
	@$(BIN)/python tools/generate.py

lock: ## Write the lock files anew (needs uv)
	@sed -n 1p $(LOCK) > $(LOCK).new
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
		--no-header --no-annotate --no-emit-index-url --group dev pyproject.toml >> $(LOCK).new
	@mv $(LOCK).new $(LOCK)
	@sed -n 1,2p $(OVERLAY) > $(OVERLAY).new
	@uv pip compile --quiet --universal --python-version 3.9 --generate-hashes --no-deps --fork-strategy requires-python \
		--no-header --no-annotate --no-emit-index-url --group overlay >> $(OVERLAY).new
	@mv $(OVERLAY).new $(OVERLAY)
	@sed -n 1p $(SERVER_LOCK) > $(SERVER_LOCK).new
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
		--no-header --no-annotate --no-emit-index-url pyproject.toml >> $(SERVER_LOCK).new
	@mv $(SERVER_LOCK).new $(SERVER_LOCK)

vsix: $(VSCODE)/build/afterburner.vsix ## The extension for VS Code (needs Node 20 or newer with npm)

$(VSCODE)/build/afterburner.vsix: .venv/.installed $(VSCODE)/node_modules/.installed $(SERVER_LOCK) pyproject.toml \
		$(wildcard $(addprefix $(VSCODE)/,*.json .vscodeignore *.md *.png src/* walkthrough/* images/*)) \
		$(shell find server/afterburner server/afterburner_worker profiles -name '*.py' -o -name '*.toml' -o -name '*.lock')
	@echo "vsix: the server's wheel, the bundled extension, $@"
	@rm -rf $(VSCODE)/dist $(VSCODE)/build && mkdir -p $(VSCODE)/dist/server $(VSCODE)/build
	@$(BIN)/python -m build --wheel --no-isolation --outdir $(VSCODE)/dist/server . >$(VSCODE)/build/wheel.log 2>&1 \
		|| { cat $(VSCODE)/build/wheel.log; exit 1; }
	@cp $(SERVER_LOCK) $(VSCODE)/dist/server/
	@cd $(VSCODE) && npm run --silent check && npm run --silent bundle && npm run --silent package

$(VSCODE)/node_modules/.installed: $(VSCODE)/package-lock.json
	@command -v npm >/dev/null || { echo "The extension is built with Node 20 or newer and its npm: install them."; exit 1; }
	@echo "vsix: npm ci (once; half a minute)"
	@cd $(VSCODE) && npm ci --silent
	@touch $@

clean: ## Remove .venv and every cache
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis $(addprefix $(VSCODE)/,build dist node_modules)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.locked: $(LOCK)
	@test -n "$(PYTHON)" && $(PYTHON) -c '$(PROBE)' 2>/dev/null || { echo "Afterburner needs Python 3.11 or newer with its venv" \
		"module (on Debian and Ubuntu: python3-venv). Looked at: $(or $(PYTHON),python3.13 python3.12 python3.11 python3)." \
		"Install one, or name it: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "setup: .venv with $(PYTHON) and the locked packages (once; about a minute)"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)
	@touch $@

.venv/.installed: .venv/.locked pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
