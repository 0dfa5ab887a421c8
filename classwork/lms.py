"""Tables that learning platforms import."""

from __future__ import annotations

import re

from classwork.roster import Roster
from classwork.table import Row, to_csv
from grading.release import Release


def canvas(release: Release, table: list[Row], people: Roster | None) -> str:
    """For Canvas: Grades, Import.

    Who is who stands in it as in Canvas's own export. Without one, the folder's name goes into
    "SIS Login ID", by which Canvas finds the student. An empty cell leaves the grade alone.
    """
    people = people if people and people.canvas else None
    head = people.who if people else ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    # An assignment that is there already bears a number: "ex01_basic_autoencoder (1234)".
    known = (
        [c for c in people.columns if re.fullmatch(rf"{release.name} \(\d+\)", c)] if people else []
    )
    lines: list[list] = [[*head, known[0] if len(known) == 1 else release.name]]
    points = sum(release.points.values())
    lines.append(["    Points Possible", *[""] * (len(head) - 1), points])
    for row in table:
        who = _who(row, people, {"Student": row.student, "SIS Login ID": row.student})
        lines.append([*(who.get(column, "") for column in head), row.score])
    return to_csv(lines)


def moodle(release: Release, table: list[Row], people: Roster | None) -> str:
    """For Moodle: Grades, Import, CSV file.

    Who is who stands in it as in Moodle's own export; without one, the folder's name goes into "ID
    number". Moodle wants grade and feedback together, or it forgets the one that is missing.
    """
    people = None if people and people.canvas else people
    head = people.who if people else ["ID number"]
    lines: list[list] = [[*head, release.name, f"{release.name} (feedback)"]]
    for row in table:
        if row.score is None:
            continue  # an empty grade would delete the one that is there
        said = [f"{name}: {row.messages[name]}" for name in row.messages if name in row.tasks]
        said = [row.late, *said] if row.late else said
        who = _who(row, people, {"ID number": row.student})
        lines.append(
            [*(who.get(column, "") for column in head), row.score, " | ".join(said)[:2000]]
        )
    return to_csv(lines)


def _who(row: Row, people: Roster | None, otherwise: dict[str, str]) -> dict[str, str]:
    person = people.of(row.student) if people else None
    return person.row if person else otherwise
