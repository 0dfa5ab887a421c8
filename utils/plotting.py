"""Figures that the lectures draw again and again: models, grids of images, curves, classes."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from torch import Tensor

from utils.training import History

WEIGHTS = "weights"
_DIVERGING = "RdBu_r"
_GAP = 2  # pixels between two images of a grid
_MARKERS = "osD^vPX"
# Ten classes, told apart by readers with any colour vision: Petroff, "Accessible color sequences
# for data visualization" (2021), arXiv:2107.02270. For quantities there is viridis.
CLASS_COLOURS = (
    "#3f90da",
    "#ffa90e",
    "#bd1f01",
    "#94a4a2",
    "#832db6",
    "#a96b59",
    "#e76300",
    "#b9ac70",
    "#717581",
    "#92dadd",
)


def use_style() -> None:
    """Give every figure of this session the course's look; in a notebook, a sharp one.

    There a figure has twice the pixels each way and is shown at the same size ("retina").
    """
    plt.style.use(Path(__file__).with_name("course.mplstyle"))
    ipython = sys.modules.get("IPython")
    if ipython and ipython.get_ipython():
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("retina")


def image_grid(
    images: Tensor | Sequence[Tensor],
    columns: int = 10,
    row_names: Sequence[str] = (),
    column_names: Sequence[str] = (),
    value_range: tuple[float, float] | str = (0.0, 1.0),
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw images side by side on one shared scale.

    Args:
        images: (N, C, H, W) with C = 1 or 3, filled row by row; or a list of such tensors, one a
            row of the grid.
        columns: images a row, at least 1, where ``images`` is a single tensor.
        row_names, column_names: written left of each row and above each column.
        value_range: (low, high), the values drawn black and white; or "weights": a diverging
            scale, the same for all, centred on zero (white), blue below and red above.
        title: above the grid.
        ax: where to draw; a new figure of a fitting size where it is missing.

    Returns:
        The Axes with the grid.

    Raises:
        ValueError: a tensor of another shape or without images, more names than rows or columns.
    """
    rows = _as_rows(images, columns)
    height, width = rows[0].shape[-2:]
    across = max(len(row) for row in rows)
    if len(row_names) > len(rows) or len(column_names) > across:
        raise ValueError(
            f"The grid has {len(rows)} rows and {across} columns; got {len(row_names)} row names "
            f"and {len(column_names)} column names."
        )
    step_y, step_x = height + _GAP, width + _GAP
    canvas = np.full((len(rows) * step_y - _GAP, across * step_x - _GAP, rows[0].shape[1]), np.nan)
    for i, row in enumerate(rows):
        for j, image in enumerate(row.detach().cpu().permute(0, 2, 3, 1).numpy()):
            canvas[i * step_y : i * step_y + height, j * step_x : j * step_x + width] = image
    if ax is None:
        size = (0.5 + 0.72 * across, 0.35 + 0.72 * len(rows))
        _, ax = plt.subplots(figsize=(max(size[0], 3.0), size[1]))
    _show(ax, canvas, value_range)
    ax.grid(False)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0, labeltop=True, labelbottom=False)
    ax.set_yticks([i * step_y + height / 2 for i in range(len(row_names))], row_names)
    ax.set_xticks([j * step_x + width / 2 for j in range(len(column_names))], column_names)
    ax.set_title(title)
    return ax


def _as_rows(images: Tensor | Sequence[Tensor], columns: int) -> list[Tensor]:
    rows = list(images.split(columns)) if isinstance(images, Tensor) else list(images)
    for row in rows:
        if row.ndim != 4 or row.shape[1] not in (1, 3) or not len(row):
            raise ValueError(
                f"Images are (N, 1, H, W) or (N, 3, H, W), at least one; got {tuple(row.shape)}. "
                "Flat images become images with x.view(-1, 1, 28, 28)."
            )
    if not rows:
        raise ValueError("There is no image to draw.")
    return rows


def _show(ax: Axes, canvas: np.ndarray, value_range: tuple[float, float] | str) -> None:
    """Put a canvas (H, W, C) on the Axes; NaN, the gaps between images, comes out white."""
    if value_range == WEIGHTS:
        limit = np.nanmax(np.abs(canvas)) or 1.0
        ax.imshow(canvas[..., 0], cmap=_DIVERGING, vmin=-limit, vmax=limit)
        return
    low, high = value_range
    if canvas.shape[2] == 3:
        ax.imshow(np.nan_to_num((canvas - low) / (high - low), nan=1.0).clip(0, 1))
    else:
        cmap = plt.get_cmap("gray").with_extremes(bad="white")
        ax.imshow(canvas[..., 0], cmap=cmap, vmin=low, vmax=high)


def reconstructions(
    x: Tensor,
    x_hat: Tensor,
    value_range: tuple[float, float] = (0.0, 1.0),
    names: tuple[str, str] = ("input", "output"),
) -> Figure:
    """Draw images, what became of them, and the difference, in three rows.

    Args:
        x, x_hat: (N, 1, H, W), the same shape; a dozen images at most read well.
        value_range: (low, high) of the pixels. The differences have a scale of their own, from
            -(high - low) to high - low: red where the output is too bright, blue where too dark.
        names: of the first two rows.

    Returns:
        The Figure.
    """
    low, high = value_range
    grey = [
        ((part.detach().cpu() - low) / (high - low)).expand(-1, 3, -1, -1) for part in (x, x_hat)
    ]
    scale = ScalarMappable(Normalize(low - high, high - low), cmap=_DIVERGING)
    differences = (x_hat - x).detach().cpu().numpy()[:, 0]
    coloured = scale.cmap(scale.norm(differences))[..., :3]  # (N, H, W, 3)
    difference = torch.from_numpy(coloured).permute(0, 3, 1, 2).float()
    figure, ax = plt.subplots(figsize=(1.6 + 0.72 * len(x), 2.3))
    image_grid([*grey, difference], row_names=[*names, "difference"], ax=ax)
    ticks = [low - high, 0, high - low]
    figure.colorbar(scale, ax=ax, ticks=ticks, label="difference", aspect=12, pad=0.02)
    return figure


def learning_curves(
    histories: Mapping[str, History],
    levels: Mapping[str, float] | None = None,
    ylabel: str = "held-out loss per image",
    ax: Axes | None = None,
) -> Axes:
    """Draw held-out loss against epochs, one curve a run.

    Args:
        histories: name -> History with held-out losses.
        levels: name -> a value to compare with, drawn as a horizontal line.
        ylabel: what is measured, with its unit.
        ax: where to draw; a new figure where it is missing.

    Returns:
        The Axes.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(6.5, 3.6))
    for (name, history), marker in zip(histories.items(), _MARKERS * 9, strict=False):
        ax.plot(range(len(history.test)), history.test, marker=marker, label=name)
    for name, value in (levels or {}).items():
        ax.axhline(value, color="0.35", linestyle="--", linewidth=1.2)
        at_right = {"xycoords": ("axes fraction", "data"), "ha": "right", "va": "bottom"}
        ax.annotate(name, (1, value), fontsize=9, **at_right)
    ax.set(xlabel="epochs", ylabel=ylabel)
    ax.legend()
    return ax


def label_classes(
    ax: Axes, points: Tensor, labels: Tensor, names: Sequence[str] | None = None
) -> None:
    """Write each class's name where its points lie, in place of a legend.

    Each stands at the median of its points, in its colour of ``CLASS_COLOURS``, a little darker
    than the points, on a white outline.

    Args:
        points: (N, 2), as they are drawn on the Axes.
        labels: (N,), class numbers from 0 to 9; a class without points gets no name.
        names: of the classes, in their order; their numbers where it is missing.
    """
    outline = [patheffects.withStroke(linewidth=3, foreground="white")]
    for label in labels.unique().tolist():
        at = points[labels == label].median(0).values.tolist()
        name = str(label) if names is None else names[label]
        colour = [0.7 * part for part in to_rgb(CLASS_COLOURS[label])]
        style = {"color": colour, "fontsize": 10, "weight": "bold", "path_effects": outline}
        ax.text(*at, name, ha="center", va="center", **style)
