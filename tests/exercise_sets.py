"""Exercise sets taken apart and run without a kernel: what the tests of the sets build on."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType

import nbformat
import torch

COURSE = Path(__file__).resolve().parent.parent
SETS = sorted(path.name for path in (COURSE / "solutions").iterdir() if path.is_dir())
_SOLUTION = re.compile(r"^[ ]*### BEGIN SOLUTION\n.*?^[ ]*### END SOLUTION$", re.M | re.S)


@dataclass(frozen=True)
class Entry:
    """One answer of a bank: which cell it fills, whether it is right, and what it does."""

    answer: str
    right: bool
    name: str
    words: str  # what the message for a wrong one must hold
    code: str

    def __str__(self) -> str:
        return f"{self.answer}: {self.name}"


@cache
def cells(set_name: str, folder: str = "solutions") -> tuple[nbformat.NotebookNode, ...]:
    """The cells of a set that carry nbgrader's metadata, with ``.grade`` for that metadata."""
    path = COURSE / folder / set_name / f"{set_name}.ipynb"
    found = [c for c in nbformat.read(path, as_version=4).cells if "nbgrader" in c.metadata]
    for cell in found:
        cell.grade = cell.metadata.nbgrader
    return tuple(found)


def tests(set_name: str) -> dict[str, int]:
    """The auto-graded cells of a set: grade_id -> points."""
    return {
        c.grade.grade_id: c.grade.points
        for c in cells(set_name)
        if c.grade.grade and not c.grade.solution
    }


def answers(set_name: str) -> list[str]:
    """The ids of the cells that the reader fills in and tests grade."""
    return [
        c.grade.grade_id
        for c in cells(set_name)
        if c.cell_type == "code" and c.grade.solution and not c.grade.grade
    ]


def graded_by(set_name: str, answer: str) -> set[str]:
    """The tests that grade an answer: those whose ids begin with its id."""
    return {test for test in tests(set_name) if test.startswith(f"{answer}-")}


def bank(set_name: str) -> list[Entry]:
    """The set's bank of answers, from ``tests/bank``."""
    text = (COURSE / "tests" / "bank" / f"{set_name}.py").read_text(encoding="utf-8")
    entries = []
    for part in re.split(r"(?m)^# %% ", text)[1:]:
        header, _, code = part.partition("\n")
        answer, verdict, name, *words = (piece.strip() for piece in header.split("|"))
        assert verdict in ("right", "wrong"), header
        entries.append(Entry(answer, verdict == "right", name, words[0] if words else "", code))
    return entries


class _Reseeded(ast.NodeTransformer):
    """Adds ``_reseed`` to the seed of each ``manual_seed`` that is not given as a number."""

    def __init__(self) -> None:
        self.moved = self.fixed = 0

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if _name(node.func) == "manual_seed":
            if node.args and not isinstance(node.args[0], ast.Constant):
                node.args[0] = ast.BinOp(node.args[0], ast.Add(), ast.Name("_reseed", ast.Load()))
                self.moved += 1
            else:
                self.fixed += 1
        return node


def _name(node: ast.AST) -> str:
    return getattr(node, "attr", getattr(node, "id", getattr(node, "name", "")))


_DRAWS = {"rand", "randn", "randint", "randperm", "rand_like", "randn_like", "randint_like",
          "bernoulli", "multinomial", "normal", "normal_", "uniform_"}  # fmt: skip
_FOREIGN = {"random", "default_rng", "RandomState"}  # Python's and numpy's


@cache
def compiled_test(source: str, name: str) -> CodeType:
    """A test's code, the same for all seeds: what they are moved by, ``_reseed``, is a global.

    Raises:
        AssertionError: the test draws numbers that would be the same however it is reseeded.
    """
    tree, reseeded = ast.parse(source, name), _Reseeded()
    tree = ast.fix_missing_locations(reseeded.visit(tree))
    used = {_name(node) for node in ast.walk(tree)}
    assert not used & _FOREIGN, f"{name} draws from a generator that is not torch's"
    constant = used & _DRAWS and reseeded.fixed and not reseeded.moved
    assert not constant, f"{name} seeds with numbers alone: it is one test, however often it runs"
    return compile(tree, name, "exec")


def run(
    set_name: str, given: dict[str, str] | None = None, reseed: int = 0
) -> dict[str, str | None]:
    """Run a set's code cells in order in one fresh namespace, as the grader would.

    Args:
        set_name: the set.
        given: answer id -> code in place of the solution.
        reseed: added to every seed of the hidden and visible tests.

    Returns:
        test id -> None where it passed, else the error's type and message.
    """
    namespace: dict = {"__name__": "__main__", "_reseed": reseed}
    results: dict[str, str | None] = {}
    torch.manual_seed(reseed)  # for tests that draw and set no seed
    for cell in cells(set_name):
        graded, solution, name = cell.grade.grade, cell.grade.solution, cell.grade.grade_id
        if cell.cell_type != "code" or (graded and solution):
            continue
        failure = None
        test = compiled_test(cell.source, name) if graded else None
        try:
            exec(test or compile((given or {}).get(name, cell.source), name, "exec"), namespace)
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
    return next(c.source for c in cells(set_name, "exercises") if c.grade.grade_id == answer)


def secrets(set_name: str) -> set[str]:
    """Lines of solutions and hidden tests, long enough to be recognised in a release."""
    hidden = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", re.S)
    texts = []
    for cell in cells(set_name):
        texts += hidden.findall(cell.source) + _SOLUTION.findall(cell.source)
        if cell.grade.grade and cell.grade.solution and cell.cell_type == "markdown":
            texts.append(cell.source)
    lines = {line.strip() for text in texts for line in text.splitlines()}
    return {line for line in lines if len(line) > 25 and not line.startswith("###")}
