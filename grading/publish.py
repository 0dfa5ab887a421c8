"""Write what goes out. A file that was changed by hand since is moved aside, never overwritten."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from hashlib import sha256
from itertools import repeat
from pathlib import Path

from tqdm import tqdm

from grading import feedback, gradebook, journal, lms, report, table
from grading.release import Course, Release
from grading.results import Result


def publish(course: Course, release: Release, results: list[Result]) -> Path:
    """Write the table, the report, the tables for learning platforms and all feedback pages.

    Returns:
        The folder of the tables and the report.
    """
    rows = table.rows(course, release, results)
    folder = course.root / "grades" / release.name
    with _Shelf(course) as shelf:
        shelf.put(folder / "grades.csv", table.grades_csv(release, rows))
        shelf.put(folder / "report.html", report.page(release, rows))
        shelf.put(folder / "canvas.csv", lms.canvas(release, rows))
        shelf.put(folder / "moodle.csv", lms.moodle(release, rows))
        with gradebook.opened(course) as book:
            made = {
                course.folder("feedback") / r.student / release.name / f"{release.name}.html":
                feedback.given(course, book, release, r)
                for r in results if r.tasks
            }  # fmt: skip
        for path, html in _pages(release, made, shelf):
            shelf.put(path, html)
    return folder


def _pages(
    release: Release, made: dict[Path, feedback.Given], shelf: _Shelf
) -> Iterator[tuple[Path, str]]:
    """The pages that are not there yet as they should be; most of the time goes into these."""
    todo = {}
    for path, given in made.items():
        key = sha256(repr((release.key, given)).encode() + given.path.read_bytes()).hexdigest()
        if shelf.sources.get(str(path)) != key or not path.exists():
            todo[path] = given
        shelf.sources[str(path)] = key
    if not todo:
        return
    with ProcessPoolExecutor(min(len(todo), os.cpu_count() or 1, 4)) as pool:
        pages = pool.map(_page, repeat(release), todo.values(), chunksize=4)
        yield from tqdm(
            zip(todo, pages, strict=True), total=len(todo), desc="feedback", unit="page"
        )


def _page(release: Release, given: feedback.Given) -> str:
    try:
        return feedback.page(release, given)
    except Exception as error:  # one must never stop the others
        return f"<!DOCTYPE html><p>This page could not be made ({type(error).__name__})."


class _Shelf:
    """Files that this program wrote, known by their contents; ``sources`` says what of."""

    def __init__(self, course: Course) -> None:
        self._root = course.root
        self._list = course.root / ".grading" / "written.json"

    def __enter__(self) -> _Shelf:
        try:
            stored = json.loads(self._list.read_text("utf-8"))
            self._known, self.sources = stored["files"], stored["sources"]
        except (OSError, ValueError, KeyError):
            self._known, self.sources = {}, {}
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        sources = self.sources if kind is None else {}  # some pages may not have been written
        journal.write(self._list, json.dumps({"files": self._known, "sources": sources}))

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
