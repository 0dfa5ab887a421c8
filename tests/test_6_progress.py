"""Which tasks pass: what make progress says of a reader's saved notebooks, and checks.validate()
of the one that it is called from."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import exercise_sets
import nbformat
import pytest
from exercise_sets import SETS
from nbclient import NotebookClient
from test_6_check import cell

from utils import checks

SCRIPT = Path(__file__).resolve().parent.parent / "scripts/progress.py"


def say(folder: Path) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, SCRIPT, folder], capture_output=True, text=True)


def a_set(answer: str) -> list[nbformat.NotebookNode]:
    return [
        cell("one", "# A set\n\n## Task 1. The sum (2 points)", "markdown", locked=True),
        cell("sum", f"def add(a, b):\n    return {answer}", solution=True),
        cell(
            "sum-test",
            "three = add(1, 2)\nassert three == 3, 'the sum: 3 was expected.'",
            grade=True,
        ),
        cell("two", "## Task 2. Nothing (2 points)", "markdown", locked=True),
        cell("nothing-test", "pass", grade=True),
        cell("question", "YOUR ANSWER HERE", "markdown", grade=True, solution=True),
    ]


def saved(folder: Path, answer: str, run: bool) -> None:
    notebook = nbformat.v4.new_notebook(cells=a_set(answer))
    if run:
        NotebookClient(notebook, allow_errors=True).execute()
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{folder.name}.ipynb")


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> str:
    work = tmp_path_factory.mktemp("my_work")
    saved(work / "ex01_wrong", "a - b", run=True)
    saved(work / "ex02_right", "a + b", run=True)
    saved(work / "ex03_later", "a + b", run=False)
    (work / "ex04_cut").mkdir()
    (work / "ex04_cut/ex04_cut.ipynb").write_text('{"cells": [')
    return say(work).stdout


def test_each_task_is_told_with_the_points_so_far(told):
    assert "ex01_wrong: 2 of 4 points from tests\n" in told
    sentence = "fails: the sum: 3 was expected."
    assert f"Task 1. The sum  0 of 2  {sentence}\n  Task 2. Nothing  2 of 2  passes" in told
    assert "ex02_right: 4 of 4 points from tests\n  Task 1. The sum  2 of 2  passes" in told


def test_a_set_not_begun_and_a_broken_file_are_named(told):
    assert "ex03_later: 0 of 4 points from tests; not begun\n" in told
    assert "ex04_cut: ex04_cut.ipynb can't be read" in told


def test_without_sets_it_says_where_they_come_from(tmp_path):
    done = say(tmp_path)
    assert done.returncode == 1 and "`make lab` puts them there" in done.stderr


# ---------------------------------------------------------------- from a notebook


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """``kernel(code)``: what is printed, in a kernel beside a set of which no test was run."""
    folder = tmp_path_factory.mktemp("ex01_own")
    (folder / "a.ipynb").write_text("[]")  # and beside other files
    (folder / "b.ipynb").write_text("no notebook")
    nbformat.write(nbformat.v4.new_notebook(cells=a_set("a - b")), folder / "ex01_own.ipynb")
    client = NotebookClient(nbformat.v4.new_notebook(), resources={"metadata": {"path": folder}})

    def run(code: str) -> str:
        client.nb.cells.append(nbformat.v4.new_code_cell(code))
        outputs = client.execute_cell(client.nb.cells[-1], len(client.nb.cells) - 1).outputs
        return "".join(output.text for output in outputs)

    with client.setup_kernel():
        run("from utils import checks\ndef add(a, b):\n    return a + b")
        yield run


def test_validate_runs_the_tests_on_the_answers_as_they_are_now(kernel):
    rest = "  Task 2. Nothing  2 of 2  passes\n"
    for answer, points, said in (
        ("print('mine'); return a - b", 0, "fails: the sum: 3 was expected."),
        ("raise NotImplementedError()", 0, "not begun"),
        ("return a + c", 0, "fails: NameError: name 'c' is not defined"),
        ("return a + b", 2, "passes"),
    ):
        kernel(f"def add(a, b):\n    {answer}\n")
        first = f"{points + 2} of 4 points from tests\n  Task 1. The sum  {points} of 2  "
        assert kernel("checks.validate()") == f"{first}{said}\n{rest}"
    assert kernel("print('three' in dir())") == "False\n", "a test leaves no names"


def test_validate_asks_colab_for_the_notebook(kernel, script, monkeypatch):
    monkeypatch.syspath_prepend(SCRIPT.parent)
    begin = script("try_colab").KERNEL
    lines = nbformat.writes(nbformat.v4.new_notebook(cells=a_set("a")))  # text as lines
    kernel(f"{begin}reply = {{'ipynb': json.loads({lines!r})}}\nget_ipython().starting_dir = '/'")
    assert kernel("checks.validate()").startswith("4 of 4 points from tests\n")
    assert kernel("reply = None\nchecks.validate()").startswith("The file of this notebook is not")


def test_validate_does_nothing_where_a_set_is_graded(kernel):
    assert kernel("import os; os.environ['NBGRADER_EXECUTION'] = 'autograde'") == ""
    assert kernel("checks.validate()") == ""


@pytest.fixture(scope="module")
def all_sets(tmp_path_factory) -> Path:
    """A folder for all downloads."""
    folder = tmp_path_factory.mktemp("downloads")
    for name in SETS:
        shutil.copy(exercise_sets.COURSE / f"exercises/{name}/{name}.ipynb", folder)
    return folder


@pytest.mark.parametrize("name", SETS)
def test_validate_finds_a_set_and_gives_it_its_points(name, all_sets, monkeypatch, capsys):
    """With the solution but for one answer, which is as it was released. No kernel is needed."""
    space: dict = {}
    shell = SimpleNamespace(user_ns=space, starting_dir=all_sets)
    monkeypatch.setattr(checks, "get_ipython", lambda: shell)
    answers = exercise_sets.answers(name)
    solution = {c.grade.grade_id: c.source for c in exercise_sets.source(name)}
    for each in exercise_sets.source(name, "exercises"):
        if each.cell_type == "code" and not each.grade.grade:
            here = each.grade.grade_id
            code = solution[here] if here in answers[1:] else each.source
            exec(compile(code, here, "exec"), space)
    told = capsys.readouterr().out  # by the set's own cell below the last test
    tests = exercise_sets.tests(name)
    missing = sum(tests[test] for test in exercise_sets.graded_by(name, answers[0]))
    full = sum(tests.values())
    assert told.startswith(f"{full - missing} of {full} points from tests\n  Task 1. ")
    assert "not begun" in told.splitlines()[1]
    assert all(line.endswith("  passes") for line in told.splitlines()[2:])
