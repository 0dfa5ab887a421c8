"""Regenerate exercises/ from solutions/ with nbgrader: the same input gives the same bytes.

A release computes what the tests compare with; where another machine comes to other last digits of
these numbers and to nothing else that is new, the released notebook stays as it is.

python scripts/release.py [COURSE_FOLDER]
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import nbformat
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

COURSE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(COURSE))
from classwork import tabulate  # noqa: E402
from classwork.course import Course, CourseProblem  # noqa: E402


def release(course: Path) -> None:
    """Release every set in ``course/solutions`` into ``course/exercises``.

    Raises:
        SystemExit: nbgrader refused a set (its own words are printed), or can find none where
            the course lies, or somebody has filled in a released notebook, which would be
            overwritten.
    """
    try:
        Course.at(course)
    except CourseProblem as problem:
        sys.exit(str(problem))
    for path in sorted((course / "exercises").glob("*/*.ipynb")):
        if filled_in(path):
            sys.exit(
                f"{path.relative_to(course)} holds answers, which a release would overwrite. Move "
                "it away (the place for answers is my_work/), then run this again."
            )
    for folder in sorted(path for path in (course / "solutions").iterdir() if path.is_dir()):
        old = _bytes(course, folder.name)
        _tabulate(course, folder)
        _convert(course, folder.name)
        if old and _same(old, _bytes(course, folder.name)):
            _path(course, folder.name).write_bytes(old)
        print(f"released {folder.name}", flush=True)


def _convert(course: Path, name: str) -> None:
    """``nbgrader generate_assignment NAME --force --no-db``, without a process for each set."""
    config = Course.at(course).config
    config.CourseDirectory.assignment_id = name
    # Without force an existing release is skipped in silence. The gradebook belongs to the
    # instructor and to grading, not to the repository.
    config.GenerateAssignment.force = config.GenerateAssignment.no_database = True
    config.SaveCells.enabled = False
    logging.basicConfig(level=logging.ERROR, format="%(message)s")  # nbgrader's own account
    try:
        GenerateAssignment(coursedir=CourseDirectory(config=config), config=config).start()
    except NbGraderException as error:
        sys.exit(f"nbgrader could not release {name}: {error}")


def _tabulate(course: Path, folder: Path) -> None:
    """Compute the set's tables before nbgrader asks for them; say in plain words what is wrong."""
    mistakes, notebook = folder / "mistakes.py", folder / f"{folder.name}.ipynb"
    try:
        if mistakes.is_file():
            text, store = mistakes.read_text(encoding="utf-8"), course / ".grading" / "tables"
            tabulate.fill(nbformat.read(notebook, as_version=4), text, folder.name, store)
    except tabulate.Unfit as error:
        sys.exit(f"solutions/{folder.name} can't be released:\n{error}")


def _path(course: Path, name: str) -> Path:
    return course / "exercises" / name / f"{name}.ipynb"


def _bytes(course: Path, name: str) -> bytes:
    path = _path(course, name)
    return path.read_bytes() if path.is_file() else b""


def _same(old: bytes, new: bytes) -> bool:
    """Whether two releases differ by nothing but last digits in their tables."""
    both = [nbformat.reads(text.decode(), as_version=4) for text in (old, new)]
    tables = [tabulate.table_in(notebook) for notebook in both]
    for cell in both[0].cells + both[1].cells:  # nbgrader's checksum is of the table, too
        cell.metadata.get("nbgrader", {}).pop("checksum", None)
    rest = [nbformat.writes(tabulate.with_table(notebook, "")) for notebook in both]
    return rest[0] == rest[1] and tabulate.agree(*tables)


def filled_in(path: Path) -> bool:
    """Whether a cell for an answer no longer holds the text that nbgrader puts there."""
    for cell in nbformat.read(path, as_version=4).cells:
        stub = "YOUR CODE HERE" if cell.cell_type == "code" else "YOUR ANSWER HERE"
        if cell.metadata.get("nbgrader", {}).get("solution") and stub not in cell.source:
            return True
    return False


if __name__ == "__main__":
    release(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else COURSE)
