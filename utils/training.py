"""The training loop that lecture 01 builds step by step, for the lectures after it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.utils.data import TensorDataset
from tqdm import tqdm

from utils import data


@dataclass
class History:
    """What a run of ``fit`` measured.

    Attributes:
        train: the mean loss per image over each epoch, taken while the model was changing.
        test: the mean loss per image on the held-out set after each epoch, with one more value
            in front, before the first; empty where no held-out set was given.
        seconds: how long the run took.
    """

    train: list[float] = field(default_factory=list)
    test: list[float] = field(default_factory=list)
    seconds: float = 0.0


def fit(
    model: nn.Module,
    train: TensorDataset,
    loss: Callable[[nn.Module, Tensor], Tensor],
    epochs: int,
    test: TensorDataset | None = None,
    batch_size: int = 256,
    lr: float = 1e-3,
    seed: int = 0,
    label: str = "training",
) -> History:
    """Train a model with Adam; the model is changed in place and stays on its device.

    Args:
        model: any module with parameters.
        train: images and labels; the labels are not looked at.
        loss: ``loss(model, x)`` gives the mean loss per image of the batch x, a scalar tensor.
        epochs: passes over ``train``, at least 1.
        test: held-out images, measured before the first epoch and after each, without gradients
            and in evaluation mode.
        batch_size: images a step.
        lr: Adam's learning rate.
        seed: of the order of the batches. Seed the model's start yourself, with
            ``torch.manual_seed`` just before it is made.
        label: stands before the progress bar.

    Returns:
        The ``History`` of the run.

    Raises:
        ValueError: fewer than one epoch, or a batch size below 1.
        RuntimeError: the loss is no longer a finite number.
    """
    if epochs < 1:
        raise ValueError(f"epochs is at least 1; got {epochs}.")
    device = next(model.parameters()).device
    optimiser = torch.optim.Adam(model.parameters(), lr, fused=True)
    loader = data.batches(train, batch_size, seed=seed)
    history, start = History(), time.perf_counter()
    if test is not None:
        history.test.append(mean_loss(model, test, loss))
    with progress(epochs, label) as bar:
        for epoch in range(epochs):
            model.train()
            total = torch.zeros((), device=device)
            for x, _ in loader:
                x = x.to(device)
                value = loss(model, x)
                optimiser.zero_grad()
                value.backward()
                optimiser.step()
                total += value.detach() * len(x)
            history.train.append(total.item() / len(train))
            if not torch.isfinite(total):
                raise RuntimeError(
                    f"The loss became {history.train[-1]} in epoch {epoch + 1}. A smaller learning "
                    f"rate (now {lr:g}) is the first thing to try; a logarithm or a division in "
                    "the loss is the next place to look."
                )
            if test is not None:
                history.test.append(mean_loss(model, test, loss))
            kind = "held-out" if history.test else "training"
            bar.set_postfix_str(f"{kind} loss {(history.test or history.train)[-1]:.4g}")
            bar.update()
    history.seconds = time.perf_counter() - start
    return history


@torch.no_grad()
def mean_loss(
    model: nn.Module, dataset: TensorDataset, loss: Callable[[nn.Module, Tensor], Tensor]
) -> float:
    """The mean of ``loss`` per image over a whole set, in evaluation mode, without gradients."""
    device = next(model.parameters()).device
    was_training = model.training
    model.eval()
    total = 0.0
    for x, _ in data.batches(dataset, batch_size=1000, shuffle=False):
        total += loss(model, x.to(device)).item() * len(x)
    model.train(was_training)
    return total / len(dataset)


def progress(total: int, label: str) -> tqdm:
    """A progress bar that writes to the notebook's normal output and leaves one line behind."""
    form = "{desc}: {n_fmt}/{total_fmt} epochs |{bar:20}| {elapsed}{postfix}"
    return tqdm(total=total, desc=label, bar_format=form, file=sys.stdout, ascii=" ▏▎▍▌▋▊▉█")


def pick_device() -> torch.device:
    """The accelerator that torch finds (CUDA, Apple's MPS, …), else the CPU."""
    return torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")
