"""How a wrong result differs from the right one, where a few words can say it."""

from __future__ import annotations

from itertools import combinations

import torch
from torch import Tensor


def how(got: Tensor, expected: Tensor, rtol: float, atol: float) -> str:
    """In a sentence, what would make a wrong result right; "" where nothing simple would.

    Args:
        got, expected: finite, of any shapes; not equal.
        rtol, atol: within which two values are the same.
    """
    ours, theirs = got.double(), expected.double()

    def near(a: Tensor, b: Tensor) -> bool:
        return a.shape == b.shape and torch.allclose(a, b, rtol, atol)

    if ours.shape != theirs.shape:
        if ours.numel() == theirs.numel() and near(ours.flatten(), theirs.flatten()):
            return "The values are right; the shape is not."
        if ours.ndim >= 2 and near(ours.mT, theirs):
            return "It is transposed: the last two dimensions are exchanged."
        for name, shrink in (("summed", torch.sum), ("averaged", torch.mean)):
            for dim in range(ours.ndim):
                if near(shrink(ours, dim), theirs):
                    return f"It would be right if it were {name} over its dimension {dim}."
        return ""
    if ours.ndim == 0 or ours.numel() < 2:
        return ""
    return _by_one_number(ours, theirs, near) or _by_place(ours, theirs, near, rtol, atol)


def _by_one_number(ours: Tensor, theirs: Tensor, near) -> str:
    large = theirs.abs() > 0.01 * theirs.abs().max()
    if large.sum() > 1:
        ratio = (ours[large] / theirs[large]).median()
        if ratio and near(ours, ratio * theirs):
            return f"Each value is {ratio:.4g} times what was expected."
    shift = (ours - theirs).median()
    if near(ours, theirs + shift):
        return f"Each value is {abs(shift):.4g} too {'large' if shift > 0 else 'small'}."
    if (ours >= 0).all() and near(ours.square(), theirs):
        return "Each value is the square root of what was expected."
    if (theirs >= 0).all() and near(ours, theirs.square()):
        return "Each value is the square of what was expected."
    return ""


def _by_place(ours: Tensor, theirs: Tensor, near, rtol: float, atol: float) -> str:
    for a, b in combinations(range(ours.ndim), 2):
        if ours.shape[a] == ours.shape[b] > 1 and near(ours.transpose(a, b), theirs):
            return f"Its dimensions {a} and {b} are exchanged."
    for dim in range(ours.ndim):
        for step in range(1, min(ours.shape[dim], 4)):
            for way in (step, -step) if 2 * step != ours.shape[dim] else (step,):
                if near(ours.roll(way, dim), theirs):
                    return f"The values are right, but {step} off along dimension {dim}."
        if near(ours.flip(dim), theirs):
            return f"The values are right, but in reverse order along dimension {dim}."
    if near(ours.flatten().sort().values, theirs.flatten().sort().values):
        return "The values are right, but stand in other places."
    wrong = ~torch.isclose(ours, theirs, rtol, atol)
    for dim in range(ours.ndim):
        rows = wrong.movedim(dim, 0).flatten(1).any(1) if ours.ndim > 1 else wrong
        places = rows.nonzero().flatten().tolist()
        if len(rows) > 2 and 2 * len(places) <= len(rows):
            listed = ", ".join(map(str, places[:4])) + (", …" if len(places) > 4 else "")
            if ours.ndim == 1:
                return f"Only some are wrong: at {listed}."
            return f"Only part of it is wrong: {listed} along dimension {dim}."
    return ""
