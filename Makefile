# Every target sets up .venv by itself where it is missing or out of date.
#
#   make lab       open JupyterLab on the course
#   make progress  say which tasks of your sets pass
# left out for students
#   make test      run every test (make test ARGS='-k data' runs some)
#   make quick     run what takes two minutes, before a commit
#   make test-oldest   run lectures, sets and utils with the oldest versions allowed
#   make test-colab    install the course beside Colab's packages, and run sets there
#   make test-hub  run a class on a hub, as HUB.md says
#   make test-container   build the container and use it
#   make release   regenerate exercises/ from solutions/
#   make student   write what students get into build/student/, as a folder and as a zip
#   make grade     grade what was handed in: make grade SET=ex04_denoising
#   make lectures  run the lectures and store their outputs
#   make claims    run lectures with every seed moved: make claims ARGS="06 09 --moves 10 --threads 1"
#   make site      build the site into _site/html; with SOLUTIONS=1, solutions too
#   make bench     time the data pipeline, and grading
#   make checkpoints  train the models whose weights are stored, for up to an hour
#   make hooks     for contributors: checks at each commit, readable diffs of notebooks
#   make check     run the same checks on every file
#   make colab     refresh the README's Colab badges
# until here
#
# PYTHON=python3.12        the Python to make .venv with
# TORCH_INDEX=https://…    take torch from there: for a CPU-only torch, see the README
# PORT=8888                where JupyterLab listens
# EXCHANGE=1               nbgrader's lists of assignments and courses too, on a hub
# left out for students
# WITH="lab grading"      groups of packages to install, in place of those that the target needs
# SET=ex04_denoising       the set to grade
# WORKERS=2                processes that grade
# until here

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
CONSTRAINTS ?= constraints.txt
VENV = .venv
TORCH_INDEX ?=
PORT ?= 8888
EXCHANGE ?=
# Groups of packages (pyproject.toml) that the goals need; setup adds them to what is there.
WITH = lab
# left out for students
goals = $(filter $(1),$(MAKECMDGOALS))
WITH += $(if $(call goals,grade bench),grading)
WITH += $(if $(call goals,site),site)
WITH += $(if $(call goals,test quick test-hub test-container),grading site test)
WITH += $(if $(call goals,hooks check),grading site test dev)
SET ?=
WORKERS ?= 2
ARGS ?=
# until here

ifeq ($(OS),Windows_NT)
RUN := $(VENV)/Scripts/python
else
RUN := $(VENV)/bin/python
endif

.PHONY: setup lab progress

setup:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found. Install it, or name yours: make lab PYTHON=/path/to/python"; exit 1; }
	@"$(PYTHON)" scripts/setup_env.py $(WITH) --constraints "$(CONSTRAINTS)" --torch-index "$(TORCH_INDEX)" \
		--venv "$(VENV)"

lab: setup
	@$(RUN) scripts/lab.py --port $(PORT) $(if $(EXCHANGE),--exchange)

progress: setup
	@$(RUN) scripts/progress.py

# left out for students
.PHONY: test quick test-oldest test-colab test-hub test-container release student grade lectures claims site bench checkpoints hooks check colab

# glibc gives the room of large tensors back and takes it anew, page by page: a tenth of the time.
test claims: export MALLOC_MMAP_MAX_ = 0
test claims: export MALLOC_TRIM_THRESHOLD_ = 100000000000
# A container's may forbid it: then each of hundreds of processes compiles the course anew.
test quick claims: export PYTHONDONTWRITEBYTECODE =

# In several processes, one core each (tests/conftest.py says how many).
PYTEST = $(RUN) -m pytest -n auto

test: setup
	@$(PYTEST) $(ARGS)

# What one runs before a commit: all but the notebooks, most exercise sets, grading and the browser.
quick: setup
	@$(PYTEST) tests/test_[123]*.py tests/test_5_*.py \
		-k "not test_5_exercises or ex01 and not nbgrader and not validate or byte" $(ARGS)

# In an environment of its own, beside .venv. Of the oldest versions some are not made for every
# newer Python.
test-oldest:
	@$(MAKE) --no-print-directory test VENV=.venv-oldest CONSTRAINTS=tests/constraints-oldest.txt \
		PYTHON="$(or $(shell python3.11 -c 'print("python3.11")' 2>/dev/null),$(PYTHON))" \
		ARGS="tests/test_2_*.py tests/test_4_*.py tests/test_5_*.py $(ARGS)"

test-colab: setup
	@$(RUN) scripts/try_colab.py $(ARGS)

# What needs a machine made for it: root and some Debian packages, which each file names.
test-hub test-container: setup
	@$(RUN) -m pytest -n 0 $(@:test-%=tests/%.py) $(ARGS)

release: setup
	@$(RUN) scripts/release.py

student: setup
	@$(RUN) scripts/student.py

grade: setup
	@test -n "$(SET)" || { echo "Name the set: make grade SET=ex04_denoising"; exit 1; }
	@$(RUN) -m grading run "$(SET)" --workers $(WORKERS) $(ARGS)

lectures: setup
	@$(RUN) scripts/run_lectures.py $(ARGS)

claims: setup
	@$(RUN) scripts/claims.py $(ARGS)

bench: setup
	@$(RUN) scripts/bench.py
	@$(RUN) scripts/bench_grading.py

checkpoints: setup
	@$(RUN) scripts/checkpoints.py $(ARGS)

site: setup
	@$(RUN) scripts/build_site.py $(if $(SOLUTIONS),--solutions)

# .gitattributes names the driver of diffs; where it lies, git learns here: below the course's
# folder, in which git runs it.
hooks: setup
	@$(RUN) -m pre_commit install
	@git config diff.jupyternotebook.command "$(dir $(RUN))git-nbdiffdriver diff"

# The hooks call what they need by its bare name.
check: setup
	@PATH="$(abspath $(dir $(RUN))):$$PATH" $(RUN) -m pre_commit run --all-files --show-diff-on-failure

colab: setup
	@$(RUN) scripts/colab.py
# until here
