"""From what a student handed in to a notebook that can be graded.

Only the student's answers and extra cells are taken; they are set into the set's own notebook, so
that edited and deleted tests come back by themselves. Whatever is mended is reported.
"""

from __future__ import annotations

import ast
import json
import os
import re
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from grading.release import Release, is_answer, is_test

_EXTRA_CELLS = 400  # more than these are no homework


class Unreadable(Exception):
    """Nothing can be graded; the message says why, for the instructor."""


@dataclass
class Handed:
    """What was found for one student.

    Attributes:
        student: the name of the folder.
        content: the notebook's bytes, or None.
        problem: why there are none.
        missing: that nothing was handed in at all.
        notes: what was mended.
    """

    student: str
    content: bytes | None = None
    problem: str = ""
    missing: bool = False
    notes: list[str] = field(default_factory=list)


@dataclass
class Intake:
    """A notebook that is ready to run, and what a person should know about it.

    Attributes:
        notebook: the set's cells with the student's answers and extra cells among them.
        notes: what was mended.
        review: what a person has to look at.
        unanswered: the cells to fill in that are as they were released.
    """

    notebook: nbformat.NotebookNode
    notes: list[str]
    review: list[str]
    unanswered: set[str]


def students(submitted: Path) -> list[str]:
    """The names of all students who have a folder, in order."""
    with os.scandir(submitted) as entries:
        return sorted(e.name for e in entries if e.is_dir() and not e.name.startswith("."))


def collect(submitted: Path, student: str, release: Release, largest: int) -> Handed:
    """Find and read a student's notebook. The file itself is never changed.

    Args:
        submitted: holds one folder a student.
        largest: the most bytes that are read.
    """
    handed = Handed(student)
    try:
        _collect(submitted, handed, release, largest)
    except OSError as error:
        handed.problem = f"what was handed in can't be read ({error.strerror})"
    return handed


def _collect(submitted: Path, handed: Handed, release: Release, largest: int) -> None:
    student = handed.student
    try:
        student.encode()
    except UnicodeEncodeError:
        handed.student = student.encode("utf-8", "backslashreplace").decode()
        handed.problem = "the folder's name is not readable text: rename it"
        return
    home = submitted / student
    if home.is_symlink():
        handed.problem = "the folder is a link to elsewhere, which is not followed"
        return
    folder = home / release.name
    if not folder.is_dir():
        alike = [p for p in _list(home) if p.is_dir() and _plain(p.name) == _plain(release.name)]
        if len(alike) == 1:
            handed.notes.append(f"the folder was called {alike[0].name}")
            folder = alike[0]
        elif any(p.suffix == ".ipynb" for p in _list(home)):
            handed.notes.append(f"the notebook was not in a folder {release.name}")
            folder = home
        else:
            handed.problem = f"nothing was handed in: there is no folder {release.name}"
            handed.missing = True
            return
    if folder.is_symlink():
        handed.problem = "the folder is a link to elsewhere, which is not followed"
        return
    notebooks = [p for p in _list(folder) if p.suffix.lower() == ".ipynb"]
    if not notebooks:
        names = ", ".join(p.name for p in _list(folder)[:3])
        handed.problem = f"no notebook was handed in, only {names}" if names else "an empty folder"
        return
    candidates = sorted(notebooks, key=lambda p: p.name != f"{release.name}.ipynb")
    problems, contents = [], {}
    for path in candidates:
        try:
            content = _read(path, largest)
            known = sum(_grade_id(c) in release.cells for c in _cells(content))
        except Unreadable as error:
            problems.append(f"{path.name} {error}")
            continue
        if known:
            contents[path.name] = (known, content)
            if path.name == f"{release.name}.ipynb":
                break
        elif _defines(content, release):
            contents[path.name] = (0, content)
        else:
            problems.append(f"{path.name} has no cell of this set{_other_set(content)}")
    if not contents:
        handed.problem = "; ".join(problems)
        return
    name, (_, handed.content) = max(contents.items(), key=lambda item: item[1][0])
    if name != f"{release.name}.ipynb":
        handed.notes.append(f"the notebook was called {name}")
        handed.notes += problems
        others = [other for other in contents if other != name]
        if others:
            handed.notes.append(f"other notebooks of this set were not graded: {', '.join(others)}")


def set_in(content: bytes, release: Release) -> Intake:
    """Set a student's answers and extra cells into the set's own notebook.

    Raises:
        Unreadable: it is no notebook.
    """
    notes: list[str] = []
    review: list[str] = []
    cells = _cells(content)
    order = list(release.cells)
    copies: dict[str, list[int]] = {}
    for i, cell in enumerate(cells):
        name = _grade_id(cell)
        if name in release.cells:
            copies.setdefault(name, []).append(i)
    chosen = {name: _choose(name, copies[name], cells, release, notes, review) for name in copies}
    chosen |= _recognise(chosen, cells, release, notes)
    taken = {index: name for name, index in chosen.items()}

    # The student's own cells stay behind the cell that they stood behind.
    behind: dict[str, list[nbformat.NotebookNode]] = {}
    anchor, extras, positions = "", 0, []
    for i, cell in enumerate(cells):
        name = _grade_id(cell)
        if i in taken:
            anchor = taken[i]
            positions.append(order.index(anchor))
        elif name in release.cells and not is_answer(release.cells[name]):
            continue  # a second copy of a test or of a text
        elif _source(cell).strip() and cell.get("cell_type") in ("code", "markdown"):
            extras += 1
            if extras <= _EXTRA_CELLS:
                behind.setdefault(anchor, []).append(_own(cell))
    if extras > _EXTRA_CELLS:
        review.append(f"{extras} cells of their own, of which {_EXTRA_CELLS} were taken")
    if positions != sorted(positions):
        notes.append("cells were moved; they are back in their order")

    notebook = nbformat.from_dict(release.notebook)
    result, unanswered, edited, gone, missing = behind.get("", []), set(), [], [], []
    for cell in notebook.cells:
        result.append(cell)
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name is None:
            continue
        given = cells[chosen[name]] if name in chosen else None
        if is_answer(cell):
            if given is None:
                missing.append(name)
            else:
                if given.get("cell_type") != cell.cell_type:
                    notes.append(f"{name} had become a {given.get('cell_type')} cell")
                cell.source = _source(given)
            if _same_text(cell.source, release.public[name]):
                unanswered.add(name)
        elif given is None:
            if is_test(cell):
                gone.append(name)
        elif is_test(cell) and not _same_text(_source(given), release.public[name]):
            edited.append(name)
        result += behind.get(name, [])
    for names, what in (
        (missing, "deleted answers, which count as not given"),
        (gone, "deleted tests, put back"),
        (edited, "edited tests, put back"),
    ):
        if names:
            notes.append(f"{what}: {_few(names)}")
    notebook.cells = result
    review += _suspicious(result)
    return Intake(notebook, notes, review, unanswered)


# ---------------------------------------------------------------- reading


def _list(folder: Path) -> list[Path]:
    try:
        return sorted(p for p in folder.iterdir() if not p.name.startswith("."))
    except OSError:
        return []


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def _read(path: Path, largest: int) -> bytes:
    if path.is_symlink() or not path.is_file():
        raise Unreadable("is a link or no plain file, which is not followed")
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        raise Unreadable(f"can't be read ({error.strerror})") from None
    if len(content) > largest:
        raise Unreadable(
            f"has {path.stat().st_size / 2**20:.0f} MB, more than {largest / 2**20:.0f}: ask for a "
            "copy without outputs"
        )
    if not content.strip():
        raise Unreadable("is empty")
    return content


def _cells(content: bytes) -> list[dict]:
    """The cells of a notebook of any format, as plain dicts.

    Raises:
        Unreadable: it is no notebook.
    """
    for start, kind in ((b"PK", "a zip file"), (b"%PDF", "a PDF"), (b"\x1f\x8b", "a gzip file")):
        if content.startswith(start):
            raise Unreadable(f"is {kind}, not a notebook")
    try:
        utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("is not text in UTF-8") from None
    if text.lstrip()[:1] == "<":
        raise Unreadable("is a web page, not a notebook: ask for the .ipynb itself")
    try:
        document = json.loads(text)
    except RecursionError:
        raise Unreadable("is nested too deeply to be a notebook") from None
    except ValueError as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Unreadable(
            f"is not a whole notebook: its JSON breaks off or is damaged{where}"
        ) from None
    if not isinstance(document, dict):
        raise Unreadable("is JSON, but not a notebook")
    version = document.get("nbformat", 4)
    if isinstance(version, int) and version < 4:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                document = nbformat.convert(nbformat.reader.reads(text), 4)
        except Exception:
            raise Unreadable(
                f"has the old format {version} and can't be brought up to date"
            ) from None
    cells = document.get("cells")
    if not isinstance(cells, list):
        raise Unreadable("is JSON, but not a notebook")
    return [cell for cell in cells if isinstance(cell, dict)]


def _source(cell: dict) -> str:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    # A lone surrogate, which JSON can hold, could not be written out again.
    return source.encode("utf-8", "replace").decode() if isinstance(source, str) else ""


def _grade_id(cell: dict) -> str | None:
    meta = cell.get("metadata")
    meta = meta.get("nbgrader") if isinstance(meta, dict) else None
    name = meta.get("grade_id") if isinstance(meta, dict) else None
    return name if isinstance(name, str) else None


def _own(cell: dict) -> nbformat.NotebookNode:
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    return make[cell["cell_type"]](_source(cell), metadata={"own": True})


# ---------------------------------------------------------------- mending


def _choose(
    name: str,
    copies: list[int],
    cells: list[dict],
    release: Release,
    notes: list[str],
    review: list[str],
) -> int:
    """Which of several copies of a cell is meant: the first that is not the stub."""
    if len(copies) == 1 or not is_answer(release.cells[name]):
        return copies[0]
    filled = [i for i in copies if not _same_text(_source(cells[i]), release.public[name])]
    notes.append(f"{name} is there {len(copies)} times")
    if len({_source(cells[i]) for i in filled}) > 1:
        review.append(f"{name} is answered {len(filled)} times; the first one is the answer")
    return filled[0] if filled else copies[0]


def _recognise(
    chosen: dict[str, int], cells: list[dict], release: Release, notes: list[str]
) -> dict[str, int]:
    """Answers whose cells lost their id (Colab and copying do that), by what they define."""
    found: dict[str, int] = {}
    loose = [i for i, cell in enumerate(cells) if _grade_id(cell) not in release.cells]
    for name, cell in release.cells.items():
        wanted = _definitions(cell.source) if is_answer(cell) else set()
        if not wanted or (
            name in chosen and not _same_text(_source(cells[chosen[name]]), release.public[name])
        ):
            continue
        if name in chosen and _source(cells[chosen[name]]).strip():
            continue  # the stub stands where it should: the cell was simply not filled in
        fitting = [i for i in loose if wanted <= _definitions(_source(cells[i]))]
        if len(fitting) == 1:
            found[name] = fitting[0]
            notes.append(f"{name} had lost its id; recognised by {', '.join(sorted(wanted))}")
    return found


def _definitions(text: str) -> set[str]:
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return {n.name for n in body if isinstance(n, (ast.FunctionDef, ast.ClassDef))}


def _defines(content: bytes, release: Release) -> bool:
    """Whether a notebook without any id holds answers all the same."""
    there = set().union(*(_definitions(_source(cell)) for cell in _cells(content)))
    wanted = [_definitions(c.source) for c in release.cells.values() if is_answer(c)]
    return any(names and names <= there for names in wanted)


def _other_set(content: bytes) -> str:
    names = [name for name in map(_grade_id, _cells(content)) if name]
    return f" (is it another one? its first cell is {names[0][:60]})" if names else ""


def _same_text(a: str, b: str) -> bool:
    return [line.rstrip() for line in a.strip().splitlines()] == [
        line.rstrip() for line in b.strip().splitlines()
    ]


def _few(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


# ---------------------------------------------------------------- what to look at

# Homework on autoencoders has no use for these; what reaches into the interpreter, or looks at who
# calls, can fool a test that runs in the same process. Using one costs nothing by itself.
_WORDS = {
    "__builtins__", "__class__", "__closure__", "__code__", "__del__", "__eq__",
    "__getattribute__", "__globals__", "__import__", "__subclasses__", "__torch_dispatch__",
    "__torch_function__", "_current_frames", "_exit", "_getframe", "_thread", "addaudithook",
    "asyncio", "atexit", "builtins", "ctypes", "currentframe", "f_back", "faulthandler", "fork",
    "gc", "get_ipython", "getouterframes", "inspect", "ipykernel", "IPython", "linecache",
    "multiprocessing", "setprofile", "settrace", "signal", "socket", "subprocess", "threading",
    "TorchDispatchMode", "TorchFunctionMode", "tornado", "zmq",
}  # fmt: skip


def _suspicious(cells: list[nbformat.NotebookNode]) -> list[str]:
    found = []
    for number, cell in enumerate(cells, start=1):
        own = cell.metadata.get("own") or is_answer(cell)
        if cell.cell_type != "code" or not own:
            continue
        where = cell.metadata.get("nbgrader", {}).get("grade_id", f"the student's cell {number}")
        words = sorted(_names(cell.source) & _WORDS)
        if words:
            found.append(f"{where} uses {_few(words)}: read it")
    return found


def _names(text: str) -> set[str]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"\w+", text))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {part for alias in node.names for part in alias.name.split(".")}
            names |= set((getattr(node, "module", None) or "").split("."))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names |= set(re.findall(r"\w+", node.value)) & {w for w in _WORDS if w[:2] == "__"}
    return names
