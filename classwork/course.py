"""The course's folder, and a set from it, prepared with nbgrader's own steps."""

from __future__ import annotations

import ast
import hashlib
import logging
import re
from dataclasses import dataclass
from functools import cached_property
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

from classwork import tabulate
from grading.release import Release, code_key, definitions, is_test
from utils import cases

# glob, or SQLAlchemy in the gradebook's address, reads these otherwise.
_PATTERN = re.compile(r"[*?\[]|%[\da-fA-F]{2}")


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
    table = tabulate.table_in(whole)
    return Release(
        name,
        whole,
        {c.metadata.nbgrader.grade_id: c.source for c in public.cells if "nbgrader" in c.metadata},
        cases.unpack(table) if table else {},
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
