"""From what a platform, a mailbox or a memory stick holds to ``submitted/<student>/<set>/``.

Nothing is written over what is there: what differs from it is another attempt, in a folder of its
own. Which attempt counts is for ``intake``.
"""

from __future__ import annotations

import contextlib
import io
import lzma
import os
import re
import shutil
import tempfile
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from nbgrader.utils import parse_utc

from classwork import intake, roster
from classwork.course import Course, CourseProblem
from classwork.roster import Person, Roster, as_folder
from classwork.unpack import LITTER, Left, Piece, pieces

_MOST = 100  # files of one attempt
# Moodle's folders, or the beginnings of its files: the name, and the number of the participant.
_MOODLE = re.compile(r"(.+?)_(\d+)_assignsubmission_(?:file|onlinetext)(?:_(.*))?$")
# Canvas's files: the name, whether late, the number of the student, that of the file and what it
# was called; or what was typed.
_CANVAS = re.compile(r"([^\W_]+)(_LATE)?_(\d+)_(?:\d+_(.+)|(?:text|link)\.html)$")
# What a cell of a set is known by, also where the notebook is damaged or has lost its ids.
_MARKS = re.compile(rb'"grade_id"\s*:\s*"([^"\\]+)"|\b(def \w+)')
_BROKEN = (OSError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError,
           RuntimeError)  # fmt: skip


class _Nobody(Exception):
    """A file is nobody's; the message says why."""


class _InMail(_Nobody):
    """It came in a mail that a student handed in."""

    def __init__(self) -> None:
        super().__init__(
            "is in a mail that a student handed in, and may say anything: put it into submitted/ "
            "by hand"
        )


class _Twice(_Nobody):
    """It is of one of two."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"is of one of two students who are called {name}: put it into submitted/ by hand, or "
            "give Moodle's grading worksheet of this assignment with --students, which tells them "
            "apart"
        )


@dataclass
class _Owned:
    """A file that belongs to a student.

    Attributes:
        student: what the folder is called.
        name: the file's, without what the platform put before it.
        when: it was handed in, if the platform or a mail says so.
        late: the platform says so, and not by how much.
        unit: what was handed in at one time has the same.
        set: what it belongs to, or "".
    """

    piece: Piece
    student: str
    name: str
    when: datetime | None = None
    late: bool = False
    unit: tuple = ()
    set: str = ""


def collect(course: Course, sources: list[Path], export: Path | None) -> None:
    """Take in what was handed in, of whichever sets, and say what was done and what was left.

    Args:
        sources: folders, zip files, mails.
        export: of the class, from Canvas or Moodle; without one, the last that was given.

    Raises:
        CourseProblem: nothing was written: a file that can't be opened safely, or an export of
            another course.
    """
    people = roster.read(export) if export else roster.stored(course)
    paths = sorted(course.folder("source").glob("*/*.ipynb"))
    sets = {p.stem: {*_marks(p.read_bytes())} for p in paths if p.stem == p.parent.name}
    left, owned, strangers = Left(), [], []
    with contextlib.ExitStack() as stack:
        for number, source in enumerate(sources):
            found = list(pieces(source, left, stack))
            owners, theirs = _Owners(found, people, sets), []
            for piece in found:
                try:
                    for one in owners.owned(piece):
                        one.unit = (number, piece.parts[:-1] if piece.sender[1] else "")
                        theirs.append(one)
                except _Nobody as error:
                    left.add(piece.parts, str(error))
                    known = isinstance(error, (_Twice, _InMail))
                    if intake.NOTEBOOK.search(piece.parts[-1]) and not known:
                        strangers.append(" ".join(left[-1]))
            owned += _with_sets(theirs, sets, left)
        if people and len(strangers) > len({one.student for one in owned}):
            raise CourseProblem(
                f"Most of this is of nobody in {export or roster.place(course)}. Is it of another "
                f"course? Nothing was written. The first: {strangers[0]}."
            )
        if people and export and export.resolve() != roster.place(course).resolve():
            roster.place(course).parent.mkdir(exist_ok=True)
            shutil.copyfile(export, roster.place(course))
        _write(course.folder("submitted"), owned, people, left)
    for place, why in left:
        if why != LITTER:
            print(f"left: {place} {why}")
    if litter := sum(why == LITTER for _, why in left):
        print(f"left: {litter} files that operating systems leave behind (.DS_Store and the like)")
    if not people:
        print("The class is not known: give the platform's exported grades with --students, or "
              "its tables can't be imported without renaming.")  # fmt: skip


# ---------------------------------------------------------------- whose it is


class _Owners:
    """Whose the files of one source are."""

    def __init__(self, found: list[Piece], people: Roster | None, sets: dict) -> None:
        self._people, self._sets = people, "|".join(name.replace("_", r"[\W_]*") for name in sets)
        self._numbers: dict[str, set[str]] = defaultdict(set)  # whom one name in Moodle stands for
        for match in (_MOODLE.match(part) for piece in found for part in piece.parts):
            if match:
                self._numbers[match[1]].add(match[2])
        places = [p.parts for p in found if intake.NOTEBOOK.search(p.parts[-1])]
        self._shared = 0  # so many folders lead to all students
        while len(places) > 1 and len({parts[: self._shared + 1] for parts in places}) == 1:
            self._shared += 1
        while self._shared and not any(self._named(parts[self._shared :]) for parts in places):
            self._shared -= 1  # all is of one student

    def owned(self, piece: Piece) -> Iterator[_Owned]:
        """A file with its student, or with each of a group.

        Raises:
            _Nobody: it has none.
        """
        people, name = self._people, piece.parts[-1]
        if piece.sender[1]:
            if self._uploaded(piece):
                raise _InMail
            yield _Owned(piece, self._writer(*piece.sender), name, piece.when)
            return
        for i, part in enumerate(piece.parts):
            own = name if i < len(piece.parts) - 1 else ""  # where a folder is called by them
            if (found := _CANVAS.match(part)) and (not people or people.canvas):
                student = f"{found[1]}_{found[3]}"
                if people:
                    same = [one for one in people.people if one.row.get("ID") == found[3]]
                    student = _one(same, student)
                yield _Owned(piece, student, own or found[4] or name, late=bool(found[2]))
                return
            # Behind Canvas's names, in which the last words are a student's.
            if found := _MOODLE.match(part):
                for student, when in self._in_moodle(found[1], found[2]):
                    yield _Owned(piece, student, own or found[3] or name, when)
                return
            if people and (fitting := people.named_in(part)):
                yield _Owned(piece, _one(fitting, part), name)
                return
        if people:
            raise _Nobody("is of nobody in the class whom its name or folder tells")
        # Without a list of the class, from its folders or its name.
        if not (guessed := self._named(piece.parts[self._shared :])):
            raise _Nobody("belongs to no student whom its name or folder tells")
        yield _Owned(piece, as_folder(guessed), name)

    def _uploaded(self, piece: Piece) -> bool:
        """Whether a mail lies in what somebody handed in."""
        *folders, mail, _ = piece.parts  # the last one is what is attached to it
        if any(_MOODLE.match(part) or _CANVAS.match(part) for part in (*folders, mail)):
            return True
        return self._people is not None and any(map(self._people.named_in, folders))

    def _writer(self, name: str, address: str) -> str:
        if not self._people:
            return as_folder(address)
        called = self._people.called
        found = called(address) or called(address.partition("@")[0]) or called(name)
        return _one(found, f"{name} {address}".strip())

    def _in_moodle(self, name: str, number: str) -> list[tuple[str, datetime | None]]:
        """Whose a folder is that is called so: one student's, or all of a group."""
        people, participant = self._people, f"Participant {number}"
        if not people:
            many = self._numbers[name]
            if name == "Participant" or (len(many) > 2 and len(self._numbers) == 1):
                return [(participant, None)]  # anonymous, in whatever language
            if len(many) > 1:
                raise _Twice(name)
            return [(as_folder(name), None)]
        # Beside a group's name stands the group's number, which may be another's here.
        found = [p for p in people.called(participant) if not p.words or p in people.named_in(name)]
        if found := found or people.in_group(name):
            time = "Last modified (submission)"
            return [(person.student, _local(person.row.get(time, ""))) for person in found]
        if not (found := people.named_in(name)):
            raise _Nobody(
                f"is of {name}, who is not in the class; who is in a group, the assignment's "
                "grading worksheet says (--students)"
            )
        return [(_one(found, name), None)]

    def _named(self, parts: tuple[str, ...]) -> str:
        """What is left of a place beside the set's name, endings and "(1)"; or nothing."""
        for part in parts:
            name = re.sub(r"(\.(ipynb|json|txt|zip))+$", "", part, flags=re.I)
            name = re.sub(self._sets or "$", "", name, flags=re.I)
            name = re.sub(r"^[\W_]+|[\W_]*(\(\d+\)|copy\d*)?$", "", name, flags=re.I)
            if name and (part != parts[-1] or intake.NOTEBOOK.search(part)):
                return name
        return ""


def _one(found: list[Person], said: str) -> str:
    if len(found) > 1:
        raise _Twice(said)
    if not found:
        raise _Nobody(f"is of {said}, who is not in the class")
    return found[0].student


def _local(text: str) -> datetime | None:
    """A time as Moodle writes it: in words, and in the time zone of whoever exports."""
    try:
        return parse_utc(text).astimezone()
    except (ValueError, OverflowError):
        return None


# ---------------------------------------------------------------- which set it is of


def _marks(content: bytes) -> Iterator[bytes]:
    for found in _MARKS.finditer(content.replace(b"\0", b"")):
        yield found[1] or found[2]


def _set_of(content: bytes, sets: dict[str, set[bytes]]) -> str:
    """Which set a notebook is of, or a zip file with notebooks; "" for other files."""
    if content.startswith(b"PK"):
        with contextlib.suppress(*_BROKEN), zipfile.ZipFile(io.BytesIO(content)) as pack:
            entries = [entry for entry in pack.infolist() if intake.NOTEBOOK.search(entry.filename)]
            if sum(entry.file_size for entry in entries) < intake.LARGEST_FILE:
                content = b"{" + b"".join(map(pack.read, entries))
    if b"{" not in content[:20]:
        return ""
    marks = set().union(*sets.values()).intersection(_marks(content))
    best = max(sets, key=lambda name: len(sets[name] & marks), default="")
    return best if marks else ""


def _with_sets(owned: list[_Owned], sets: dict[str, set[bytes]], left: Left) -> list[_Owned]:
    """The files whose set is known: by what they hold, by their place, or by what they are with."""
    known: dict[tuple, Counter[str]] = defaultdict(Counter)
    readable = []
    for one in owned:
        try:
            one.set = _set_of(one.piece.read(), sets)
        except _BROKEN as error:
            left.add(one.piece.parts, f"can't be read: {error}"[:200])
            continue
        readable.append(one)
        if one.set:
            known[one.student, one.unit][one.set] += 1
            known[()][one.set] += 1
    for one in readable:
        named = [
            name for name in sets if intake.plain(name) in intake.plain("/".join(one.piece.parts))
        ]
        common = known.get((one.student, one.unit)) or known[()]
        one.set = one.set or [*named, *(name for name, _ in common.most_common(1)), ""][0]
        if not one.set:
            left.add(one.piece.parts, "is of no set of this course")
    return [one for one in readable if one.set]


# ---------------------------------------------------------------- where it goes


def _write(submitted: Path, owned: list[_Owned], people: Roster | None, left: Left) -> None:
    units: dict[tuple, list[_Owned]] = defaultdict(list)
    for one in owned:
        units[one.set, one.student, one.unit].append(one)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for key in sorted(units, key=lambda key: (key[:2], _time(units[key]))):
        done = _put(submitted / key[1] / key[0], units[key], left)
        counts[key[0]][done] += 1
    for set_name, count in counts.items():
        print(f"{set_name}: {', '.join(f'{number} {what}' for what, number in count.items())}")
        homes = [submitted / person.student for person in people.people] if people else []
        absent = sorted(home.name for home in homes if not (home / set_name).is_dir())
        for student in absent:
            (submitted / student).mkdir(exist_ok=True)  # so that the table says that it is missing
        if absent:
            print(f"nothing of {len(absent)} of the class: {', '.join(absent)}")
    if not units:
        print("Nothing was taken.")


def _time(unit: list[_Owned]) -> float:
    return max(one.when.timestamp() if one.when else 0.0 for one in unit)


def _put(home: Path, unit: list[_Owned], left: Left) -> str:
    """Write an attempt, whole or not at all, beside those that are there; what was done with it."""
    there = [path for path in home.rglob("*") if path.is_file() and not path.is_symlink()]
    known = {sha256(path.read_bytes()).digest() for path in there}
    for one in [one for one in unit if as_folder(one.name).casefold() == intake.TIME]:
        left.add(one.piece.parts, "says when it was handed in, but a student may have written that")
        unit.remove(one)
    unit.sort(key=lambda one: not intake.NOTEBOOK.search(one.name))
    content = {one.piece.parts: one.piece.read() for one in unit[:_MOST]}
    if all(sha256(text).digest() in known for text in content.values()):
        return "there already"
    target, number = home, 1
    while target.is_dir() and any(target.iterdir()):
        number += 1
        target = home / f"{intake.ATTEMPT}{number}"
    target.parent.mkdir(parents=True, exist_ok=True)
    writing = Path(tempfile.mkdtemp(dir=home.parent, prefix=".writing-"))
    try:
        writing.chmod(0o755)
        alone = sum(bool(intake.NOTEBOOK.search(one.name)) for one in unit) == 1
        for one in unit[:_MOST]:
            stem, suffix = os.path.splitext(as_folder(one.name))
            if alone and one is unit[0] and suffix.lower() != ".zip":
                stem, suffix = home.name, ".ipynb"
            names = [stem + suffix, *(f"{stem}-{i}{suffix}" for i in range(2, _MOST + 2))]
            path = next(writing / n for n in names if not (writing / n).exists())
            path.write_bytes(content[one.piece.parts])
        if len(unit) > _MOST:
            left.add(unit[_MOST].piece.parts, f"and {len(unit) - _MOST - 1} more beside a notebook")
        if _time(unit):
            stamp = f"{datetime.fromtimestamp(_time(unit), UTC):%Y-%m-%d %H:%M:%S} UTC"
            (writing / intake.TIME).write_text(stamp, encoding="utf-8")
        if any(one.late for one in unit):
            (writing / intake.LATE).touch()
        os.replace(writing, target)
    except BaseException:
        shutil.rmtree(writing, ignore_errors=True)
        raise
    return "new" if number == 1 else "another attempt"
