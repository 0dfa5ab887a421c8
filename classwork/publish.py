"""Write what goes out. A file that was changed by hand since is moved aside, never overwritten."""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

from tqdm import tqdm

from classwork import (
    alike,
    apart,
    comments,
    deadlines,
    feedback,
    gradebook,
    journal,
    lms,
    report,
    roster,
    table,
)
from classwork.course import Course
from grading.release import Release
from grading.results import Result

_SECONDS = 60  # of computing, to make one page


def publish(course: Course, release: Release, results: list[Result]) -> Path:
    """Write all feedback pages, the table, the report and the tables for learning platforms.

    Returns:
        The folder of the tables and the report.
    """
    with gradebook.opened(course) as book:
        there, times = gradebook.entries(book, release), gradebook.times(book)
    comments.write_out(comments.read(course, release.name), release, there)
    late = deadlines.apply(deadlines.read(course), release.name, results, times)
    rows = table.rows(release, results, there, late)
    folder, people = course.root / "grades" / release.name, roster.stored(course)
    with _Shelf(course) as shelf:
        pages = [
            (row, feedback.given(course, release, result, there, row))
            for result, row in zip(results, rows, strict=True) if result.tasks
        ]  # fmt: skip
        _put_pages(course, release, pages, shelf)
        shelf.put(folder / "grades.csv", table.grades_csv(release, rows))
        shelf.put(folder / "report.html", report.page(release, rows))
        shelf.put(folder / "alike.html", alike.page(course, release, results))
        shelf.put(folder / "canvas.csv", lms.canvas(release, rows, people))
        shelf.put(folder / "moodle.csv", lms.moodle(release, rows, people))
    return folder


def _put_pages(
    course: Course, release: Release, pages: list[tuple[table.Row, feedback.Given]], shelf: _Shelf
) -> None:
    """Write the pages that are not there yet as they should be; most of the time goes into these.

    Who has no page gets a line for the instructor.
    """
    todo = []
    for row, given in pages:
        path = course.folder("feedback") / row.student / release.name / f"{release.name}.html"
        there = given.path.read_bytes() if given.path.exists() else b""
        key = sha256(repr((release.key, given)).encode() + there).hexdigest()
        if shelf.sources.get(str(path)) != key or not path.exists():
            todo.append((row, given, path, key))
    workers = min(len(todo), os.cpu_count() or 1, 4)
    if not todo:
        return
    # A thread for each process; a process that a page takes too long in is ended.
    with ThreadPoolExecutor(workers) as pool:
        made = pool.map(partial(_page, release), [given for _, given, _, _ in todo])
        bar = tqdm(zip(todo, made, strict=True), total=len(todo), desc="feedback", unit="page")
        for (row, _, path, key), (html, trouble) in bar:
            shelf.put(path, html)
            shelf.sources[str(path)] = key
            if trouble:
                del shelf.sources[str(path)]  # the next run tries again
                row.review, row.needs_review = [*row.review, trouble], True
                row.message = "; ".join(filter(None, [row.message, trouble]))
                bar.write(f"{row.student}: {trouble}", file=sys.stderr)


def _page(release: Release, given: feedback.Given) -> tuple[str, str]:
    """A page, and what the instructor should know if it is only an excuse for one."""
    if not given.recorded:
        return _excuse("could not be graded yet"), ""  # which its row says already
    try:
        return apart.call(feedback.page, release, given, seconds=_SECONDS), ""
    except apart.Failed as why:  # one must never stop the others
        return _excuse("has been graded, but it can't be shown here"), (
            f"the feedback page could not be made: {why}"
        )


def _excuse(what: str) -> str:
    return f"<!DOCTYPE html><meta charset=utf-8><p>Your work {what}. Please ask your instructor.\n"


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
