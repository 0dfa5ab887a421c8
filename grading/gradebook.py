"""nbgrader's gradebook, written by one process alone, and a copy of it before each run."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import warnings
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import SaveCells
from sqlalchemy.exc import SAWarning

from grading import markup
from grading.journal import write
from grading.release import Course, CourseProblem, Release, is_answer
from grading.results import Result

_KEPT_COPIES = 20


def back_up(course: Course) -> Path | None:
    """Copy the gradebook into ``.grading/backups``; the last 20 copies are kept.

    Returns:
        The copy, or None where there is no gradebook yet.
    """
    if not course.database.is_file():
        return None
    folder = course.root / ".grading" / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / f"gradebook-{datetime.now():%Y%m%d-%H%M%S-%f}.db"
    # SQLite's own copy is whole even while Formgrader has the gradebook open.
    with (
        contextlib.closing(sqlite3.connect(course.database)) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    for old in sorted(folder.glob("gradebook-*.db"))[:-_KEPT_COPIES]:
        old.unlink()
    return copy


@contextlib.contextmanager
def opened(course: Course) -> Iterator[Gradebook]:
    """The gradebook, made if it is missing."""
    # nbgrader calls alembic by its bare name, which lies beside the interpreter.
    beside = str(Path(sys.executable).parent)
    if beside not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([beside, os.environ.get("PATH", "")])
    with warnings.catch_warnings():
        # nbgrader builds its rows in an order that SQLAlchemy finds unusual.
        warnings.simplefilter("ignore", SAWarning)
        with Gradebook(course.directory.db_url, course.directory.course_id) as gradebook:
            yield gradebook


def prepare(course: Course, release: Release) -> None:
    """Enter the set and its cells, as ``nbgrader generate_assignment`` does.

    Raises:
        CourseProblem: cells were added or removed since students were graded.
    """
    with opened(course) as gradebook:
        gradebook.update_or_create_assignment(release.name)
    resources = {
        "nbgrader": {
            "notebook": release.name,
            "assignment": release.name,
            "db_url": course.directory.db_url,
        }
    }
    try:
        SaveCells().preprocess(nbformat.from_dict(release.notebook), resources)
    except RuntimeError as error:
        raise CourseProblem(
            f"{error}. Grade with the set as it was handed out, or start a new gradebook (move "
            f"{course.database.name} away; the scores given by hand are in it)."
        ) from None


def record(gradebook: Gradebook, course: Course, release: Release, result: Result) -> None:
    """Enter a result, and put the notebook where Formgrader looks for it.

    What a person has graded stays as it is while the submission is unchanged. Where it changed,
    the score given by hand stays too, and is marked as to be looked at again.
    """
    name, student = release.name, result.student
    gradebook.update_or_create_student(student)
    if result.status == "missing":
        return
    submission = gradebook.update_or_create_submission(name, student)
    with contextlib.suppress(Exception):  # the student's own file, of whatever content
        when = course.directory.get_existing_timestamp(
            str(course.folder("submitted") / student / name)
        )
        submission.timestamp = when
    path = course.folder("autograded") / student / name / f"{name}.ipynb"
    notebook = ""
    if result.notebook:
        notebook = nbformat.writes(markup.clean(nbformat.reads(result.notebook, as_version=4)))
    changed = path.is_file() and path.read_text("utf-8", "replace") != notebook
    marked = _to_look_at(result, release)
    for grade_id in release.points:
        grade = gradebook.find_grade(grade_id, name, name, student)
        task = result.tasks.get(grade_id)
        score = task.score if task else None
        if grade.manual_score is not None and changed:
            grade.needs_manual_grade = True
        if grade.auto_score == score:
            continue  # nothing new, and perhaps looked at by a person meanwhile
        grade.auto_score = score
        waits = score is None or grade_id in marked
        grade.needs_manual_grade = waits or grade.manual_score is not None
    for cell in filter(is_answer, release.cells.values()):
        grade_id = cell.metadata.nbgrader.grade_id
        comment = gradebook.find_comment(grade_id, name, name, student)
        comment.auto_comment = "No response." if grade_id in result.unanswered else None
    gradebook.db.commit()
    if notebook:
        write(path, notebook)


def _to_look_at(result: Result, release: Release) -> list[str]:
    """The tests that Formgrader asks a person to look at: those that lost points, or the first."""
    if not result.review:
        return []
    lost = [name for name in release.tests if name in result.tasks and result.tasks[name].message]
    return lost or release.tests[:1]


def scores(gradebook: Gradebook, release: Release, student: str) -> dict[str, tuple[float, bool]]:
    """grade_id -> (score, whether it waits for a person), scores by hand included."""
    found = {}
    for grade_id in release.points:
        try:
            grade = gradebook.find_grade(grade_id, release.name, release.name, student)
        except MissingEntry:
            continue
        found[grade_id] = (float(grade.score or 0.0), bool(grade.needs_manual_grade))
    return found
