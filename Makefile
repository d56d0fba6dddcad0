# `make demo` and `make test` do everything on a fresh machine with Python 3.10 or newer; the second time they are quick.
# `make demo` installs what a user needs, `make test` what developers need besides, into the same .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# pip has nothing to say that a reader of this output needs, except errors.
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check
# Where pip finds PyTorch besides; a page of PyTorch's own with builds for the CPU, say.
TORCH_INDEX ?=
INSTALL := $(PIP) install --constraint constraints.txt $(if $(TORCH_INDEX),--extra-index-url "$(TORCH_INDEX)")
CASE ?=
TRUTH_LABELS ?=
ROUNDS ?= 5
DATA ?=
SPLIT ?=
# Processes that run tests beside each other, and more words for pytest, such as PYTEST="--durations=20".
JOBS ?= 2
PROCESSES = -n $(JOBS) --dist loadfile --no-loadscope-reorder
PYTEST ?=

.PHONY: demo test tests lint bench scores pictures api constraints clean setup tools

demo: setup
	$(BIN)/gss demo build/demo$(if $(CASE),-case) $(if $(CASE),--case "$(CASE)") $(if $(TRUTH_LABELS),--truth-labels "$(TRUTH_LABELS)")

test: lint tests

# Every file of tests runs in one of JOBS processes with a thread each. The panel's tests put stand-ins in the place of
# Slicer's modules, so they have processes of their own; they run even if others fail.
tests: export OMP_NUM_THREADS ?= 1
tests: tools
	@rest=0; $(BIN)/python -m pytest $(PROCESSES) $(PYTEST) || rest=$$?; \
	$(BIN)/python -m pytest $(PROCESSES) $(PYTEST) Testing/panel && exit $$rest

lint: tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: tools $(VENV)/.bench
	$(BIN)/python Testing/benchmarks/run.py --rounds $(ROUNDS) $(if $(CASE),--case "$(CASE)")

setup: $(VENV)/.user
tools: $(VENV)/.tools

$(VENV)/.user: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
		|| { echo "Python 3.10 or newer is needed; name it with PYTHON=..." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up $(VENV) with what a user needs."
	@echo "Downloads: about 265 MB, 190 of them PyTorch for the CPU; they take 1.2 GB in $(VENV)."
	@echo "Where pip finds no build for the CPU, it takes one for graphics cards, of several GB: TORCH_INDEX=... names"
	@echo "an index that has one."
	@$(INSTALL) --editable .
	@touch $@

$(VENV)/.tools: $(VENV)/.user
	@echo "Adding what developers need: about 430 MB more to download (Qt, VTK, MRML and others), 1.8 GB in $(VENV)."
	@$(INSTALL) --editable '.[dev]'
	@touch $@

$(VENV)/.bench: $(VENV)/.tools
	@$(INSTALL) --editable '.[dev,bench]'
	@touch $@

# What is installed now becomes what is installed everywhere. Older Pythons take what pyproject.toml allows.
constraints: tools
	$(BIN)/python Testing/constraints.py

# The tables of the shipped network: its card, docs/model-card.md, README.md, docs/user-guide.md, and where it fails.
scores: tools
	@test -n "$(DATA)" -a -n "$(SPLIT)" || { echo 'name studies and split: make scores DATA="FOLDER ..." SPLIT=split.json' >&2; exit 2; }
	$(BIN)/gss evaluate $(DATA) --split $(SPLIT) --network GSSCore/pretrained/unet --confidence --write-card --output build/scores
	$(BIN)/python Testing/card_tables.py
	$(BIN)/python docs/experiments/failures.py --data $(DATA) --split $(SPLIT) --output docs/pictures/failures.png

pictures: tools
	$(BIN)/python Testing/core/method_figure.py docs/pictures
	$(BIN)/python Testing/mrml/make_pictures.py docs/pictures
	$(BIN)/python Testing/panel/panel_pictures.py docs/pictures

# Pages of the library's interface from its docstrings; begin at build/api/index.html.
api: tools
	$(BIN)/python Testing/api_pages.py build/api

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
