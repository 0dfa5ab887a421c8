"""utils.checkpoints and what is stored: every file fits its lecture and does what is said of it."""

from __future__ import annotations

import hashlib
import json
import pickle
import re
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest
import torch
from torch import nn

from utils import checkpoints, data, metrics

STORED = checkpoints.records()


@pytest.fixture(scope="module")
def maker(script):
    return script("checkpoints")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the stored weights, to be spoilt."""
    copy = tmp_path / "weights"
    shutil.copytree(checkpoints.FOLDER, copy)
    monkeypatch.setattr(checkpoints, "FOLDER", copy)
    return copy


def some_model() -> tuple[str, nn.Module]:
    """A name, and a module whose parameters have the names and shapes that are stored under it."""
    name = next(iter(STORED))
    state = torch.load(checkpoints.FOLDER / f"{name}.pt", weights_only=True)
    model = nn.Module()
    for key, tensor in state.items():
        *path, last = key.split(".")
        at = model
        for part in path:
            if part not in at._modules:
                at.add_module(part, nn.Module())
            at = at._modules[part]
        at.register_parameter(last, nn.Parameter(torch.zeros(tensor.shape)))
    return name, model


def snapshot(model: nn.Module) -> list[torch.Tensor]:
    return [parameter.detach().clone() for parameter in model.parameters()]


@pytest.mark.parametrize("name", STORED)
def test_weights_fit_the_class_of_the_lecture(name, maker):
    model, _ = maker.made(STORED[name])
    started = snapshot(model)
    assert checkpoints.load(name, model) == STORED[name]
    assert not any(map(torch.equal, started, model.parameters()))
    assert all(parameter.dtype == torch.float32 for parameter in model.parameters())


@pytest.mark.parametrize("name", STORED)
def test_model_reaches_on_test_images_what_is_recorded(name, maker, real_sets):
    model, _ = maker.made(STORED[name])
    record = checkpoints.load(name, model)
    assert metrics.held_out_error(model, maker.images(record, "test")) == pytest.approx(
        record.error, rel=1e-4
    )


@pytest.mark.parametrize("name", STORED)
def test_record_is_what_its_recipe_makes(name, maker):
    """A recipe that was changed, and not trained again, is noticed."""
    recipe, record = maker.RECIPES[name]._asdict(), asdict(STORED[name])
    assert {key: record[key] for key in recipe} == recipe
    _, names = maker.made(STORED[name])
    assert callable(eval(record["loss"], names))
    assert record["seconds"] > 0 and re.fullmatch(r"\d{4}-\d\d-\d\d", record["date"])


def test_what_is_stored_is_listed_small_and_in_half_precision(maker):
    files = {path.stem: path for path in checkpoints.FOLDER.iterdir() if path.suffix == ".pt"}
    assert list(STORED) == list(maker.RECIPES) and set(files) == set(STORED)
    others = set(checkpoints.FOLDER.iterdir()) - set(files.values())
    assert {path.name for path in others} == {"records.json"}
    sizes = [path.stat().st_size for path in files.values()]
    assert max(sizes) <= maker.LARGEST and sum(sizes) <= maker.ALL
    for path in files.values():
        state = torch.load(path, weights_only=True)
        counts = {k for k, tensor in state.items() if tensor.dtype != torch.float16}
        assert all(key.endswith("num_batches_tracked") for key in counts)


def test_unknown_name_lists_those_that_are_there():
    words = f"no stored weights 'sixteen'; there are {', '.join(STORED)}\\."
    with pytest.raises(ValueError, match=words):
        checkpoints.load("sixteen", nn.Linear(2, 2))


def test_one_altered_byte_is_noticed(folder):
    name, model = some_model()
    path = folder / f"{name}.pt"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    words = rf"{name}\.pt is not the one that was stored, and the model was left as it is: get the"
    with pytest.raises(checkpoints.CheckpointError, match=words):
        checkpoints.load(name, model)
    assert not any(parameter.any() for parameter in model.parameters())


def test_missing_file_is_named(folder):
    name, model = some_model()
    (folder / f"{name}.pt").unlink()
    words = rf"{name}\.pt can't be read \(No such file.*\), and the model was left as it is"
    with pytest.raises(checkpoints.CheckpointError, match=words):
        checkpoints.load(name, model)


@pytest.mark.parametrize("spoilt", ["", "[]", '{"a": 1}', '{"a": {"lecture": "01"}}', None])
def test_list_that_cannot_be_read_is_named(folder, spoilt):
    path = folder / "records.json"
    path.unlink() if spoilt is None else path.write_text(spoilt)
    with pytest.raises(checkpoints.CheckpointError, match=r"records\.json, can't be read"):
        checkpoints.load("any", nn.Linear(2, 2))


def test_model_of_another_shape_or_with_other_parameters_is_refused():
    name, model = some_model()
    key, parameter = next(iter(model.named_parameters()))
    parameter.data = torch.zeros(3, 3)
    words = rf"'{name}' do not fit.*{re.escape(key)} is \([\d, ]+\) in the file and \(3, 3\)"
    with pytest.raises(ValueError, match=words):
        checkpoints.load(name, model)
    assert not any(parameter.any() for parameter in model.parameters())
    name, model = some_model()
    model.register_parameter("A", nn.Parameter(torch.zeros(2)))
    with pytest.raises(ValueError, match=r"A is not there in the file and \(2,\) in the model"):
        checkpoints.load(name, model)


def test_only_weights_are_ever_read(folder):
    """A file with code in it is refused even where someone has listed its hash."""
    name, model = some_model()
    torch.save({"weight": nn.Linear(2, 2)}, folder / f"{name}.pt")
    listed = json.loads((folder / "records.json").read_text())
    listed[name]["sha256"] = hashlib.sha256((folder / f"{name}.pt").read_bytes()).hexdigest()
    (folder / "records.json").write_text(json.dumps(listed))
    with pytest.raises(pickle.UnpicklingError, match="Weights only load failed"):
        checkpoints.load(name, model)


def test_definitions_are_the_lectures_own_and_nothing_else_is_run(maker):
    names = maker.definitions("01_basic_autoencoder", ("setup", "module"))
    assert issubclass(names["Autoencoder"], nn.Module) and "train" not in names
    with pytest.raises(KeyError, match="no-such-cell"):
        maker.definitions("01_basic_autoencoder", ("no-such-cell",))


def test_maker_refuses_the_stand_in(maker, folder, monkeypatch):
    monkeypatch.setattr(data.ImageSet, "is_standin", True)
    monkeypatch.setattr(maker.training, "fit", lambda *a, **b: pytest.fail("it trains"))
    with pytest.raises(SystemExit, match="real image sets"):
        maker.train("new", maker.RECIPES[next(iter(STORED))])
