"""Which tasks of an exercise set pass, in lines of text.

A notebook is a dict here: plain JSON, or what nbformat reads. Nothing large is imported.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Cell = Any  # of a notebook: a dict; of nbformat's the keys are attributes, too
NOT_RUN, NOT_BEGUN = "not run yet", "not begun"
_HEADING = re.compile(r"^##? +(.+?)(?: \(\d+ points?\b[^)]*\))?$", re.M)


def tests(notebook: dict, name: str = "") -> list[tuple[str, Cell]]:
    """The cells that grade by running, each with its task, which the heading above it names.

    Args:
        name: what to call tests above the first heading.
    """
    title, found = name, []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            title = next(reversed(_HEADING.findall(source(cell))), title)
        graded = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "code" and graded.get("grade") and not graded.get("solution"):
            found.append((title, cell))
    return found


def source(cell: Cell) -> str:
    """A cell's text, which in a file is a list of lines."""
    return "".join(cell["source"])


def points(test: Cell) -> float:
    return test["metadata"]["nbgrader"]["points"]


def failure(kind: str, text: str) -> str:
    """What to say of a test that failed: the first sentence of its message, or of an untouched
    stub that it is not begun.

    Args:
        kind: the name of the error's type.
        text: the error's message.
    """
    if kind == "NotImplementedError":
        return NOT_BEGUN
    first = re.split(r"(?<=[.?!])\s|\n", text.strip(), maxsplit=1)[0]
    named = kind in ("Wrong", "AssertionError") and first
    return f"fails: {first if named else f'{kind}: {first}'}"


def lines(found: list[tuple[str, Cell]], said: Callable[[Cell], str]) -> list[str]:
    """The points so far, then a line for each task.

    Args:
        found: as ``tests`` gives them.
        said: what is to be said of a test; nothing where it passed.
    """
    tasks: dict[str, list[tuple[float, str]]] = {}
    for task, test in found:
        tasks.setdefault(task, []).append((points(test), said(test)))
    parts = [part for task in tasks.values() for part in task]
    first = f"{_reached(parts)} points from tests"
    if all(word == NOT_RUN for _, word in parts):
        return [f"{first}; {NOT_BEGUN}"]
    width = max(map(len, tasks))
    return [
        first,
        *(f"  {task:<{width}}  {_reached(tasks[task])}  {_word(tasks[task])}" for task in tasks),
    ]


def _reached(parts: list[tuple[float, str]]) -> str:
    return f"{sum(p for p, word in parts if not word):g} of {sum(p for p, _ in parts):g}"


def _word(parts: list[tuple[float, str]]) -> str:
    """What is said of a task: of its first test that does not pass."""
    words = [word for _, word in parts if word]
    if not words:
        return "passes"
    begun = words[0] == NOT_BEGUN and len({word for _, word in parts}) > 1
    return "a part of it is not begun" if begun else words[0]
