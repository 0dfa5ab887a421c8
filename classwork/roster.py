"""The class as the learning platform exports it: who is who, by number, login, address or name."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from classwork.course import Course, CourseProblem

# Columns that say who somebody is, by which the platform finds them when a table is imported; the
# first that is there, and theirs alone, names the folder.
_UNIQUE = ["SIS Login ID", "SIS User ID", "ID number", "Username", "Email address", "ID",
           "Integration ID", "Identifier"]  # fmt: skip
_FIRST, _LAST = ("First name", "FirstName"), ("Last name", "Surname", "LastName")
_WHO = [*_UNIQUE, *_FIRST, *_LAST, "Student", "Full name", "Root Account", "Section",
        "Institution", "Department"]  # fmt: skip
_NOBODY = ("points possible", "student, test", "test student")  # rows of Canvas's own
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")
_ALONE = 5  # characters; a shorter number or login in a longer name may be chance


@dataclass(frozen=True)
class Person:
    """One student of the class.

    Attributes:
        student: what their folder is called.
        ids: all that belongs to them alone.
        words: of their name, in the order of the alphabet; none in an anonymous worksheet.
        row: of the export.
    """

    student: str
    ids: frozenset[str]
    words: list[str]
    row: dict[str, str]


@dataclass(frozen=True)
class Roster:
    """A class.

    Attributes:
        columns: of the export.
        people: the students in it.
    """

    columns: list[str]
    people: list[Person]

    @property
    def canvas(self) -> bool:
        """Whether the export is Canvas's, and else Moodle's."""
        return bool({"Student", "LastName"} & set(self.columns))

    @property
    def who(self) -> list[str]:
        """The columns that say who somebody is."""
        return [column for column in self.columns if column in _WHO]

    def called(self, text: str) -> list[Person]:
        """Whom a text means that is an identifier or a name, and nothing else."""
        there, words = _lower(text), _words(text)
        with_id = [p for p in self.people if there in p.ids]
        return with_id or [p for p in self.people if words and p.words == words]

    def named_in(self, text: str) -> list[Person]:
        """Whom a text means that may hold more, such as the set's name."""
        there, words = _lower(text), set(_words(text))
        return (
            self.called(text)
            or [p for p in self.people if any(_stands(one, there) for one in p.ids)]
            or [p for p in self.people if len(p.words) > 1 and words.issuperset(p.words)]
        )

    def in_group(self, name: str) -> list[Person]:
        """The members of a group, which stands in Moodle's grading worksheet beside each."""
        if "Identifier" not in self.columns:
            return []
        rest, words = {*self.columns}.difference(_WHO), _words(name)
        return [p for p in self.people if any(_words(p.row.get(c, "")) == words for c in rest)]

    def of(self, student: str) -> Person | None:
        """Whose folder this is."""
        found = [p for p in self.people if p.student == student or _lower(student) in p.ids]
        return found[0] if len(found) == 1 else None


def place(course: Course) -> Path:
    """Where the last export that was given is kept."""
    return course.root / ".grading" / "students.csv"


def stored(course: Course) -> Roster | None:
    """The class of the last export that was given, or None."""
    path = place(course)
    return read(path) if path.is_file() else None


def read(path: Path) -> Roster:
    """The class in an export of Canvas's or Moodle's grades, or in Moodle's grading worksheet.

    Raises:
        CourseProblem: it is none of these.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CourseProblem(f"{path} can't be read: {error.strerror}.") from None
    # Whatever the spreadsheet that it went through made of it.
    utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    head = text.partition("\n")[0]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    first, *rest = [[cell.strip() for cell in line] for line in lines] or [[]]
    columns = _in_english(first, rest)
    rows = [dict(zip(columns, line, strict=False)) for line in rest]
    for row in rows:
        if number := re.fullmatch(r"\D+(\d+)", row.get("Identifier", "")):
            row["Identifier"] = f"Participant {number[1]}"  # the word is in a language, too
    rows = [row for row in rows if (_name(row) or row.get("Identifier"))
            and _name(row).lower() not in _NOBODY
            and any(row.get(column) for column in _UNIQUE)]  # fmt: skip
    if not rows:
        raise CourseProblem(
            f"{path} lists no students; it begins with {head[:200]!r}. From Canvas give what "
            "Grades, Export gives; from Moodle what Grades, Export, Plain text file gives, or "
            "an assignment's grading worksheet."
        )
    counts = Counter(value for row in rows for value in {_lower(row.get(c, "")) for c in _UNIQUE})
    people = []
    for row in rows:
        own = [row[c] for c in _UNIQUE if row.get(c) and counts[_lower(row[c])] == 1]
        folder, ids = as_folder([*own, _name(row)][0]), frozenset(map(_lower, own))
        people.append(Person(folder, ids, _words(_name(row)), row))
    return Roster(columns, people)


def _in_english(columns: list[str], lines: list[list[str]]) -> list[str]:
    """The columns' names, where they are in another language: Moodle keeps to an order.

    In the worksheet the participant's number comes first, as in "Teilnehmer/in 12", then the name
    (unless it is anonymous: then a state comes, which many share); in the grades the two parts of
    the name. Addresses are known by what they look like.
    """
    if {"Student", "Full name", *_FIRST, *_LAST}.intersection(columns):
        return columns
    held = [[line[i] for line in lines if len(line) > i and line[i]] for i in range(len(columns))]
    mail = [bool(values) and all(map(_ADDRESS.fullmatch, values)) for values in held]
    known = ["Email address" if is_mail else c for c, is_mail in zip(columns, mail, strict=True)]
    if len(known) > 1 and held[0] and all(re.fullmatch(r"\D+\d+", value) for value in held[0]):
        known[0] = "Identifier"
        if len({*held[1]}) > len(held[1]) / 2:
            known[1] = "Full name"
    elif any(mail[2:]):
        known[:2] = _FIRST[0], _LAST[0]
    return known


def _name(row: dict[str, str]) -> str:
    parts = [row[column] for column in (*_FIRST, *_LAST) if row.get(column)]
    return row.get("Student") or row.get("Full name") or " ".join(parts)


def as_folder(name: str) -> str:
    """A name that any file system takes for a folder's or a file's."""
    name = unicodedata.normalize("NFC", name).encode("utf-8", "backslashreplace").decode()
    name = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]', "_", name).strip(" .")[-60:]
    return re.sub(r"^(?=[-~_.])", "x", name) or "x"


def _stands(word: str, text: str) -> bool:
    if len(word) < _ALONE or word not in text:
        return False
    return bool(re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", text))


def _lower(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip()).casefold()


def _words(text: str) -> list[str]:
    """The words of a name, without accents, in the order of the alphabet."""
    bare = unicodedata.normalize("NFKD", re.sub("['’`]", "", _lower(text)))
    return sorted(re.findall(r"[^\W_]+", "".join(c for c in bare if not unicodedata.combining(c))))
