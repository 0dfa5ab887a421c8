"""Pairs of students whose answers are alike beyond what the set itself makes alike.

Compared are tokens (copydetect, which follows Schleimer, Wilkerson and Aiken, "Winnowing", 2003):
names, comments and the layout don't count. What also stands in the release, in the solution or in
mistakes.py does not count, nor what many students share.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, combinations
from pathlib import Path

import nbformat
from copydetect import CodeFingerprint, compare_files
from copydetect.utils import highlight_overlap
from jinja2 import Environment, FileSystemLoader

from classwork import apart
from classwork.course import Course
from grading import outputs
from grading.release import Release, is_answer
from grading.results import Result

_RUN = 25  # characters of tokens, each name one: shorter matches are idiom
_LEAST = 60  # that a pair must share to be listed
_SHOWN = 20  # pairs
_COMMON = 10  # students, or a tenth of the class: what more of them write is idiom, too
_SECONDS = 300  # of computing

_Prints = dict[str, CodeFingerprint]  # of the cells of one student


@dataclass(frozen=True)
class Pair:
    """Two students, and how much of each one's own text the other has as well.

    Attributes:
        students: their names.
        shared: characters of tokens that both have, over all answers.
        shares: of the first one's and of the second one's own, 0 to 1.
        beside: answers in which something is shared: the id of the cell, and the two texts as HTML
            with what is shared marked.
    """

    students: tuple[str, str]
    shared: int
    shares: tuple[float, float]
    beside: list[tuple[str, str, str]]


def page(course: Course, release: Release, results: list[Result]) -> str:
    """The pairs as one HTML file."""
    there = course.folder("autograded")
    paths = {r.student: there / r.student / release.name / f"{release.name}.ipynb" for r in results}
    answers = {name: _answers(path) for name, path in paths.items() if path.is_file()}
    try:
        found = apart.call(pairs, _texts(course, release), answers, seconds=_SECONDS)
        trouble = ""
    except apart.Failed as why:  # what students wrote is read here
        found, trouble = [], str(why)
    folder = Path(__file__).parent
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True, trim_blocks=True)
    template = environment.get_template("alike.html.j2")
    return template.render(name=release.name, pairs=found, trouble=trouble)


def pairs(set_itself: list[str], answers: dict[str, dict[str, str]]) -> list[Pair]:
    """The pairs that share most, at most twenty.

    Args:
        set_itself: code that is no student's own.
        answers: student -> id of a cell -> code; cells of one id are compared.
    """
    prints = {
        student: {cell: _print(code) for cell, code in cells.items()}
        for student, cells in answers.items()
    }
    often = Counter(h for cells in prints.values() for h in _hashes(cells.values()))
    many = max(_COMMON, len(prints) // 10)
    common = {h for h, count in often.items() if count > many}
    common |= _hashes(map(_print, set_itself))
    for p in chain.from_iterable(cells.values() for cells in prints.values()):
        p.hashes -= common
        p.hash_idx = {h: places for h, places in p.hash_idx.items() if h in p.hashes}
    both = {(a, b): _overlap(prints[a], prints[b]) for a, b in combinations(prints, 2)}
    most = sorted(both, key=lambda names: -sum(map(len, both[names].values())))[: 5 * _SHOWN]
    found = [_pair(prints, *names, both[names]) for names in most if both[names]]
    found = sorted(found, key=lambda pair: -pair.shared * min(pair.shares))[:_SHOWN]
    return [pair for pair in found if pair.shared >= _LEAST]


def _overlap(a: _Prints, b: _Prints) -> dict[str, set[int]]:
    """Of each cell in which there are any, the runs that both have."""
    found = {cell: a[cell].hashes & b[cell].hashes for cell in a if cell in b}
    return {cell: hashes for cell, hashes in found.items() if hashes}


def _pair(prints: dict[str, _Prints], a: str, b: str, overlap: dict[str, set[int]]) -> Pair:
    shared = [_covered(prints[student], overlap) for student in (a, b)]
    own = [
        _covered(prints[student], {cell: p.hashes for cell, p in prints[student].items()})
        for student in (a, b)
    ]
    beside = [(cell, *_marked(prints[a][cell], prints[b][cell])) for cell in overlap]
    return Pair((a, b), min(shared), (shared[0] / own[0], shared[1] / own[1]), beside)


def _marked(a: CodeFingerprint, b: CodeFingerprint) -> tuple[str, str]:
    """Two answers as HTML."""
    _, _, slices = compare_files(a, b)
    one, other = (
        highlight_overlap(of.raw_code, at, "<mark>", "</mark>", escape_html=True)[0]
        for of, at in zip((a, b), slices, strict=True)
    )
    return one, other


def _texts(course: Course, release: Release) -> list[str]:
    """What of the set is no student's own: its code with and without solutions, its mistakes."""
    source = course.folder("source") / release.name / f"{release.name}.ipynb"
    solved = nbformat.read(source, as_version=4).cells
    cells = [c.source for c in [*solved, *release.notebook.cells] if c.cell_type == "code"]
    mistakes = source.with_name("mistakes.py")
    return cells + ([mistakes.read_text(encoding="utf-8")] if mistakes.is_file() else [])


def _answers(graded: Path) -> dict[str, str]:
    """A student's code: the cells that were theirs to fill in."""
    return {
        cell.metadata.nbgrader.grade_id: _code(cell.source)[: outputs.COMPARED]
        for cell in nbformat.read(graded, as_version=4).cells
        if cell.cell_type == "code" and is_answer(cell)
    }


def _code(text: str) -> str:
    """Without empty lines and those of comment alone: by thousands they cost no work."""
    lines = text.splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip() and line.lstrip()[0] != "#")


def _print(text: str) -> CodeFingerprint:
    return CodeFingerprint("answers.py", _RUN, 1, fp=io.StringIO(text))


def _hashes(prints: Iterable[CodeFingerprint]) -> set[int]:
    return {h for p in prints for h in p.hashes}


def _covered(prints: _Prints, hashes: dict[str, set[int]]) -> int:
    """The characters of tokens that lie in one of the runs."""
    starts = (
        (cell, i) for cell, hs in hashes.items() for h in hs for i in prints[cell].hash_idx[h]
    )
    return len({(cell, i + j) for cell, i in starts for j in range(_RUN)})
