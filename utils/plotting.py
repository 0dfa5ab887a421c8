"""Figures that the lectures draw again and again: models, grids of images, curves, classes."""

from __future__ import annotations

import math
import sys
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from matplotlib.textpath import TextPath
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
    scale: int | None = None,
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
        scale: of a new figure: how many pixels of the screen each pixel of an image is wide. The
            names then stand outside the figure; a notebook makes room for them.

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
    if ax is None and scale:
        on_screen = [side * scale / plt.rcParams["figure.dpi"] for side in canvas.shape[1::-1]]
        ax = plt.figure(figsize=on_screen, layout="none").add_axes((0, 0, 1, 1))
    elif ax is None:
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
    if isinstance(value_range, str):
        if value_range != WEIGHTS:
            raise ValueError(f"value_range is (low, high) or {WEIGHTS!r}; got {value_range!r}.")
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
    coloured = np.asarray(scale.cmap(scale.norm(differences)))[..., :3]  # (N, H, W, 3)
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
        where = ("axes fraction", "data")
        ax.annotate(name, (1, value), xycoords=where, fontsize=9, ha="right", va="bottom")
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
        x, y = points[labels == label].median(0).values.tolist()
        name = str(label) if names is None else names[label]
        colour = [0.7 * part for part in to_rgb(CLASS_COLOURS[label])]
        look = {"color": colour, "weight": "bold", "path_effects": outline}
        ax.text(x, y, name, look, fontsize=10, ha="center", va="center")


# The drawing of a model. Lengths are in inches; each part has a strong, a middling, a pale colour.
_ENCODER = "#0072B2", "#8CBFDD", "#DCEBF5"
_DECODER = "#C75000", "#EDAC83", "#FBE6D8"
_CODE = "#222222", "#A6A6A6", "#EAEAEA"
_TALLEST, _LEAST = 1.9, 0.17  # heights of layers
_BAR, _STEP = 0.1, 0.05  # the width of a dense layer; from one map of a stack to the next
_ROOM, _SAMPLING = 1.4, 1.24  # between layers, where there is room; from μ and log σ² to z
_MARGIN, _WIDEST = 0.3, 7.0


def draw_model(
    layers: Sequence[int | tuple[int, int, int]],
    code: int,
    between: Sequence[str] = (),
    sampled: bool = False,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw an encoder and a decoder as an hourglass, with shapes written on it.

    A layer of n numbers is as high as a square image of n pixels, so its height grows with √n;
    maps of H × W are as high as such an image. (The smallest are drawn higher, to be seen.)

    Args:
        layers: from the input to the output: n, a dense layer of n numbers, or (C, H, W), C maps
            of H × W, drawn as a stack of sheets, the more the larger C.
        code: the index of the layer that is the code, neither the first nor the last.
        between: a few words for each step from a layer to the next, "" for none: "ReLU",
            "3×3, stride 2". They are broken into lines, and turned where there is no room.
        sampled: the encoder gives μ and log σ², and the code z is drawn from N(μ, σ²).
        title: above the drawing.
        ax: where to draw; a new figure, at most 7 inches wide, where it is missing.

    Returns:
        The Axes, scaled in inches.

    Raises:
        ValueError: a layer of another form, no such code, another number of words than of steps.
    """
    shapes = [(layer,) if isinstance(layer, int) else tuple(layer) for layer in layers]
    if bad := [shape for shape in shapes if len(shape) not in (1, 3) or min(shape) < 1]:
        raise ValueError(f"A layer is a size n or (C, H, W), each at least 1; got {bad[0]}.")
    if not 0 < code < len(layers) - 1:
        raise ValueError(f"The code lies between the first and the last layer; got index {code}.")
    words = list(between) or [""] * (len(layers) - 1)
    if len(words) != len(layers) - 1:
        raise ValueError(
            f"{len(layers)} layers have {len(layers) - 1} steps; got {len(words)} words."
        )
    sides = [max(shape[1:]) if len(shape) == 3 else math.sqrt(shape[0]) for shape in shapes]
    looks = [_ENCODER] * code + [_CODE] + [_DECODER] * len(layers)
    blocks = [
        _Block(shape, max(_TALLEST * side / max(sides), _LEAST), look)
        for shape, side, look in zip(shapes, sides, looks, strict=False)
    ]
    if sampled:
        blocks.insert(code, replace(blocks[code], twin=True))
        words.insert(code, "")
    needed = 2 * _MARGIN + sum(block.width for block in blocks) + _SAMPLING * sampled
    if ax is None:
        size = min(_WIDEST, needed + _ROOM * (len(layers) - 1)), 3.06 + 0.25 * bool(title)
        _, ax = plt.subplots(figsize=size)
    width = ax.get_window_extent().width / ax.figure.dpi
    gap = max(min(_ROOM, (width - needed) / (len(layers) - 1)), 0.1)
    x = _MARGIN
    for block in blocks:
        block.x = x
        x += block.width + (_SAMPLING if block.twin else gap)
    _draw_steps(ax, blocks, words, gap)
    for i, block in enumerate(blocks):
        _draw_layer(ax, block, blocks[max(i - 1, 0) : i + 2], i, len(blocks))
    tallest = max(block.top + block.up / 2 for block in blocks)
    coded, z = blocks[code], blocks[code + sampled]
    left = blocks[0].x, coded.x + (coded.width if sampled else -0.04)
    right = z.x + z.width + 0.04, x - gap
    for name, ends, look in (("encoder", left, _ENCODER), ("decoder", right, _DECODER)):
        y = -tallest - 0.42
        ax.plot([ends[0], *ends, ends[1]], [y + 0.06, y, y, y + 0.06], color=look[0], linewidth=1)
        box = {"facecolor": "white", "edgecolor": "none", "pad": 2}
        style = {"color": look[0], "bbox": box}
        ax.text(sum(ends) / 2, y, name, style, fontsize=9, ha="center", va="center")
    ax.set(xlim=(0, x - gap + _MARGIN), ylim=(-tallest - 0.51, tallest + 0.3), title=title)
    ax.set_aspect("equal")
    ax.set_axis_off()
    return ax


@dataclass
class _Block:
    """A layer in the drawing: a bar, a stack of sheets, or two of these, for μ and log σ²."""

    shape: tuple[int, ...]
    height: float
    colours: tuple[str, str, str]
    twin: bool = False
    x: float = 0.0  # of its left edge

    def __post_init__(self) -> None:
        flat = len(self.shape) == 1
        self.sheets = 1 if flat else min(1 + round(math.log2(self.shape[0])), 5)
        # A map is seen from the side: it is narrow, and its far edge stands higher.
        self.across, self.up = (_BAR, 0.0) if flat else (0.14 * self.height, 0.1 * self.height)
        self.width = self.across + (self.sheets - 1) * _STEP
        apart = self.height / 2 + 0.07
        self.middles = (apart, -apart) if self.twin else (0.0,)
        self.top = self.middles[0] + self.height / 2

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    def edge(self, right: bool) -> tuple[tuple[float, float], tuple[float, float]]:
        """The lower and the upper end of the left or the right edge."""
        x, y = self.x + self.width * right, self.up / 2 * (1 if right else -1)
        return (x, y - self.top), (x, y + self.top)

    def clear(self, text: str, beside: Sequence[_Block]) -> float:
        """How far from the block a text above or below it meets none of the steps beside it."""
        over = max(0.0, (_length(text) - self.width) / 2)
        rises = [
            (other.top - self.top)
            / (abs(other.middle - self.middle) - (other.width + self.width) / 2)
            for other in beside
            if other is not self
        ]
        return 0.06 + self.up / 2 + max(0.0, *rises) * over


def _length(text: str, size: float = 8) -> float:
    """The length of the longest line of a text, in inches."""
    lines = [TextPath((0, 0), line, size=size) for line in text.splitlines()]
    return max((line.get_extents().width / 72 for line in lines), default=0.0)


def _draw_steps(ax: Axes, blocks: Sequence[_Block], words: Sequence[str], gap: float) -> None:
    """What leads from each layer to the next: a pale map, or, to z, two arrows."""
    turned = any(_length(word) > gap - 0.04 for text in words for word in text.split())
    for left, right, text in zip(blocks, blocks[1:], words, strict=False):
        if left.twin:
            x = left.x + left.width
            arrow: dict[str, Any] = {"arrowstyle": "-|>", "color": "0.35", "linestyle": "--"}
            arrow |= {"shrinkA": 2, "shrinkB": 2}
            for y in left.middles:
                ax.annotate("", (right.x, 0.15 * y), (x, y), arrowprops=arrow)
            law = r"$z \sim N(\mu, \sigma^2)$"
            ax.text(x + 0.16, left.top + 0.08, law, fontsize=8)  # left of "code z" at any height
            continue
        (x, low), (_, high) = left.edge(True)
        corners = [(x, low), (x, high), *reversed(right.edge(False))]
        pale = (_ENCODER if left.colours == _ENCODER else _DECODER)[2]
        ax.add_patch(Polygon(corners, facecolor=pale, edgecolor="none", zorder=0.5))
        longest = max(map(len, ["", *text.split()]))
        fitting = int((gap - 0.04) / _length(text) * len(text)) if text else 0
        lines = textwrap.fill(text, max(13 if turned else fitting, longest, 1))
        # Turned words may be longer than the step is high: over it there is more room than below.
        up = max(0.0, _length(lines) / 2 - min(left.top, right.top)) if turned else 0.0
        y = up + sum(y for _, y in corners) / 4
        style = {"rotation": 90 * turned, "linespacing": 1.1}
        ax.text(x + gap / 2, y, lines, style, fontsize=8, ha="center", va="center")


def _draw_layer(ax: Axes, block: _Block, beside: Sequence[_Block], i: int, n: int) -> None:
    """Layer i of n: its bar or its sheets, its name above them and its shape below."""
    strong, middling, _ = block.colours
    flat = len(block.shape) == 1
    for y in block.middles:
        for k in range(block.sheets):
            x, low = block.x + k * _STEP, y - (block.height + block.up) / 2
            corners = [(x, low), (x + block.across, low + block.up)]
            corners += [(a, b + block.height) for a, b in reversed(corners)]
            face = strong if flat else middling
            ax.add_patch(Polygon(corners, facecolor=face, edgecolor=strong, lw=0.7))
    shape = "×".join(map(str, block.shape))
    if _length(shape) + 0.08 > min(abs(o.middle - block.middle) for o in beside if o is not block):
        shape = shape.replace("×", "×\n", 1)
    above, below = {0: "input $x$", n - 1: r"output $\hat{x}$"}.get(i, ""), shape
    if block.twin:
        above, below = r"$\mu$", f"$\\log\\,\\sigma^2$\n{shape} each"
    elif block.colours == _CODE:
        above = "code $z$"
    style: dict[str, Any] = {"fontsize": 8, "ha": "center", "linespacing": 1.0}
    ax.text(block.middle, -block.top - block.clear(below, beside), below, va="top", **style)
    ax.text(block.middle, block.top + block.clear(above, beside), above, **style)
