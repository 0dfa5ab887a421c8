"""Classifiers that judge what models draw: of digits, and of faces and their traits.

Of digits: "which digit is this, and how sure are you?"

A plain classifier is a bad judge. It has seen nothing but digits, so it is often sure of things
that are none, such as noise or two digits laid over each other. This one has also been shown such
images in training, with the answer "can't tell".
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import TensorDataset

from utils import data
from utils.training import fit, progress


def train(dataset: TensorDataset, epochs: int = 3, seed: int = 0) -> nn.Module:
    """Train a small convolutional classifier of ten classes, the same one for the same seed.

    A third of what it sees are not digits: halves of two images laid over each other, for which
    the right answer is half the one class and half the other (mixup with equal weights: Zhang and
    others, 2018), and noise of any brightness, for which it is one tenth for each class.

    Args:
        dataset: images (N, 1, 28, 28) in (0, 1) and labels from 0 to 9.
        epochs: passes over it, at least 1.
        seed: of the start, of the order of the batches, and of the noise; the global random state
            is left as it was.

    Returns:
        A module, images (B, 1, 28, 28) -> logits (B, 10).
    """
    with torch.random.fork_rng(devices=[]), progress(epochs, "the judge of digits") as bar:
        torch.manual_seed(seed)
        judge = nn.Sequential(
            *(nn.Conv2d(1, 16, 5, stride=2, padding=2), nn.ReLU()),  # (B, 16, 14, 14)
            *(nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU()),  # (B, 32, 7, 7)
            *(nn.Flatten(), nn.Linear(32 * 7 * 7, 10)),
        )
        optimiser = torch.optim.Adam(judge.parameters(), 2e-3, fused=True)
        loader = data.batches(dataset, 256, seed=seed)
        schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1, 0.05, epochs * len(loader))
        for _ in range(epochs):
            for x, labels in loader:
                loss = F.cross_entropy(judge(_with_others(x)), _targets(labels))
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
            bar.update()
    return judge.eval()


def train_on_traits(
    images: Tensor, answers: Tensor, epochs: int = 2, seed: int = 0, label: str = "the judge"
) -> nn.Module:
    """Train a small convolutional classifier that answers several questions, yes or no.

    Args:
        images: (N, 3, 32, 32) in (0, 1).
        answers: (N, T), bool, a column for each question.
        epochs: passes over them, at least 1.
        seed: of the start and of the order of the batches; the global random state is left as it
            was.
        label: stands before the progress bar.

    Returns:
        A module, images (B, 3, 32, 32) -> (B, T), the logarithm of the odds that the answer is yes;
        without its last layer it gives 64 features. Its weights are frozen.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        judge = nn.Sequential(
            *(nn.Conv2d(3, 24, 4, stride=2, padding=1), nn.ReLU()),  # (B, 24, 16, 16)
            *(nn.Conv2d(24, 48, 4, stride=2, padding=1), nn.ReLU()),  # (B, 48, 8, 8)
            *(nn.Flatten(), nn.Linear(48 * 8 * 8, 64), nn.ReLU()),
            nn.Linear(64, answers.shape[1]),
        )
    fit(
        judge,
        TensorDataset(images, answers.float()),
        _trait_loss,
        epochs,
        batch_size=64,
        lr=3e-3,
        schedule="cosine",
        seed=seed,
        label=label,
    )
    return judge.eval().requires_grad_(False)


def _trait_loss(judge: nn.Module, x: Tensor, answers: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(judge(x), answers)


def _with_others(x: Tensor) -> Tensor:
    """Images (B, …), then B // 4 halves of two of them, then B // 8 of noise."""
    quarter, eighth = len(x) // 4, len(x) // 8
    noise = torch.rand(eighth, *x.shape[1:]) * torch.rand(eighth, 1, 1, 1)
    return torch.cat([x, (x[:quarter] + x[quarter : 2 * quarter]) / 2, noise])


def _targets(labels: Tensor) -> Tensor:
    """The probabilities (B + B // 4 + B // 8, 10) that belong to ``_with_others``."""
    quarter, eighth = len(labels) // 4, len(labels) // 8
    own = F.one_hot(labels, 10).float()
    return torch.cat(
        [own, (own[:quarter] + own[quarter : 2 * quarter]) / 2, torch.full((eighth, 10), 0.1)]
    )


@torch.no_grad()
def probabilities(judge: nn.Module, images: Tensor) -> Tensor:
    """The probability of each class for images (N, 1, 28, 28) in (0, 1): (N, 10), rows sum to 1."""
    return torch.cat([judge(part).softmax(1) for part in images.split(1000)])


def confidence(judge: nn.Module, images: Tensor) -> Tensor:
    """The probability of the most probable class: (N,), from 0.1 to 1."""
    return probabilities(judge, images).amax(1)


def accuracy(judge: nn.Module, dataset: TensorDataset) -> float:
    """The share of a set's images whose most probable class is their label, from 0 to 1."""
    images, labels = dataset.tensors
    return (probabilities(judge, images).argmax(1) == labels).float().mean().item()
