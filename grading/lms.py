"""Tables that learning platforms import."""

from __future__ import annotations

from grading.release import Release
from grading.table import Row, to_csv


def canvas(release: Release, table: list[Row]) -> str:
    """For Canvas: Grades, Import.

    Its columns are those of Canvas's own export; the folder's name goes into "SIS Login ID", by
    which Canvas finds the student. An empty cell leaves the grade in Canvas alone.
    """
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    lines: list[list] = [[*head, release.name]]
    lines.append(["    Points Possible", "", "", "", "", sum(release.points.values())])
    lines += [[row.student, "", "", row.student, "", row.score] for row in table]
    return to_csv(lines)


def moodle(release: Release, table: list[Row]) -> str:
    """For Moodle: Grades, Import, CSV file.

    Map "ID number" to the ID number (or to the user name or address, whichever the folders are
    named by). Moodle wants grade and feedback together, or it forgets the one that is missing.
    """
    lines: list[list] = [["ID number", release.name, f"{release.name} (feedback)"]]
    for row in table:
        if row.score is None:
            continue  # an empty grade would delete the one that is there
        said = [f"{name}: {row.messages[name]}" for name in row.messages if name in row.tasks]
        lines.append([row.student, row.score, " | ".join(said)[:2000]])
    return to_csv(lines)
