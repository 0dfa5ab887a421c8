"""A set as the judge needs it: the notebook with its hidden tests and without its solutions."""

from __future__ import annotations

import ast
import hashlib
import re
import warnings
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path

import nbformat

_PARSED = 200_000  # characters; a longer cell was written by no student
_WEIGH = (
    "torch",
    "numpy",
    "nbgrader",
    "nbconvert",
    "ipython",
    "matplotlib",
)  # packages that bear on a grade


@dataclass(frozen=True)
class Release:
    """One exercise set.

    Attributes:
        name: of the set.
        notebook: stubs in place of solutions, hidden tests in place.
        public: grade_id -> the cell's text as students got it.
        visible: test -> what was stored of its visible cases.
        imports: modules that its cells import.
        key: changes when anything does that bears on a grade.
    """

    name: str
    notebook: nbformat.NotebookNode
    public: dict[str, str]
    visible: dict[str, dict]
    imports: tuple[str, ...]
    key: str

    @cached_property
    def cells(self) -> dict[str, nbformat.NotebookNode]:
        """grade_id -> cell, in order."""
        return {
            cell.metadata.nbgrader.grade_id: cell
            for cell in self.notebook.cells
            if "nbgrader" in cell.metadata
        }

    @property
    def points(self) -> dict[str, float]:
        """grade_id -> points, of all cells that are graded, by tests or by a person."""
        return {
            name: float(cell.metadata.nbgrader.points)
            for name, cell in self.cells.items()
            if cell.metadata.nbgrader.grade or cell.metadata.nbgrader.get("task")
        }

    @property
    def tests(self) -> list[str]:
        """The cells that grade by running."""
        return [name for name, cell in self.cells.items() if is_test(cell)]


def is_test(cell: nbformat.NotebookNode) -> bool:
    """Whether a cell grades what stands before it."""
    meta = cell.metadata.get("nbgrader", {})
    return bool(cell.cell_type == "code" and meta.get("grade") and not meta.get("solution"))


def is_answer(cell: nbformat.NotebookNode) -> bool:
    """Whether a cell is the student's to fill in."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def by_hand(cell: nbformat.NotebookNode) -> bool:
    """Whether it is a person who grades an answer."""
    return bool(is_answer(cell) and cell.metadata.nbgrader.grade)


def definitions(text: str) -> set[str]:
    """The functions and classes that a cell defines; of a cell that is no Python, none."""
    # Lines for IPython, %%time say, are not Python's.
    text = re.sub(r"(?m)^[%!].*$", "", text) if len(text) < _PARSED else ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of an escape such as "\d"
            body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return {n.name for n in body if isinstance(n, (ast.FunctionDef, ast.ClassDef))}


@cache
def code_key() -> str:
    """Names the state of the code that decides on grades: of what tests call upon, of the judge, of
    what makes a notebook ready for it, and of the packages below them."""
    course = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256(repr([version(name) for name in _WEIGH]).encode())
    for folder in ("utils", "grading", "classwork"):
        for file in sorted((course / folder).glob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()
