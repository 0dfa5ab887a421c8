"""What has been done, on disk: a killed run goes on from here, and nothing is graded twice.

One file of JSON for each graded submission, named by all that bears on its result; each is written
whole or not at all.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from classwork.course import Course
from grading.release import Release
from grading.results import Handed, Result, Task
from grading.sandbox import Limits


class Busy(Exception):
    """Another run is under way in this course."""


class Journal:
    """The results of one set.

    Args:
        course: in whose folder ``.grading`` lies.
        name: of the set.
    """

    def __init__(self, course: Course, name: str) -> None:
        self.folder = course.root / ".grading"
        self._results = self.folder / name / "results"
        self._last = self.folder / name / "last.json"
        self._results.mkdir(parents=True, exist_ok=True)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Keep a second run out.

        Raises:
            Busy: there is one already.
        """
        import fcntl  # not on Windows, where a run stops before it comes here

        with (self.folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Busy("Another run is under way in this course; wait for its end.") from None
            yield

    def find(self, key: str) -> Result | None:
        """The result under a key, or None; a damaged file counts as none."""
        try:
            return _result(json.loads((self._results / f"{key}.json").read_text("utf-8")))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def keep(self, key: str, result: Result) -> None:
        """Store a result, so that it survives whatever happens next."""
        write(self._results / f"{key}.json", json.dumps(asdict(result)))

    def close_run(self, keys: dict[str, str | dict]) -> None:
        """Note which results the table of this run is made of: student -> key, or the result."""
        write(self._last, json.dumps(keys))

    def last_run(self) -> list[Result]:
        """The results of the last run that came to its end, in order; empty if there is none."""
        try:
            kept = json.loads(self._last.read_text("utf-8"))
        except (OSError, ValueError):
            return []
        found = [self.find(k) if isinstance(k, str) else _result(k) for k in kept.values()]
        return [result for result in found if result]


def key(handed: Handed, release: Release, limits: Limits) -> str:
    """Names a result by all that bears on it."""
    parts = [handed.student, release.key, repr(limits), repr(handed.notes)]
    parts += [repr(handed.review), repr(sorted(handed.unanswered))]
    digest = sha256("\0".join(parts).encode())
    digest.update(handed.content or b"")
    return digest.hexdigest()


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _result(stored: dict) -> Result:
    tasks = {name: Task(**task) for name, task in stored.pop("tasks").items()}
    return Result(**stored, tasks=tasks)
