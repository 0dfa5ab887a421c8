"""The table of a set, from the results of a run and from what persons gave since."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from classwork.deadlines import Late
from classwork.gradebook import Entry
from grading.release import Release
from grading.results import Result


@dataclass
class Row:
    """One student.

    Attributes:
        score: without what is taken off for being late; None where nothing could be graded.
        late: by how much it was handed in late, for the student to read.
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
    late: str = ""
    taken_off: float = 0.0


def rows(
    release: Release, results: list[Result], there: dict[str, Entry], late: dict[str, Late]
) -> list[Row]:
    """A row for each result, with the scores as the gradebook has them now."""
    return [
        _row(release, result, there.get(result.student, Entry()), late.get(result.student))
        for result in results
    ]


def _row(release: Release, result: Result, there: Entry, late: Late | None) -> Row:
    status, graded, review = result.status, result.tasks, result.review
    notes = list(result.notes)
    if graded and status != "failed" and not _entered(result, there):
        notes.append("this result is not in the gradebook: grade again (the same command)")
        status = "failed"
    if status == "failed":
        graded, review = {}, []  # no score, rather than a wrong one
    tasks = {
        name: None if task.score is None and name in there.waiting else there.scores[name]
        for name, task in graded.items()
    }
    # A person has looked at it once nothing of it waits in Formgrader any more.
    review = review if there.waiting else []
    if status == "needs review" and not review:
        status = "graded"
    parts = [*review, *notes]
    unread = sum(score is None for score in tasks.values())
    if unread:
        parts.append(f"{unread} task{'s' * (unread > 1)} to grade by hand")
    reached = sum(score or 0.0 for score in tasks.values())
    taken_off = round(reached * late.share, 2) if late else 0.0
    if late:
        parts.append(late.words)
    return Row(
        result.student,
        status,
        reached - taken_off if tasks else None,
        sum(release.points.values()),
        bool(review) or status == "failed",
        "; ".join(parts),
        tasks,
        {name: task.message for name, task in graded.items() if task.message},
        notes if status == "failed" else review,
        result.seconds,
        late.words if late else "",
        taken_off,
    )


def _entered(result: Result, there: Entry) -> bool:
    return all(there.automatic.get(n, ...) == task.score for n, task in result.tasks.items())


def grades_csv(release: Release, table: list[Row]) -> str:
    """The table, quoted, with nothing in it that a spreadsheet would run."""
    head = ["student_id", "set", "status", "score", "max_score", "taken_off"]
    head += ["needs_review", "message"]
    lines: list[list] = [[*head, *release.points]]
    for row in table:
        line: list = [row.student, release.name, row.status, row.score, row.max_score]
        line += [row.taken_off, "yes" if row.needs_review else "no", row.message]
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
    text = "".join(c if c.isprintable() else " " for c in str(value))
    # Some spreadsheets begin a new cell at a semicolon.
    text = re.sub(r";(?=[\s\"']*[=+@＝＋＠－-])", ",", text)
    # Spreadsheets take such a text for a formula; the apostrophe makes it text again.
    return f"'{text}" if re.match(r"[=+@\t＝＋＠－-]", text) else text
