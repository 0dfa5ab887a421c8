"""The class as the learning platform exports it: who is who, by number, login, address or name."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from grading.release import Course, CourseProblem

# Columns that say who somebody is; the platform finds them by these when a table is imported.
_CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account",
           "Section")  # fmt: skip
_MOODLE = ("Identifier", "Full name", "First name", "Surname", "Last name", "Username",
           "ID number", "Institution", "Department", "Email address")  # fmt: skip
_NOBODY = ("points possible", "student, test", "test student")  # rows of Canvas's own
_UNIQUE = {"ID", "SIS User ID", "SIS Login ID", "Integration ID", "Username", "ID number",
           "Email address"}  # fmt: skip
_ALONE = 5  # characters; a shorter number or login in a longer name may be chance


@dataclass(frozen=True)
class Person:
    """One student of the class.

    Attributes:
        student: what their folder is called, unless one that bears another identifier is there.
        ids: all that belongs to them alone.
        names: the orders in which first and last name are written.
        columns: who they are in the platform's own table.
        handed_in: when, as Moodle's worksheet for grading says it, or "".
    """

    student: str
    ids: frozenset[str]
    names: frozenset[str]
    columns: dict[str, str]
    handed_in: str = ""

    @property
    def shown(self) -> str:
        """Their name, for a person to read."""
        return self.columns.get("Student") or _full_name(self.columns)


@dataclass(frozen=True)
class Roster:
    """A class.

    Attributes:
        platform: "Canvas" or "Moodle".
        columns: that the export has of those that say who somebody is, as it writes them.
        others: its other columns: what has been graded, and more.
    """

    platform: str
    columns: list[str]
    others: list[str]
    people: list[Person]

    def called(self, text: str) -> list[Person]:
        """Whom a text means that is an identifier or a name, and nothing else."""
        return (
            [p for p in self.people if _lower(text) in p.ids]
            or [p for p in self.people if _words(text) in map(_words, p.names)]
            or [p for p in self.people if _letters(text) in map(_letters, p.names)]
        )

    def named_in(self, text: str) -> list[Person]:
        """Whom a text means that may hold more, such as the set's name."""
        words = set(_words(text).split())
        whole = {_lower(text), *re.split(r"[\s_,;()\[\]]+", _lower(text)), *words}
        whole = {word for word in whole if len(word) >= _ALONE}
        return (
            self.called(text)
            or [p for p in self.people if whole & p.ids]
            or [p for p in self.people if any(set(_words(n).split()) <= words for n in p.names)]
        )

    def of(self, student: str) -> Person | None:
        """Whose folder this is."""
        found = [p for p in self.people if p.student == student]
        found = found or [p for p in self.people if _lower(student) in p.ids]
        return found[0] if len(found) == 1 else None


def stored(course: Course) -> Roster | None:
    """The class of the last export that was given, or None."""
    path = place(course)
    return read(path) if path.is_file() else None


def place(course: Course) -> Path:
    """Where the last export that was given is kept."""
    return course.root / ".grading" / "students.csv"


def read(path: Path) -> Roster:
    """The class in an export of Canvas's or Moodle's grades, or in Moodle's grading worksheet.

    Raises:
        CourseProblem: it is none of these.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CourseProblem(f"{path} can't be read: {error.strerror}.") from None
    lines = _lines(content)
    head = [cell.strip() for cell in lines[0]] if lines else []
    platform, known = ("Canvas", _CANVAS) if "Student" in head else ("Moodle", _MOODLE)
    wanted = {column.casefold(): column for column in known}
    names = [wanted.get(cell.casefold(), cell) for cell in head]
    if not {"Student", "Full name", "First name"} & set(names) or not _UNIQUE & set(names):
        raise CourseProblem(
            f"{path} is no export of a class: its first line is {', '.join(head)[:200] or 'empty'}."
            " From Canvas give what Grades, Export gives (Student, ID, SIS Login ID, …); from "
            "Moodle, in English, what Grades, Export, Plain text file gives (First name, Last "
            "name, ID number, Email address) or an assignment's grading worksheet."
        )
    people = []
    for line in lines[1:]:
        row = dict(zip(names, (cell.strip() for cell in line), strict=False))
        columns = {name: row.get(name, "") for name in names if name in known}
        name = columns.get("Student") or _full_name(columns)
        if name and name.casefold() not in _NOBODY and any(columns.get(c) for c in _UNIQUE):
            people.append((columns, name, row.get("Last modified (submission)", "")))
    if not people:
        raise CourseProblem(f"{path} holds no student.")
    counts = Counter(value for columns, *_ in people
                     for value in {_lower(columns.get(c, "")) for c in _UNIQUE})  # fmt: skip
    return Roster(
        platform,
        [name for name in names if name in known],
        [name for name in names if name not in known],
        [_person(columns, name, when, counts) for columns, name, when in people],
    )


def _person(columns: dict[str, str], name: str, when: str, counts: Counter) -> Person:
    own = {c: columns[c] for c in _UNIQUE if columns.get(c) and counts[_lower(columns[c])] == 1}
    best = ("SIS Login ID", "SIS User ID", "ID number", "Username", "Email address", "ID")
    ids = {_lower(value) for value in own.values()}
    ids |= {_lower(value) for c, value in columns.items() if c == "Identifier" and value}
    last, comma, first = name.partition(",")
    names = {name, f"{first} {last}"} if comma else {name}
    if columns.get("First name"):
        names.add(f"{columns.get('Surname') or columns.get('Last name')} {columns['First name']}")
    student = next((own[c] for c in best if c in own), name)
    return Person(as_folder(student), frozenset(ids), frozenset(names), columns, when)


def _full_name(columns: dict[str, str]) -> str:
    parts = [columns.get(c, "") for c in ("First name", "Surname", "Last name")]
    return columns.get("Full name") or " ".join(filter(None, parts))


def _lines(content: bytes) -> list[list[str]]:
    """A table's cells, whatever the spreadsheet that it went through made of it."""
    for encoding in ("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig",
                     "cp1252", "latin-1"):  # fmt: skip
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return []


def as_folder(name: str) -> str:
    """A name that any file system takes for a folder's."""
    name = unicodedata.normalize("NFC", name).encode("utf-8", "backslashreplace").decode()
    name = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]', "_", name).strip(" .")
    return re.sub(r"^(?=[-~_])|^(?=__MACOSX$)", "x", name)[:100] or "x"


def _lower(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip()).casefold()


def _words(text: str) -> str:
    """The words of a name, in lower case."""
    return " ".join(re.findall(r"[^\W_]+", _lower(text)))


def _letters(text: str) -> str:
    """A name as platforms shorten it: without accents, blanks and hyphens."""
    bare = unicodedata.normalize("NFKD", _lower(text))
    return "".join(c for c in bare if c.isalnum())
