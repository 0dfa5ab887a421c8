"""Tables that learning platforms import."""

from __future__ import annotations

import re

from grading.release import Release
from grading.roster import Roster
from grading.table import Row, to_csv


def canvas(release: Release, table: list[Row], people: Roster | None) -> str:
    """For Canvas: Grades, Import.

    Who is who stands in it as in Canvas's own export. Without one, the folder's name goes into
    "SIS Login ID", by which Canvas finds the student. An empty cell leaves the grade in Canvas
    alone.
    """
    head, grades = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"], release.name
    known = people if people and people.platform == "Canvas" else None
    if known:
        head = known.columns
        # A column that Canvas has already bears its number: "ex01_basic_autoencoder (1234)".
        there = [c for c in known.others if re.fullmatch(rf"{re.escape(grades)} \(\d+\)", c)]
        grades = there[0] if len(there) == 1 else grades
    points = sum(release.points.values())
    lines: list[list] = [[*head, grades], ["    Points Possible", *[""] * (len(head) - 1), points]]
    for row in table:
        own = {"Student": row.student, "SIS Login ID": row.student}
        person = known.of(row.student) if known else None
        columns = person.columns if person else own
        lines.append([*(columns.get(name, "") for name in head), row.score])
    return to_csv(lines)


def moodle(release: Release, table: list[Row], people: Roster | None) -> str:
    """For Moodle: Grades, Import, CSV file.

    Who is who stands in it as in Moodle's own export: map "ID number" or "Email address". Without
    one, the folder's name goes into "ID number". Moodle wants grade and feedback together, or it
    forgets the one that is missing.
    """
    known = people if people and people.platform == "Moodle" else None
    head = known.columns if known else ["ID number"]
    lines: list[list] = [[*head, release.name, f"{release.name} (feedback)"]]
    for row in table:
        if row.score is None:
            continue  # an empty grade would delete the one that is there
        said = [f"{name}: {row.messages[name]}" for name in row.messages if name in row.tasks]
        person = known.of(row.student) if known else None
        columns = person.columns if person else {"ID number": row.student}
        who = [columns.get(name, "") for name in head]
        lines.append([*who, row.score, " | ".join(said)[:2000]])
    return to_csv(lines)
