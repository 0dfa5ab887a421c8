"""Where the files of MNIST and Fashion-MNIST lie.  Standard library only, so that it costs nothing.

``utils.data`` reads them; ``make lab`` only has to know whether they are there.
"""

from __future__ import annotations

import os
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


def asked() -> str:
    """What the environment variable ``COURSE_DATA`` asks for: a folder, "stand-in" or nothing."""
    return os.path.expanduser(os.environ.get("COURSE_DATA", ""))


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
    below = SUBFOLDERS[name]
    places = [(downloads / below, "data/")]
    if asked():
        places.insert(0, (COURSE / asked() / below, "the folder in COURSE_DATA"))
    if name == "fashion":
        places.append((debian, "Debian's package dataset-fashion-mnist"))
    for folder, words in places:
        if any(stored(folder, file) for file in FILES):
            return folder, words
    return None


def stored(folder: Path, file: str) -> Path | None:
    """The file as it lies in the folder, plain or gzipped."""
    for path in (folder / file, folder / f"{file}.gz"):
        if os.path.isfile(path):  # Path.is_file raises where a folder may not be entered
            return path
    return None
