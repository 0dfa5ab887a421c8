"""What lies in folders, zip files and mails, as plain files under numbers, their names apart.

Nothing is written under a name that somebody else chose; sizes are counted while reading.
"""

from __future__ import annotations

import contextlib
import email.policy
import email.utils
import mailbox
import os
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

from grading.intake import JUNK
from grading.release import CourseProblem

_FREE, _RATIO = 100 * 2**20, 20  # bytes a zip may hold: so many, and so many times its own size
_ALL = 8 * 2**30  # bytes in all
_ENTRIES = 20_000  # of one zip file
_DEPTH = 5  # zips in zips, and mails in mails
_BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError, IndexError)
_OFFICE = re.compile(r"\.(docx|xlsx|pptx|od[tsp]|jar|npz|pt|pth|whl|epub)$", re.I)
_MAILDIR = re.compile(r"(^|/)(cur|new)/\d+\.[^/]+$")


class Refused(Exception):
    """A file is not opened; the message says why."""


@dataclass(frozen=True)
class Piece:
    """A file.

    Attributes:
        file: where its content is for now.
        parts: its place, what it was packed in included.
        times: (how many of the parts, when what is called by the last of them was changed).
        mail: the number of the mail it came in, or 0.
        sender: of that mail: address and name.
    """

    file: Path
    parts: tuple[str, ...]
    times: tuple[tuple[int, datetime], ...] = ()
    mail: int = 0
    sender: tuple[str, str] = ("", "")

    @property
    def place(self) -> str:
        """Its place, for a person to read."""
        return "/".join(self.parts).encode("utf-8", "backslashreplace").decode()

    def __truediv__(self, name: str) -> Piece:
        return replace(self, parts=(*self.parts, name))


@dataclass
class Unpacked:
    """All files that were found.

    Attributes:
        store: a folder for what was packed.
        left: (place, why it was not taken).
        litter: the number of files that operating systems leave behind.
    """

    store: Path
    pieces: list[Piece] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    litter: int = 0
    _bytes: int = 0
    _files: int = 0
    _mails: int = 0

    def add(self, source: Path) -> None:
        """Take in a folder, or a file with whatever is packed in it.

        Raises:
            CourseProblem: it is not there, or a file that can't be opened safely.
        """
        if not source.exists():
            raise CourseProblem(f"There is no {source}.")
        try:
            if source.is_dir():
                self._folder(source)
            else:
                self._open(Piece(source, (source.name,), _changed(source, 1)), 0)
        except Refused as why:
            raise CourseProblem(f"{source.name} {why}. Nothing was taken.") from None

    def _folder(self, source: Path) -> None:
        for home, folders, files in os.walk(source):
            folders.sort()
            for name in [name for name in folders if JUNK.match(name)]:
                folders.remove(name)
                self.litter += 1
            for name in sorted(files):
                path = Path(home) / name
                piece = Piece(path, path.relative_to(source).parts)
                if JUNK.match(name):
                    self.litter += 1
                elif path.is_symlink() or not path.is_file():
                    self.left.append((piece.place, "is a link or no plain file"))
                else:
                    self._file(replace(piece, times=_changed(path, len(piece.parts))), 0)

    def _file(self, piece: Piece, depth: int) -> None:
        """Take a file; one that can't be opened stays as it is."""
        before = len(self.pieces)
        try:
            self._open(piece, depth)
        except Refused as why:
            for dropped in self.pieces[before:]:
                if dropped.file.parent == self.store:
                    dropped.file.unlink()
            self.pieces[before:] = [piece]
            self.left.append((piece.place, f"{why}: it is kept unopened"))
        except OSError as error:
            self.left.append((piece.place, f"can't be read ({error.strerror})"))

    def _open(self, piece: Piece, depth: int) -> None:
        name = piece.parts[-1].lower()
        with piece.file.open("rb") as file:
            start = file.read(5)
        if depth < _DEPTH and start.startswith(b"PK\x03\x04") and not _OFFICE.search(name):
            self._zip(piece, depth + 1)
        elif depth < _DEPTH and (name.endswith("mbox") or (start == b"From " and "." not in name)):
            for message in mailbox.mbox(piece.file, create=False):
                self._mail(piece, message.as_bytes(), depth + 1)
        elif depth < _DEPTH and (name.endswith(".eml") or _MAILDIR.search(piece.place)):
            self._mail(piece, piece.file.read_bytes(), depth + 1)
        else:
            self.pieces.append(piece)

    def _zip(self, piece: Piece, depth: int) -> None:
        room = _FREE + _RATIO * piece.file.stat().st_size
        try:
            with zipfile.ZipFile(piece.file) as pack:
                entries = [entry for entry in pack.infolist() if not entry.is_dir()]
                if len(entries) > _ENTRIES:
                    raise Refused(f"is a zip file with {len(entries)} files")
                parts = [_checked(entry) for entry in entries]
                for entry, names in zip(entries, parts, strict=True):
                    if any(map(JUNK.match, names)):
                        self.litter += 1
                        continue
                    if entry.flag_bits & 1:
                        raise Refused("is a zip file with a password: unpack it yourself")
                    inner = piece
                    for part in names:
                        inner = inner / part
                    times = (*piece.times, *_written(entry, len(inner.parts)))
                    inner = replace(inner, file=self._next(), times=times)
                    with pack.open(entry) as file, inner.file.open("wb") as out:
                        while block := file.read(2**20):
                            room -= len(block)
                            self._bytes += len(block)
                            if room < 0 or self._bytes > _ALL:
                                raise Refused(
                                    "is a zip file that unpacks to far more than its size (a zip "
                                    "bomb?)" if room < 0 else "holds more than fits here"
                                )  # fmt: skip
                            out.write(block)
                    self._file(inner, depth)
        except (
            zipfile.BadZipFile,
            zlib.error,
            RuntimeError,
            EOFError,
            ValueError,
            IndexError,
        ) as e:
            raise Refused(f"is a zip file that can't be opened ({str(e)[:80]})") from None

    def _next(self) -> Path:
        self._files += 1
        return self.store / str(self._files)

    def _mail(self, piece: Piece, content: bytes, depth: int) -> None:
        try:
            self._parts(piece, BytesParser(policy=email.policy.default).parsebytes(content), depth)
        except (Refused, OSError):
            raise
        except Exception as error:  # of many kinds, for a mail that keeps to no standard
            raise Refused(f"is a mail that can't be read ({type(error).__name__})") from None

    def _parts(self, piece: Piece, message: Message, depth: int) -> None:
        """Take the attachments of a mail, and of the mails in it, which say who wrote them."""
        self._mails += 1
        name, address = email.utils.parseaddr(str(message["From"] or ""))
        # What the receiving server wrote comes first; the sender's clock may be wrong.
        dates = [str(line).rpartition(";")[2] for line in message.get_all("Received", [])]
        times = []
        for date in [*dates[:1], str(message["Date"] or "")]:
            try:
                times.append((len(piece.parts) + 1, email.utils.parsedate_to_datetime(date)))
            except ValueError:
                continue
        mail = replace(piece, mail=self._mails, sender=(address, name), times=tuple(times[:1]))
        taken, todo = 0, [message]
        while todo:
            part = todo.pop(0)
            if part.get_content_type() == "message/rfc822" and part.is_multipart():
                if depth < _DEPTH:
                    self._parts(piece, part.get_payload(0), depth + 1)  # type: ignore[arg-type]
                    taken += 1
            elif part.is_multipart():
                todo += part.get_payload()  # type: ignore[arg-type]
            elif part.get_filename():
                inner = replace(mail / Path(part.get_filename() or "").name, file=self._next())
                inner.file.write_bytes(part.get_payload(decode=True) or b"")  # type: ignore[arg-type]
                taken += 1
                if JUNK.match(inner.parts[-1]):
                    self.litter += 1
                else:
                    self._file(inner, depth)
        if not taken:
            self.left.append(
                (piece.place, f"a mail of {address or 'nobody'} without an attachment")
            )


def _checked(entry: zipfile.ZipInfo) -> list[str]:
    """The parts of a name in a zip file, in whatever encoding it was written.

    Raises:
        Refused: it leads elsewhere.
    """
    name = entry.filename
    if not entry.flag_bits & 0x800:  # which says that it is UTF-8; some write that without saying
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    name = name.replace("\\", "/")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in parts or not parts:
        raise Refused(f"is a zip file with a path that leads elsewhere ({entry.filename[:60]!r})")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Refused(f"is a zip file with a link in it ({entry.filename[:60]!r})")
    return parts


def _written(entry: zipfile.ZipInfo, parts: int) -> tuple[tuple[int, datetime], ...]:
    try:
        return ((parts, datetime(*entry.date_time).astimezone()),)
    except (ValueError, OverflowError):  # a date that there is not
        return ()


def _changed(path: Path, parts: int) -> tuple[tuple[int, datetime], ...]:
    return ((parts, datetime.fromtimestamp(path.stat().st_mtime).astimezone()),)
