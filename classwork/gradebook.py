"""nbgrader's gradebook, written by one process alone, and a copy of it before each run."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
from nbgrader import dbutil
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import SaveCells
from sqlalchemy.exc import SAWarning

from classwork import apart, markup
from classwork.course import Course, CourseProblem
from classwork.journal import write
from grading.release import Release
from grading.results import Result

_KEPT_COPIES = 20
# Written into an ini file, where a % begins a reference: the environment may lie in such a folder.
dbutil.ALEMBIC_DIR = dbutil.ALEMBIC_DIR.replace("%", "%%")
_SECONDS = 20  # of computing, to clean what one student wrote


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


def record(
    gradebook: Gradebook,
    course: Course,
    release: Release,
    result: Result,
    when: datetime | None = None,
) -> None:
    """Enter a result, and put the notebook where Formgrader looks for it: all of it, or nothing.

    What a person has graded stays as it is while the submission is unchanged. Where it changed,
    the score given by hand stays too, and is marked as to be looked at again.

    Args:
        when: it was handed in, in UTC.
    """
    name, student = release.name, result.student
    path = course.folder("autograded") / student / name / f"{name}.ipynb"
    notebook = _cleaned(result.notebook) if result.notebook else ""
    with _at_once(gradebook):
        gradebook.update_or_create_student(student)
        if result.status == "missing":
            return
        submission = gradebook.update_or_create_submission(name, student)
        submission.timestamp = when
        changed = path.is_file() and path.read_text("utf-8", "replace") != notebook
        marked = _to_look_at(result, release)
        own = SubmittedNotebook.assignment_id == submission.id
        for grade_id, grade in gradebook.db.query(BaseCell.name, Grade).select_from(Grade).join(
            Grade.cell).join(Grade.notebook).filter(own):  # fmt: skip
            task = result.tasks.get(grade_id)
            score = task.score if task else None
            if grade.manual_score is not None and changed:
                grade.needs_manual_grade = True
            if grade.auto_score == score and not (changed and grade_id in marked):
                continue  # nothing new, and perhaps looked at by a person meanwhile
            grade.auto_score = score
            waits = score is None or grade_id in marked
            grade.needs_manual_grade = waits or grade.manual_score is not None
        for grade_id, comment in gradebook.db.query(BaseCell.name, Comment).select_from(
            Comment).join(Comment.cell).join(Comment.notebook).filter(own):  # fmt: skip
            comment.auto_comment = "No response." if grade_id in result.unanswered else None
        if notebook:
            write(path, notebook)


@contextlib.contextmanager
def _at_once(gradebook: Gradebook) -> Iterator[None]:
    """One transaction: nbgrader would commit, and so wait for the disk, after each row."""
    session = gradebook.db
    commit, session.commit = session.commit, session.flush
    try:
        yield
        commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.commit = commit


def _cleaned(notebook: str) -> str:
    try:
        return apart.call(markup.cleaned, notebook, seconds=_SECONDS)
    except apart.Failed:  # their text takes too long to parse: as they typed it
        return apart.call(markup.cleaned, notebook, False, seconds=_SECONDS)


def _to_look_at(result: Result, release: Release) -> list[str]:
    """The tests that Formgrader asks a person to look at: those that lost points, or the first."""
    if not result.review:
        return []
    lost = [name for name in release.tests if name in result.tasks and result.tasks[name].message]
    return lost or release.tests[:1]


@dataclass
class Entry:
    """What the gradebook has of one student's set, each by grade_id."""

    scores: dict[str, float] = field(default_factory=dict)  # with those given by hand
    automatic: dict[str, float | None] = field(default_factory=dict)  # without
    waiting: set[str] = field(default_factory=set)  # for a person
    comments: dict[str, str | None] = field(default_factory=dict)


def times(gradebook: Gradebook) -> dict[str, dict[str, datetime]]:
    """When each student handed in each set, in UTC, as far as it is known."""
    found: dict[str, dict[str, datetime]] = defaultdict(dict)
    query = gradebook.db.query(
        SubmittedAssignment.student_id, Assignment.name, SubmittedAssignment.timestamp
    ).join(SubmittedAssignment.assignment)
    for student, name, when in query.filter(SubmittedAssignment.timestamp.isnot(None)):
        found[student][name] = when.replace(tzinfo=UTC)
    return found


def entries(gradebook: Gradebook, release: Release) -> dict[str, Entry]:
    """What the gradebook has of a set, by student."""
    found: dict[str, Entry] = defaultdict(Entry)

    def rows(kind: Any, *wanted: Any) -> Any:
        query = gradebook.db.query(SubmittedAssignment.student_id, BaseCell.name, *wanted)
        query = query.select_from(kind).join(kind.cell).join(kind.notebook)
        query = query.join(SubmittedNotebook.assignment).join(SubmittedAssignment.assignment)
        return query.filter(Assignment.name == release.name)

    for student, name, score, auto, waits in rows(
        Grade, Grade.score, Grade.auto_score, Grade.needs_manual_grade
    ):
        entry = found[student]
        entry.scores[name], entry.automatic[name] = float(score or 0.0), auto
        if waits:
            entry.waiting.add(name)
    for student, name, comment in rows(Comment, Comment.manual_comment):
        found[student].comments[name] = comment
    return dict(found)
