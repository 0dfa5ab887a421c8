"""A class of students whose scores are known: sound, broken and hostile.

    python tests/classroom.py FOLDER [SET]     writes FOLDER/submitted

Each hostile student has right answers but for one task, so that what their honest part deserves is
known.
"""

from __future__ import annotations

import copy
import csv
import json
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import exercise_sets
import nbformat

COURSE = Path(__file__).resolve().parent.parent
CANARY = "canary-5f1c9b"  # must be found nowhere but where the tests put it


@dataclass
class Student:
    """What one hands in, and what must come of it.

    Attributes:
        case: what is odd about it.
        name: the student's, which may be odd as well.
        score: of the auto-graded tasks; None where nothing can be graded.
        status: of the submission; empty where either of two is right.
        words: must be in the message for the instructor.
        notebook: what is handed in; ``files`` is used instead where it is not a sound file.
        files: path below the student's folder -> bytes.
    """

    case: str
    name: str
    score: float | None
    status: str = "graded"
    words: str = ""
    notebook: nbformat.NotebookNode | None = None
    files: dict[str, bytes] | None = None
    link: bool = False
    at_most: bool = False  # their own doing may have cost them more


class Classroom:
    """Makes the students of one set."""

    def __init__(self, set_name: str) -> None:
        self.set = set_name
        self.points = exercise_sets.tests(set_name)
        self.total = float(sum(self.points.values()))
        self.solutions = {
            c.grade.grade_id: c.source
            for c in exercise_sets.source(set_name)
            if c.grade.solution and not (c.grade.grade and c.cell_type == "code")
        }
        self.answers = exercise_sets.answers(set_name)
        self.students: list[Student] = []

    def worth(self, *answers: str) -> float:
        """The points of all tests of some answers."""
        return float(
            sum(
                points
                for answer in answers
                for test, points in self.points.items()
                if test in exercise_sets.graded_by(self.set, answer)
            )
        )

    def filled_in(self, given: dict[str, str] | None = None) -> nbformat.NotebookNode:
        """The released notebook with right answers, some of them replaced."""
        path = COURSE / "exercises" / self.set / f"{self.set}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        texts = self.solutions | (given or {})
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            cell.source = texts.get(name, cell.source)
        return notebook

    def add(self, case: str, score: float | None, status: str = "graded", words: str = "",
            notebook: nbformat.NotebookNode | None = None, **given: object) -> None:  # fmt: skip
        """Add a student, with right answers unless ``notebook`` or ``files`` say otherwise."""
        if notebook is None and "files" not in given:
            notebook = self.filled_in()
        name = NAMES.get(case, case)
        self.students.append(Student(case, name, score, status, words, notebook, **given))

    def hostile(self, name: str, code: str, words: str, answer: int = 0,
                score: float | None = None, status: str = "needs review") -> None:  # fmt: skip
        """Add a student whose one answer is ``code``; FUNCTION stands for its function's name."""
        target = self.answers[answer]
        notebook = self.filled_in({target: code.replace("FUNCTION", self.function(answer))})
        deserved = self.total - self.worth(target) if score is None else score
        self.add(name, deserved, status, words, notebook)

    def function(self, answer: int) -> str:
        """What an answer defines."""
        stub = exercise_sets.stub(self.set, self.answers[answer])
        return stub.split("(")[0].removeprefix("def ")

    def write(self, submitted: Path) -> None:
        """Write all of them below a folder."""
        for student in self.students:
            files = student.files
            if files is None:
                text = nbformat.writes(student.notebook) if student.notebook else ""
                files = {f"{self.set}/{self.set}.ipynb": text.encode("utf-8", "replace")}
            for name, content in files.items():
                path = submitted / student.name / name
                path.parent.mkdir(parents=True, exist_ok=True)
                if student.link:
                    path.symlink_to(content.decode())
                elif name.endswith("/"):
                    path.mkdir(parents=True, exist_ok=True)
                else:
                    path.write_bytes(content)


def make(set_name: str, secret: Path) -> Classroom:
    """The class; ``secret`` is a file outside that some try to read and to change."""
    room = Classroom(set_name)
    _sound(room)
    _broken(room, secret)
    _hostile(room, secret)
    return room


def table(course: Path, set_name: str) -> dict[str, dict[str, str]]:
    """grades.csv, by student."""
    path = course / "grades" / set_name / "grades.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


# ---------------------------------------------------------------- sound


# Odd names, for students whose work is read, graded and given back.
NAMES = {
    "writes to stderr": "Zoë Ünïcøde 李", "own cells": "with space", "copied cell": "x[1]*?{a}",
    "copied stub": "o'brien \"q\" `b`", "schema": "=1+1", "deleted test": "comma, name",
    "edited test": "-rf", "lost ids": "back\\slash", "moved": "100%s", "markdown": "$HOME",
    "odd cells": "@here", "syntax error": "new\nline", "emptied": "a" * 120,
}  # fmt: skip


def _sound(room: Classroom) -> None:
    room.add("untouched", 0.0, notebook=nbformat.read(
        COURSE / "exercises" / room.set / f"{room.set}.ipynb", as_version=4))  # fmt: skip
    draw = random.Random(1)
    wrong = [e for e in exercise_sets.bank(room.set) if e.kind == "mistake"]
    right = [e for e in exercise_sets.bank(room.set) if e.kind == "right"]
    for name, shelf, number in (
        ("anna", wrong, 1),
        ("three mistakes", wrong, 3),
        ("other right answers", right, 4),
        ("still others", right, 4),
    ):
        given = {entry.answer: entry.code for entry in draw.sample(shelf, number)}
        failed = exercise_sets.run(room.set, given)
        lost = sum(room.points[test] for test, message in failed.items() if message)
        room.add(name, room.total - lost, notebook=room.filled_in(given))
    noisy = "import sys, warnings\nprint('careful', file=sys.stderr)\n"
    first = room.answers[0]
    body = room.solutions[first].replace(
        "):\n", "):\n    import warnings; warnings.warn('old')\n", 1
    )
    room.add("writes to stderr", room.total, notebook=room.filled_in({first: noisy + body}))
    room.add("own cells", room.total, notebook=_with_cells(room, "helper = 1", "helper += 1"))
    threads = "torch.set_num_threads(4)\nx = torch.randn(2000, 2000)\n(x @ x).tanh().sum()"
    loads = (
        "from torch.utils.data import DataLoader\n"
        "print(sum(len(b) for b in DataLoader(torch.randn(2000, 9), 100, num_workers=2)))"
    )
    settings = (
        "torch.set_default_dtype(torch.float64)\ntorch.manual_seed(1)\ntorch.set_printoptions(3)"
    )
    for name, *cells in (
        ("sets threads", threads),
        ("loads in processes", loads),
        ("sets what is usual", settings, "%load_ext autoreload\n%autoreload 2", "%%time\nx = 1"),
        ("starts threads", "from concurrent.futures import ThreadPoolExecutor\n"
         "print(*ThreadPoolExecutor(2).map(abs, [1, -2]))"),
    ):  # fmt: skip
        room.add(name, room.total, notebook=_with_cells(room, *cells))


def _with_cells(room: Classroom, *sources: str) -> nbformat.NotebookNode:
    notebook = room.filled_in()
    for i, source in enumerate(sources):
        notebook.cells.insert(3 + 2 * i, nbformat.v4.new_code_cell(source))
    return notebook


# ---------------------------------------------------------------- broken


def _broken(room: Classroom, secret: Path) -> None:
    place = f"{room.set}/{room.set}.ipynb"
    whole = nbformat.writes(room.filled_in()).encode()

    def file(name: str, content: bytes, score: float | None, status: str, words: str,
             path: str = place) -> None:  # fmt: skip
        room.add(name, score, status, words, files={path: content})

    file("nothing handed in", b"", None, "missing", "nothing was handed in", "other_set/x.txt")
    file("empty folder", b"", None, "failed", "an empty folder", f"{room.set}/")
    file("no notebook", b"hello", None, "failed", "no notebook", f"{room.set}/answers.docx")
    file("empty file", b"", None, "failed", "is empty")
    file("not json", b"print('hello')", None, "failed", "damaged (line 1)")
    file("cut off", whole[: len(whole) // 2], None, "failed", "breaks off or is damaged")
    file("a list", b"[1, 2]", None, "failed", "not a notebook")
    file("web page", b"<!DOCTYPE html><p>", None, "failed", "is a web page")
    file("zipped", b"PK\x03\x04rest", None, "failed", "is a zip file")
    file("nested", b"[" * 100_000, None, "failed", "nested too deeply")
    file("binary", bytes(range(128, 256)) * 9, None, "failed", "not text in UTF-8")
    text = nbformat.writes(room.filled_in({room.answers[0]: "# " + "x" * (21 * 2**20)})).encode()
    file("huge", text, None, "failed", "more than 20")
    full = room.total
    file("renamed", whole, full, "graded", "called my_homework.ipynb",
         f"{room.set}/my_homework.ipynb")  # fmt: skip
    file("another folder", whole, full, "graded", "the folder was called",
         f"{room.set.upper().replace('_', ' ')}/{room.set}.ipynb")  # fmt: skip
    file("no folder", whole, full, "graded", "not in a folder", f"{room.set}.ipynb")
    file("utf16", whole.decode().encode("utf-16"), full, "graded", "")
    file("byte order mark", b"\xef\xbb\xbf" + whole, full, "graded", "")
    room.add("link", None, "failed", "link", files={place: str(secret).encode()}, link=True)
    other = next(name for name in exercise_sets.SETS if name != room.set)
    path = COURSE / "exercises" / other / f"{other}.ipynb"
    file("another set", path.read_bytes(), None, "failed", "has no cell of this set")
    room.add("two notebooks", full, "graded", "called second.ipynb", files={
        f"{room.set}/first.ipynb": b"{}", f"{room.set}/second.ipynb": whole})  # fmt: skip

    old = json.loads(whole)
    for cell in old["cells"]:
        cell.pop("id", None)
        if cell["cell_type"] == "code":
            cell |= {"input": cell.pop("source"), "prompt_number": 1, "language": "python"}
            cell.pop("execution_count", None)
    old = {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0,
           "worksheets": [{"cells": old["cells"], "metadata": {}}]}  # fmt: skip
    file("old format", json.dumps(old).encode(), full, "graded", "")

    def edited(name: str, score: float, status: str, words: str,
               edit: Callable[[list[dict]], None]) -> None:  # fmt: skip
        document = json.loads(whole)
        edit(document["cells"])
        file(name, json.dumps(document).encode(), score, status, words)

    first = room.answers[0]
    tests = list(room.points)

    def at(cells: list[dict], name: str) -> int:
        ids = [c["metadata"].get("nbgrader", {}).get("grade_id") for c in cells]
        return ids.index(name)

    def copied(cells: list[dict]) -> None:
        cells.insert(at(cells, first), copy.deepcopy(cells[at(cells, first)]))

    def copied_stub(cells: list[dict]) -> None:
        stub = copy.deepcopy(cells[at(cells, first)])
        stub["source"] = exercise_sets.stub(room.set, first)
        cells.insert(at(cells, first), stub)

    def copied_otherwise(cells: list[dict]) -> None:
        copied(cells)
        cells[at(cells, first) + 1]["source"] = ["# another try\n"]

    def without_ids(cells: list[dict]) -> None:
        for cell in cells:
            cell["metadata"] = {}

    def odd(cells: list[dict]) -> None:
        cells += [None, 3, {"cell_type": "code"}, {"cell_type": "raw", "source": 5}]  # type: ignore
        cells += [{"cell_type": "code", "metadata": {"nbgrader": []}, "source": "x = '\ud800'"}]
        cells += [{"cell_type": "code", "metadata": {"nbgrader": {"grade_id": [1]}}, "source": []}]

    less = full - room.worth(first)
    edited("copied cell", full, "graded", f"{first} is there 2 times", copied)
    edited("copied stub", full, "graded", f"{first} is there 2 times", copied_stub)
    edited("two answers", full, "needs review", "answered 2 times", copied_otherwise)
    edited("schema", full, "graded", "", lambda cells: [
        c["metadata"]["nbgrader"].update(schema_version=99) for c in cells])  # fmt: skip
    edited("deleted answer", less, "graded", f"deleted answers, which count as not given: {first}",
           lambda cells: cells.pop(at(cells, first)))  # fmt: skip
    edited("deleted test", full, "graded", f"deleted tests, put back: {tests[0]}",
           lambda cells: cells.pop(at(cells, tests[0])))  # fmt: skip
    edited("edited test", full, "graded", f"edited tests, put back: {tests[0]}",
           lambda cells: cells[at(cells, tests[0])].update(source="pass"))  # fmt: skip
    edited("lost ids", full, "graded", "had lost its id", without_ids)
    edited("moved", full, "graded", "cells were moved", lambda cells: cells.reverse())
    edited("markdown", full, "graded", f"{first} had become a markdown cell",
           lambda cells: cells[at(cells, first)].update(cell_type="markdown"))  # fmt: skip
    edited("odd cells", full, "needs review", "stand beside it", odd)
    edited("syntax error", less, "graded", "",
           lambda cells: cells[at(cells, first)].update(source="def f(:"))  # fmt: skip
    edited(
        "marks of ours",
        full,
        "graded",
        "",
        lambda cells: cells[at(cells, first)].update(
            source=f"{room.solutions[first]}\n### BEGIN HIDDEN TESTS\n# mine"
        ),
    )
    edited("emptied", less, "graded", "", lambda cells: cells[at(cells, first)].update(source=""))


# ---------------------------------------------------------------- hostile


def _hostile(room: Classroom, secret: Path) -> None:
    full = room.total
    h = room.hostile
    first = room.solutions[room.answers[0]]
    # Their process ends, or will not.
    h("exit", "import os\nos._exit(0)", "ended its own process")
    h("exit when called", "import os\ndef FUNCTION(*a): os._exit(0)", "process of the test")
    h("killed", "import os\nos.kill(os.getpid(), 9)", "was killed")
    h("crash", "import ctypes\nctypes.string_at(0)", "crashed")
    h("quit", "quit()", "", status="graded")
    room.add("quits in between", full, notebook=_with_cells(room, "quit()"))
    h("leaves", "def FUNCTION(*a): raise SystemExit", "", status="graded")
    h("endless", "def FUNCTION(*a):\n    while True: pass", "ran for more than")
    h("endless above", "while True: pass", "ran for more than")
    h("sleeps", "import time\ntime.sleep(1e6)", "ran for more than")
    h("swallows", "def FUNCTION(*a):\n    while True:\n        try:\n            while True: pass\n"
      "        except BaseException: pass", "ran for more than")  # fmt: skip
    h("swallows above", "while True:\n    try:\n        while True: pass\n"
      "    except BaseException: pass", "ran for more than")  # fmt: skip
    h("recursion", "import sys\nsys.setrecursionlimit(10**9)\ndef FUNCTION(*a):\n"
      "    def f(): return f()\n    return f()", "", status="")  # fmt: skip
    # They take more than their share.
    h("forks", "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
      "graded without it", status="")  # fmt: skip
    h("memory", "hoard = []\nwhile True: hoard.append(bytearray(2**28))", "", status="")
    h("memory to the last", "hoard = []\nfor size in (2**24, 2**12, 8):\n    try:\n"
      "        while True: hoard.append(bytearray(size))\n    except MemoryError: pass", "",
      status="")  # fmt: skip
    room.students[-1].at_most = True  # what they hoard stays theirs
    # What follows is answered right where the walls hold: the answer stands behind the look.
    h("memory nobody counts", "import ctypes\nlibc = ctypes.CDLL(None)\n"
      "assert libc.memfd_create(b'x', 0) == libc.shmget(0, 2**26, 0o1600) == -1\n"
      "assert libc.semget(0, 32000, 0o600) == -1\n" + first, "",
      score=full, status="graded")  # fmt: skip
    h("disk", "n = 0\nwhile True:\n    open(f'f{n}', 'wb').write(bytes(2**20)); n += 1", "",
      status="graded")  # fmt: skip
    h("one long line", first + "\nprint('x' * 100_000_000)", "printed more than",
      score=full, status="graded")  # fmt: skip
    h("prints for ever", first + "\nimport os\nwhile True: print('x' * 5000)",
      "printed more than", score=full, status="graded")  # fmt: skip
    room.add("forty long outputs", full, "needs review", "stand beside it",
             _with_cells(room, *["print('<' * 3_900_000)"] * 40))  # fmt: skip
    h("stray child", first + "\nimport subprocess\nsubprocess.Popen(['sleep', '5000'])",
      "", score=full, status="graded")  # fmt: skip
    # They look where they should not.
    h("reads", f"""
import os
found = [p for p in ('{secret}', '{COURSE}/solutions', '{COURSE}/tests', '/etc/passwd')
         if os.path.exists(p)]
for folder in ('/course', '/run', '/tmp', '/home', '/proc'):
    found += [n for _, ds, fs in os.walk(folder) for n in ds + fs if 'ex0' in n or 'book' in n]
assert not found, found
for path in ('{secret}', '/course/utils/checks.py', '/usr/x', '/course/grading/x', '/course/x'):
    try:
        open(path, 'w').write('changed')
    except OSError:
        continue
    raise SystemError(path)
""" + first, "", score=full, status="graded")  # fmt: skip
    h("network", "import socket\nassert [n for _, n in socket.if_nameindex()] == ['lo']\n"
      "try: socket.create_connection(('127.0.0.1', 22))\n"
      "except OSError: pass\nelse: raise SystemError\n" + first, "",
      score=full, status="graded")  # fmt: skip
    # They change what a test would rely on, if it were in reach.
    for name, code in attacks("patch").items():
        h(f"patches {name}", "def FUNCTION(*a): return torch.zeros(1)\n" + code, "", status="")
        room.students[-1].at_most = True  # it may cost them the tasks below as well
    # They had no answer to anything, and want full marks.
    for name, code in attacks("attack").items():
        notebook = nbformat.read(
            COURSE / "exercises" / room.set / f"{room.set}.ipynb", as_version=4
        )
        notebook.cells.insert(3, nbformat.v4.new_code_cell(code))
        room.add(f"attack {name}", 0.0, "", "", notebook)
    # They know every answer, and want the hidden inputs on a page.
    for name, code in attacks("leak").items():
        given = {room.answers[0]: first + "\n" + code.replace("FUNCTION", room.function(0))}
        notebook = room.filled_in(given)
        notebook.cells.append(
            nbformat.v4.new_code_cell(
                "print(seen, *(open(p).read() for p in ('/tmp/seen', 'seen') if os.path.exists(p)))"
            )
        )
        room.add(f"leak {name}", full, "", "", notebook)
        room.students[-1].at_most = True
    h("unprintable", "class E(Exception):\n    def __str__(self): raise E\n"
      "def FUNCTION(*a): raise E", "", status="graded")  # fmt: skip
    script = room.filled_in()
    for cell in script.cells:
        meta = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown" and meta.get("solution"):
            cell.source = (
                f"<script>alert('{CANARY}')</script>\n\nLook <img src=x onerror=alert(1)> "
                "[x](javascript:alert(1)) where $a < b$ and **bold**"
            )
    script.cells.append(nbformat.v4.new_code_cell(
        "from IPython.display import HTML, Javascript, display\n"
        f"display(HTML('<script>alert(\"{CANARY}\")</script>'), Javascript('alert(1)'))\n"
        "display({'image/png': '\"><script>alert(1)</script>'}, raw=True)"))  # fmt: skip
    room.add("script", full, "needs review", "stand beside it", script)
    slow = room.filled_in()  # a parser takes minutes for it
    slow.cells.append(nbformat.v4.new_markdown_cell("\\begin{a}" * 100_000))
    room.add("slow Markdown", full, "", "", slow)


def attacks(kind: str) -> dict[str, str]:
    """name -> code, of attacks.py."""
    text = Path(__file__).with_name("attacks.py").read_text(encoding="utf-8")
    parts = [part.split("\n", 1) for part in text.split("# %% ")[1:]]
    return {
        heading.partition(": ")[2]: code
        for heading, code in parts
        if heading.startswith(f"{kind}: ")
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    secret = folder / "secret.txt"
    folder.mkdir(parents=True, exist_ok=True)
    secret.write_text(CANARY)
    room = make(sys.argv[2] if len(sys.argv) > 2 else "ex03_kernels", secret)
    room.write(folder / "submitted")
    print(f"{len(room.students)} students in {folder / 'submitted'}")
