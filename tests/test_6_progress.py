"""make progress: what it says of a reader's saved notebooks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from test_6_check import cell

SCRIPT = Path(__file__).resolve().parent.parent / "scripts/progress.py"


def say(folder: Path) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, SCRIPT, folder], capture_output=True, text=True)


def saved(folder: Path, answer: str, run: bool) -> None:
    cells = [
        cell("one", "# A set\n\n## Task 1. The sum (2 points)", "markdown", locked=True),
        cell("sum", f"def add(a, b):\n    return {answer}", solution=True),
        cell("sum-test", "assert add(1, 2) == 3, 'the sum: 3 was expected.'", grade=True),
        cell("two", "## Task 2. Nothing (2 points)", "markdown", locked=True),
        cell("nothing-test", "pass", grade=True),
        cell("question", "YOUR ANSWER HERE", "markdown", grade=True, solution=True),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
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
    assert "Task 1. The sum  fails: the sum: 3 was expected.\n  Task 2. Nothing  passes" in told
    assert "ex02_right: 4 of 4 points from tests\n  Task 1. The sum  passes" in told


def test_a_set_not_begun_and_a_broken_file_are_named(told):
    assert "ex03_later: 0 of 4 points from tests; not begun\n" in told
    assert "ex04_cut: ex04_cut.ipynb can't be read" in told


def test_without_sets_it_says_where_they_come_from(tmp_path):
    done = say(tmp_path)
    assert done.returncode == 1 and "`make lab` puts them there" in done.stderr
