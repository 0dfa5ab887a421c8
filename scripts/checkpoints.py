"""Train the models of lectures for longer than a lecture can, and store their weights.

    make checkpoints                         all of them, on one core each: up to an hour
    make checkpoints ARGS=01-784-30-784   these, by name

The class and the loss are the lecture's own: of the cells that a recipe names, the imports and the
definitions are executed, and nothing else. To store another model, add a recipe.
"""

from __future__ import annotations

import argparse
import ast
import datetime
import hashlib
import io
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.utils.data import TensorDataset

from utils import checkpoints, data, faces, metrics, training

COURSE = Path(__file__).resolve().parent.parent
LARGEST, ALL = 1_000_000, 6_000_000  # bytes: a lecture must stay quick to fetch


class Recipe(NamedTuple):
    """What to train; the attributes are those of ``checkpoints.Record``."""

    lecture: str
    cells: tuple[str, ...]
    model: str
    loss: str
    epochs: int
    dataset: str = "mnist"
    value_range: tuple[float, float] = (0.0, 1.0)
    batch_size: int = 256
    lr: float = 1e-3
    schedule: str | None = "cosine"
    seed: int = 0


LECTURE_04: dict[str, Any] = {
    "lecture": "04_denoising",
    "cells": ("setup", "dropout", "pieces"),
    "model": "Denoiser(128, (256,), nn.ReLU, nn.ReLU)",
    "epochs": 100,
    "value_range": (-1.0, 1.0),
    "lr": 2e-3,
}
SMALL_CODE_04: dict[str, Any] = {
    **LECTURE_04,
    "model": "Denoiser(32, (128,), nn.ReLU, nn.Identity, nn.Sigmoid)",
    "loss": "denoising_loss(drop)",
    "value_range": (0.0, 1.0),
}
IMAGES = 'data.load("mnist", "train").images'
LECTURE_06: dict[str, Any] = {
    "lecture": "06_contractive",
    "cells": ("setup", "model", "slips", "slip-train"),
    "loss": "with_penalty(as_derived, 1.0)",
    "epochs": 60,
    "lr": 5e-3,
}
RECIPES = {
    "01-784-30-784": Recipe(
        lecture="01_basic_autoencoder",
        cells=("setup", "module", "losses"),
        model="Autoencoder()",
        loss="lambda model, x: squared_error(x, model(x)).mean()",
        epochs=300,
        value_range=(-1.0, 1.0),
    ),
    "04-half": Recipe(loss="denoising_loss(drop)", **LECTURE_04),
    "04-noise": Recipe(loss="denoising_loss(add_noise)", **LECTURE_04),
    "04-digits-32": Recipe(**SMALL_CODE_04),
    "04-garments-32": Recipe(dataset="fashion", **SMALL_CODE_04),
    "05-784-256-16": Recipe(
        lecture="05_perturbing_latents",
        cells=("setup", "model"),
        model="Autoencoder([256], 16)",
        loss="cross_entropy",
        epochs=60,
        lr=3e-3,
    ),
    "06-tied": Recipe(model=f"Autoencoder({IMAGES})", **LECTURE_06),
    "06-untied": Recipe(model=f"Autoencoder({IMAGES}, tied=False)", **LECTURE_06),
    "08-faces": Recipe(
        lecture="08_convolutional",
        cells=("setup", "vae", "vae-loss"),
        model="FaceVAE()",
        loss="negative_elbo",
        epochs=60,
        dataset="faces",
        batch_size=64,
        lr=4e-3,
    ),
    "10-digits": Recipe(
        lecture="10_latent_diffusion",
        cells=("setup", "denoiser", "loss", "autoencoder"),
        model=f"Denoiser(16, told=10, of=stored_autoencoder().encoder({IMAGES}))",
        loss="denoising_loss",
        epochs=150,
        dataset="codes",
        batch_size=512,
        lr=2e-3,
    ),
    "11-symbols": Recipe(
        lecture="11_symbols_and_features",
        cells=("setup", "codebook", "vq", "vq-loss", "block", "prior", "both"),
        model="Both()",
        loss="both_losses",
        epochs=8,
        batch_size=128,
        lr=1.5e-3,
    ),
}


def definitions(lecture: str, cells: tuple[str, ...]) -> dict[str, object]:
    """The names that the imports, functions and classes in these cells of a lecture define.

    Raises:
        KeyError: the lecture has no cell of that id.
    """
    notebook = json.loads((COURSE / f"lectures/{lecture}.ipynb").read_text("utf-8"))
    sources = {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}
    names: dict[str, object] = {}
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    for cell in cells:
        tree = ast.parse(sources[cell])
        tree.body = [part for part in tree.body if isinstance(part, kinds)]
        exec(compile(tree, f"{lecture}, cell {cell}", "exec"), names)
    return names


def images(of: Recipe | checkpoints.Record, split: str) -> TensorDataset:
    """What a model is trained or measured on; "faces" are drawn ones, 32 pixels wide.

    "codes" are those of digits, standardised as the model does it, with their classes.
    """
    if of.dataset == "faces":
        n, seed = {"train": (24_000, 0), "test": (3_000, 1)}[split]
        return faces.faces(n, seed, size=32)
    name = "mnist" if of.dataset == "codes" else of.dataset
    found = data.load(name, split, of.value_range)
    if found.is_standin:
        raise SystemExit("Stored weights are those of the real image sets, which are not here.")
    if of.dataset != "codes":
        return found
    model: Any
    model, names = made(of)
    autoencoder = eval("stored_autoencoder()", names)
    with torch.no_grad():
        z = model.standard(autoencoder.encoder(found.images))
    return TensorDataset(z, nn.functional.one_hot(found.labels, 10).float())


def made(recipe: Recipe | checkpoints.Record) -> tuple[nn.Module, dict[str, object]]:
    """The model of a recipe as it starts, and the definitions that it comes from."""
    names = definitions(recipe.lecture, recipe.cells)
    torch.manual_seed(recipe.seed)
    return eval(recipe.model, names), names


def train(name: str, recipe: Recipe) -> checkpoints.Record:
    """Train and store one model. ValueError where its file would be too large."""
    model, names = made(recipe)
    seen, test = (images(recipe, split) for split in ("train", "test"))
    start = time.process_time()
    training.fit(
        model,
        seen,
        eval(recipe.loss, names),
        epochs=recipe.epochs,
        batch_size=recipe.batch_size,
        lr=recipe.lr,
        schedule=recipe.schedule,
        seed=recipe.seed,
        label=name,
    )
    seconds = time.process_time() - start
    state = {
        key: tensor.half() if tensor.is_floating_point() else tensor
        for key, tensor in model.state_dict().items()
    }
    model.load_state_dict(state)  # what is measured is what is stored
    buffer = io.BytesIO()
    torch.save(state, buffer)
    content = buffer.getvalue()
    if len(content) > LARGEST:
        raise SystemExit(f"{name} takes {len(content):,} bytes, and the limit is {LARGEST:,}.")
    (checkpoints.FOLDER / f"{name}.pt").write_bytes(content)
    return checkpoints.Record(
        **recipe._asdict(),
        seconds=round(seconds, 1),
        error=metrics.held_out_error(model, test),
        torch=torch.__version__,
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(RECIPES)}")
    chosen = parser.parse_args().names or list(RECIPES)
    if unknown := set(chosen) - set(RECIPES):
        parser.error(f"no recipe {', '.join(sorted(unknown))}; there are {', '.join(RECIPES)}")
    torch.set_num_threads(1)  # the same sums on every machine, as far as that can be had
    checkpoints.FOLDER.mkdir(exist_ok=True)
    path = checkpoints.FOLDER / "records.json"
    stored = checkpoints.records() if path.is_file() else {}
    for name in chosen:
        stored[name] = train(name, RECIPES[name])
        kept = {key: asdict(stored[key]) for key in RECIPES if key in stored}
        path.write_text(json.dumps(kept, indent=2) + "\n", "utf-8")
        print(f"{name}: {stored[name].error:.2f} per test image, {stored[name].seconds:.0f} s")


if __name__ == "__main__":
    main()
