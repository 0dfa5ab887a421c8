"""Write what goes out. A file that was changed by hand since is moved aside, never overwritten."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from grading import feedback, gradebook, journal, lms, report, table
from grading.execute import Result
from grading.release import Course, Release


def publish(course: Course, release: Release, results: list[Result]) -> Path:
    """Write the table, the report, the tables for learning platforms and all feedback pages.

    Returns:
        The folder of the tables and the report.
    """
    made = table.rows(course, release, results)
    folder = course.root / "grades" / release.name
    with _Shelf(course) as shelf:
        shelf.put(folder / "grades.csv", table.grades_csv(release, made))
        shelf.put(folder / "report.html", report.page(release, made))
        shelf.put(folder / "canvas.csv", lms.canvas(release, made))
        shelf.put(folder / "moodle.csv", lms.moodle(release, made))
        with gradebook.opened(course) as book:
            for result in results:
                if result.tasks:
                    path = course.folder("feedback") / result.student / release.name
                    html = feedback.page(course, book, release, result)
                    shelf.put(path / f"{release.name}.html", html)
    return folder


class _Shelf:
    """Files that this program wrote, known by their contents."""

    def __init__(self, course: Course) -> None:
        self._root = course.root
        self._list = course.root / ".grading" / "written.json"

    def __enter__(self) -> _Shelf:
        try:
            self._known = json.loads(self._list.read_text("utf-8"))
        except (OSError, ValueError):
            self._known = {}
        return self

    def __exit__(self, *_: object) -> None:
        journal.write(self._list, json.dumps(self._known, indent=1))

    def put(self, path: Path, text: str) -> None:
        name = str(path.relative_to(self._root))
        if path.exists():
            there = sha256(path.read_bytes()).hexdigest()
            if there != self._known.get(name) and path.read_text("utf-8", "replace") != text:
                aside = path.with_name(f"{path.stem}.{datetime.now():%Y%m%d-%H%M%S}{path.suffix}")
                path.rename(aside)
                print(f"{name} had been changed; the changed one is now {aside.name}")
        self._known[name] = sha256(text.encode()).hexdigest()
        journal.write(path, text)
