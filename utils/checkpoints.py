"""Weights of models that were trained much longer than a lecture can.

    record = checkpoints.load("01-784-30-784", model)

The files lie in ``utils/weights``, in half precision; ``records.json`` there says of each what was
trained, how, and what was measured afterwards. ``make checkpoints`` makes them anew, with the
lectures' own classes.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

FOLDER = Path(__file__).resolve().parent / "weights"
AGAIN = "get the folder utils/weights anew from where you got the course"


class CheckpointError(RuntimeError):
    """Stored weights can't be used; the message says which, and how to mend it."""


@dataclass(frozen=True)
class Record:
    """How stored weights came about, and what the model with them does.

    Attributes:
        lecture: the notebook whose class was trained, such as "01_basic_autoencoder".
        cells: the ids of the cells there that define what was trained.
        model: the expression that makes the model with these definitions.
        loss: the expression of its loss.
        dataset: "mnist" or "fashion", all its training images; "faces", 24,000 drawn ones, 32
            pixels wide; or "codes", the digits' 16 numbers in lecture 05's stored autoencoder.
        value_range: (low, high) of their pixels.
        epochs, batch_size, lr, schedule, seed: as ``fit`` took them; the seed is the model's, too.
        seconds: of processor time that the training took, on one core.
        error: the squared error per image, summed over pixels, on the 10,000 test images (of
            faces 3,000), with the weights as they are stored, in half precision.
        torch: the version that trained.
        date: the day, as year-month-day.
        sha256: of the file.
    """

    lecture: str
    cells: tuple[str, ...]
    model: str
    loss: str
    dataset: str
    value_range: tuple[float, float]
    epochs: int
    batch_size: int
    lr: float
    schedule: str | None
    seed: int
    seconds: float
    error: float
    torch: str
    date: str
    sha256: str


def records() -> dict[str, Record]:
    """What is stored: name -> record. CheckpointError where the list can't be read."""
    path = FOLDER / "records.json"
    try:
        listed = json.loads(path.read_text("utf-8"))
        found = {}
        for name, entry in listed.items():
            values: dict[str, Any] = {
                k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()
            }
            found[name] = Record(**values)
        return found
    except (OSError, ValueError, TypeError, AttributeError) as problem:
        raise CheckpointError(
            f"The list of stored weights, {path}, can't be read ({problem}): {AGAIN}."
        ) from problem


def load(name: str, model: nn.Module) -> Record:
    """Put stored weights into a model that has just been made; it keeps its device.

    Args:
        name: one of ``records()``.
        model: of the class, and of the sizes, that the record names. It is changed in place, or,
            where an error is raised, left as it is.

    Returns:
        The record: what was trained, for how long, and how well it does.

    Raises:
        ValueError: there is no such name, or the model has other parameters than were stored.
        CheckpointError: the file is missing, or is not the one that the record describes.
    """
    known = records()
    if name not in known:
        raise ValueError(f"There are no stored weights {name!r}; there are {', '.join(known)}.")
    path = FOLDER / f"{name}.pt"
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise CheckpointError(
            f"The stored weights {path} can't be read ({problem.strerror}), and the model was left "
            f"as it is: {AGAIN}."
        ) from problem
    if hashlib.sha256(content).hexdigest() != known[name].sha256:
        raise CheckpointError(
            f"The file {path} is not the one that was stored, and the model was left as it is: "
            f"{AGAIN}."
        )
    stored = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    there, wanted = _shapes(stored), _shapes(model.state_dict())
    if there != wanted:
        differs = sorted({key for key, _ in there.items() ^ wanted.items()})
        key = differs[0]
        raise ValueError(
            f"The stored weights {name!r} do not fit this model, which was left as it is: "
            f"{key} is {there.get(key, 'not there')} in the file and "
            f"{wanted.get(key, 'not there')} in the model. They fit {known[name].model} of lecture "
            f"{known[name].lecture}."
        )
    model.load_state_dict(stored)
    return known[name]


def _shapes(state: dict[str, torch.Tensor]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in state.items()}
