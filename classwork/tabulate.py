"""What a release computes for the tests of a set: what the solution gives in each case, and what
each mistake gives.

Beside a set's notebook in solutions/ lies ``mistakes.py``. Each part of it begins with a line like

    # %% drop: the scale is upside down: what is left has to become larger, not smaller.

and holds an answer to the cell ``ex04-drop`` with that mistake, under the sentence that a student
reads. A sentence may go on in further lines of comment. ``# %% drop, caught: in place`` is a
mistake that is caught in general words, ``# %% drop, right: with torch.where`` an answer that looks
different and is right. A line ``# %%`` alone begins another answer under the same words.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import re
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from types import CodeType
from typing import Any
from unittest import mock

import torch
from filelock import FileLock
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from utils import cases

BEGIN_HIDDEN = "### BEGIN HIDDEN TESTS"
_LOAD = re.compile(r"^cases\.load\(.*\)$", re.M | re.S)
_WIDTH = 88


class Unfit(Exception):
    """A set can't be released; the message lists why."""


@dataclass(frozen=True)
class Given:
    """An answer of mistakes.py."""

    answer: str  # the cell's id
    kind: str  # "mistake", "caught" or "right"
    words: str
    code: str
    line: int

    def __str__(self) -> str:
        return f"mistakes.py, line {self.line} ({self.answer}: {self.words})"


def read(text: str, prefix: str) -> list[Given]:
    """The answers of a mistakes.py; ``prefix`` is what the ids of the set's cells begin with.

    Raises:
        Unfit: a heading can't be read.
    """
    found: list[Given] = []
    lines = text.splitlines()
    starts = [i for i, line in enumerate(lines) if line.startswith("# %%")]
    for start, end in zip(starts, [*starts, len(lines)][1:], strict=True):
        heading, body = lines[start][4:].strip(), start + 1
        while heading and body < end and lines[body].startswith("# "):
            heading += " " + lines[body][2:].strip()
            body += 1
        code = "\n".join(lines[body:end]).strip() + "\n"
        if not heading and found:
            found.append(Given(*(*_head(found[-1]), code, start + 1)))
            continue
        match = re.fullmatch(r"([\w-]+)(?:, (caught|right))?: (.+)", heading)
        if not match:
            raise Unfit(f"mistakes.py, line {start + 1}: {heading!r} is no heading")
        answer, kind, words = match.groups()
        found.append(Given(f"{prefix}-{answer}", kind or "mistake", words, code, start + 1))
    return found


def _head(given: Given) -> tuple[str, str, str]:
    return given.answer, given.kind, given.words


class Recorder(cases.Case):
    """Notes what comes of each case, in place of comparing it."""

    def __init__(self) -> None:
        super().__init__(None)
        self.came: list[dict] = []
        self.visible: int | None = None

    def more(self, packed: str) -> None:
        self.visible = len(self.came)

    def __call__(
        self, what, answer, *inputs, images=0, backward=0, but="", seen=None, rtol=1e-4, atol=1e-5
    ) -> None:
        disturbed: set[str] = set()
        skipped = {way.strip() for way in but.split(",")}
        came = cases.look(cases.outcome(answer, cases.fresh(inputs), disturbed), seen)
        self.came.append(
            {
                "what": what,
                "came": came,
                "kept": [part for part in cases.PARTS if part not in disturbed | skipped],
                "near": (rtol, atol),
                "again": (answer, cases.fresh(inputs), images, backward),
                "but": skipped,
                "seen": seen,
            }
        )


@dataclass
class Set:
    """A set's code, cell by cell, and what was recorded of it."""

    notebook: NotebookNode
    given: list[Given]
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cells = {
            cell.metadata.nbgrader.grade_id: cell
            for cell in self.notebook.cells
            if cell.cell_type == "code" and "nbgrader" in cell.metadata
        }
        self.tests = [
            name
            for name, cell in self.cells.items()
            if cell.metadata.nbgrader.grade and not cell.metadata.nbgrader.solution
        ]

    def graded_by(self, answer: str) -> list[str]:
        return [test for test in self.tests if test.startswith(f"{answer}-")]

    def run(self, names: list[str], given: dict[str, str], case_of: Any) -> dict[str, Any]:
        """Run these tests on the solution, some answers of it replaced.

        Args:
            given: answer -> code in its place.
            case_of: makes what the function ``test`` of a cell is given, from the test's name.

        Returns:
            test -> its case and the error that ended it, or None.
        """
        space: dict = {"__name__": "__main__"}
        seen: dict[str, Any] = {}

        def call(name: str, test: Any) -> None:
            seen[name] = case = case_of(name)
            cases.attempt(case, test)
            case.judge()

        def seed(value: int) -> torch.Generator:
            return torch.default_generator.manual_seed(int(value))

        results = {}
        # torch.manual_seed formats tracebacks for three kinds of GPU; answers call it often.
        with (
            mock.patch.object(cases, "call", call),
            mock.patch.object(torch, "manual_seed", seed),
        ):
            for name, cell in self.cells.items():
                grade = cell.metadata.nbgrader
                if (name in self.tests and name not in names) or (grade.grade and grade.solution):
                    continue
                code = given.get(name, cell.source)
                try:
                    with redirect_stdout(io.StringIO()):
                        exec(_compiled(code, name), space)
                    error = None
                except Exception as raised:
                    error = raised
                    if name not in names and name not in given:
                        raise
                if name in names:
                    results[name] = (seen.get(name), error)
        return results


@lru_cache(maxsize=256)
def _compiled(code: str, name: str) -> CodeType:
    return compile(code, name, "exec")


class Compared(cases.Case):
    """A case as a student's answer meets it, hidden cases included."""

    def __init__(self, visible: dict, hidden: dict) -> None:
        super().__init__(visible)
        self._hidden = hidden

    def more(self, packed: str) -> None:
        self._take(self._hidden)


def tables(this: Set) -> tuple[dict[str, dict], dict[str, dict]]:
    """What to store of each test: of its visible cases, and of its hidden ones.

    Notes in ``this.problems`` what makes the set unfit.
    """
    solved = this.run(this.tests, {}, lambda name: Recorder())
    for test, (_, error) in solved.items():
        if error is not None:
            this.problems.append(f"{test}: the solution fails: {error!r}")
    recorded = {test: case for test, (case, error) in solved.items() if case and not error}
    for test, case in recorded.items():
        for entry in case.came:
            if isinstance(entry["came"], cases.Raised):
                this.problems.append(
                    f"{test}, {entry['what']}: the solution fails: {entry['came'].error!r}"
                )
    if this.problems:
        return {}, {}
    parts: tuple[dict, dict] = ({}, {})
    for test, case in recorded.items():
        cut = len(case.came) if case.visible is None else case.visible
        for part, came in zip(parts, (case.came[:cut], case.came[cut:]), strict=True):
            part[test] = {"said": {}, "cases": [_record(entry) for entry in came]}
    for number, given in enumerate(this.given):
        names = [test for test in this.graded_by(given.answer) if test in recorded]
        if not names:
            this.problems.append(f"{given}: no test has an id that begins with {given.answer}-")
        if not names or given.kind != "mistake":
            continue
        for test, (case, _) in this.run(
            names, {given.answer: given.code}, lambda name: Recorder()
        ).items():
            if case is not None:
                _note(str(number), given, case.came, [part[test] for part in parts])
    return parts


def _record(entry: dict) -> dict:
    """A case as it is stored: what the solution gave, in each way."""
    rtol, atol = entry["near"]
    tried = {}
    skipped = entry["but"]
    if "graph" in skipped and not entry["again"][-1]:
        skipped = skipped | {"backward"}
    for way, call in cases.ways(*entry["again"]):
        if way in skipped:
            continue
        came = cases.look_in(way, call(), entry["seen"])
        usable = not isinstance(came, cases.Raised)
        if way == "backward":
            usable = isinstance(came, list) and all(bool(g.isfinite().all()) for g in came)
        if usable:
            tried[way] = cases.stored(came, whole=False)
    again = tried.get("a second time")
    if again and not cases.alike(entry["came"], again, rtol, atol):
        tried = {}  # it draws, and from no generator that was given
    return {
        "what": entry["what"],
        "right": cases.stored(entry["came"]),
        "kept": entry["kept"],
        "ways": tried,
        "wrong": {},
        "near": [rtol, atol],
    }


def _note(number: str, given: Given, came: list[dict], parts: list[dict]) -> None:
    """Add what a mistake gave, where it is not what the solution gave."""
    records = [(part, record) for part in parts for record in part["cases"]]
    for (part, record), entry in zip(records, came, strict=False):
        value = entry["came"]
        if isinstance(value, cases.Raised):
            record["wrong"][number] = ["raised", type(value.error).__name__]
        elif not cases.alike(value, record["right"], *record["near"]):
            record["wrong"][number] = cases.stored(value, whole=False)
        else:
            continue
        part["said"][number] = given.words


def check(this: Set, visible: dict[str, dict], hidden: dict[str, dict]) -> None:
    """Try each answer of mistakes.py as a student's; note what is not as its heading says."""

    def compared(test: str) -> Compared:
        return Compared(visible[test], hidden[test])

    for test, (_, error) in this.run([*visible], {}, compared).items():
        if error is not None:
            this.problems.append(f"{test}: refuses the solution itself: {error!r}")
    for given in this.given:
        names = [test for test in this.graded_by(given.answer) if test in visible]
        results = this.run(names, {given.answer: given.code}, compared)
        errors = {test: error for test, (_, error) in results.items() if error is not None}
        if given.kind == "right":
            this.problems += [
                f"{given}: right, and refused by {t}: {e!r}" for t, e in errors.items()
            ]
        elif not errors:
            this.problems.append(f"{given}: no case tells it from the right answer")
        elif given.kind == "caught":
            this.problems += [
                f"{given}: {test} names the cause of another: {error}"
                for test, error in errors.items()
                if "Likely cause: " in str(error)
            ]
        elif not any(given.words in str(e) for e in errors.values()):
            test, error = next(iter(errors.items()))
            case = results[test][0]
            alike = [words for words in case.suspected if words != given.words] if case else []
            others = "".join(f"\n    not told apart from: {words}" for words in alike[:5])
            this.problems.append(f"{given}: its words are never said; {test} says: {error}{others}")


def fill(notebook: NotebookNode, mistakes: str, name: str, store: Path) -> NotebookNode:
    """The notebook with its tables: those of visible cases where ``cases.load`` is called, those
    of hidden ones in the hidden part of each test.

    Args:
        notebook: a set's, from solutions/.
        mistakes: the text of its mistakes.py.
        name: of the set; its cells' ids begin with what stands before its first underscore.
        store: a folder that keeps tables, since it can take a minute to compute one.

    Raises:
        Unfit: an answer of mistakes.py is not what its heading says, or can't be told from another.
    """
    if table_in(notebook) or not any("cases.load(" in cell.source for cell in notebook.cells):
        return notebook  # nbgrader may read its settings, and take this step, twice
    cells = [
        (c.metadata.nbgrader.grade_id, c.metadata.nbgrader.grade, c.source)
        for c in notebook.cells
        if c.cell_type == "code" and "nbgrader" in c.metadata
    ]
    key = hashlib.sha256((_code() + mistakes + json.dumps(cells)).encode()).hexdigest()
    for cell in notebook.cells:
        lines = cell.source.split("\n")
        at = next((i for i, line in enumerate(lines) if BEGIN_HIDDEN in line), None)
        if at is not None and cell.metadata.get("nbgrader", {}).get("grade"):
            indent = " " * (len(lines[at]) - len(lines[at].lstrip()))
            lines.insert(at + 1, f'{indent}case.more("")')
            cell.source = "\n".join(lines)
    store.mkdir(parents=True, exist_ok=True)
    kept = store / f"{name}-{key[:16]}.json"
    with FileLock(kept.with_suffix(".lock")):  # so that only one of several computes it
        if kept.is_file():
            packed = json.loads(kept.read_text(encoding="utf-8"))
        else:
            packed = _packed(Set(notebook, read(mistakes, name.partition("_")[0])))
            kept.write_text(json.dumps(packed), encoding="utf-8")
    for cell in notebook.cells:
        if 'case.more("")' in cell.source:
            hidden = packed[cell.metadata.nbgrader.grade_id]
            cell.source = cell.source.replace('case.more("")', f'case.more("{hidden}")')
    return with_table(notebook, packed[""])


def _packed(this: Set) -> dict[str, str]:
    """The set's tables, packed: under its name those of a test's hidden cases, under "" the rest.

    Raises:
        Unfit: as ``fill``.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # quicker for small tensors, and sums are the same each time
    try:
        with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the mistakes make many
            visible, hidden = tables(this)
            if not this.problems:
                check(this, visible, hidden)
    finally:
        torch.set_num_threads(threads)
    if this.problems:
        raise Unfit("\n".join(this.problems))
    return {"": cases.pack(visible)} | {test: cases.pack({test: hidden[test]}) for test in hidden}


def with_table(notebook: NotebookNode, packed: str) -> NotebookNode:
    """The notebook with this table of visible cases, in place of what it holds."""
    lines = [packed[i : i + _WIDTH] for i in range(0, len(packed), _WIDTH)]
    body = "".join(f'    "{line}"\n' for line in lines)
    for cell in notebook.cells:
        cell.source = _LOAD.sub(lambda _: f"cases.load(\n{body})", cell.source)
    return notebook


def table_in(notebook: NotebookNode) -> str:
    """The table of visible cases in a notebook, packed; "" where there is none."""
    found = [match[0] for cell in notebook.cells if (match := _LOAD.search(cell.source))]
    return "".join(re.findall(r'^    "(.*)"$', found[0], re.M)) if found else ""


@cache
def _code() -> str:
    """Names the state of all that bears on a table, apart from the set."""
    utils = Path(cases.__file__).parent
    files = [*(utils / f"{name}.py" for name in ("cases", "checks", "differences")), Path(__file__)]
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    return torch.__version__ + text


def agree(one: str, other: str) -> bool:
    """Whether two tables of visible cases say the same, but for the last digits of numbers."""
    if not (one and other):
        return one == other
    return _near(cases.unpack(one), cases.unpack(other))


def _near(a: Any, b: Any) -> bool:
    if isinstance(a, float) or isinstance(b, float):
        numbers = isinstance(a, (int, float)) and isinstance(b, (int, float))
        return numbers and math.isclose(a, b, rel_tol=1e-3, abs_tol=1e-5)
    if isinstance(a, dict) and isinstance(b, dict):
        return [*a] == [*b] and all(_near(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_near, a, b))
    return a == b


class Tabulate(NbGraderPreprocessor):
    """nbgrader's step: fills in the tables of a set that is released."""

    store = Unicode(".grading/tables", help="The folder that keeps tables.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        file = Path(resources["metadata"]["path"]) / "mistakes.py"
        if file.is_file():
            text, name = file.read_text(encoding="utf-8"), resources["nbgrader"]["assignment"]
            nb = fill(nb, text, name, Path(self.store))
        return nb, resources
