"""Where the files of MNIST and Fashion-MNIST lie.  Standard library only, so that it costs nothing.

``utils.data`` reads them; ``make lab`` only has to know whether they are there.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

_ABOVE = Path(__file__).resolve().parent.parent
# Without the course's folder around it (an install from a wheel): the folder one works in.
COURSE = _ABOVE if (_ABOVE / "pyproject.toml").is_file() else Path.cwd()
DATA_FOLDER = COURSE / "data"
DEBIAN_FOLDER = Path("/usr/share/datasets/fashion-mnist")

TITLES = {"mnist": "MNIST", "fashion": "Fashion-MNIST"}
# As torchvision lays them out.
SUBFOLDERS = {"mnist": Path("MNIST/raw"), "fashion": Path("FashionMNIST/raw")}
FILES = (
    *("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    *("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
)
# The MD5 sums of the uncompressed files (those of the archives are torchvision's to check).
_MNIST_SUMS = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
_FASHION_SUMS = {
    "train-images-idx3-ubyte": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
    "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
    "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
    "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
}
SUMS = {"mnist": _MNIST_SUMS, "fashion": _FASHION_SUMS}

_ASKED = "the folder in COURSE_DATA"
# What a set's own folder may be called, without regard to case, hyphens and the like.
_CALLED = {"mnist": ("mnist",), "fashion": ("fashionmnist", "fashion")}


def asked() -> str:
    """What the environment variable ``COURSE_DATA`` asks for: a folder, "stand-in" or nothing."""
    text = os.environ.get("COURSE_DATA", "").strip(" \t\r\n\"'")  # Windows keeps the quotes
    return "stand-in" if _plain(text) == "standin" else os.path.expanduser(text)


def find(
    name: str, downloads: Path = DATA_FOLDER, debian: Path = DEBIAN_FOLDER
) -> tuple[Path, str] | None:
    """The first place on this machine that holds a set, or some of its files.

    Args:
        name: "mnist" or "fashion".
        downloads: the folder for downloads.
        debian: where Debian's package of Fashion-MNIST puts its files.

    Returns:
        The folder of the four files and its name in words; None if no place has any of them.
    """
    places = [(folder, "data/") for folder in _folders(downloads, name)]
    if asked() not in ("", "stand-in"):
        places[:0] = [(folder, _ASKED) for root in _roots() for folder in _folders(root, name)]
    if name == "fashion":
        places.append((debian, "Debian's package dataset-fashion-mnist"))
    for folder, words in places:
        if any(stored(folder, file) for file in FILES):
            return folder, words
    return None


def passed_over(name: str, found: tuple[Path, str] | None) -> str:
    """What to say where ``find`` found a set elsewhere than COURSE_DATA asks, or nowhere."""
    folder = asked()
    if folder in ("", "stand-in") or (found is not None and found[1] == _ASKED):
        return ""
    said = f"{TITLES[name]} is not in {folder} (COURSE_DATA); looking elsewhere."
    if not os.path.isdir(COURSE / folder):
        return f"{said} There is no such folder."
    other = _whose(COURSE / folder)
    if other not in (None, name):
        return f"{said} The files there are those of {TITLES[other]}."
    below = SUBFOLDERS[name]
    return (
        f"{said} Looked in {below.as_posix()}, {below.parent} and the folder itself for "
        f"{', '.join(FILES[:3])} and {FILES[3]}, also with .gz at the end, written like "
        "train-images.idx3-ubyte, and each in a folder of its own name."
    )


def stored(folder: Path, file: str) -> Path | None:
    """The file as it lies in the folder: plain or gzipped, or named as archives elsewhere do."""
    for name in (file, file.replace("-idx", ".idx")):
        for path in (folder / name, folder / f"{name}.gz", folder / name / name):
            if os.path.isfile(path):  # Path.is_file raises where a folder may not be entered
                return path
    return None


def content(path: Path) -> bytes:
    """What a file holds, uncompressed.

    Raises:
        OSError, EOFError, zlib.error: it can't be read, or is no whole archive.
    """
    whole = path.read_bytes()
    return gzip.decompress(whole) if path.suffix == ".gz" else whole


def owner(file: str, whole: bytes) -> str | None:
    """The set whose file this is to the last byte; None for neither."""
    digest = hashlib.md5(whole, usedforsecurity=False).hexdigest()
    return next((name for name, sums in SUMS.items() if sums[file] == digest), None)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def _roots() -> list[Path]:
    """The folder in COURSE_DATA; where it is a set's own, as MNIST/raw, the one above as well."""
    above = here = COURSE / asked()
    if above.name == "raw":
        above = above.parent
    return [here, above.parent] if _plain(above.name) in sum(_CALLED.values(), ()) else [here]


def _folders(root: Path, name: str) -> Iterator[Path]:
    """Where in a folder a set may lie: as torchvision has it, under its name, or in the open."""
    yield root / SUBFOLDERS[name]
    try:
        inside = sorted(os.listdir(root))
    except OSError:
        return
    for folder in inside:
        if _plain(folder) in _CALLED[name]:
            yield root / folder / "raw"
            yield root / folder
    if _whose(root) == name:
        yield root


def _whose(folder: Path) -> str | None:
    """The set whose labels lie in a folder: the two sets' files have the same names."""
    for file in FILES:
        path = stored(folder, file) if "labels" in file else None
        try:
            found = path and owner(file, content(path))
        except (OSError, EOFError, zlib.error):
            continue
        if found:
            return found
    return None
