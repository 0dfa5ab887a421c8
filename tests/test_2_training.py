"""utils.training: the loop that the lectures after 01 use."""

from __future__ import annotations

import io
import math
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import torch
from test_2_utils import small_model, small_set
from torch import nn
from torch.utils.data import TensorDataset

from utils import data, metrics, training


def loss(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
    return metrics.squared_error(x, model(x)).mean()


def weighted(model: nn.Module, x: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Images of class 1 count ten times as much."""
    return (metrics.squared_error(x, model(x)) * (1 + 9 * labels)).mean()


def equal(model: nn.Module, other: nn.Module) -> bool:
    return all(map(torch.equal, model.parameters(), other.parameters()))


def by_hand(
    model, train, loss, epochs, batch_size, lr, seed, rate=lambda share: 1.0
) -> list[float]:
    """The loop written out; ``rate`` is what a learning rate of 1 has become at a share of it."""
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    loader, losses, step = data.batches(train, batch_size, seed=seed), [], 0
    for _ in range(epochs):
        total = 0.0
        for x, labels in loader:
            value = loss(model, x, labels)
            optimiser.zero_grad()
            value.backward()
            optimiser.param_groups[0]["lr"] = lr * rate(step / (epochs * len(loader)))
            optimiser.step()
            step += 1
            total += value.item() * len(x)
        losses.append(total / len(train))
    return losses


RUN = {"epochs": 3, "batch_size": 16, "lr": 0.01, "seed": 5}


def assert_close(model: nn.Module, other: nn.Module) -> None:
    for ours, theirs in zip(model.parameters(), other.parameters(), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-5)


def test_fit_is_the_loop_written_out():
    train, test = small_set(), small_set(30, seed=1)
    expected, fitted = small_model(), small_model()
    history = training.fit(fitted, train, loss, test=test, **RUN)
    losses = by_hand(expected, train, lambda model, x, labels: loss(model, x), **RUN)
    assert_close(expected, fitted)
    assert history.train == pytest.approx(losses, rel=1e-4)
    assert len(history.test) == 4 and history.test[-1] < history.test[0]
    assert history.test[-1] == pytest.approx(loss(fitted, test.images).item(), rel=1e-4)
    assert history.seconds > 0 and fitted.training


def test_fit_lowers_the_learning_rate_along_half_a_cosine():
    train, expected, fitted = small_set(), small_model(), small_model()
    training.fit(fitted, train, loss, schedule="cosine", **RUN)
    by_hand(
        expected,
        train,
        lambda model, x, labels: loss(model, x),
        rate=lambda share: (1 + math.cos(math.pi * share)) / 2,
        **RUN,
    )
    assert_close(expected, fitted)
    plain = small_model()
    training.fit(plain, train, loss, **RUN)
    assert not torch.allclose(plain[1].weight, fitted[1].weight, atol=1e-3)


def test_fit_hands_the_labels_to_a_loss_that_takes_them():
    train, test = small_set(), small_set(31, seed=1)
    expected, fitted = small_model(), small_model()
    history = training.fit(fitted, train, weighted, test=test, **RUN)
    losses = by_hand(expected, train, weighted, **RUN)
    assert_close(expected, fitted)
    assert history.train == pytest.approx(losses, rel=1e-4)
    assert history.test[-1] == pytest.approx(weighted(fitted, *test.tensors).item(), rel=1e-4)


def test_only_parameters_without_a_default_are_filled_from_the_batch():
    def with_option(model, x, weight=2.0):
        assert weight in (2.0, 3.0)
        return weight * loss(model, x)

    def of_all(model, *batch):
        assert [t.dtype for t in batch] == [torch.float32, torch.int64]
        return loss(model, batch[0])

    class Owner:
        def method(self, model, x):
            return loss(model, x)

    for of_batch in (with_option, partial(with_option, weight=3.0), of_all, Owner().method):
        training.fit(small_model(), small_set(), of_batch, epochs=1)
        training.mean_loss(small_model(), small_set(), of_batch)


@pytest.mark.parametrize(
    ("unfit", "parameters"),
    [(lambda model: 0, "model"), (lambda model, x, labels, weight: 0, "model, x, labels, weight")],
)
def test_fit_says_what_a_loss_may_take(unfit, parameters):
    words = rf"The loss takes \({parameters}\); fit hands it the model and 1 to 2 tensors"
    with pytest.raises(ValueError, match=words):
        training.fit(small_model(), small_set(), unfit, epochs=1)


def test_fit_trains_on_one_tensor_alone():
    only = TensorDataset(small_set().images)
    one, two = small_model(), small_model()
    training.fit(one, only, loss, epochs=1)
    training.fit(two, small_set(), loss, epochs=1)
    assert equal(one, two)


def test_fit_calls_the_hook_before_the_first_epoch_and_after_each():
    seen = []

    def look(epoch, model):
        value = loss(model, test.images)
        seen.append((epoch, model.training, value.requires_grad, value.item()))

    test, watched, plain = small_set(1000, seed=1), small_model(), small_model()
    history = training.fit(watched, small_set(), loss, epochs=2, test=test, after_epoch=look)
    assert [entry[:3] for entry in seen] == [(k, False, False) for k in range(3)]
    assert [entry[3] for entry in seen] == pytest.approx(history.test)
    assert watched.training
    training.fit(plain, small_set(), loss, epochs=2, test=test)
    assert equal(watched, plain), "looking on changes nothing"


def test_a_set_that_lies_on_the_device_gives_the_same_run(monkeypatch):
    """The way through a GPU, tried with a CPU that says how much memory it has."""
    train, test = small_set(), small_set(30, seed=1)
    size = sum(tensor.nbytes for tensor in train.tensors)
    took, take = [], training._OnDevice.__getitem__
    monkeypatch.setattr(
        training._OnDevice, "__getitem__", lambda s, i: took.append(len(i)) or take(s, i)
    )
    runs = []
    for free in (None, 2 * size - 1, 2 * size):
        if free is not None:
            monkeypatch.setattr(torch.cpu, "mem_get_info", lambda d, n=free: (n, n), raising=False)
        took.clear()
        model = small_model()
        history = training.fit(model, train, weighted, test=test, **RUN)
        runs.append((model, history.train, history.test, took.count(16)))
    plain, too_large, resident = runs
    assert plain[3] == too_large[3] == 0 and resident[3] == 3 * (70 // 16)
    for run in (too_large, resident):
        assert equal(plain[0], run[0]) and plain[1:3] == run[1:3]


if torch.__version__ >= "2.10":  # compared as versions; before, torch knows no devices in Python

    def test_fit_goes_to_a_device_and_comes_back():
        """Trained there as here, noise made there; back after an error, too."""
        script = Path(__file__).with_name("pretend_device.py")
        done = subprocess.run([sys.executable, script], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_fit_measures_in_evaluation_mode_and_goes_back():
    model = nn.Sequential(
        nn.Flatten(), nn.Dropout(0.5), nn.Linear(16, 16), nn.Unflatten(1, (1, 4, 4))
    )
    model.train()
    values = {training.mean_loss(model, small_set(), loss) for _ in range(3)}
    assert len(values) == 1 and model.training
    assert not any(p.grad is not None for p in model.parameters())


def test_mean_loss_weighs_a_small_last_batch_by_its_size():
    dataset = small_set(1_500)
    model = small_model()
    expected = loss(model, dataset.images).item()
    assert training.mean_loss(model, dataset, loss) == pytest.approx(expected, rel=1e-4)


def test_fit_stops_at_a_loss_that_is_not_finite():
    with pytest.raises(RuntimeError, match=r"became nan in epoch 1\. A smaller learning rate"):
        training.fit(small_model(), small_set(), lambda m, x: loss(m, x) * math.nan, epochs=2)


def test_fit_needs_an_epoch_and_a_schedule_that_is_there():
    with pytest.raises(ValueError, match="epochs is at least 1; got 0"):
        training.fit(small_model(), small_set(), loss, epochs=0)
    with pytest.raises(ValueError, match="schedule is None or \"cosine\"; got 'linear'"):
        training.fit(small_model(), small_set(), loss, epochs=1, schedule="linear")


def test_progress_leaves_one_line(capsys):
    training.fit(small_model(), small_set(), loss, epochs=2, label="small")
    captured = capsys.readouterr()
    assert captured.err == "" and captured.out.count("\n") == 1
    assert captured.out.strip().split("\r")[-1].startswith("small: 2/2 epochs")


@pytest.mark.parametrize(
    ("encoding", "full"), [("cp1252", "|####################|"), ("utf-8", "█")]
)
def test_progress_keeps_to_what_the_output_can_write(encoding, full, monkeypatch):
    """cp1252 is what Windows gives a program whose output goes into a file."""
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding))
    training.fit(small_model(), small_set(), loss, epochs=1, label="café")
    sys.stdout.flush()
    assert full in written.getvalue().decode(encoding)
