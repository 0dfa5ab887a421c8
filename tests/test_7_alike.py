"""Answers that are alike: copies are found under other names, and what the set brings is not."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from classwork import alike

COURSE = Path(__file__).resolve().parent.parent
SET = COURSE / "solutions/ex04_denoising"

OWN = '''
def drop(images, share, generator):
    """Drops pixels."""
    chance = torch.rand(images.shape, generator=generator)   # one number a pixel
    pieces = []
    for image, number in zip(images, chance):
        pieces.append(torch.where(number < share, torch.zeros_like(image), image))
    return torch.stack(pieces, dim=0).reshape(images.shape)
'''
COPIED = """
def spoil(x, p, g):
    draws=torch.rand(x.shape,generator=g)
    out = []

    # go through all of them
    for a, b in zip(x, draws):
        out.append(torch.where(b<p, torch.zeros_like(a), a))
    return torch.stack(out, dim=0).reshape(x.shape)
"""
OTHERS = [
    "def drop(x, p, g):\n    return x * (torch.rand(x.shape, generator=g) >= p)\n",
    "def drop(x, p, g):\n    keep = torch.bernoulli(torch.full_like(x, 1 - p), generator=g)\n"
    "    return keep * x\n",
    "import numpy as np\n\n\ndef drop(x, p, g):\n    mask = np.ones(x.shape)\n"
    "    mask[torch.rand(x.shape, generator=g).numpy() < p] = 0\n"
    "    return torch.as_tensor(mask, dtype=x.dtype) * x\n",
]


@pytest.fixture(scope="module")
def itself() -> list[str]:
    cells = nbformat.read(SET / f"{SET.name}.ipynb", as_version=4).cells
    return [c.source for c in cells if c.cell_type == "code"] + [(SET / "mistakes.py").read_text()]


def answers(text: str = "") -> dict[str, str]:
    """The solutions, with a function more in one of the cells."""
    cells = nbformat.read(SET / f"{SET.name}.ipynb", as_version=4).cells
    found = {c.id: c.source for c in cells if "### BEGIN SOLUTION" in c.source}
    return found | {"ex04-drop": text or found["ex04-drop"]}


@pytest.mark.parametrize("padding", ["\t\n", "    # nothing\n"])
def test_empty_lines_and_comments_cost_no_time_and_hide_no_code(padding, tmp_path):
    found = []
    for lines in 0, 20_000:
        notebook = nbformat.read(SET / f"{SET.name}.ipynb", as_version=4)
        cell = next(c for c in notebook.cells if c.id == "ex04-drop")
        cell.source = (padding * lines)[:50_000] + OWN
        nbformat.write(notebook, tmp_path / "graded.ipynb")
        found.append(alike._answers(tmp_path / "graded.ipynb")["ex04-drop"])
    assert found[0] == found[1] and OWN.split("\n")[-2] in found[1]


def test_a_copy_is_found_under_other_names_and_marked(itself):
    given = {"anna": answers(OWN), "berk": answers(COPIED)}
    given |= {f"student {i}": answers(text) for i, text in enumerate(OTHERS)}
    (pair,) = alike.pairs(itself, given)
    assert pair.students == ("anna", "berk") and min(pair.shares) > 0.8
    ((cell, *texts),) = pair.beside
    assert cell == "ex04-drop"
    for text in texts:
        marked = "".join(re.findall("<mark>(.*?)</mark>", text, re.S))
        assert "torch.where" in marked and "dim=0" in marked


def test_what_the_set_brings_or_many_write_is_no_sign(itself):
    assert not alike.pairs(itself, {name: answers() for name in "abc"})
    mistake = (SET / "mistakes.py").read_text().split("\n# %%")[3]
    assert not alike.pairs(itself, {name: answers(mistake) for name in "abc"})
    assert alike.pairs(itself, {f"student {i}": answers(OWN) for i in range(10)})
    assert not alike.pairs(itself, {f"student {i}": answers(OWN) for i in range(11)})


@pytest.mark.parametrize("text", ["", "   \n", "def f(:\n  '", "\x00\ud7ff" * 50, "<script>" * 99])
def test_nothing_that_a_student_writes_ends_it(itself, text):
    found = alike.pairs(itself, {"anna": {"a": text, "b": OWN}, "berk": {"a": text}, "dana": {}})
    assert all("<script>" not in shown for pair in found for shown in pair.beside[0][1:])
