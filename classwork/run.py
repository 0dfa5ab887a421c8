"""A whole class: take in, grade, record, and write what goes out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from tqdm import tqdm

from classwork import gradebook, intake
from classwork.course import Course, CourseProblem
from classwork.journal import Journal, key
from grading import workers
from grading.release import Release
from grading.results import Handed, Result, failed
from grading.sandbox import Limits


def run(
    course: Course,
    release: Release,
    submitted: Path,
    limits: Limits,
    count: int,
    scheduler: workers.Scheduler | None = None,
) -> list[Result]:
    """Grade all that was handed in; what is in the journal already is not graded again.

    Args:
        submitted: holds ``<student>/<set>/<set>.ipynb``.
        count, scheduler: of workers; see ``workers.spread``.

    Returns:
        One result a student, in the order of their names.

    Raises:
        CourseProblem: there is nothing to grade, or the gradebook does not fit the set.
        KeyboardInterrupt: the user stopped it; the same call goes on from there.
    """
    if not submitted.is_dir():
        raise CourseProblem(f"There is no folder {submitted} with what students handed in.")
    names = intake.students(submitted)
    if not names:
        raise CourseProblem(f"{submitted} holds no folder of a student.")
    journal = Journal(course, release.name)
    with journal.lock():
        gradebook.back_up(course)
        gradebook.prepare(course, release)
        kept: dict[str, str | dict] = {}
        results: dict[str, Result] = {}
        todo: list[str] = []
        places: dict[str, str] = {}
        with gradebook.opened(course) as book:

            def done(result: Result, handed: Handed, place: str | None = None) -> None:
                try:
                    gradebook.record(book, course, release, result, handed.when)
                except Exception as error:  # one must never stop the others
                    book.db.rollback()
                    result.status = "failed"
                    result.notes.append(f"could not be entered into the gradebook: {error}"[:300])
                result.notebook = ""  # it is on disk
                kept[result.student] = place if place else asdict(result)
                results[result.student] = result

            for name in names:
                handed = intake.collect(submitted, name, release, limits.notebook)
                if handed.content is None:
                    done(_nothing(handed), handed)
                    continue
                place = key(handed, release, limits)
                found = journal.find(place)
                if found:
                    done(found, handed, place)
                else:
                    todo.append(name)
            if len(names) > len(todo):
                print(f"{len(names) - len(todo)} of {len(names)} need no run", file=sys.stderr)

            def read_again() -> Iterator[Handed]:
                # One by one, so that the class is not in memory all at once.
                for name in todo:
                    handed = intake.collect(submitted, name, release, limits.notebook)
                    places[handed.student] = key(handed, release, limits)
                    yield handed

            if todo:
                spread = workers.spread(read_again(), release, limits, count, scheduler)
                bar = tqdm(spread, total=len(todo), desc=release.name, unit="submission")
                for handed, result, stands in bar:
                    place = places[handed.student]
                    if stands:
                        journal.keep(place, result)
                    done(result, handed, place if stands else None)
        order = sorted(results)
        journal.close_run({name: kept[name] for name in order})
    return [results[name] for name in order]


def _nothing(handed: Handed) -> Result:
    result = failed(handed.student, handed.problem)
    if handed.missing:
        result.status = "missing"
    return result
