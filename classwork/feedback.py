"""What a student gets back: points and messages task by task, then the notebook as it was run.

Without hidden tests, safe to open, and whole without a network.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jinja2 import Environment, FileSystemLoader, Template
from nbconvert.filters import Highlight2HTML, strip_ansi
from nbgrader.preprocessors import ClearHiddenTests

from classwork import markup, titles
from classwork.course import Course
from classwork.gradebook import Entry
from classwork.table import Row
from grading.release import Release, is_answer, is_test
from grading.results import Result

_TABLE = re.compile(r'"[^"\n]{200,}"')  # what tests compare with, packed
# The set's own cells are the same for all students.
_highlighted = functools.lru_cache(500)(Highlight2HTML(pygments_lexer="ipython3"))
# What is wide is moved sideways, by keyboard as well.
_WIDE = re.compile(r'<(math display="block"|table)>')
_html_of = functools.lru_cache(500)(lambda t: _WIDE.sub(r'<\1 tabindex="0">', markup.html_of(t)))


@dataclass(frozen=True)
class Given:
    """What one student's page shows beside the notebook, each by grade_id.

    Attributes:
        points: None while they wait for a person.
        messages: what the tests said.
        comments: of whoever graded.
        late: by how much it was late, and what is taken off for it.
    """

    path: Path
    recorded: bool
    points: dict[str, float | None]
    messages: dict[str, str]
    comments: dict[str, str | None]
    late: tuple[str, float] = ("", 0.0)


def given(course: Course, release: Release, result: Result, there: dict[str, Entry], row: Row
          ) -> Given:  # fmt: skip
    """What a student's page is made of."""
    entry = there.get(result.student, Entry())
    path = course.folder("autograded") / result.student / release.name / f"{release.name}.ipynb"
    recorded = row.score is not None and path.is_file()
    return Given(path, recorded, row.tasks, row.messages, entry.comments,
                 (row.late, row.taken_off))  # fmt: skip


@dataclass
class _Part:
    """A graded cell."""

    name: str
    title: str
    points: float | None
    most: float
    message: str

    @property
    def lost(self) -> bool:
        return self.points is not None and self.points < self.most


@dataclass
class _Task:
    title: str
    parts: list[_Part]
    comments: list[str]

    @property
    def points(self) -> float:
        return sum(part.points or 0.0 for part in self.parts)

    @property
    def most(self) -> float:
        return sum(part.most for part in self.parts)

    @property
    def waits(self) -> bool:
        return any(part.points is None for part in self.parts)


def page(release: Release, given: Given) -> str:
    """The feedback page of one student, from the notebook as it was run."""
    notebook = nbformat.read(given.path, as_version=4)
    hide = ClearHiddenTests()
    for i, cell in enumerate(notebook.cells):
        if is_test(cell):  # a student's own cell may hold a line that looks like one of its marks
            hide.preprocess_cell(cell, {}, i)
    parts = {
        name: _Part(name, titles.called(release, name), given.points.get(name), points,
                    given.messages.get(name, ""))
        for name, points in release.points.items()
    }  # fmt: skip
    comments = {name: text for name, text in given.comments.items() if text}
    tasks = [
        _Task(
            title,
            [parts[name] for name in names if name in parts],
            [comments[name] for name in names if name in comments],
        )
        for title, names in titles.tasks(release).items()
    ]
    heading = re.match("# +(.+)", release.notebook.cells[0].source)
    return _template().render(
        title=heading[1] if heading else release.name,
        tasks=tasks,
        points=sum(task.points for task in tasks) - given.late[1],
        late=given.late[0],
        most=sum(release.points.values()),
        waiting=sum(part.most for part in parts.values() if part.points is None),
        cells=notebook.cells,
        parts=parts,
        comments=comments,
        stopped=[
            (i, output.evalue)
            for i, cell in enumerate(notebook.cells)
            for output in cell.get("outputs", ())
            if output.get("ename") in ("Stopped", "LeftOut", "Full")
        ],
    )


def _folded(code: str) -> str:
    """Code with at most three empty lines in a row: on thousands, colouring takes minutes."""
    lines = [line.rstrip() for line in code.splitlines()]
    return re.sub(r"\n{5,}", "\n" * 4, "\n".join(lines))


@functools.cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "html": _html_of,
        "code": lambda source: _highlighted(_folded(_TABLE.sub('"…"', source))),
        "plain": strip_ansi,
        "number": "{:g}".format,
    }
    environment.tests |= {"test": is_test, "answer": is_answer}
    return environment.get_template("feedback.html.j2")
