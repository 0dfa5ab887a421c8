"""When sets are due, and what is taken off what comes later: ``deadlines.toml``."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from grading.intake import few
from grading.release import Course, CourseProblem


@dataclass(frozen=True)
class Late:
    """What comes of being late.

    Attributes:
        share: of the points that is taken off.
        words: for the student.
    """

    share: float
    words: str


def apply(
    course: Course, name: str, students: list[str], times: dict[str, dict[str, datetime]]
) -> dict[str, Late]:
    """Who handed in a set late; nobody where there is no ``deadlines.toml``.

    Args:
        times: student -> set -> when it was handed in.

    Raises:
        CourseProblem: the file is not as it should be.
    """
    path = course.root / "deadlines.toml"
    if not path.is_file():
        return {}
    try:
        rules = tomllib.loads(path.read_text("utf-8"))
        free, per_day = int(rules.pop("free_days", 0)), float(rules.pop("per_day", 0))
        due = {
            known: {"": _time(table["due"])}
            | {who: _time(until) for who, until in table.get("extensions", {}).items()}
            for known, table in rules.items()
        }
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CourseProblem(
            f"{path.name} is not as grading/README.md has it: {type(error).__name__}, {error}."
        ) from None
    odd = sorted(set(due) - {p.name for p in course.folder("source").iterdir()})
    odd += sorted(set(due.get(name, {})) - {"", *students})
    if odd:
        raise CourseProblem(f"{path.name} names what there is not: {few(odd)}.")
    unknown = [student for student in students if name not in times.get(student, {})]
    if name in due and unknown:
        said = "it is not known when some handed in, so nothing is taken off"
        print(f"{path.name}: {said}: {few(unknown)}", file=sys.stderr)
    found = {
        student: _late(name, student, due, times[student], free, per_day)
        for student in students
        if name in due and student not in unknown
    }
    return {student: late for student, late in found.items() if late}


def _late(name: str, student: str, due: dict[str, dict[str, datetime]],
          times: dict[str, datetime], free: int, per_day: float) -> Late | None:  # fmt: skip
    """What comes of it for one student; free days go to the sets that were due first."""
    left = free
    for one in sorted(due, key=lambda one: due[one][""]):
        until = due[one].get(student, due[one][""])
        days = max(0, -((until - times[one]) // timedelta(days=1))) if one in times else 0
        used = min(days, left)
        left -= used
        if one == name and days:
            share = min(1.0, per_day * (days - used))
            words = (
                f"Handed in {_count(days)} late: {times[one].astimezone():%d %B %Y, %H:%M}, due "
                f"{until.astimezone():%d %B %Y, %H:%M}."
            )
            if free:
                words += (
                    f" {_count(used)} of that {'is' if used == 1 else 'are'} free ({left} left)."
                )
            return Late(
                share, words + (f" {share:.0%} of the points is taken off." if share else "")
            )
    return None


def _count(days: int) -> str:
    return f"{days} day{'s' * (days != 1)}"


def _time(value: Any) -> datetime:
    """A time of the file, a day standing for its end; without a time zone, it is this machine's."""
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time(23, 59, 59))
    if not isinstance(value, datetime):
        raise TypeError(f"{value!r} is no date")
    return value.astimezone()
