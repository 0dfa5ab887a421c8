"""Time one epoch of the 784-30-784 autoencoder with two data pipelines, and the bare passes.

per_image  torchvision's MNIST with ToTensor and Normalize in an ordinary DataLoader, Adam
our        utils.data.batches and utils.training.fit
bare       as many forward and backward passes on one batch that stays in memory

Prints seconds (the best of REPEATS, since another process can only slow a run down) and ratios.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from utils import data, training

REPEATS = 5
BATCH = 256


def autoencoder() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 30),
        nn.Tanh(),
        nn.Linear(30, 784),
        nn.Tanh(),
        nn.Unflatten(1, (1, 28, 28)),
    )


def loss_of(model: nn.Module, x: Tensor) -> Tensor:
    return nn.functional.mse_loss(model(x), x, reduction="sum") / len(x)


def per_image_epoch(folder: Path) -> Callable[[], None]:
    to_signed = transforms.Compose([transforms.ToTensor(), transforms.Normalize(0.5, 0.5)])
    dataset = datasets.MNIST(folder, transform=to_signed)

    def epoch() -> None:
        model = autoencoder()
        optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
        for x, _ in DataLoader(dataset, BATCH, shuffle=True):
            loss = loss_of(model, x)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()

    return epoch


def our_epoch(train: data.ImageSet) -> Callable[[], None]:
    def epoch() -> None:
        with contextlib.redirect_stdout(io.StringIO()):  # the progress bar is drawn, not shown
            training.fit(autoencoder(), train, loss_of, epochs=1, batch_size=BATCH)

    return epoch


def bare_epoch(train: data.ImageSet) -> Callable[[], None]:
    def epoch() -> None:
        model, x = autoencoder(), train.images[:BATCH]
        for _ in range(-(-len(train) // BATCH)):
            model.zero_grad()
            loss_of(model, x).backward()

    return epoch


def seconds(run: Callable[[], None]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def write_as_torchvision(train: data.ImageSet, folder: Path) -> None:
    """Put the set on disk as torchvision reads it, so that a stand-in can be timed as well."""
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    pixels = ((train.images + 1) * 127.5).round().to(torch.uint8).numpy().tobytes()
    n = len(train).to_bytes(4, "big")
    for prefix in ("train", "t10k"):
        header = b"\0\0\x08\x03" + n + (28).to_bytes(4, "big") * 2
        (raw / f"{prefix}-images-idx3-ubyte").write_bytes(header + pixels)
        labels = train.labels.to(torch.uint8).numpy().tobytes()
        (raw / f"{prefix}-labels-idx1-ubyte").write_bytes(b"\0\0\x08\x01" + n + labels)


def main() -> None:
    train = data.load("mnist", "train", value_range=(-1, 1))
    with tempfile.TemporaryDirectory() as folder:
        write_as_torchvision(train, Path(folder))
        per_image, ours, bare = (
            per_image_epoch(Path(folder)),
            our_epoch(train),
            bare_epoch(train),
        )
        ours()  # the first use of an optimiser costs seconds of imports
        # In turn, so that a change in the machine's speed meets all three; the short ones more
        # often, because their best takes more tries to find.
        slow, our, least = (float("inf"),) * 3
        for _ in range(REPEATS):
            slow = min(slow, seconds(per_image))
            for _ in range(REPEATS):
                our, least = min(our, seconds(ours)), min(least, seconds(bare))
    print(f"per_image_epoch_s: {slow:.3f}")
    print(f"our_epoch_s: {our:.3f}")
    print(f"bare_epoch_s: {least:.3f}")
    print(f"per_image_over_ours: {slow / our:.1f}")
    print(f"ours_over_bare: {our / least:.2f}")


if __name__ == "__main__":
    main()
