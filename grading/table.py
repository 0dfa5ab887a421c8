"""The table of a set, from the results of a run and from what persons gave since."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from grading import gradebook
from grading.release import Course, Release
from grading.results import Result


@dataclass
class Row:
    """One student.

    Attributes:
        score: None where nothing could be graded.
        tasks: grade_id -> points; None while it waits for a person.
        messages: grade_id -> what the test said.
    """

    student: str
    status: str
    score: float | None
    max_score: float
    needs_review: bool
    message: str
    tasks: dict[str, float | None]
    messages: dict[str, str]
    review: list[str]
    seconds: float


def rows(course: Course, release: Release, results: list[Result]) -> list[Row]:
    """A row for each result, with the scores as the gradebook has them now."""
    made = []
    with gradebook.opened(course) as book:
        for result in results:
            there = gradebook.scores(book, release, result.student) if result.tasks else {}
            tasks: dict[str, float | None] = {}
            waiting = []
            for name, task in result.tasks.items():
                score, waits = there.get(name, (task.score or 0.0, task.score is None))
                tasks[name] = None if task.score is None and waits else score
                if waits:
                    waiting.append(name)
            unread = sum(1 for name in waiting if tasks[name] is None)
            # A person has looked at it once nothing of it waits in Formgrader any more.
            review = bool(result.review) and bool(waiting)
            status = result.status
            if status == "needs review" and not review:
                status = "graded"
            parts = [*(result.review if review else []), *result.notes]
            if unread:
                parts.append(f"{unread} task{'s' * (unread > 1)} to grade by hand")
            made.append(
                Row(
                    result.student,
                    status,
                    sum(score or 0.0 for score in tasks.values()) if tasks else None,
                    sum(release.points.values()),
                    review or result.status == "failed",
                    "; ".join(parts),
                    tasks,
                    {n: t.message for n, t in result.tasks.items() if t.message},
                    result.review if review else result.notes if result.status == "failed" else [],
                    result.seconds,
                )
            )
    return made


def grades_csv(release: Release, table: list[Row]) -> str:
    """The table, quoted, with nothing in it that a spreadsheet would run."""
    head = ["student_id", "set", "status", "score", "max_score", "needs_review", "message"]
    lines: list[list] = [[*head, *release.points]]
    for row in table:
        line: list = [row.student, release.name, row.status, row.score, row.max_score]
        line += ["yes" if row.needs_review else "no", row.message]
        lines.append([*line, *(row.tasks.get(name) for name in release.points)])
    return to_csv(lines)


def to_csv(lines: list[list]) -> str:
    """Lines of cells as CSV: numbers plain, None empty, text made harmless."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([_cell(value) for value in line] for line in lines)
    return text.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    text = " ".join(str(value).splitlines())
    # Spreadsheets take such a text for a formula; the apostrophe makes it text again.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text
