# Two commands: `make play` starts the instrument, `make test` runs every check. The rest is for people who change it.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
# On its own and first: with the version open, a resolver on Linux may choose gigabytes of CUDA libraries.
TORCH ?= torch==2.13.0
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check install --quiet
SYSTEM = jackd2 liblo-tools libportaudio2 chromium chromium-driver puredata-core mosquitto
ARGS ?=
SECONDS ?= 300
JOBS ?= 2

.PHONY: feelings moods diagrams screenshots frames soak play test lint types pytest system fuzz docs patches site wheel clean

play: $(VENV)/.installed  ## the instrument, with every default; ARGS="--preset club --no-sound" goes to emo-osc serve
	@$(BIN)/emo-osc serve $(ARGS)

test: system lint types pytest  ## everything that CI runs

lint: $(VENV)/.installed-test
	@echo "== ruff"
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(VENV)/.installed-test
	@echo "== mypy"
	@$(BIN)/mypy

pytest: $(VENV)/.installed-test
	@echo "== pytest"
	@$(BIN)/python -m pytest --numprocesses=$(JOBS) --dist=loadscope --cov --cov-report=term:skip-covered --durations=20 $(ARGS)

docs: $(VENV)/.installed-test  ## what is written from tables: docs/osc.md, the README's OSC table, the preset schema
	@$(BIN)/python -m tools.manual

patches: $(VENV)/.installed-test  ## max_patches/ and layouts/, from the same tables
	@$(BIN)/python -m tools.patches

feelings: $(VENV)/.installed-test  ## docs/feelings.md: one latent in all nine moods
	@$(BIN)/python -m tools.feelings $(ARGS)

moods: $(VENV)/.installed-test  ## docs/mood/: a page for each mood, with a melody
	@$(BIN)/python -m tools.mood_pages $(ARGS)

diagrams: $(VENV)/.installed-test  ## docs/images/: how it works, in pictures
	@$(BIN)/python -m tools.diagrams $(ARGS)

screenshots: $(VENV)/.installed-test  ## docs/images/pad*.png and audience_*.png, in a headless Chromium
	@$(BIN)/python -m tools.screenshots $(ARGS)
	@$(BIN)/python -m tools.audience_pictures

frames: $(VENV)/.installed-test  ## how often the pad draws, in a headless Chromium
	@$(BIN)/python -m tools.pad_frames $(ARGS)

soak: $(VENV)/.installed-test  ## twenty minutes of a restless performer; ARGS="--minutes 60"
	@$(BIN)/python -m tools.soak $(ARGS)

fuzz: $(VENV)/.installed-test  ## a long look for bytes that upset the stage: make fuzz SECONDS=3600 for each target
	@for target in packets datagrams midi lines; do echo "== fuzzing $$target for $(SECONDS) s"; \
		$(BIN)/python -m tests.fuzz.run $$target $(SECONDS) || exit; done

site: $(VENV)/.installed-test  ## site/index.html: these pages as a site, which loads nothing from elsewhere
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

wheel: $(VENV)/.installed-test
	@$(PIP) build
	@$(BIN)/python -m build

clean:
	rm -rf $(VENV) build dist site .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "emo_osc needs Python 3.11 or newer; name it: make PYTHON=/path/to/python3"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot make a virtual environment; on Debian and Ubuntu: sudo apt-get install python3-venv"; exit 2; }

# Not redone until pyproject.toml changes. The marker with the test extras counts for playing too.
$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	@echo "== installing emo_osc into $(VENV)"
	@$(PIP) "$(TORCH)"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml | $(VENV)/bin/python
	@echo "== installing emo_osc and its test tools into $(VENV)"
	@$(PIP) "$(TORCH)"
	@$(PIP) --editable ".[test]"
	@touch $(VENV)/.installed $@

# What some tests need and pip cannot give: a MIDI system, somebody else's OSC clients, PortAudio, a browser, a broker. Never fatal:
# without them those tests are skipped and say why.
system:
	@command -v jackd >/dev/null && command -v oscsend >/dev/null && command -v chromedriver >/dev/null && \
		command -v pd >/dev/null && { command -v mosquitto || test -x /usr/sbin/mosquitto; } >/dev/null && \
		ldconfig -p | grep -q libportaudio && exit 0; \
	command -v apt-get >/dev/null || { echo "no apt-get: tests that need $(SYSTEM) will be skipped"; exit 0; }; \
	if [ "$$(id -u)" = 0 ]; then as=""; elif sudo -n true 2>/dev/null; then as="sudo -n"; \
	else echo "not root: tests that need $(SYSTEM) will be skipped"; exit 0; fi; \
	echo "== apt-get install $(SYSTEM)"; \
	install="$$as env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install"; \
	$$install $(SYSTEM) >/dev/null 2>&1 && exit 0; \
	$$as apt-get -qq update >/dev/null 2>&1; \
	for package in $(SYSTEM); do $$install $$package >/dev/null 2>&1 || \
		echo "apt-get could not install $$package: tests that need it will be skipped"; done
