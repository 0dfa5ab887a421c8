"""What must be true of every committed notebook and page, without running anything."""

from __future__ import annotations

import ast
import base64
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from statistics import median

import nbformat
import pytest
from exercise_sets import SETS, secrets, source, visible
from PIL import Image

COURSE = Path(__file__).resolve().parent.parent


def in_git(pattern: str) -> list[Path]:
    """The course's files as git has them, in order."""
    listed = subprocess.run(
        ["git", "ls-files", pattern], cwd=COURSE, capture_output=True, text=True, check=True
    )
    return [COURSE / line for line in sorted(listed.stdout.splitlines())]


def content(path: Path) -> bytes:
    """What git would commit: a reader may run and change a lecture, and that is no fault of it."""
    return subprocess.run(
        ["git", "show", f":{path.relative_to(COURSE).as_posix()}"],
        cwd=COURSE,
        capture_output=True,
        check=True,
    ).stdout


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.reads(content(path).decode(), as_version=4)


LECTURES = in_git("lectures/*.ipynb")
SOLUTIONS = in_git("solutions/*.ipynb")
RELEASED = in_git("exercises/*.ipynb")
PAGES = [*in_git("*.md"), *LECTURES, *SOLUTIONS, *RELEASED]
# Paths of one machine, which a warning or a traceback would carry into a stored output.
MACHINE_PATH = re.compile(r"(?<![\w.])(/(home|root|Users|tmp|work|mnt|var)/\w|[A-Z]:\\\w)")
LINK = re.compile(r"!?\[([^\]]*)\]\(([^)\s]+)\)")


def each(paths: list[Path]):
    return pytest.mark.parametrize("path", paths, ids=lambda p: p.stem)


def markdown(path: Path) -> str:
    if path.suffix == ".md":
        return content(path).decode()
    notebook = read(path)
    return "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")


def code(path: Path) -> list[nbformat.NotebookNode]:
    return [c for c in read(path).cells if c.cell_type == "code"]


@each(LECTURES)
def test_lecture_was_run_from_top_to_bottom_on_the_real_sets(path):
    counts = [c.execution_count for c in code(path)]
    assert counts == list(range(1, len(counts) + 1)), "run it: make lectures"
    outputs = [o for c in code(path) for o in c.outputs]
    assert not [o for o in outputs if o.output_type == "error"]
    assert not [o for o in outputs if o.get("name") == "stderr"], "a warning is stored"
    assert any("image/png" in o.get("data", {}) for o in outputs)
    assert "stand-in for" not in json.dumps(outputs), "stored outputs are those of the real sets"


@each([*LECTURES, *SOLUTIONS, *RELEASED])
def test_cell_ids_are_unique_and_valid(path):
    notebook = read(path)
    nbformat.validate(notebook)
    ids = [c.id for c in notebook.cells]
    assert len(ids) == len(set(ids))


@each([*SOLUTIONS, *RELEASED])
def test_exercises_carry_no_output(path):
    assert all(not c.outputs and c.execution_count is None for c in code(path))


@each(LECTURES)
def test_lecture_keeps_its_form(path):
    lines = [len(c.source.splitlines()) for c in code(path) if not c.id.startswith("showed")]
    most = {"08": 46, "09": 51}.get(path.stem[:2], 40)  # 30, once they are split or cut
    assert 15 <= len(lines) <= most and median(lines) <= 8 and max(lines) <= 25
    assert lines[0] <= 15, "setup is at most 15 lines"
    text = markdown(path)
    for part in ("**You will**", "**You will learn to**", "**You will need**", "## Setup"):
        assert part in text
    for part in (
        "## What this lecture showed",
        "## Where it breaks",
        "## Recap",
        "## Further reading",
    ):
        assert part in text
    assert text.count("**Predict before you run.**") >= 3 and text.count("**What to notice.**") >= 3
    assert "assert " in code(path)[-1].source, "the last code cell asserts what was shown"


@each([*LECTURES, *SOLUTIONS, *RELEASED])
def test_size_budget(path):
    assert len(content(path)) <= 900_000


@each(LECTURES)
def test_every_figure_has_a_text_of_its_own_for_those_who_cannot_see_it(path):
    texts = {}
    for cell in code(path):
        if any("image/png" in o.get("data", {}) for o in cell.outputs):
            text = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
            assert 30 <= len(text) <= 400, f"{cell.id}: {len(text)} characters"
            assert not re.search(r"[$\\]|^(Figure|Image|Picture)\b", text), f"{cell.id}: {text}"
            texts.setdefault(text, []).append(cell.id)
    assert len(texts) >= 5
    assert not [ids for ids in texts.values() if len(ids) > 1], "one text for two figures"


@each(LECTURES)
def test_figures_are_sharp_and_shown_at_half_their_pixels(path):
    for cell in code(path):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                size = Image.open(io.BytesIO(base64.b64decode(output.data["image/png"]))).size
                shown = output.metadata.get("image/png", {})
                half = tuple(side // 2 for side in size)
                assert half == (shown["width"], shown["height"]), f"{cell.id}: retina"


@each(LECTURES)
def test_lecture_draws_its_model_and_no_letter_is_too_small(path):
    sources = "\n".join(c.source for c in code(path))
    assert "plotting.draw_model(" in sources
    sizes = re.findall(r"(?:font|label|title)size[\"']?\s*[=:]\s*([\d.]+)", sources)
    assert not [size for size in sizes if float(size) < 8], "nothing below 8 pt"


@each([*LECTURES, *SOLUTIONS, *RELEASED])
def test_no_line_of_code_is_cut_off_on_the_site(path):
    """Tests, and what they compare with, are folded; all else is at most 88 characters wide."""
    for cell in code(path):
        if "hide-input" in cell.metadata.get("tags", []):
            continue
        long = [line for line in cell.source.splitlines() if len(line) > 88]
        assert not long, f"{cell.id}: {long[0]}"


@each([*LECTURES, *SOLUTIONS, *RELEASED])
def test_nothing_of_one_machine_and_no_shortcuts(path):
    text = content(path).decode()
    assert not MACHINE_PATH.search(re.sub(r'"image/png": "[^"]*"', "", text))
    for word in ("sys.path", "pip install", "filterwarnings", "%matplotlib"):
        assert word not in text, f"{word} has no place in a notebook"


@each(PAGES)
def test_links_lead_somewhere(path):
    for text, target in LINK.findall(markdown(path)):
        assert text.strip(), f"a picture or link to {target} without words"
        if re.match(r"[a-z]+:", target) or target.startswith("#"):
            continue
        file = path.parent / target.split("#")[0]
        if path in SOLUTIONS or path in RELEASED:
            # Also from the reader's copy in my_work/, which lies as deep.
            assert target.startswith("../../")
        assert file.exists(), f"{path.name} links to {target}, which is not there"


@each(LECTURES)
def test_picture_at_the_top_is_the_stored_output(path):
    tagged = [c for c in code(path) if "ends-here" in c.metadata.get("tags", [])]
    assert len(tagged) == 1
    stored = [o.data["image/png"] for o in tagged[0].outputs if "image/png" in o.get("data", {})]
    image = COURSE / "lectures/images" / f"{path.stem}.png"
    assert content(image) == base64.b64decode(stored[-1]), "refresh it: make lectures"
    assert f"](images/{image.name})" in read(path).cells[0].source


def test_introduction_links_every_lecture():
    text = markdown(LECTURES[0])
    missing = [p.name for p in LECTURES[1:] if f"]({p.name})" not in text]
    assert not missing, "the table of uses in lecture 00 names lectures without a link"


@pytest.mark.parametrize("name", SETS)
def test_release_holds_no_solution_and_no_hidden_test(name):
    released = "\n".join(c.source for c in source(name, "exercises"))
    assert "BEGIN SOLUTION" not in released and "HIDDEN" not in released
    assert len(secrets(name)) > 20, "the search knows what to look for"
    leaked = [line for line in secrets(name) if line in released and line not in visible(name)]
    assert not leaked


@pytest.mark.parametrize("name", SETS)
def test_set_keeps_its_form(name):
    found = source(name)
    answers = [c for c in found if c.cell_type == "code" and c.grade.solution and not c.grade.grade]
    manual = [c for c in found if c.grade.grade and c.grade.solution]
    assert len(answers) >= 5 and len(manual) >= 2, "a question and an open task go to a person"
    assert all("### BEGIN SOLUTION" in c.source for c in answers)
    tests = [c for c in found if c.grade.grade and not c.grade.solution]
    for answer in answers:
        mine = [c.source for c in tests if c.grade.grade_id.startswith(f"{answer.grade.grade_id}-")]
        assert "### BEGIN HIDDEN TESTS" in "".join(mine), answer.grade.grade_id
    # Tests are long; JupyterLab folds them to their first line, the site to a button.
    for cell in tests:
        assert cell.metadata.get("jupyter") == {"source_hidden": True}, cell.grade.grade_id
        assert cell.metadata.get("tags") == ["hide-input"], cell.grade.grade_id
        assert cell.source.startswith("# "), "the line that stays visible says what is tested"
    page = "\n".join(c.source for c in found if c.cell_type == "markdown")
    for hint in ("Hint 1", "Hint 2", "Hint 3"):
        assert page.count(f"<summary>{hint}") >= len(answers)
    total = sum(c.grade.points for c in found if c.grade.grade)
    listed = [int(n) for n in re.findall(r"^\| \d+ [^|]*\| (\d+) \|$", found[0].source, re.M)]
    assert sum(listed) == total, "the table of points at the top adds up"


def test_the_judge_stands_alone_and_can_be_read_in_an_afternoon():
    """Only the file in which the commands begin knows the package for all that is around it."""
    files = in_git("grading/*.py")
    imported: dict[str, set[str]] = {}
    for path in files:
        for node in ast.walk(ast.parse(content(path))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            imported.setdefault(path.name, set()).update(name.split(".")[0] for name in names)
    assert [name for name in imported if "classwork" in imported[name]] == ["__main__.py"]
    assert sum(len(content(path).splitlines()) for path in files) <= 2300


def test_no_data_set_is_committed():
    weights = in_git("utils/weights/*.pt")  # test_2_checkpoints holds their number and sizes
    committed = [p for p in in_git("*") if p not in weights]
    assert not [p for p in committed if re.search(r"ubyte|\.(pt|npz?|gz|zip)$", p.name)]
    assert not [p for p in committed if len(content(p)) > 900_000]


@pytest.mark.parametrize("command", ["ruff check", "ruff format --check", "mypy"])
def test_code_is_linted_formatted_and_typed(command):
    """As the hooks do: what is linted, and by which rules, stands in pyproject.toml."""
    run = subprocess.run(
        [sys.executable, "-m", *command.split()], cwd=COURSE, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr
