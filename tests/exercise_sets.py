"""Exercise sets taken apart and run without a kernel: what the tests of the sets build on."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path

import nbformat
import torch

from classwork import tabulate
from classwork.tabulate import Given

COURSE = Path(__file__).resolve().parent.parent
SETS = sorted(path.name for path in (COURSE / "solutions").iterdir() if path.is_dir())
STORE = COURSE / ".grading" / "tables"
_SOLUTION = re.compile(r"^[ ]*### BEGIN SOLUTION\n.*?^[ ]*### END SOLUTION$", re.M | re.S)


@cache
def source(set_name: str, folder: str = "solutions") -> tuple[nbformat.NotebookNode, ...]:
    """The cells of a set that carry nbgrader's metadata, with ``.grade`` for that metadata."""
    return _graded(nbformat.read(COURSE / folder / set_name / f"{set_name}.ipynb", as_version=4))


@cache
def cells(set_name: str) -> tuple[nbformat.NotebookNode, ...]:
    """Those of the solutions, with what the tests compare with: the first time it is computed."""
    folder = COURSE / "solutions" / set_name
    notebook = nbformat.read(folder / f"{set_name}.ipynb", as_version=4)
    mistakes = (folder / "mistakes.py").read_text(encoding="utf-8")
    return _graded(tabulate.fill(notebook, mistakes, set_name, STORE))


def _graded(notebook: nbformat.NotebookNode) -> tuple[nbformat.NotebookNode, ...]:
    found = [c for c in notebook.cells if "nbgrader" in c.metadata]
    for cell in found:
        cell.grade = cell.metadata.nbgrader
    return tuple(found)


def course(folder: Path, *names: str) -> Path:
    """A folder with these sets, and with what has been computed for them."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(COURSE / "nbgrader_config.py", folder)
    for name in names:
        cells(name)
        shutil.copytree(COURSE / "solutions" / name, folder / "solutions" / name)
    shutil.copytree(STORE, folder / ".grading" / "tables")
    return folder


def tests(set_name: str) -> dict[str, int]:
    """The auto-graded cells of a set: grade_id -> points."""
    return {
        c.grade.grade_id: c.grade.points
        for c in source(set_name)
        if c.grade.grade and not c.grade.solution
    }


def answers(set_name: str) -> list[str]:
    """The ids of the cells that the reader fills in and tests grade."""
    return [
        c.grade.grade_id
        for c in source(set_name)
        if c.cell_type == "code" and c.grade.solution and not c.grade.grade
    ]


def graded_by(set_name: str, answer: str) -> set[str]:
    """The tests that grade an answer: those whose ids begin with its id."""
    return {test for test in tests(set_name) if test.startswith(f"{answer}-")}


@cache
def bank(set_name: str) -> list[Given]:
    """The wrong and right answers in the set's mistakes.py."""
    file = COURSE / "solutions" / set_name / "mistakes.py"
    return tabulate.read(file.read_text(encoding="utf-8"), set_name.partition("_")[0])


def a_wrong_answer(set_name: str) -> Given:
    """One with a sentence of its own."""
    return next(given for given in bank(set_name) if given.kind == "mistake")


def run(
    set_name: str, given: dict[str, str] | None = None, of: set[str] | None = None
) -> dict[str, str | None]:
    """Run a set's code cells in order in one fresh namespace, as the grader would.

    Args:
        set_name: the set.
        given: answer id -> code in place of the solution.
        of: the tests to run; all of them where None.

    Returns:
        test id -> None where it passed, else the error's type and message.
    """
    namespace: dict = {"__name__": "__main__"}
    results: dict[str, str | None] = {}
    torch.manual_seed(0)
    for cell in cells(set_name):
        graded, solution, name = cell.grade.grade, cell.grade.solution, cell.grade.grade_id
        if cell.cell_type != "code" or (graded and (solution or (of and name not in of))):
            continue
        failure = None
        try:
            exec(compile((given or {}).get(name, cell.source), name, "exec"), namespace)
        except Exception as error:
            notes = " ".join(getattr(error, "__notes__", []))
            failure = f"{type(error).__name__}: {error} {notes}".strip()
        if graded:
            results[name] = failure
        elif failure and not solution:
            raise AssertionError(f"{name} failed: {failure}")
    return results


def stub(set_name: str, answer: str) -> str:
    """The answer cell as it is released."""
    return next(c.source for c in source(set_name, "exercises") if c.grade.grade_id == answer)


def secrets(set_name: str) -> set[str]:
    """Lines of solutions, hidden tests and mistakes, long enough to be recognised in a release."""
    hidden = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", re.S)
    texts = [given.code for given in bank(set_name)]
    for cell in cells(set_name):
        texts += hidden.findall(cell.source) + _SOLUTION.findall(cell.source)
        if cell.grade.grade and cell.grade.solution and cell.cell_type == "markdown":
            texts.append(cell.source)
    lines = {line.strip() for text in texts for line in text.splitlines()}
    return {line for line in lines if len(line) > 25 and not line.startswith("###")}


@cache
def visible(set_name: str) -> str:
    """What a set shows to everybody: its cells without solutions and hidden tests."""
    return "\n".join(
        re.sub(r"### BEGIN (HIDDEN TESTS|SOLUTION).*?### END \1", "", c.source, flags=re.S)
        for c in cells(set_name)
        if not (c.grade.grade and c.grade.solution)
    )
