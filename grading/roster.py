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

# Columns that say who somebody is, by which the platform finds them when a table is imported; the
# first that is there, and theirs alone, names the folder.
_UNIQUE = ["SIS Login ID", "SIS User ID", "ID number", "Username", "Email address", "ID",
           "Integration ID"]  # fmt: skip
_FIRST, _LAST = ("First name", "FirstName"), ("Last name", "Surname", "LastName")
_WHO = [*_UNIQUE, *_FIRST, *_LAST, "Student", "Full name", "Root Account", "Section", "Identifier",
        "Institution", "Department"]  # fmt: skip
_NOBODY = ("points possible", "student, test", "test student")  # rows of Canvas's own
_ALONE = 5  # characters; a shorter number or login in a longer name may be chance


@dataclass(frozen=True)
class Person:
    """One student of the class.

    Attributes:
        student: what their folder is called.
        ids: all that belongs to them alone.
        words: of their name, in the order of the alphabet.
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
        return with_id or [p for p in self.people if p.words == words]

    def named_in(self, text: str) -> list[Person]:
        """Whom a text means that may hold more, such as the set's name."""
        there, words = _lower(text), set(_words(text))
        return (
            self.called(text)
            or [p for p in self.people if any(_stands(one, there) for one in p.ids)]
            or [p for p in self.people if len(p.words) > 1 and words.issuperset(p.words)]
        )

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
    columns = [cell.strip() for cell in next(lines, [])]
    rows = [dict(zip(columns, map(str.strip, line), strict=False)) for line in lines]
    rows = [row for row in rows if _name(row) and _name(row).lower() not in _NOBODY
            and any(row.get(column) for column in _UNIQUE)]  # fmt: skip
    if not rows:
        raise CourseProblem(
            f"{path} lists no students; it begins with {head[:200]!r}. From Canvas give what "
            "Grades, Export gives; from Moodle, in English, what Grades, Export, Plain text file "
            "gives, or an assignment's grading worksheet."
        )
    counts = Counter(value for row in rows for value in {_lower(row.get(c, "")) for c in _UNIQUE})
    people = []
    for row in rows:
        own = [row[c] for c in _UNIQUE if row.get(c) and counts[_lower(row[c])] == 1]
        ids = frozenset({_lower(value) for value in [*own, row.get("Identifier", "")]} - {""})
        people.append(Person(as_folder([*own, _name(row)][0]), ids, _words(_name(row)), row))
    return Roster(columns, people)


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
