"""The training loop that lecture 01 builds step by step, for the lectures after it."""

from __future__ import annotations

import functools
import inspect
import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
    loss: Callable[..., Tensor],
    epochs: int,
    test: TensorDataset | None = None,
    batch_size: int = 256,
    lr: float = 1e-3,
    schedule: str | None = None,
    after_epoch: Callable[[int, nn.Module], object] | None = None,
    seed: int = 0,
    label: str = "training",
    device: torch.device | None = None,
) -> History:
    """Train a model with Adam; the model is changed in place.

    Args:
        model: any module with parameters.
        train: images and labels, or any tensors of equal length. A set that fits into half of a
            GPU's free memory lies there while a model is trained on that GPU.
        loss: ``loss(model, x)`` gives the mean loss per image of the batch x, a scalar tensor. A
            loss that takes more, ``loss(model, x, labels)``, gets more: of each batch as many
            tensors, in their order, as it has parameters after the model. Parameters with a
            default value are not counted; a loss with ``*batch`` gets them all.
        epochs: passes over ``train``, at least 1.
        test: held-out images, measured before the first epoch and after each, without gradients
            and in evaluation mode.
        batch_size: images a step.
        lr: Adam's learning rate.
        schedule: None keeps the learning rate as it is; "cosine" lets it fall with each step,
            from ``lr`` at the first to 0 after the last, along half a cosine (Loshchilov and
            Hutter, 2017, without their restarts).
        after_epoch: ``after_epoch(epoch, model)`` is called with 0 before the first epoch, then
            with 1, 2, … after each, as ``test`` is measured: without gradients and in evaluation
            mode.
        seed: of the order of the batches. Seed the model's start yourself, with
            ``torch.manual_seed`` just before it is made.
        label: stands before the progress bar.
        device: where to train, such as ``pick_device()``: the model goes there, and comes back at
            the end. None trains where the model is. What the loss makes itself (noise, masks) is
            made there, too; what it takes from outside of its arguments has to lie there.

    Returns:
        The ``History`` of the run.

    Raises:
        ValueError: fewer than one epoch, a batch size below 1, a schedule that is not there, or
            a loss that takes no tensor or more of them than ``train`` has.
        RuntimeError: the loss is no longer a finite number.
    """
    if epochs < 1:
        raise ValueError(f"epochs is at least 1; got {epochs}.")
    if schedule not in (None, "cosine"):
        raise ValueError(f'schedule is None or "cosine"; got {schedule!r}.')
    takes = _tensors_taken(loss, train)
    start = time.perf_counter()
    history = History()

    def measure(epoch: int) -> None:
        if test is not None:
            history.test.append(mean_loss(model, test, there))
        if after_epoch is not None:
            with torch.no_grad():
                after_epoch(epoch, model.eval())

    with _moved(model, device) as here:
        there = loss if here.type == "cpu" else _making_there(loss, here)
        test = None if test is None else _near(test, here)
        loader = data.batches(_near(train, here), batch_size, seed=seed)
        optimiser = torch.optim.Adam(model.parameters(), lr, fused=True)
        if schedule is not None:
            cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs * len(loader))
        measure(0)
        with progress(epochs, label) as bar:
            for epoch in range(1, epochs + 1):
                model.train()
                total = torch.zeros((), device=here)
                for batch in loader:
                    tensors = [tensor.to(here) for tensor in batch[:takes]]
                    value = there(model, *tensors)
                    optimiser.zero_grad()
                    value.backward()
                    optimiser.step()
                    if schedule is not None:
                        cosine.step()
                    total += value.detach() * len(tensors[0])
                history.train.append(total.item() / len(train))
                if not math.isfinite(history.train[-1]):
                    raise RuntimeError(
                        f"The loss became {history.train[-1]} in epoch {epoch}. A smaller "
                        f"learning rate (now {lr:g}) is the first thing to try; a logarithm or a "
                        "division in the loss is the next place to look."
                    )
                measure(epoch)
                kind = "held-out" if history.test else "training"
                bar.set_postfix_str(f"{kind} loss {(history.test or history.train)[-1]:.4g}")
                bar.update()
    model.train()
    history.seconds = time.perf_counter() - start
    return history


@torch.no_grad()
def mean_loss(model: nn.Module, dataset: TensorDataset, loss: Callable[..., Tensor]) -> float:
    """The mean of ``loss`` per image over a whole set, in evaluation mode, without gradients.

    The loss gets as many tensors of a batch as it takes, as in ``fit``.
    """
    device = next(model.parameters()).device
    takes = _tensors_taken(loss, dataset)
    was_training = model.training
    model.eval()
    total = 0.0
    for batch in data.batches(dataset, batch_size=1000, shuffle=False):
        tensors = [tensor.to(device) for tensor in batch[:takes]]
        total += loss(model, *tensors).item() * len(tensors[0])
    model.train(was_training)
    return total / len(dataset)


def _tensors_taken(loss: Callable[..., Tensor], dataset: TensorDataset) -> int:
    """How many tensors of each batch a loss takes, besides the model."""
    parameters = inspect.signature(loss).parameters.values()
    there = len(dataset.tensors)
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return there
    required = [p for p in parameters if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    if not 1 <= len(required) - 1 <= there:
        raise ValueError(
            f"The loss takes ({', '.join(p.name for p in required)}); fit hands it the model and "
            f"1 to {there} tensors of each batch. What it is to know besides needs a default value."
        )
    return len(required) - 1


@contextmanager
def _moved(model: nn.Module, device: torch.device | None) -> Iterator[torch.device]:
    """The model on this device, if one is named; at the end, an error too, back where it was."""
    home = next(model.parameters()).device
    model.to(device or home)
    try:
        yield next(model.parameters()).device
    finally:
        model.to(home)


def _making_there(loss: Callable[..., Tensor], device: torch.device) -> Callable[..., Tensor]:
    """The loss, with this device for the tensors that it makes without naming one."""

    @functools.wraps(loss)
    def there(model: nn.Module, *tensors: Tensor) -> Tensor:
        with device:
            return loss(model, *tensors)

    return there


class _OnDevice(TensorDataset):
    """A data set on an accelerator, from which whole batches are taken there."""

    def __getitem__(self, index: Tensor) -> tuple[Tensor, ...]:
        index = index.to(self.tensors[0].device)
        return tuple(tensor.index_select(0, index) for tensor in self.tensors)


def _near(dataset: TensorDataset, device: torch.device) -> TensorDataset:
    """A copy of the data set on the model's device, where that can tell of room for it."""
    memory = getattr(torch.get_device_module(device), "mem_get_info", None)  # none on the CPU
    size = sum(tensor.nbytes for tensor in dataset.tensors)
    if memory is None or size > memory(device)[0] / 2:
        return dataset
    return _OnDevice(*(tensor.to(device) for tensor in dataset.tensors))


def progress(total: int, label: str) -> tqdm:
    """A progress bar that writes to the notebook's normal output and leaves one line behind."""
    form = "{desc}: {n_fmt}/{total_fmt} epochs |{bar:20}| {elapsed}{postfix}"
    return tqdm(total=total, desc=label, bar_format=form, file=sys.stdout)


def pick_device() -> torch.device:
    """The accelerator that torch finds (CUDA, Apple's MPS, …), else the CPU."""
    return torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")
