"""MNIST and Fashion-MNIST in memory.

    train = data.load("mnist", "train", value_range=(-1, 1))
    for x, labels in data.batches(train, seed=0):
        ...

The files are looked for in this order, and one printed line says where they were found:

1. the folder that the environment variable ``COURSE_DATA`` names, laid out as torchvision does it
   (``MNIST/raw/train-images-idx3-ubyte`` …) or in one of the other ways that ``places`` knows, a
   relative path counting from the course's folder; ``COURSE_DATA=stand-in`` goes straight to 5;
2. ``data/`` in the course's folder, where downloads are kept;
3. Debian's package ``dataset-fashion-mnist``, for Fashion-MNIST;
4. torchvision's own download, into ``data/``;
5. the stand-in that the course draws itself (module ``standin``).

A file that is there but damaged is an error, never a reason to go on to the next source.
"""

from __future__ import annotations

import http.client
import os
import socket
import tempfile
import threading
import urllib.request
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Sampler, TensorDataset

from utils import places, standin
from utils.places import DATA_FOLDER, DEBIAN_FOLDER, stored
from utils.places import TITLES as _TITLE

if TYPE_CHECKING:
    from torchvision.datasets import MNIST

PROBE_SECONDS = 4.0  # how long a mirror may take to answer at all
STALL_SECONDS = 20.0  # how long a download may stand still

_CLASSES = {
    "mnist": [str(digit) for digit in range(10)],
    "fashion": [
        *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
        *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    ],
}
_SIZE = {"train": 60_000, "test": 10_000}
_PREFIX = {"train": "train", "test": "t10k"}


class DataError(RuntimeError):
    """An image set can't be used as it is; the message names the file and says how to mend it."""


class ImageSet(TensorDataset):
    """A whole set in memory: a ``TensorDataset`` of images and labels that knows what it is.

    Attributes:
        images: float32, (N, 1, 28, 28), within ``value_range``.
        labels: int64, (N,), 0 to 9.
        title: "MNIST" or "Fashion-MNIST", with "stand-in for" before it where that is so.
        source: where the files came from, in words.
        value_range: (low, high), the values of a black and of a white pixel.
        classes: the ten class names.
    """

    def __init__(
        self,
        images: Tensor,
        labels: Tensor,
        title: str,
        source: str,
        value_range: tuple[float, float],
        classes: list[str],
    ) -> None:
        super().__init__(images, labels)
        self.images, self.labels = images, labels
        self.title, self.source = title, source
        self.value_range, self.classes = value_range, classes

    @property
    def is_standin(self) -> bool:
        """Whether these are drawn images and not the real set."""
        return self.source == _STANDIN

    def __getitem__(self, index: int | slice | Tensor) -> tuple[Tensor, Tensor]:
        # index_select copies whole rows; plain indexing with a tensor goes value by value.
        if isinstance(index, Tensor) and index.dtype == torch.int64 and index.ndim == 1:
            return self.images.index_select(0, index), self.labels.index_select(0, index)
        return self.images[index], self.labels[index]


_STANDIN = "drawn by the course"


def load(
    name: str, split: str = "train", value_range: tuple[float, float] = (0.0, 1.0)
) -> ImageSet:
    """Load one image set into memory.

    Args:
        name: "mnist" or "fashion".
        split: "train" (60,000 images) or "test" (10,000).
        value_range: (low, high): a black pixel becomes low, a white one high.

    Returns:
        An ``ImageSet``: images float32 (N, 1, 28, 28), labels int64 (N,).

    Raises:
        ValueError: an unknown name or split, or a range with low >= high.
        DataError: a file is missing from a folder that has the others, is truncated or damaged,
            or the folder for downloads can't be written.
    """
    if name not in _TITLE:
        raise ValueError(f"There is no image set {name!r}; the course has 'mnist' and 'fashion'.")
    if split not in _SIZE:
        raise ValueError(f"There is no split {split!r}; a set has 'train' and 'test'.")
    low, high = value_range
    if not low < high:
        raise ValueError(
            f"value_range is (low, high) with low < high, such as (0, 1) or (-1, 1); got "
            f"{value_range}."
        )
    folder, source = _locate(name)
    try:
        pixels, labels = _draw(name, split) if folder is None else _read(name, split, folder)
    except DataError:
        _locate.cache_clear()  # once the files are mended, the next call looks anew
        raise
    images = pixels.unsqueeze(1).float().mul_((high - low) / 255).add_(low)
    # Rounding must not carry a value out of the range that the caller asked for.
    images.clamp_(low, high)
    title = _TITLE[name] if folder is not None else f"stand-in for {_TITLE[name]}"
    return ImageSet(images, labels.clone(), title, source, (low, high), [*_CLASSES[name]])


def batches(
    dataset: TensorDataset, batch_size: int = 256, shuffle: bool = True, seed: int = 0
) -> DataLoader:
    """A DataLoader that takes each batch from memory in one piece.

    The usual per-image DataLoader fetches, converts and stacks one image at a time, which costs
    many times as much as training a small model does; ``make bench`` measures by how much.

    Args:
        dataset: an ``ImageSet``, or any ``TensorDataset``.
        batch_size: samples a batch; the last one may be smaller.
        shuffle: a new order on each pass, the same sequence of orders for the same seed.
        seed: of the shuffling alone; the global random state is left as it is.

    Returns:
        A DataLoader whose batches are what ``dataset[indices]`` gives: (images, labels).

    Raises:
        ValueError: a batch size below 1.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size is at least 1; got {batch_size}.")
    generator = torch.Generator().manual_seed(seed)
    order = _BatchOrder(len(dataset), batch_size, shuffle, generator)
    # The DataLoader draws a seed for its workers from a generator too; not from the global one.
    spare = torch.Generator()
    return DataLoader(
        dataset, sampler=order, batch_size=None, collate_fn=_unchanged, generator=spare
    )


class _BatchOrder(Sampler):
    """Yields each batch's indices as one int64 tensor."""

    def __init__(self, n: int, batch_size: int, shuffle: bool, generator: torch.Generator) -> None:
        self.n, self.batch_size, self.shuffle = n, batch_size, shuffle
        self.generator = generator

    def __iter__(self) -> Iterator[Tensor]:
        order = torch.randperm(self.n, generator=self.generator)
        return iter((order if self.shuffle else torch.arange(self.n)).split(self.batch_size))

    def __len__(self) -> int:
        return -(-self.n // self.batch_size)


def _unchanged(batch: Any) -> Any:
    return batch


# ---------------------------------------------------------------- where the files are


@cache
def _locate(name: str) -> tuple[Path | None, str]:
    """The folder with the set's four files and its name in words; (None, …) for the stand-in."""
    if places.asked() == "stand-in":
        return _announce(name, None, _STANDIN, "COURSE_DATA asks for it")
    found = places.find(name, DATA_FOLDER, DEBIAN_FOLDER)
    if said := places.passed_over(name, found):
        print(said)
    if found is not None:
        return _announce(name, *found)
    failure = _download(name, DATA_FOLDER)
    if failure is None:
        folder = DATA_FOLDER / places.SUBFOLDERS[name]
        return _announce(name, folder, "data/ (downloaded just now)")
    return _announce(name, None, _STANDIN, failure)


def _announce(
    name: str, folder: Path | None, source: str, why: str = ""
) -> tuple[Path | None, str]:
    if folder is not None:
        print(f"{_TITLE[name]}: 60,000 training and 10,000 test images, from {source}.")
    else:
        print(
            f"NOTE: this is not {_TITLE[name]} but the course's stand-in for it, images that it "
            f"draws itself ({why}).\nEverything works; the numbers differ from those on the real "
            "set."
        )
    return folder, source


# ---------------------------------------------------------------- reading


@cache
def _read(name: str, split: str, folder: Path) -> tuple[Tensor, Tensor]:
    """Pixels uint8 (N, 28, 28) and labels int64 (N,), checked to the last byte."""
    n, prefix = _SIZE[split], _PREFIX[split]
    pixels = _payload(name, folder, f"{prefix}-images-idx3-ubyte", header=16, size=n * 28 * 28)
    labels = _payload(name, folder, f"{prefix}-labels-idx1-ubyte", header=8, size=n)
    return (
        torch.from_numpy(pixels.copy()).view(n, 28, 28),
        torch.from_numpy(labels.astype(np.int64)),
    )


def _payload(name: str, folder: Path, file: str, header: int, size: int) -> np.ndarray:
    path = stored(folder, file)
    mend = "Put a whole copy in its place."
    if folder == DATA_FOLDER / places.SUBFOLDERS[name]:
        mend = f"Delete the folder {folder}, and the course downloads the set again."
    if path is None:
        raise DataError(f"{_TITLE[name]} is incomplete: {folder / file} is missing. {mend}")
    try:
        content = places.content(path)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} can't be read ({error}). {mend}") from error
    if len(content) != header + size:
        raise DataError(
            f"{path} is not whole: it holds {len(content):,} bytes where {header + size:,} are "
            f"expected. {mend}"
        )
    owner = places.owner(file, content)
    if owner not in (name, None):
        raise DataError(f"{path} is {_TITLE[owner]}'s file and not {_TITLE[name]}'s. {mend}")
    if owner is None:
        raise DataError(f"{path} is damaged: its checksum is not that of the real file. {mend}")
    return np.frombuffer(content, dtype=np.uint8, offset=header)


@cache
def _draw(name: str, split: str) -> tuple[Tensor, Tensor]:
    draw = standin.digits if name == "mnist" else standin.garments
    return draw(split, _SIZE[split])


# ---------------------------------------------------------------- downloading


def _torchvision(name: str) -> type[MNIST]:
    """torchvision's class for a set; imported only here, since that takes some seconds."""
    from torchvision import datasets

    return {"mnist": datasets.MNIST, "fashion": datasets.FashionMNIST}[name]


def _download(name: str, into: Path) -> str | None:
    """Fetch a set with torchvision, whole or not at all; the reason where it could not be had."""
    torchvision_set = _torchvision(name)
    mirrors, why = _answering(torchvision_set.mirrors, torchvision_set.resources[-1][0])
    if not mirrors:
        return f"it is not on this machine and no server that offers it can be reached: {why}"
    # torchvision finds its folder by the class's name, and tries the mirrors in the given order.
    reachable = type(torchvision_set.__name__, (torchvision_set,), {"mirrors": mirrors})
    try:
        into.mkdir(parents=True, exist_ok=True)
        scratch = tempfile.TemporaryDirectory(dir=into, prefix=".download-")
    except OSError as error:
        raise DataError(
            f"{_TITLE[name]} can be downloaded, but the folder {into} can't be written "
            f"({error.strerror}). Make it writable, or set COURSE_DATA to a folder that holds "
            "the set."
        ) from error
    print(f"Downloading {_TITLE[name]} into data/ …")
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(STALL_SECONDS)
    try:
        with scratch:
            whole = Path(reachable(scratch.name, download=True).raw_folder)
            for split in _SIZE:
                _read.__wrapped__(name, split, whole)  # checked, and not kept in memory
            _install(whole, into / places.SUBFOLDERS[name])
    except (OSError, http.client.HTTPException, RuntimeError) as error:
        # DataError is a RuntimeError: what came was not the set that was asked for.
        return f"its download broke off: {str(error).strip().splitlines()[-1]}"
    finally:
        socket.setdefaulttimeout(before)
    return None


def _install(whole: Path, folder: Path) -> None:
    """Move a checked download into place at once; what another process put there first stays."""
    for archive in whole.glob("*.gz"):
        archive.unlink()
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
    if not folder.exists():
        os.rename(whole, folder)


def _answering(mirrors: list[str], file: str) -> tuple[list[str], str]:
    """The mirrors that answer within PROBE_SECONDS, all asked at once; what the others said."""
    answered: set[str] = set()
    failures: list[str] = []

    def ask(mirror: str) -> None:
        try:
            with urllib.request.urlopen(mirror + file, timeout=PROBE_SECONDS):
                answered.add(mirror)
        except (OSError, http.client.HTTPException) as error:
            failures.append(str(error))  # refused, unknown, too slow, or no web server

    # Threads, because looking up a host's name can't be given a time limit of its own.
    threads = [threading.Thread(target=ask, args=(m,), daemon=True) for m in mirrors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PROBE_SECONDS + 1)
    why = failures[0] if failures else "no answer"
    return [mirror for mirror in mirrors if mirror in answered], why
