"""What the parts of a set are called, for people, and what a person looks for in them."""

from __future__ import annotations

import re

from grading.release import Release, by_hand, is_answer, is_test


def tasks(release: Release) -> dict[str, list[str]]:
    """What each task is called -> its cells that are graded or filled in, in order."""
    found: dict[str, list[str]] = {}
    title, graded = release.name, release.points
    for name, cell in release.cells.items():
        if cell.cell_type == "markdown" and not is_answer(cell):
            text = re.sub(r"(?ms)^```.*?^```", "", cell.source)
            for heading in re.findall(r"(?m)^##? +(.+?)(?: \(\d+ points?\b[^)]*\))?$", text):
                title = heading
        if name in graded or is_answer(cell):
            found.setdefault(title, []).append(name)
    return found


def called(release: Release, name: str) -> str:
    """What a graded cell is called: a test by its first line, which is a comment."""
    cell = release.cells[name]
    first = re.match(r"# *(.+?)\.?\n", cell.source) if is_test(cell) else None
    return first[1] if first else "Your answer"


def rubric(release: Release, name: str) -> list[str]:
    """What earns points in a cell that a person grades: the table in the text above it."""
    if not by_hand(release.cells[name]):
        return []
    order = list(release.cells)
    above = release.cells[order[order.index(name) - 1]]
    return re.findall(r"(?m)^\| *[\d.]+ *\| *(.+?) *\|$", above.source)
