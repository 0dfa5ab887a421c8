"""A console that knows few letters: each command says what it has to say, a ? for each other."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from test_6_check import cell

COURSE = Path(__file__).resolve().parent.parent
NAMES = "from utils import places; print(places.passed_over('mnist', None))"


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A course with one set of a reader's, in a folder with letters of many scripts in its name."""
    folder = tmp_path_factory.mktemp("OneDrive - 100% #1 Übung 'a' 作业")
    shutil.copy(COURSE / "nbgrader_config.py", folder)
    notebook = nbformat.v4.new_notebook(
        cells=[
            cell("norm", "# Task 1. ‖x‖² (2 points)", "markdown", locked=True),
            cell("norm-test", "assert False", grade=True, locked=True),
        ]
    )
    notebook.cells[1].outputs = [
        nbformat.v4.new_output("error", ename="AssertionError", evalue="x̂ ≈ √2 … was expected")
    ]
    (folder / "my_work" / "作业").mkdir(parents=True)
    nbformat.write(notebook, folder / "my_work" / "作业" / "作业.ipynb")
    return folder


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ([COURSE / "scripts/progress.py", "my_work"], "fails: x? ? ?2 ? was expected"),
        pytest.param(
            ["-m", "grading", "collect", "my_work"],
            "??/??.ipynb is of no set of this course",
            marks=pytest.mark.linux,
        ),
        (["-c", NAMES], "There is no such folder"),
    ],
    ids=["progress", "collect", "data"],
)
def test_nothing_that_is_printed_ends_a_command(command, words, course):
    poor = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "COURSE_DATA": "/作业"}
    run = subprocess.run(
        [sys.executable, *command],
        cwd=course,
        env=os.environ | poor | {"PYTHONPATH": str(COURSE)},
        capture_output=True,
        encoding="utf-8",
    )
    assert "UnicodeEncodeError" not in run.stderr, run.stderr[-500:]
    assert words in run.stdout
