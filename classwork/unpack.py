"""What lies in a folder, a zip file or mails, file by file. Nothing is written."""

from __future__ import annotations

import contextlib
import email.policy
import email.utils
import mailbox
import os
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from functools import partial
from pathlib import Path

from classwork.course import CourseProblem
from classwork.intake import JUNK, LARGEST_FILE

LITTER = "is what an operating system leaves behind"
_FREE, _RATIO = 200 * 2**20, 20  # bytes a zip may hold: so many, and so many times its own size


@dataclass(frozen=True)
class Piece:
    """A file.

    Attributes:
        parts: its place below what was given.
        read: gives what it holds.
        sender: of the mail it came in: name and address.
        when: that mail arrived.
    """

    parts: tuple[str, ...]
    read: Callable[[], bytes]
    sender: tuple[str, str] = ("", "")
    when: datetime | None = None


class Left(list[tuple[str, str]]):
    """What was not taken: places, and why."""

    def add(self, parts: tuple[str, ...], why: str) -> None:
        """Note one."""
        self.append(("/".join(parts).encode("utf-8", "backslashreplace").decode(), why))


def pieces(source: Path, left: Left, stack: contextlib.ExitStack) -> Iterator[Piece]:
    """The files of a folder, a zip file or a mailbox.

    Args:
        stack: is closed when all has been read.

    Raises:
        CourseProblem: it is not there, or can't be opened safely.
    """
    if zipfile.is_zipfile(source):
        found = _zip(source, stack)
    elif source.is_dir():
        found = _folder(source, left)
    elif source.is_file():
        found = _file(source, (source.name,), left)
    else:
        raise CourseProblem(f"There is no {source}.")
    for size, piece in found:
        if any(map(JUNK.match, piece.parts)):
            left.add(piece.parts, LITTER)
        elif size > LARGEST_FILE:
            left.add(piece.parts, f"has {size >> 20} MB, more than {LARGEST_FILE >> 20}")
        else:
            yield piece


_Found = Iterator[tuple[int, Piece]]


def _folder(source: Path, left: Left) -> _Found:
    for home, folders, files in os.walk(source):
        here = Path(home).relative_to(source).parts
        if {"cur", "new", "tmp"} <= set(folders):
            folders.clear()
            yield from _mails(mailbox.Maildir(home, create=False), here, left)
        folders.sort()
        for name in sorted(files):
            path, parts = Path(home, name), (*here, name)
            if path.is_symlink() or not path.is_file():
                left.add(parts, "is a link or no plain file")
            else:
                yield from _file(path, parts, left)


def _file(path: Path, parts: tuple[str, ...], left: Left) -> _Found:
    try:
        with path.open("rb") as file:
            start = file.read(5)
    except OSError as error:
        left.add(parts, f"can't be read ({error.strerror})")
        return
    if start == b"From ":  # a mailbox, whatever it is called
        yield from _mails(mailbox.mbox(path, create=False), parts, left)
    elif path.suffix.lower() == ".eml":
        yield from _mail(path.read_bytes(), parts, left)
    else:
        yield path.stat().st_size, Piece(parts, path.read_bytes)


def _zip(source: Path, stack: contextlib.ExitStack) -> _Found:
    try:
        pack = stack.enter_context(zipfile.ZipFile(source))
        entries = {entry: _parts(entry) for entry in pack.infolist() if not entry.is_dir()}
        # Python reads no more of an entry than the size that stands here.
        holds = sum(e.file_size for e in entries if e.file_size <= LARGEST_FILE)
        if holds > _FREE + _RATIO * source.stat().st_size:
            raise ValueError(f"it would unpack to {holds >> 20} MB, as a zip bomb does")
    except (zipfile.BadZipFile, ValueError, RuntimeError) as why:
        raise CourseProblem(f"{source} can't be opened: {why}. Nothing was taken.") from None
    for entry, parts in entries.items():
        yield entry.file_size, Piece(parts, partial(pack.read, entry))


def _parts(entry: zipfile.ZipInfo) -> tuple[str, ...]:
    """The parts of a name in a zip file, in whatever encoding it was written.

    Raises:
        ValueError: it leads elsewhere.
    """
    name = entry.filename
    if not entry.flag_bits & 0x800:  # which says that it is UTF-8; some write that without saying
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    parts = [part for part in re.split(r"[/\\]", name) if part not in ("", ".")]
    if re.match(r"[/\\]|[A-Za-z]:", name) or ".." in parts or not parts:
        raise ValueError(f"it holds a path that leads elsewhere ({name[:60]!r})")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ValueError(f"it holds a link ({name[:60]!r})")
    return tuple(parts)


def _mails(box: mailbox.Mailbox, parts: tuple[str, ...], left: Left) -> _Found:
    for number, key in enumerate(box.iterkeys(), 1):
        yield from _mail(box.get_bytes(key), (*parts, f"mail {number}"), left)


def _mail(content: bytes, parts: tuple[str, ...], left: Left) -> _Found:
    """What is attached to a mail."""
    try:
        mail = BytesParser(policy=email.policy.default).parsebytes(content)
        sender, when = email.utils.parseaddr(str(mail["From"] or "")), _arrived(mail)
        attached = [
            (str(part.get_filename()), part.get_payload(decode=True))
            for part in mail.walk() if part.get_filename() and not part.is_multipart()
        ]  # fmt: skip
    except Exception as error:  # of many kinds, for a mail that keeps to no standard
        left.add(parts, f"is a mail that can't be read ({type(error).__name__})")
        return
    for name, held in attached:
        place = (*parts, re.split(r"[/\\]", name)[-1])
        data = held if isinstance(held, bytes) else b""
        yield len(data), Piece(place, partial(bytes, data), sender, when)
    if not attached:
        left.add(parts, f"is a mail of {sender[1] or 'nobody'} without an attachment")


def _arrived(mail: EmailMessage) -> datetime | None:
    # What the receiving server wrote comes first; the sender's clock may be wrong.
    received = [str(line).rpartition(";")[2] for line in mail.get_all("Received", [])]
    for text in [*received[:1], str(mail["Date"] or "")]:
        with contextlib.suppress(ValueError):
            return email.utils.parsedate_to_datetime(text.strip()).astimezone()
    return None
