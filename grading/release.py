"""A set as the grader needs it: the notebook with its hidden tests and without its solutions."""

from __future__ import annotations

import ast
import hashlib
import logging
import re
import warnings
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path

import nbformat
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    IncludeHeaderFooter,
    LockCells,
)
from traitlets.config import Config, PyFileConfigLoader

from grading import tabulate
from utils import cases

# glob, or SQLAlchemy in the gradebook's address, reads these otherwise.
_PATTERN = re.compile(r"[*?\[]|%[\da-fA-F]{2}")
_PARSED = 200_000  # characters; a longer cell was written by no student
_WEIGH = (
    "torch",
    "numpy",
    "nbgrader",
    "nbconvert",
    "ipython",
    "matplotlib",
)  # packages that bear on a grade


class CourseProblem(Exception):
    """The course's folder is not as it should be; the message says what to do."""


@dataclass(frozen=True)
class Course:
    """The folder that holds nbgrader_config.py, and nbgrader's names for what is in it."""

    root: Path
    config: Config

    @classmethod
    def at(cls, root: Path) -> Course:
        """The course in a folder.

        Raises:
            CourseProblem: there is none, or nbgrader can't find it where it lies.
        """
        if not (root / "nbgrader_config.py").is_file():
            raise CourseProblem(
                f"There is no nbgrader_config.py in {root}. Run this in the course's folder."
            )
        if found := _PATTERN.search(str(root)):
            raise CourseProblem(
                f"The path of the course, {root}, has a {found[0]} in it, which nbgrader takes for "
                "a pattern: it would not find the notebooks, or the gradebook. Rename that folder, "
                "then run this again."
            )
        config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
        config.CourseDirectory.root = str(root)
        return cls(root, config)

    @cached_property
    def directory(self) -> CourseDirectory:
        """nbgrader's own view of the folder."""
        return CourseDirectory(config=self.config)

    def folder(self, name: str) -> Path:
        """One of nbgrader's folders: source, submitted, autograded or feedback."""
        return self.root / getattr(self.directory, f"{name}_directory")

    @property
    def database(self) -> Path:
        """The gradebook's file."""
        return Path(self.directory.db_url.removeprefix("sqlite:///"))


@dataclass(frozen=True)
class Release:
    """One exercise set.

    Attributes:
        name: of the set.
        notebook: stubs in place of solutions, hidden tests in place.
        public: grade_id -> the cell's text as students got it.
        imports: modules that its cells import.
        key: changes when anything does that bears on a grade.
    """

    name: str
    notebook: nbformat.NotebookNode
    public: dict[str, str]
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

    @cached_property
    def tasks(self) -> dict[str, list[str]]:
        """What each task is called -> its cells that are graded or filled in, in order."""
        found: dict[str, list[str]] = {}
        title, graded = self.name, self.points
        for name, cell in self.cells.items():
            if cell.cell_type == "markdown" and not is_answer(cell):
                text = re.sub(r"(?ms)^```.*?^```", "", cell.source)
                for heading in re.findall(r"(?m)^##? +(.+?)(?: \(\d+ points?\b[^)]*\))?$", text):
                    title = heading
            if name in graded or is_answer(cell):
                found.setdefault(title, []).append(name)
        return found

    def called(self, name: str) -> str:
        """What a graded cell is called: a test by its first line, which is a comment."""
        cell = self.cells[name]
        first = re.match(r"# *(.+?)\.?\n", cell.source) if is_test(cell) else None
        return first[1] if first else "Your answer"

    def rubric(self, name: str) -> list[str]:
        """What earns points in a cell that a person grades: the table in the text above it."""
        if not by_hand(self.cells[name]):
            return []
        order = list(self.cells)
        above = self.cells[order[order.index(name) - 1]]
        return re.findall(r"(?m)^\| *[\d.]+ *\| *(.+?) *\|$", above.source)

    @cached_property
    def visible(self) -> dict[str, dict]:
        """test -> what was stored of its visible cases."""
        table = tabulate.table_in(self.notebook)
        return cases.unpack(table) if table else {}

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


def load(course: Course, name: str) -> Release:
    """Read a set from the source folder, and prepare it with nbgrader's own steps.

    Raises:
        CourseProblem: there is no such set, or nbgrader refuses it.
    """
    path = course.folder("source") / name / f"{name}.ipynb"
    if not path.is_file():
        sets = course.folder("source")
        known = sorted(p.name for p in sets.iterdir() if p.is_dir()) if sets.is_dir() else []
        raise CourseProblem(
            f"There is no set {name}: {path} is missing. Known sets: {', '.join(known) or 'none'}."
        )
    source = _with_tables(course, path)
    whole = _prepare(course, source, hidden=True)
    public = _prepare(course, source, hidden=False)
    for cell in filter(is_test, whole.cells):
        if "test" not in definitions(cell.source):
            raise CourseProblem(
                f"The test {cell.metadata.nbgrader.grade_id} of {name} holds no test(case), or is "
                "not plain Python: it could not be judged. CONTRIBUTING.md has the form of a test."
            )
    code = [c.source for c in source.cells if c.cell_type == "code"]
    return Release(
        name,
        whole,
        {c.metadata.nbgrader.grade_id: c.source for c in public.cells if "nbgrader" in c.metadata},
        _imported(code),
        hashlib.sha256((code_key() + nbformat.writes(whole)).encode()).hexdigest(),
    )


def _with_tables(course: Course, path: Path) -> nbformat.NotebookNode:
    """The set with what its tests compare with: as released, where that says the same.

    Raises:
        CourseProblem: it can't be computed.
    """
    source, mistakes = nbformat.read(path, as_version=4), path.with_name("mistakes.py")
    if not mistakes.is_file():
        return source
    text, store = mistakes.read_text(encoding="utf-8"), course.root / ".grading" / "tables"
    try:
        source = tabulate.fill(source, text, path.stem, store)
    except tabulate.Unfit as error:
        raise CourseProblem(f"solutions/{path.stem} is not fit to grade with:\n{error}") from None
    released = course.folder("release") / path.stem / path.name
    if released.is_file():
        table = tabulate.table_in(nbformat.read(released, as_version=4))
        if tabulate.agree(table, tabulate.table_in(source)):
            source = tabulate.with_table(source, table)
    return source


@cache
def code_key() -> str:
    """Names the state of the code that decides on grades: of the grader, of what tests call upon,
    and of the packages below them."""
    here = Path(__file__).resolve().parent
    digest = hashlib.sha256(repr([version(name) for name in _WEIGH]).encode())
    for file in [*sorted((here.parent / "utils").glob("*.py")), *sorted(here.glob("*.py"))]:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _prepare(course: Course, source: nbformat.NotebookNode, hidden: bool) -> nbformat.NotebookNode:
    steps = [IncludeHeaderFooter, LockCells, ClearSolutions, ClearOutput, CheckCellMetadata]
    steps += [ComputeChecksums] if hidden else [ClearHiddenTests]
    notebook = nbformat.from_dict(source)
    resources: dict = {}
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    try:
        for step in steps:
            notebook, resources = step(config=course.config).preprocess(notebook, resources)
        MetadataValidator().validate_nb(notebook)
    except Exception as error:
        raise CourseProblem(f"nbgrader refuses this set: {error}") from error
    return notebook


def _imported(cells: list[str]) -> tuple[str, ...]:
    modules = {"utils.cases", "utils.checks", "matplotlib.pyplot"}
    for text in cells:
        try:
            tree = ast.parse(text)
        except SyntaxError:
            continue  # a line of IPython's own, which imports nothing
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                modules |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module)
                if node.module == "utils":
                    modules |= {f"utils.{alias.name}" for alias in node.names}
    return tuple(sorted(modules))
