"""python -m grading check: what it says of a student's copy, in plain text."""

from __future__ import annotations

import argparse
import copy
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import compute_checksum

from classwork.commands import _check
from utils import environment


def cell(name: str, source: str, kind: str = "code", **roles: bool) -> nbformat.NotebookNode:
    made = getattr(nbformat.v4, f"new_{kind}_cell")(source, id=name)
    made.metadata.nbgrader = nbformat.from_dict(
        {"grade": False, "solution": False, "locked": False, "task": False}
        | {"grade_id": name, "schema_version": 3, "cell_type": kind, "points": 2}
        | roles
    )
    if made.metadata.nbgrader.locked:
        made.metadata.nbgrader.checksum = compute_checksum(made)
    return made


NOTEBOOK = nbformat.v4.new_notebook(
    cells=[
        cell("ex-setup", "# The set-up.\nfirst = 1", locked=True),
        cell("ex-question", "**A question.**", "markdown", locked=True),
        cell("ex-answer", "def answer():\n    return first < 1", solution=True),
        cell("ex-answer-test", "# It is right.\nassert answer()", grade=True, locked=True),
    ]
)


@pytest.fixture
def check(tmp_path, capsys):
    """``check(name="another text")``: the status, and what was said of a copy with such cells."""
    path = tmp_path / "copy.ipynb"

    def run(*cells: nbformat.NotebookNode, **texts: str) -> tuple[int, str]:
        notebook = copy.deepcopy(NOTEBOOK)
        for each in notebook.cells:
            each.source = texts.get(each.id.replace("-", "_"), each.source)
        notebook.cells += cells
        nbformat.write(notebook, path)
        status = _check(argparse.Namespace(notebook=path, set="ex"))
        return status, capsys.readouterr().out

    return run


def test_a_failed_test_is_told_in_plain_text(check):
    status, said = check()
    assert status == 1 and said.startswith("# It is right.\n    ")
    assert "----> 2 assert answer()" in said and "AssertionError" in said
    assert not [mark for mark in ("<span", "</", "&gt;", "\x1b") if mark in said], said
    assert check(ex_answer="def answer():\n    return first == 1") == (0, "All tests pass.\n")


def test_what_was_changed_is_called_what_it_is(check):
    setup = "# The set-up.\nfirst = 0"
    status, said = check(ex_setup=setup, ex_question="", ex_answer_test="# Mine.")
    assert status == 1
    assert said.splitlines()[:3] == [
        "A cell that is not for answers was changed: # The set-up. (ex-setup)",
        "A text was changed: (empty now) (ex-question)",
        "A test was changed: # Mine. (ex-answer-test)",
    ]
    assert "Undo this and check again" in said


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("    return 1", r"was split into several (Edit, Split Cell). Select its parts, and merge"),
        (NOTEBOOK.cells[2].source, "was copied. Delete the copy"),
    ],
)
def test_a_cell_that_stands_there_twice_is_named(source, words, check):
    second = cell("ex-answer", source, solution=True)
    second.id = "second"
    status, said = check(second)
    assert status == 1 and said.startswith(f"The cell ex-answer {words}")
    assert said.count("\n") == 1, "and nothing else"


def test_a_file_that_hides_a_package_is_named(check, tmp_path):
    (tmp_path / "utils.py").touch()
    line = check()[1].splitlines()[0]
    assert line == environment.hidden_by(tmp_path)[0]
    assert f"{Path('utils.py')} hides the package utils" in line and "Rename that file" in line
