"""Comments to use again: a marker types ``#name``, and the student reads the whole text."""

from __future__ import annotations

import re
import sys
import tomllib
from collections import defaultdict
from functools import partial

from classwork import titles
from classwork.course import Course, CourseProblem
from classwork.gradebook import Entry
from classwork.intake import few
from grading.release import Release

_NAME = re.compile(r"(?<![\w\\&/#])#(\w+(?:-\w+)*)")  # no heading, no address, and not \#


def read(course: Course, name: str) -> dict[str, str]:
    """The texts of ``comments.toml`` for a set, by name; none where there is no file.

    Raises:
        CourseProblem: the file is not as it should be.
    """
    path = course.root / "comments.toml"
    try:
        held = tomllib.loads(path.read_text("utf-8") if path.is_file() else "")
        sets = {key for key, value in held.items() if isinstance(value, dict)}
        if odd := sets - {place.name for place in course.folder("source").iterdir()}:
            raise ValueError(f"there is no set {few(sorted(odd))}")
        texts = {key: held[key] for key in held.keys() - sets}
        texts |= held[name] if name in sets else {}
        for key, text in texts.items():
            if not isinstance(text, str) or not _NAME.fullmatch(f"#{key}"):
                raise ValueError(f"{key} is no name in letters and digits with a text")
    except ValueError as error:
        raise CourseProblem(f"{path.name} is not as grading/README.md has it: {error}.") from None
    return texts


def write_out(texts: dict[str, str], release: Release, there: dict[str, Entry]) -> None:
    """Put the texts in the place of their names, in all comments of a set.

    ``#2`` is the second line of what a task gives points for. A name that nobody knows is left
    out, and said here.
    """
    unknown: dict[str, set[str]] = defaultdict(set)
    for student, entry in there.items():
        for cell, comment in entry.comments.items():
            lines = enumerate(titles.rubric(release, cell), 1)
            known = texts | {str(i): f"“{line}”" for i, line in lines}
            for name in set(_NAME.findall(comment or "")) - set(known):
                unknown[name].add(student)
            entry.comments[cell] = _NAME.sub(partial(_text, known), comment or "").strip()
    for name, students in sorted(unknown.items()):
        said = "is no name in comments.toml; it is left out of the comments on"
        print(f"#{name} {said} {few(sorted(students))}", file=sys.stderr)


def _text(known: dict[str, str], found: re.Match) -> str:
    return known.get(found[1], "")
