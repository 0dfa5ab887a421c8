"""From what a student handed in to a notebook that can be graded.

Only the student's answers and extra cells are taken; they are set into the set's own notebook, so
that edited and deleted tests come back by themselves. Whatever is mended is reported.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import lzma
import os
import re
import sys
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import nbformat
from nbgrader.utils import parse_utc

from classwork import apart, markup
from classwork.course import CourseProblem
from grading import outputs
from grading.release import Release, by_hand, definitions, is_answer, is_test
from grading.results import Handed

_EXTRA_CELLS = 400  # more than these are no homework
LARGEST_FILE = 200 * 2**20  # bytes of a file; most of a large one is outputs, of which few are kept
_STORED = 8 * 2**20  # characters of outputs are kept, of cells that a person reads
_PICTURES = 10  # files beside a notebook are shown
_BESIDE = "Handed in beside the notebook:"
_FILES, _DEPTH = 500, 4  # how far is looked for a notebook
_SECONDS = 60  # of computing, to read what one student handed in
NOTEBOOK = re.compile(r"\.(ipynb|ipynb\.txt|ipynb\.json|zip)$", re.I)
_IN_ZIP = re.compile(r"\.ipynb(\.(txt|json))?$", re.I)
_PICTURE = re.compile(r"\.(png|jpe?g|gif)$", re.I)
# In a set's folder, by ``collect``: further attempts, that the platform calls it late, and when.
ATTEMPT, LATE, TIME = "attempt-", ".late", "timestamp.txt"
_AGAIN = re.compile(rf"{ATTEMPT}\d+$")
JUNK = re.compile(r"\.|~\$|__MACOSX$|Thumbs\.db$|desktop\.ini$|Icon\r$", re.I)
# The first cell of a copy for Colab, by which the course is installed (scripts/colab.py).
_COLAB = re.compile(r"# Run this cell first\..*\n    %pip install [^\n]+", re.S)
_MOODLE = re.compile(r"(.+_\d+)_(?:assignsubmission_)?(file|onlinetext)_?$")


class Unreadable(Exception):
    """Nothing can be graded; the message says why, for the instructor."""


@dataclass
class _Found:
    """A notebook with something of the set in it."""

    place: Path  # below the student's folder; inside a zip file it goes on
    cells: list[dict]
    exact: bool  # whether it is where it should be
    known: int  # cells with an id of the set
    work: set[tuple[str, str]]  # what the student wrote: (answer or "", text)


def students(submitted: Path) -> list[str]:
    """The names of all students who have a folder, in order.

    Raises:
        CourseProblem: there are files alone.
    """
    with os.scandir(submitted) as entries:
        there = [entry for entry in entries if not JUNK.match(entry.name)]
        names = sorted(entry.name for entry in there if entry.is_dir())
        flat = sorted(entry.name for entry in there if not entry.is_dir())
    if flat:
        said = (
            f"{submitted} holds files that belong to no student: {few(flat)}. Take them in by "
            f"grading collect, or put each into {submitted.name}/<student>/<set>/<set>.ipynb."
        )
        if not names:
            raise CourseProblem(said)
        print(said, file=sys.stderr)
    # Moodle packs what was typed into its own field apart from the same student's files.
    packed = [found for found in map(_MOODLE.match, names) if found]
    files = {found[1] for found in packed if found[2] == "file"}
    typed = {found[0] for found in packed if found[2] == "onlinetext" and found[1] in files}
    return [name for name in names if name not in typed]


def collect(submitted: Path, student: str, release: Release, largest: int) -> Handed:
    """Find and read a student's notebook, and set it into the set's. The file is never changed.

    Args:
        submitted: holds one folder a student.
        largest: the most bytes that are kept of it.
    """
    try:
        return apart.call(_collected, submitted, student, release, largest, seconds=_SECONDS)
    except apart.Failed as why:
        return Handed(_readable(student), problem=f"what was handed in can't be read: {why}")


def _collected(submitted: Path, student: str, release: Release, largest: int) -> Handed:
    handed = Handed(_readable(student))
    if handed.student != student:
        handed.problem = "the folder's name is not readable text: rename it"
        return handed
    try:
        _collect(submitted / student, handed, release, largest)
    except OSError as error:
        handed.problem = f"what was handed in can't be read ({error.strerror})"
    except MemoryError:
        handed.problem = "what was handed in needs too much memory to be read"
    if _MOODLE.match(student):
        handed.notes.append(
            "the folder is called as Moodle packs it: call it by the student's ID number or login, "
            "or the tables can't be imported"
        )
    handed.notes, handed.problem = [*map(_readable, handed.notes)], _readable(handed.problem)
    return handed


def _collect(home: Path, handed: Handed, release: Release, largest: int) -> None:
    folder = home / release.name
    if not folder.is_dir():
        alike = [p for p in _list(home) if p.is_dir() and plain(p.name) == plain(release.name)]
        folder = alike[0] if len(alike) == 1 else home
        if folder != home:
            handed.notes.append(f"the folder was called {folder.name}")
    if home.is_symlink() or folder.is_symlink():
        handed.problem = "the folder is a link to elsewhere, which is not followed"
        return
    attempts = [folder] if folder == home else _attempts(folder)
    tried: list[Handed] = []
    review: list[str] = []
    for place in reversed(attempts):
        tried.append(Handed(handed.student, when=_time_of(place)))
        if _take(home, place, tried[-1], release, largest, review):
            best = tried[-1]
            break
        if tried[-1].problem:
            review.append(f"a later attempt can't be read: {tried[-1].problem}")
    else:
        best = next((one for one in tried if one.content), tried[0])
    number = len(attempts) - tried.index(best)
    if len(attempts) > 1:
        when = f", of {best.when:%Y-%m-%d %H:%M} UTC" if best.when else ""
        blank = any(one.content for one in tried[: tried.index(best)])
        later = "; a later one is as it was released" if blank else ""
        handed.notes.append(f"attempt {number} of {len(attempts)} counts{when}{later}")
    if (attempts[number - 1] / LATE).is_file():
        handed.notes.append("the platform calls it late, and not by how much")
    handed.notes += best.notes
    handed.content, handed.problem = best.content, best.problem
    handed.review, handed.unanswered = best.review, best.unanswered
    handed.missing, handed.when = best.missing, best.when


def _attempts(folder: Path) -> list[Path]:
    """The folders of the attempts, in the order of time, if that is known of all."""
    again = [path for path in _list(folder) if path.is_dir() and _AGAIN.match(path.name)]
    again = [path for path in again if not path.is_symlink()]
    again.sort(key=lambda path: int(path.name.removeprefix(ATTEMPT)))
    times = {path: _time_of(path) for path in (folder, *again)}
    known = {path: when for path, when in times.items() if when}
    return sorted(known, key=known.__getitem__) if known == times else [*times]


def _time_of(folder: Path) -> datetime | None:
    """When what lies in a folder was handed in, in UTC: nbgrader's timestamp.txt says it."""
    path = folder / TIME
    # The student's own file, of whatever content; a pipe, or a link to a device, has no end.
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > 100:
            return None
        return parse_utc(path.read_text("utf-8").strip())
    except (OSError, ValueError, OverflowError, TypeError, AttributeError):
        return None


def _take(
    home: Path, folder: Path, handed: Handed, release: Release, largest: int, review: list[str]
) -> bool:
    """Read what lies in a folder; whether a student has worked on it."""
    exact = f"{release.name}.ipynb"
    files = [
        path for path in _walk(folder)
        if path.name != TIME
        and (folder == home or not _AGAIN.match(path.relative_to(folder).parts[0]))
    ]  # fmt: skip
    near = files if folder != home else [
        path for path in files
        if path.parent == home or plain(release.name) in plain(str(path.relative_to(home)))
    ]  # fmt: skip
    if not any(NOTEBOOK.search(path.name) for path in files):
        own = folder.parent if _AGAIN.match(folder.name) else folder
        files = [path for path in _walk(home) if own not in path.parents]
    problems, found = [], []
    for path in filter(lambda path: NOTEBOOK.search(path.name), files):
        try:
            for place, content in _opened(path):
                cells = _kept(content, release, largest)
                work, known = _work(cells, release), sum(_id(c) in release.cells for c in cells)
                if not known and not _defines(cells, release):
                    raise Unreadable(f"has no cell of this set{_other_set(cells)}")
                is_it = place == folder / exact
                found.append(_Found(place.relative_to(home), cells, is_it, known, work))
        except Unreadable as error:
            if path in near:
                problems.append(f"{path.name} {error}")
    if not found:
        others = [path.name for path in near if not NOTEBOOK.search(path.name)]
        if problems:
            handed.problem = "; ".join(problems)
        elif others:
            handed.problem = f"no notebook was handed in, only {few(others)}"
        elif folder != home:
            handed.problem = "an empty folder"
        else:
            only = [path.name for path in _list(home)]
            handed.problem = f"nothing was handed in: there is no folder {release.name}"
            handed.problem += f", only {few(only)}" if only else ""
            handed.missing = True
        return False
    # Where the one with the right name is as it was released, another may hold the work.
    best = max(found, key=lambda f: (bool(f.work) and f.exact, len(f.work), f.known, f.exact))
    handed.notes += _where(best, home, folder, exact)
    if not best.work:
        handed.notes.append("the notebook is as it was released")
    if not best.exact:
        handed.notes += problems
    rest = [f for f in found if f is not best]
    for other in rest:
        if other.exact and not other.work:
            handed.notes.append(f"{exact} is as it was released")
        elif other.work - best.work:
            review = [
                *review,
                f"{other.place} holds other work than {best.place}, which was graded",
            ]
    if rest and not best.exact:
        places = few([str(other.place) for other in rest])
        handed.notes.append(f"other notebooks of this set were not graded: {places}")
    cells, shown = _with_pictures(best.cells, near, largest)
    if shown:
        handed.notes.append(f"shown with the notebook: {few(shown)}")
    beside = [p.name for p in near if not NOTEBOOK.search(p.name) and p.name not in shown]
    if beside:
        handed.notes.append(f"not taken: {few(beside)}")
    handed.review += map(_readable, review)
    _set_in(cells, handed, release)
    return bool(best.work)


def _where(best: _Found, home: Path, folder: Path, exact: str) -> list[str]:
    """How a notebook's place differs from what was asked for."""
    notes = []
    if best.place.name != exact:
        notes.append(f"the notebook was called {best.place.name}")
    place = (home / best.place).parent
    if place == home:
        notes.append(f"the notebook was not in a folder {exact.removesuffix('.ipynb')}")
    elif place != folder:
        notes.append(f"the notebook was in {best.place.parent}")
    return notes


def _set_in(cells: list[dict], handed: Handed, release: Release) -> None:
    """Set a student's answers and extra cells into the set's own notebook, ready to run."""
    notes, review, unanswered = handed.notes, handed.review, handed.unanswered
    order = list(release.cells)
    copies: dict[str, list[int]] = {}
    for i, cell in enumerate(cells):
        name = _id(cell)
        if name in release.cells:
            copies.setdefault(name, []).append(i)
    chosen = {name: _choose(name, copies[name], cells, release, notes, review) for name in copies}
    chosen |= _recognise(chosen, cells, release, notes)
    taken = {index: name for name, index in chosen.items()}

    # The student's own cells stay behind the cell that they stood behind.
    behind: dict[str, list[nbformat.NotebookNode]] = {}
    anchor, extras, positions = "", 0, []
    for i, cell in enumerate(cells):
        name = _id(cell)
        if i in taken:
            anchor = taken[i]
            positions.append(order.index(anchor))
        elif name in release.cells and not is_answer(release.cells[name]):
            continue  # a second copy of a test or of a text
        elif cell["source"].strip() and cell["cell_type"] in ("code", "markdown"):
            extras += 1
            if extras <= _EXTRA_CELLS:
                behind.setdefault(anchor, []).append(_own(cell, f"own-{i}"))
    if extras > _EXTRA_CELLS:
        review.append(f"{extras} cells of their own, of which {_EXTRA_CELLS} were taken")
    if positions != sorted(positions):
        notes.append("cells were moved; they are back in their order")

    notebook = nbformat.from_dict(release.notebook)
    result = behind.get("", [])
    said: dict[str, list[str]] = {}
    for cell in notebook.cells:
        result.append(cell)
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name is None:
            continue
        given = cells[chosen[name]] if name in chosen else None
        what = ""
        if is_answer(cell):
            if given is not None:
                if given["cell_type"] != cell.cell_type:
                    notes.append(f"{name} had become a {given['cell_type']} cell")
                cell.source = given["source"]
                _carry(given, cell)
            if _same_text(cell.source, release.public[name]):
                unanswered.add(name)
        elif given is None:
            what = "deleted tests, put back" if is_test(cell) else ""
        elif not _same_text(given["source"], release.public[name]):
            added = "" if is_test(cell) else _added(given["source"], cell)
            what = "edited tests, put back" if is_test(cell) else "changed cells, put back"
            if added:
                what = "added to cells of the set, kept in a cell of its own behind each"
                own = _own({**given, "source": added, "cell_type": cell.cell_type}, f"added-{name}")
                behind[name] = [own, *behind.get(name, [])]
        if what:
            said.setdefault(what, []).append(name)
        result += behind.get(name, [])
    _elsewhere(result, unanswered, notes)
    files = [c for there in behind.values() for c in there if c.source.startswith(_BESIDE)]
    for before, name in zip(["", *order], order, strict=False):
        beside = {_bare(c.source) for c in behind.get(before, []) + behind.get(name, []) + files}
        asked = name in unanswered and by_hand(release.cells[name])
        if asked and beside - {_bare(release.public[name])}:
            # It may well be the answer; only a person can tell.
            unanswered.remove(name)
            review.append(f"{name} is as released, but cells of their own stand beside it")
    deleted = [name for name in order if name in unanswered and name not in chosen]
    said["deleted answers, which count as not given"] = deleted
    notes += [f"{what}: {few(names)}" for what, names in said.items() if names]
    notebook.cells = result
    handed.content = nbformat.writes(notebook).encode()


# ---------------------------------------------------------------- reading


def _list(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not JUNK.match(path.name))
    except OSError:
        return []


def _walk(folder: Path) -> list[Path]:
    """Files below a folder, the nearest first; links are not followed."""
    files: list[Path] = []
    todo = [(folder, 0)]
    for place, depth in todo:
        for path in _list(place):
            if path.is_symlink() or not path.is_dir():
                files.append(path)
            elif depth < _DEPTH and len(todo) < _FILES:
                todo.append((path, depth + 1))
        if len(files) >= _FILES:
            break
    return files[:_FILES]


def plain(name: str) -> str:
    """A name without what platforms and people change in it."""
    return re.sub(r"[\W_]+", "", name).lower()


def _readable(text: str) -> str:
    """With what no file can hold, such as a file's name in another encoding, spelt out."""
    return text.encode("utf-8", "backslashreplace").decode()


def _opened(path: Path, wanted: re.Pattern = _IN_ZIP) -> Iterator[tuple[Path, bytes]]:
    """A file's content, or that of each wanted file in it if it is a zip file."""
    if path.is_symlink() or not path.is_file():
        raise Unreadable("is a link or no plain file, which is not followed")
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise Unreadable(f"can't be read ({error.strerror})") from None
    if len(content) > LARGEST_FILE:
        raise Unreadable(
            f"has {path.stat().st_size / 2**20:.0f} MB, more than {LARGEST_FILE >> 20}"
        )
    if not content.startswith(b"PK"):
        yield path, content
        return
    # Nothing is written anywhere, so that it does not matter where the names in it point to.
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            names = [i.filename for i in pack.infolist() if not i.is_dir()][:_FILES]
            parts = {name: [p for p in Path(name).parts if p not in ("/", "..")] for name in names}
            names = [name for name in names if not any(map(JUNK.match, parts[name]))]
            left = LARGEST_FILE
            for name in filter(wanted.search, names):
                with pack.open(name) as file:
                    inside = file.read(left + 1)
                left -= len(inside)
                if left < 0:
                    raise Unreadable(f"is a zip file of more than {LARGEST_FILE >> 20} MB")
                yield path.joinpath(*parts[name]), inside
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, EOFError, ValueError):
        raise Unreadable("is a zip file that can't be opened: ask for the .ipynb itself") from None
    if not any(map(wanted.search, names)):
        raise Unreadable(f"is a zip file without a notebook, it holds {few(names) or 'nothing'}")


def _with_pictures(
    cells: list[dict], near: list[Path], largest: int
) -> tuple[list[dict], list[str]]:
    """The cells with the picture files that lie beside them, and the names of those taken.

    Where a text names one it is shown there; the others get a cell at the end.
    """
    room = largest - _size(cells)
    taken: list[str] = []
    rest: dict[str, dict[str, str]] = {}
    for path in near:
        if not (_PICTURE.search(path.name) or path.suffix.lower() == ".zip"):
            continue
        with contextlib.suppress(Unreadable):
            for place, content in _opened(path, _PICTURE):
                name, text = _readable(place.name), base64.b64encode(content).decode()
                texts = [
                    cell["attachments"] for cell in cells
                    if cell["cell_type"] == "markdown" and markup.shows(cell["source"], name)
                ] or [rest]  # fmt: skip
                size, kind = len(text) * len(texts), outputs.kind_of(text)
                if kind and size <= room and len(taken) < _PICTURES:
                    room -= size
                    taken.append(name)
                    for there in texts:
                        there.setdefault(name, {kind: text})
    if rest:
        called = {name: re.sub(r"[^\w. -]", " ", name) for name in rest}
        lines = [f"{called[name]}\n\n![{called[name]}](attachment:{quote(name)})" for name in rest]
        source = "\n\n".join([_BESIDE, *lines])
        cells = [*cells, {"cell_type": "markdown", "source": source, "attachments": rest}]
    return cells, taken


def _document(content: bytes) -> dict:
    """A notebook of any format in the present one, as plain dicts.

    Raises:
        Unreadable: it is no notebook.
    """
    if not content.strip():
        raise Unreadable("is empty")
    for start, kind in ((b"%PDF", "a PDF"), (b"\x1f\x8b", "a gzip file")):
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
    return {**document, "cells": [cell for cell in cells if isinstance(cell, dict)]}


def _kept(content: bytes, release: Release, largest: int) -> list[dict]:
    """What is kept of a notebook's cells; outputs are of open tasks and of cells of their own."""
    cells = [_taken(cell) for cell in _document(content)["cells"]]
    room, size = _STORED, _size(cells)
    for cell in cells:
        ours = release.cells.get(_id(cell) or "")
        length = len(json.dumps(cell["outputs"]))
        size -= length
        if (ours and not by_hand(ours)) or length > room:
            cell["outputs"] = []
        else:
            room -= length
    if size > largest:
        raise Unreadable(
            f"holds {size / 2**20:.0f} MB of text and pictures, more than {largest / 2**20:.0f}: "
            "ask for a copy with smaller pictures"
        )
    return cells


def _taken(cell: dict) -> dict:
    name, source, kind = _id(cell), cell.get("source", ""), cell.get("cell_type")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return {
        "cell_type": kind if isinstance(kind, str) else "",
        "metadata": {} if name is None else {"nbgrader": {"grade_id": name}},
        # A lone surrogate, which JSON can hold, could not be written out again.
        "source": source.encode("utf-8", "replace").decode() if isinstance(source, str) else "",
        "attachments": markup.pictures(cell.get("attachments")),
        "outputs": outputs.anew(cell.get("outputs"), _STORED),
    }


def _size(cells: list[dict]) -> int:
    return len(json.dumps(cells))


def _id(cell: dict) -> str | None:
    meta = cell.get("metadata")
    meta = meta.get("nbgrader") if isinstance(meta, dict) else None
    name = meta.get("grade_id") if isinstance(meta, dict) else None
    return name if isinstance(name, str) else None


def _own(cell: dict, name: str) -> nbformat.NotebookNode:
    name = re.sub(r"[^\w-]", "", name, flags=re.A)  # the same in each run: no cell has changed
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    own = make[cell["cell_type"]](cell["source"], id=name[:64], metadata={"own": True})
    _carry(cell, own)
    return own


def _carry(given: dict, cell: nbformat.NotebookNode) -> None:
    """What a student's cell holds beside its text."""
    if cell.cell_type == "code":
        cell.outputs = given["outputs"]
    elif given["attachments"]:
        cell.attachments = given["attachments"]


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
    filled = [i for i in copies if not _same_text(cells[i]["source"], release.public[name])]
    notes.append(f"{name} is there {len(copies)} times")
    if len({cells[i]["source"] for i in filled}) > 1:
        review.append(f"{name} is answered {len(filled)} times; the first one is the answer")
    return filled[0] if filled else copies[0]


def _recognise(
    chosen: dict[str, int], cells: list[dict], release: Release, notes: list[str]
) -> dict[str, int]:
    """Answers whose cells lost their id (Colab and copying do that), by what they define."""
    found: dict[str, int] = {}
    loose = {
        i: definitions(cell["source"])
        for i, cell in enumerate(cells) if _id(cell) not in release.cells
    }  # fmt: skip
    for name, cell in release.cells.items():
        if not is_answer(cell) or (name in chosen and cells[chosen[name]]["source"].strip()):
            continue  # filled in, or the stub stands where it should
        wanted = definitions(cell.source)
        fitting = [i for i, names in loose.items() if wanted and wanted <= names]
        if len(fitting) == 1:
            found[name] = fitting[0]
            notes.append(f"{name} had lost its id; recognised by {', '.join(sorted(wanted))}")
    return found


def _elsewhere(cells: list[nbformat.NotebookNode], unanswered: set[str], notes: list[str]) -> None:
    """Answers that stand in another cell of the student's, joined with another answer, say.

    A stub that comes after them is emptied, or it would take the answer's place.
    """
    theirs = {
        i: definitions(cell.source)
        for i, cell in enumerate(cells)
        if cell.cell_type == "code" and (cell.metadata.get("own") or is_answer(cell))
    }
    for i, wanted in theirs.items():
        name, stub = cells[i].metadata.get("nbgrader", {}).get("grade_id"), cells[i].source
        if name not in unanswered or not wanted:
            continue
        places = [
            j for j, names in theirs.items()
            if j != i and wanted <= names and stub.strip() not in cells[j].source
        ]  # fmt: skip
        if not places:
            continue
        unanswered.discard(name)
        if max(places) < i:
            where = cells[places[-1]].metadata.get("nbgrader", {}).get("grade_id")
            where = f"the cell of {where}" if where else "a cell of their own above"
            cells[i].source = f"# Answered in {where}."
            notes.append(f"{name} is answered in {where}")


def _added(text: str, cell: nbformat.NotebookNode) -> str:
    """What a student added to a cell of the set; of code, if all else is as it was."""
    ours = [line.rstrip() for line in cell.source.splitlines() if line.strip()]
    there = [line.rstrip() for line in text.splitlines()]
    if cell.cell_type == "code" and [line for line in there if line in ours] != ours:
        return ""
    known = set(ours)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line for line in there if line not in known)).strip()


def _defines(cells: list[dict], release: Release) -> bool:
    """Whether a notebook without any id holds answers all the same."""
    there = set().union(*(definitions(cell["source"]) for cell in cells))
    wanted = [definitions(c.source) for c in release.cells.values() if is_answer(c)]
    return any(names and names <= there for names in wanted)


def _work(cells: list[dict], release: Release) -> set[tuple[str, str]]:
    """What of a notebook is the student's: answers that are no stubs, and cells of their own."""
    blank = {"", *map(_bare, release.public.values())}
    work = set()
    for cell in cells:
        name, text = _id(cell), _bare(cell["source"])
        if name not in release.cells or is_answer(release.cells[name]):
            work.add((name if name in release.cells else "", text))
    return {(name, text) for name, text in work if text not in blank and not _COLAB.fullmatch(text)}


def _other_set(cells: list[dict]) -> str:
    names = [name for name in map(_id, cells) if name]
    return f" (is it another one? its first cell is {names[0][:60]})" if names else ""


def _bare(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _same_text(a: str, b: str) -> bool:
    return _bare(a) == _bare(b)


def few(names: list[str]) -> str:
    """The first of them, and how many more there are."""
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
