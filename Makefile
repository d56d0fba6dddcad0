# `make demo` and `make test` do everything on a fresh machine with Python 3.10 or newer; the second time they are quick.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# pip has nothing to say that a reader of this output needs, except errors.
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check
CASE ?=
TRUTH_LABELS ?=
ROUNDS ?= 5
DATA ?=
SPLIT ?=

.PHONY: demo test lint bench scores pictures api clean setup

demo: setup
	$(BIN)/gss demo build/demo$(if $(CASE),-case) $(if $(CASE),--case "$(CASE)") $(if $(TRUTH_LABELS),--truth-labels "$(TRUTH_LABELS)")

# The panel's tests put stand-ins in the place of Slicer's modules: a process of their own.
test: lint
	$(BIN)/python -m pytest
	$(BIN)/python -m pytest Testing/panel

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup $(VENV)/.bench
	$(BIN)/python Testing/benchmarks/run.py --rounds $(ROUNDS) $(if $(CASE),--case "$(CASE)")

setup: $(VENV)/.ready

# torch comes first and pinned: this very release installs as a build for the CPU where one is at hand, and later ones
# would replace it by one of several gigabytes. The package itself allows a range.
$(VENV)/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
		|| { echo "Python 3.10 or newer is needed; name it with PYTHON=..." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setting up $(VENV) (a few minutes the first time)"
	@$(PIP) install torch==2.13.0
	@$(PIP) install --editable '.[dev]'
	@touch $@

$(VENV)/.bench: $(VENV)/.ready
	@$(PIP) install --editable '.[dev,bench]'
	@touch $@

# The tables of the shipped network: its card, docs/model-card.md, README.md, docs/user-guide.md, and where it fails.
scores: setup
	@test -n "$(DATA)" -a -n "$(SPLIT)" || { echo 'name studies and split: make scores DATA="FOLDER ..." SPLIT=split.json' >&2; exit 2; }
	$(BIN)/gss evaluate $(DATA) --split $(SPLIT) --network GSSCore/pretrained/unet --confidence --write-card --output build/scores
	$(BIN)/python Testing/card_tables.py
	$(BIN)/python docs/experiments/failures.py --data $(DATA) --split $(SPLIT) --output docs/pictures/failures.png

pictures: setup
	$(BIN)/python Testing/core/method_figure.py docs/pictures
	$(BIN)/python Testing/mrml/make_pictures.py docs/pictures
	$(BIN)/python Testing/panel/panel_pictures.py docs/pictures

# Pages of the library's interface from its docstrings; begin at build/api/index.html.
api: setup
	$(BIN)/python Testing/api_pages.py build/api

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
