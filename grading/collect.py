"""From what a platform, a mail folder or a memory stick holds to ``submitted/<student>/<set>/``.

Nothing is written over what is there: what differs from it is another attempt, in a folder of its
own. Which attempt counts is for ``intake``.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

from nbgrader.utils import parse_utc

from grading import apart, intake, roster
from grading.release import Course, CourseProblem, Release
from grading.roster import Person, Roster, as_folder
from grading.unpack import Piece, Unpacked

_LARGEST = 20 * 2**20  # bytes of a notebook without outputs, as Limits has it
_SECONDS = 60  # of computing, to read one file
_BESIDE = 100  # files that come with a notebook
_MOODLE = re.compile(
    r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_(file|onlinetext)(?:_(?P<rest>.*))?$"
)
# Canvas: name, LATE, number of the student, of the file, and the file's name; or what was typed.
_CANVAS = re.compile(
    r"(?P<name>.+?)(?P<late>_LATE)?_(?P<id>\d+)_(?:(?P<file>\d+)_(?P<rest>.+)|(?P<typed>text|link)"
    r"\.html)$"
)
_AGAIN = re.compile(r"-(\d+)(?=\.\w+$)")  # Canvas calls what is uploaded once more x-1.ipynb
_TEXT = re.compile(r"\.(ipynb|json|txt|html?)$", re.I)
_PLAIN = {"submitted", "submissions", "mywork", "exercises", "downloads", "homework"}


@dataclass
class _Owned:
    """A file that belongs to a student.

    Attributes:
        at: which of its parts says whose it is.
        canvas: whether it comes from Canvas, whose times are those of the download.
        number: of the file there: a later one is larger.
    """

    piece: Piece
    who: Person | str
    at: int
    name: str  # without what the platform put before it
    late: bool = False
    canvas: bool = False
    number: int = 0
    kind: str = ""  # "this", "other", or "" for what is no notebook of any set
    pasted: bytes | None = None

    @property
    def when(self) -> datetime | None:
        """When it was handed in, as the outermost thing says that is theirs alone."""
        typed = self.who.handed_in if isinstance(self.who, Person) else ""
        try:
            return parse_utc(typed).replace(tzinfo=UTC) if typed else self._changed
        except (ValueError, OverflowError):
            return self._changed

    @property
    def _changed(self) -> datetime | None:
        times = [time for parts, time in self.piece.times if parts > self.at]
        return times[0] if times and not self.canvas else None

    def content(self) -> bytes:
        """What it holds; of a notebook that was typed into a field, the notebook."""
        return self.pasted if self.pasted is not None else self.piece.file.read_bytes()


@dataclass
class _Attempt:
    """What one student handed in at one time."""

    files: dict[str, _Owned] = field(default_factory=dict)  # by the name that it gets
    order: tuple = ()


def collect(course: Course, release: Release, sources: list[Path], export: Path | None) -> None:
    """Take in what was handed in, and say what was done and what was left.

    Args:
        sources: folders, zip files, mails.
        export: of the class, from Canvas or Moodle; without one, the last that was given.

    Raises:
        CourseProblem: nothing was written: a file that can't be opened safely, an export of another
            course, another set.
    """
    people = roster.read(export) if export else roster.stored(course)
    work = course.root / ".grading"
    work.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work, prefix="unpacked-") as store:
        found = Unpacked(Path(store))
        owned: list[_Owned] = []
        strangers: set[str] = set()
        for source in sources:
            first = len(found.pieces)
            found.add(source)
            owners = _Owners(found.pieces[first:], people, course)
            for piece in found.pieces[first:]:
                try:
                    owned.append(owners.owned(piece))
                except _Nobody as why:
                    found.left.append((piece.place, str(why)))
                    strangers |= {why.stranger} - {""}
        there = {_name(one.who) for one in owned}
        if people and len(strangers) >= max(1, len(there)):
            raise CourseProblem(
                f"Of {len(there) + len(strangers)} students, {len(strangers)} are not in the class "
                f"that {export or roster.place(course)} lists ({intake.few(sorted(strangers))}). Is it "
                "of another course? Nothing was written."
            )
        _look_at_all(owned, course, release)
        _refuse_another_set(owned, release)
        if export and export.resolve() != roster.place(course).resolve():
            shutil.copyfile(export, roster.place(course))
        _write(course, release, owned, people, found)
    for place, why in found.left:
        print(f"left: {place} {why}")
    if found.litter:
        print(f"left: {found.litter} files or folders of operating systems (.DS_Store and such)")
    if not people:
        print(
            "The class is not known: give the platform's exported grades with --students, or its "
            "tables can't be imported without renaming."
        )


def _name(who: Person | str) -> str:
    return who.student if isinstance(who, Person) else who


# ---------------------------------------------------------------- whose it is


class _Nobody(Exception):
    """A file is nobody's; the message says why.

    Attributes:
        stranger: whom it names all the same, or "".
    """

    def __init__(self, why: str, stranger: str = "") -> None:
        super().__init__(why)
        self.stranger = stranger


_TWICE = (
    "is of one of two students who are called {}: put it into submitted/ by hand, or give Moodle's "
    "grading worksheet of this assignment with --students, which tells them apart"
)


class _Owners:
    """Whose the files of one source are."""

    def __init__(self, pieces: list[Piece], people: Roster | None, course: Course) -> None:
        self._people, self._course = people, course
        self._shared = _shared([piece.parts for piece in pieces if not piece.mail])
        self._numbers: dict[str, set[str]] = defaultdict(set)  # whom one name in Moodle stands for
        self._flat: dict[tuple[str, ...], set[str]] = defaultdict(set)  # of whom a folder has files
        for piece in pieces:
            for i, part in enumerate(piece.parts):
                if found := _MOODLE.match(part):
                    self._numbers[found["name"]].add(found["id"])
                elif found := _CANVAS.match(part):
                    self._flat[piece.parts[:i]].add(found["id"])

    def owned(self, piece: Piece) -> _Owned:
        """A file with its student.

        Raises:
            _Nobody: it has none.
        """
        name, last = piece.parts[-1], len(piece.parts) - 1
        if piece.mail:
            return _Owned(piece, self._writer(*piece.sender), last - 1, name)
        for i, part in enumerate(piece.parts):
            if found := _MOODLE.match(part):
                who = self._in_moodle(found["name"], found["id"])
                return _Owned(piece, who, i, name if i < last else found["rest"] or name)
            if (found := _CANVAS.match(part)) and (self._is_canvas(piece.parts[:i])):
                who = self._in_canvas(found["name"], found["id"])
                rest = name if i < last else found["rest"] or f"{found['typed']}.html"
                number = int(found["file"] or 0)
                return _Owned(piece, who, i, rest, bool(found["late"]), True, number)
            if self._people and (known := self._people.named_in(part)):
                return _Owned(piece, _one(known, part), i, name)
        if self._people:
            stranger = piece.parts[self._shared] if self._shared < last else ""
            raise _Nobody("is of nobody in the class whom its name or folder tells", stranger)
        at = min(self._shared, last)
        return _Owned(piece, _guessed(piece.parts[at], at == last, self._course), at, name)

    def _writer(self, address: str, name: str) -> Person | str:
        if not self._people:
            if not address:
                raise _Nobody("came in a mail of nobody")
            return as_folder(address)
        found = self._people.called(address) or self._people.called(address.partition("@")[0])
        return _one(found or self._people.called(name), f"{name} {address}".strip())

    def _in_moodle(self, name: str, number: str) -> Person | str:
        found = self._people.called(f"Participant {number}") if self._people else []
        if not found and len(self._numbers[name]) > 1 and name != "Participant":
            raise _Nobody(_TWICE.format(name), name)
        if not self._people:
            return f"{name} {number}" if name == "Participant" else as_folder(name)
        found = found or self._people.called(name)
        for group in re.finditer("-", name):  # Moodle puts a group's name before
            found = found or self._people.called(name[group.end() :])
        return _one(found, f"{name} ({number})")

    def _is_canvas(self, home: tuple[str, ...]) -> bool:
        """Whether files in a folder are called as Canvas calls them, and not so by chance."""
        if self._people:
            return self._people.platform == "Canvas"
        return not home or len(self._flat[home]) > 1

    def _in_canvas(self, name: str, number: str) -> Person | str:
        if self._people:
            return _one(self._people.called(number), f"{name} ({number})")
        return as_folder(f"{name}_{number}")


def _one(found: list[Person], said: str) -> Person:
    if len(found) > 1:
        raise _Nobody(_TWICE.format(said), said)
    if not found:
        raise _Nobody(f"is of {said}, who is not in the class", said)
    return found[0]


def _shared(places: list[tuple[str, ...]]) -> int:
    """How many of the first parts of all places lead to the students."""
    places = [parts for parts in places if intake.NOTEBOOK.search(parts[-1])]
    if not places:
        return 0
    common = 0
    while all(parts[common] == places[0][common] and len(parts) > common + 1 for parts in places):
        common += 1
    if len({parts[common] for parts in places}) > 1:
        return common
    plain = [i for i, part in enumerate(places[0][:-1]) if _plain(part) in _PLAIN]
    return plain[-1] + 1 if plain else 0


def _guessed(part: str, flat: bool, course: Course) -> str:
    """Whose a file is, where no list of the class is given, from its folder or its name."""
    said = "belongs to no student whom its name or folder tells"
    if flat and not intake.NOTEBOOK.search(part):
        raise _Nobody(said)
    name = re.sub(r"(\.(ipynb|json|txt|zip))+$", "", part, flags=re.I)
    for known in _sets(course):  # what is left beside the set's name, and "(1)"
        name = re.sub(re.escape(known).replace("_", r"[\W_]*"), "", name, flags=re.I)
    name = re.sub(r"^[\W_]+|[\W_]*(\(\d+\)|copy\d*|\d)?$", "", name, flags=re.I)
    if not name or _plain(name) in _PLAIN:
        raise _Nobody(said)
    return as_folder(name if flat or part.lower().endswith(".zip") else part)


def _sets(course: Course) -> list[str]:
    return sorted(p.name for p in course.folder("source").iterdir() if p.is_dir())


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


# ---------------------------------------------------------------- what it is


def _look_at_all(owned: list[_Owned], course: Course, release: Release) -> None:
    others = {_plain(name) for name in _sets(course)} - {_plain(release.name)}
    for one in owned:
        if others & {_plain(part) for part in one.piece.parts[one.at :]}:
            one.kind = "other"
        if "." in one.name and not _TEXT.search(one.name):
            continue
        try:
            kind, one.pasted = apart.call(_look_at, one.piece.file, release, seconds=_SECONDS)
        except apart.Failed:  # the run says why
            continue
        one.kind = kind or one.kind


def _look_at(path: Path, release: Release) -> tuple[str, bytes | None]:
    """Whether a file is a notebook of this set; and what it is, if a page was made around it."""
    content = path.read_bytes()
    pasted = None
    if content.lstrip()[:1] != b"{":
        pasted = content = _pasted(content)
    try:
        intake.cells_of(content, release, _LARGEST)
    except intake.OtherSet:
        return "other", None
    except intake.Unreadable:
        return "", None
    return "this", pasted


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def _pasted(content: bytes) -> bytes:
    """The notebook that somebody typed into a field, which makes a page of it; or nothing."""
    reader = _Words()
    reader.feed(content.decode("utf-8", "replace"))
    text = html.unescape("".join(reader.said)).replace("\xa0", " ")
    start = text.find("{")
    try:
        return json.dumps(json.JSONDecoder(strict=False).raw_decode(text, start)[0]).encode()
    except (ValueError, RecursionError):
        return b""


def _refuse_another_set(owned: list[_Owned], release: Release) -> None:
    kinds: dict[str, set[str]] = defaultdict(set)
    for one in owned:
        kinds[_name(one.who)].add(one.kind)
    other = [name for name, kind in kinds.items() if "other" in kind and "this" not in kind]
    if len(other) > len(kinds) / 2:
        raise CourseProblem(
            f"{len(other)} of {len(kinds)} students handed in another set than {release.name} "
            f"({intake.few(other)}). Nothing was written."
        )


# ---------------------------------------------------------------- where it goes


def _attempts(owned: list[_Owned], release: Release) -> list[_Attempt]:
    """What one student handed in, the first attempt first."""
    units: dict[tuple, list[_Owned]] = defaultdict(list)
    for one in owned:
        units[one.piece.parts[: one.at], one.piece.mail].append(one)
    attempts = []
    for unit in units.values():
        notebooks = sorted((one for one in unit if one.kind == "this"), key=_age)
        again = Counter(_AGAIN.sub("", one.name) for one in notebooks)
        tries = len(again) == 1 and notebooks[0].number > 0  # one file of Canvas's, several times
        for old in notebooks[:-1] if tries else ():
            attempts.append(_attempt([old], release))
            unit.remove(old)
        attempts.append(_attempt(unit, release))
    return sorted(attempts, key=lambda attempt: attempt.order)


def _age(one: _Owned) -> tuple:
    when = one.when
    again = _AGAIN.search(one.name)
    return when.timestamp() if when else 0, int(again[1]) if again else 0, one.number


def _attempt(unit: list[_Owned], release: Release) -> _Attempt:
    notebooks = [one for one in unit if one.kind == "this"]
    made = _Attempt(order=max(map(_age, notebooks or unit)))
    alone = notebooks[0] if len(notebooks) == 1 else None
    if alone:
        made.files[f"{release.name}.ipynb"] = alone
    home = alone.piece.parts[:-1] if alone else ()
    for one in unit:
        if one is alone or one.kind == "other":
            continue
        parts = list(one.piece.parts[:-1])
        inner = parts[len(home) :] if alone and parts[: len(home)] == list(home) else []
        name = "/".join(as_folder(part) for part in [*inner, one.name])
        if one.pasted is not None:
            name += ".ipynb"
        stem, suffix = os.path.splitext(name)
        for i in range(2, len(unit) + 2):
            if name not in made.files:
                break
            name = f"{stem}-{i}{suffix}"
        made.files[name] = one
    return made


def _write(
    course: Course, release: Release, owned: list[_Owned], people: Roster | None, found: Unpacked
) -> None:
    submitted = course.folder("submitted")
    submitted.mkdir(exist_ok=True)
    theirs: dict[str, list[_Owned]] = defaultdict(list)
    for one in owned:
        theirs[_folder(submitted, one.who)].append(one)
    counts: Counter[str] = Counter()
    for student, files in sorted(theirs.items()):
        other = [one.piece.place for one in files if one.kind == "other"]
        if other:
            found.left.append((intake.few(other), "is of another set"))
        files = [one for one in files if one.kind != "other"]
        for attempt in _attempts(files, release) if files else ():
            counts[_put(submitted / student / release.name, student, attempt, found)] += 1
    absent = []
    for person in people.people if people else ():
        student = _folder(submitted, person)
        if student not in theirs and not (submitted / student / release.name).is_dir():
            (submitted / student).mkdir(exist_ok=True)  # so that the table says that it is missing
            absent.append(student)
    parts = [f"{count} {what}" for what, count in sorted(counts.items())] or ["nothing"]
    print(f"{release.name}: {', '.join(parts)}")
    if absent:
        print(f"nothing of {len(absent)} of the class: {', '.join(absent)}")


def _folder(submitted: Path, who: Person | str) -> str:
    """What a student's folder is called: as it is there already, under any of their identifiers."""
    name = _name(who)
    ids = who.ids | {name.casefold()} if isinstance(who, Person) else {name.casefold()}
    alike = [p.name for p in submitted.iterdir() if as_folder(p.name).casefold() in ids]
    return alike[0] if len(alike) == 1 else name


def _put(home: Path, student: str, attempt: _Attempt, found: Unpacked) -> str:
    """Write an attempt, whole or not at all, beside those that are there; what was done with it."""
    there = {
        sha256(path.read_bytes()).digest()
        for path in (home.rglob("*") if home.is_dir() else ())
        if path.is_file() and not path.is_symlink()
    }
    content = {name: one.content() for name, one in [*attempt.files.items()][: _BESIDE + 1]}
    if len(content) < len(attempt.files):
        rest = f"of {student}: only {_BESIDE} files were taken with the notebook"
        found.left.append((f"{len(attempt.files) - len(content)} files", rest))
    if all(sha256(text).digest() in there for text in content.values()):
        return "there already"
    home.parent.mkdir(exist_ok=True)
    target, number = home, 1
    while target.is_dir() and any(target.iterdir()):
        number += 1
        target = home / f"{intake.ATTEMPT}{number}"
    if number > 1:
        print(f"{student}: attempt {number}, beside what is there")
    writing = Path(tempfile.mkdtemp(dir=home.parent, prefix=".writing-"))
    try:
        writing.chmod(0o755)
        for name, text in content.items():
            path = writing / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
        first = max(attempt.files.values(), key=_age)
        if first.when:
            stamp = first.when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
            (writing / "timestamp.txt").write_text(stamp, encoding="utf-8")
        if any(one.late for one in attempt.files.values()):
            (writing / intake.LATE).touch()
        os.replace(writing, target)
    except BaseException:
        shutil.rmtree(writing, ignore_errors=True)
        raise
    return "new" if number == 1 else "another attempt"
