"""When sets are due, and what is taken off what comes later: ``deadlines.toml``."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from classwork.course import Course, CourseProblem
from classwork.intake import few
from grading.results import Result


@dataclass(frozen=True)
class Late:
    """What comes of being late: the share of the points that is taken off, and words for it."""

    share: float
    words: str


@dataclass(frozen=True)
class Rules:
    """What the file holds: set -> student, or "" for all others -> when it is due."""

    free_days: int
    per_day: float
    due: dict[str, dict[str, datetime]]


def read(course: Course) -> Rules:
    """The rules of a course; none where there is no file.

    Raises:
        CourseProblem: the file is not as it should be.
    """
    path = course.root / "deadlines.toml"
    try:
        held = tomllib.loads(path.read_text("utf-8") if path.is_file() else "")
        free_days, per_day = int(held.pop("free_days", 0)), float(held.pop("per_day", 0))
        due = {
            name: {who: _time(when) for who, when in table.get("extensions", {}).items()}
            | {"": _time(table["due"])}
            for name, table in held.items()
        }
        if odd := set(due) - {p.name for p in course.folder("source").iterdir()}:
            raise ValueError(f"there is no set {few(sorted(odd))}")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CourseProblem(
            f"{path.name} is not as grading/README.md has it: {type(error).__name__}, {error}."
        ) from None
    return Rules(free_days, per_day, due)


def apply(
    rules: Rules, name: str, results: list[Result], times: dict[str, dict[str, datetime]]
) -> dict[str, Late]:
    """Who handed in a set late.

    Args:
        times: student -> set -> when it was handed in.
    """
    if name not in rules.due:
        return {}
    strangers = sorted(set(rules.due[name]) - {"", *(result.student for result in results)})
    if strangers:
        print(f"deadlines.toml: nobody here is called {few(strangers)}", file=sys.stderr)
    unknown = [r.student for r in results if r.tasks and name not in times.get(r.student, {})]
    if unknown:
        said = "it is not known when some handed in, so nothing is taken off"
        print(f"deadlines.toml: {said}: {few(unknown)}", file=sys.stderr)
    late = {student: _late(rules, name, student, when) for student, when in times.items()}
    return {student: one for student, one in late.items() if one}


def _late(rules: Rules, name: str, student: str, times: dict[str, datetime]) -> Late | None:
    """What comes of it for one student; free days go to the sets that were due first."""
    left = rules.free_days
    for one, all_ in sorted(rules.due.items(), key=lambda item: item[1][""]):
        until = all_.get(student, all_[""])
        days = max(0, -((until - times[one]) // timedelta(days=1))) if one in times else 0
        used = min(days, left)
        left -= used
        if one == name and days:
            share = min(1.0, rules.per_day * (days - used))
            when, due = (f"{t.astimezone():%d %B %Y, %H:%M}" for t in (times[one], until))
            words = f"Handed in {days} day{'s' * (days > 1)} late: {when}, due {due}."
            if rules.free_days:
                words += f" Of your free days, {used} went into this, {left} are left."
            return Late(share, words + (f" {share:.0%} of the points is taken off." * bool(share)))
    return None


def _time(value: Any) -> datetime:
    """A time of the file, a day standing for its end; without a time zone, it is this machine's."""
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time(23, 59, 59))
    if not isinstance(value, datetime):
        raise TypeError(f"{value!r} is no date")
    return value.astimezone()
