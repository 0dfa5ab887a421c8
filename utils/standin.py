"""Drawn stand-ins for MNIST and Fashion-MNIST, for machines without network and data.

`digits` bends and sharpens the small handwritten digits that scikit-learn carries; `garments`
draws clothes, shoes and bags from random measures. Neither contains a pixel of the real sets, but
both follow their conventions: 28 x 28 grey levels on black, ten classes in the same order, digits
centred by mass in an empty margin, clothes that fill the frame, shoes that face left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial, reduce
from itertools import pairwise
from math import pi
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

__all__ = ["digits", "garments"]

_SIDE = 28
_CHUNK = 5000  # images drawn at a time: bounds the memory


@contextmanager
def _one_thread() -> Iterator[None]:
    """Compute on one thread: in many small steps, waiting for others costs more than it saves."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@_one_thread()
def digits(split: str, n: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Handwritten digits in the manner of MNIST.

    The originals behind "train" and "test" are different pieces of handwriting.

    Args:
        split: "train" or "test".
        n: number of images, at least 1.
        seed: choice of the random sequence; the same arguments give the same images.

    Returns:
        Images, uint8 of shape (n, 28, 28) with ink near 255 on 0, and labels 0..9, int64 of
        shape (n,), shuffled and as evenly spread as n allows.

    Raises:
        ValueError: for another split, or n below 1.
    """
    generator, labels = _start(split, n, seed, stream=0)
    originals, bends = _originals(split), _bends(_SIDE - 2 * _MARGIN)
    parts = [_write(originals, bends, part, generator) for part in labels.split(_CHUNK)]
    return torch.cat(parts), labels


@_one_thread()
def garments(split: str, n: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Clothes, shoes and bags in the manner of Fashion-MNIST.

    Labels: 0 T-shirt/top, 1 trouser, 2 pullover, 3 dress, 4 coat, 5 sandal, 6 shirt, 7 sneaker,
    8 bag, 9 ankle boot. The splits are drawn from different random streams.

    Arguments, results and errors are those of `digits`; the background is 0.
    """
    generator, labels = _start(split, n, seed, stream=1)
    images = torch.empty(n, _SIDE, _SIDE, dtype=torch.uint8)
    for rows in torch.arange(n).split(_CHUNK):
        for label, draw in enumerate(_DRAWERS):
            mine = rows[labels[rows] == label]
            if len(mine):
                images[mine] = _to_bytes(draw(_Sheet(generator, len(mine))))
    return images, labels


def _start(split: str, n: int, seed: int, stream: int) -> tuple[torch.Generator, Tensor]:
    """Check the arguments; return a private random generator and n shuffled labels."""
    if split not in ("train", "test"):
        raise ValueError(f'split must be "train" or "test", not {split!r}')
    if n < 1:
        raise ValueError(f"n must be at least 1, not {n}")
    # One number for every (seed, stream, split), so that no two of them share a sequence.
    generator = torch.Generator().manual_seed(4 * seed + 2 * stream + (split == "test"))
    return generator, torch.randperm(n, generator=generator) % 10


def _to_bytes(image: Tensor) -> Tensor:
    """Grey levels 0..1 (values outside are cut off) as uint8 0..255."""
    return (image.clamp(0, 1) * 255).round().to(torch.uint8)


def _bends(side: int) -> Tensor:
    """Fifteen smooth patterns (15, side * side): sums of them bend shapes and shade cloth."""
    middles = (torch.arange(side) + 0.5) / side
    waves = torch.stack([torch.cos(pi * k * middles) for k in range(4)])
    return torch.einsum("ay,bx->abyx", waves, waves).reshape(16, side * side)[1:]


# --- Digits ---------------------------------------------------------------------------------

_MARGIN = 2  # rows and columns that stay black on each side
_LARGE = 32  # side of the enlarged originals
_HELD_OUT = 6  # one original in six is kept for the test split
# The originals are squeezed into a square; these factors give each class its usual width again.
_WIDEN = (1.34, 0.70, 1.4, 1.2, 1.15, 1.32, 1.25, 1.2, 1.2, 1.1)


class _Originals(NamedTuple):
    """Enlarged handwriting of one split, sorted by class.

    Positions count from -1 to 1 across an enlarged image, as in `torch.nn.functional.grid_sample`.
    """

    images: Tensor  # (k, 1, 32, 32), strokes near 1 along their middle
    centres: Tensor  # (k, 2), centre of mass as (x, y)
    scale: Tensor  # (k, 2), output half-frames per input half-frame, along x and y
    first: Tensor  # (10,), index of each class's first image
    number: Tensor  # (10,), of images of each class


@lru_cache(maxsize=2)
def _originals(split: str) -> _Originals:
    """Load, divide, enlarge and measure scikit-learn's 1,797 digits of 8 x 8 pixels."""
    from sklearn.datasets import load_digits  # only here, since it takes some seconds

    bunch = load_digits()
    labels = torch.from_numpy(bunch.target).long()
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    order = order[labels[order].argsort(stable=True)]
    held_out = torch.arange(len(order)) % _HELD_OUT == 0
    order = order[held_out if split == "test" else ~held_out]
    labels = labels[order]

    small = torch.from_numpy(bunch.images).float()[order, None] / 16
    images = F.interpolate(F.pad(small, (1, 1, 1, 1)), size=(_LARGE, _LARGE), mode="bicubic")
    # Neighbouring strokes have run together in 8 x 8 pixels: raise what stands out from its
    # surroundings, then bring faint and strong strokes to the same height.
    images = images + 2.5 * (images - _blur(images))
    peaks = F.max_pool2d(images, 9, stride=1, padding=4).clamp(min=0.5)
    images = images / _blur(peaks)

    ink = _crisp(images[:, 0], 0.5, 0.4)
    places = (torch.arange(_LARGE) + 0.5) * 2 / _LARGE - 1
    centres = torch.stack([ink.sum(1) @ places, ink.sum(2) @ places], 1) / ink.sum((1, 2))[:, None]
    inked = torch.stack([ink.amax(1), ink.amax(2)], 1) > 0.5
    offsets = places - centres[:, :, None]
    reach = torch.stack([torch.where(inked, -offsets, 0), torch.where(inked, offsets, 0)]).amax(-1)
    widen = torch.stack([torch.tensor(_WIDEN)[labels], torch.ones(len(labels))], 1)
    # As in MNIST: 20 pixels for the longer side, less where the centring would leave the frame.
    zoom = 20 / (widen * reach.sum(0)).amax(1)
    zoom = zoom.minimum(10.5 / (widen * reach.amax(0)).amax(1))
    count = labels.bincount(minlength=10)
    scale = zoom[:, None] * widen / (_SIDE / 2 - _MARGIN)
    return _Originals(images, centres, scale, count.cumsum(0) - count, count)


def _blur(images: Tensor) -> Tensor:
    """Mean over a neighbourhood of about 13 x 13 pixels, weighted towards its middle."""
    for _ in range(2):
        images = F.avg_pool2d(images, 7, stride=1, padding=3, count_include_pad=False)
    return images


def _crisp(ink: Tensor, threshold: Tensor | float, width: float) -> Tensor:
    """0 below the threshold, 1 above it, with a smooth step of the given width between."""
    step = ((ink - threshold) / width + 0.5).clamp(0, 1)
    return step * step * (3 - 2 * step)


def _write(source: _Originals, bends: Tensor, labels: Tensor, g: torch.Generator) -> Tensor:
    """Images (m, 28, 28), uint8, of the given digits: each a random original, moved and bent."""
    m, side = len(labels), _SIDE - 2 * _MARGIN
    place = torch.randint(2**31, (m,), generator=g) % source.number[labels]
    chosen = source.first[labels] + place
    jitter = torch.rand(m, 7, generator=g) * 2 - 1
    angle, slant = 0.17 * jitter[:, 0], 0.12 + 0.35 * jitter[:, 1]
    size = torch.stack([1 + 0.15 * jitter[:, 2], 0.97 + 0.05 * jitter[:, 3]], 1)
    cos, sin = angle.cos(), angle.sin()
    turn = torch.stack([cos, slant * cos - sin, sin, slant * sin + cos], 1).view(m, 2, 2)
    turn = turn / (source.scale[chosen] * size)[:, :, None]
    shift = turn @ (jitter[:, 4:6, None] / side)  # half a pixel at most
    theta = torch.cat([turn, source.centres[chosen][:, :, None] + shift], 2)
    grid = F.affine_grid(theta, [m, 1, side, side], align_corners=False)
    bend = 0.021 * torch.randn(m, 2, 15, generator=g)
    grid = grid + (bend @ bends).view(m, 2, side, side).permute(0, 2, 3, 1)
    ink = F.grid_sample(source.images[chosen], grid, align_corners=False)[:, 0]
    threshold = 0.545 + 0.14 * jitter[:, 6, None, None]  # a high one gives thin strokes
    return F.pad(_to_bytes(_crisp(ink, threshold, 0.55)), (_MARGIN,) * 4)


# --- Garments -------------------------------------------------------------------------------
# Lengths are in pixels: x runs from -14 to 14 around the middle, y from 0 at the top to 28.
# An "edge" is a signed distance to an outline: negative inside, positive outside.
_FAR = 50.0  # added to the edge of a part that a garment lacks


_Range = tuple[float, float]


class _Sheet:
    """Paper for m garments: bent coordinates, the cloth's shade so far, and random numbers."""

    def __init__(self, generator: torch.Generator, m: int) -> None:
        self.generator, self.m, self._bends = generator, m, _bends(_SIDE)
        axis = torch.arange(_SIDE) + 0.5
        self.x = axis - 14 + self.smooth(0.12) + self.between(-0.03, 0.03) * (axis[:, None] - 14)
        self.y = axis[:, None] + self.smooth(0.12)
        self.grain = torch.randn(m, _SIDE, _SIDE, generator=generator)
        self.shade = torch.ones(m, _SIDE, _SIDE)

    def between(self, low: float, high: float) -> Tensor:
        """Uniform numbers (m, 1, 1), one for each garment."""
        return low + (high - low) * torch.rand(self.m, 1, 1, generator=self.generator)

    def chance(self, share: float) -> Tensor:
        """Ones and zeros (m, 1, 1): which garments have what this share of them has."""
        return (self.between(0, 1) < share).float()

    def smooth(self, size: float) -> Tensor:
        """A gentle random surface (m, 28, 28) around 0."""
        weights = size * torch.randn(self.m, 15, generator=self.generator)
        return (weights @ self._bends).view(self.m, _SIDE, _SIDE)

    def dye(self, where: Tensor, low: float, high: float, share: float = 1.0) -> None:
        """Darken (below 0) or brighten a part of a share of the garments."""
        self.shade = self.shade * (1 + self.chance(share) * self.between(low, high) * where)

    def cut_out(self, edge: Tensor, patterned: float, dark: float, rough: float) -> Tensor:
        """Images (m, 28, 28) of cloth inside the edge; shares of patterned and dark cloth."""
        is_dark = self.chance(dark)
        grey = is_dark * self.between(0.15, 0.5) + (1 - is_dark) * self.between(0.6, 1)
        grey = grey * (1 + self.smooth(0.04) + self.between(-0.1, 0.1) * self.x / 14)
        turns = 2 * pi / self.between(2.2, 6)
        rows, columns = (turns * self.y + self.between(0, 6)).sin(), (turns * self.x).sin()
        kind = self.between(0, 1)  # stripes across, checks, stripes down or speckles
        waves = rows * (kind < 0.7) + columns * (kind > 0.4)
        pattern = torch.where(kind > 0.85, self.grain, (2 * waves).clamp(-1, 1))
        grey = grey + self.chance(patterned) * self.between(0.08, 0.35) * pattern
        grey = grey + self.between(0, rough) * self.grain
        return _cover(edge) * (grey * self.shade).clamp(0.03, 1)


def _cover(edge: Tensor) -> Tensor:
    """Share of each pixel inside an outline: 1 inside, 0 outside, in between along the edge."""
    return (0.5 - edge).clamp(0, 1)


def _line(distance: Tensor, reach: Tensor | float = 1.0) -> Tensor:
    """Strength of a soft line: 1 at distance 0, falling to 0 at the given reach."""
    return (1 - (distance / reach).square()).clamp(min=0).square()


def _join(*edges: Tensor) -> Tensor:
    """Edge of everything inside any of the outlines."""
    return reduce(torch.minimum, edges)


def _overlap(*edges: Tensor) -> Tensor:
    """Edge of what is inside all of the outlines."""
    return reduce(torch.maximum, edges)


def _profile(
    at: Tensor, knots: Sequence[Tensor | float], values: Sequence[Tensor | float]
) -> Tensor:
    """Broken line through the values at the knots, constant before the first, after the last."""
    result = at * 0 + values[0]
    for (left, right), (low, high) in zip(pairwise(knots), pairwise(values), strict=True):
        result = result + (high - low) * ((at - left) / (right - left)).clamp(0, 1)
    return result


def _sleeve(
    s: _Sheet, side: Tensor, start: list[Tensor], end: list[Tensor], radii: list[Tensor]
) -> Tensor:
    """Edge of a sleeve from start to end, (x, y) each: round at the start, cut off at the end."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    px, py = side - start[0], s.y - start[1]
    length = torch.hypot(dx, dy)
    along = ((px * dx + py * dy) / length.square()).clamp(min=0)
    aside = torch.hypot(px - along * dx, py - along * dy)
    return _overlap(aside - radii[0] - (radii[1] - radii[0]) * along, (along - 1) * length)


def _upper(
    s: _Sheet,
    *,
    shoulder: _Range,
    waist: _Range,
    hem: _Range,
    bare: float,
    long: float,
    opened: float,
    buttoned: float,
    patterned: float,
    printed: float = 0,
    hooded: float = 0,
    ribbed: float = 0,
    collared: float = 0,
) -> Tensor:
    """T-shirts, pullovers, dresses, coats and shirts: a body, two sleeves and a neck.

    The first three arguments are ranges of half-widths; the others are shares of the garments:
    `bare` have no sleeves, `opened` a line down the front, `ribbed` a knitted band at the hem.
    """
    side = s.x.abs() * s.between(0.85, 1.08)
    no_sleeves, long_sleeves, hood = s.chance(bare), s.chance(long), s.chance(hooded)
    top, bottom = s.between(0.2, 1.2) + 2.5 * hood, s.between(26.5, 28)
    wide, neck, slope = s.between(*shoulder), s.between(2.2, 3.8), s.between(0.35, 0.65)
    middle = s.between(*waist)
    widths = [wide, (wide + middle) / 2, middle, s.between(*hem)]
    half = _profile(s.y, [top, top + 6, 13, 27], widths)
    tilted = bottom + s.between(-0.06, 0.06) * side
    body = _overlap(side - half, top + slope * (side - neck).clamp(min=0) - s.y, s.y - tilted)

    reach, thick = s.between(1.6, 3.4), s.between(1.8, 2.6)
    joint = [wide - thick * 0.8, top + slope * (wide - neck) + thick * 0.9]
    long_cuff, short_cuff = s.between(20, 26.5), s.between(7.5, 10.5)
    cuff_x = wide + torch.where(long_sleeves > 0, reach, wide * reach / 6)
    cuff = [cuff_x, torch.where(long_sleeves > 0, long_cuff, short_cuff)]
    radii = [thick, torch.where(long_sleeves > 0, s.between(1.2, 1.7), thick)]
    sleeve = _sleeve(s, side, joint, cuff, radii) + _FAR * no_sleeves
    s.dye(_line(body, 1.1) * (s.y > joint[1] + 2) * (1 - no_sleeves), -0.8, -0.2)
    head = torch.hypot(s.x / 1.15, s.y - 3.6) - 3.4 + _FAR * (1 - hood)

    depth = s.between(1, 4.5)
    round_neck = (torch.hypot(side / neck, (s.y - top) / depth) - 1) * 2
    v_neck = side - neck * (1 - (s.y - top) / (1.8 * depth))
    opening = torch.where(s.chance(0.3) > 0, v_neck, round_neck) + _FAR * hood
    s.dye(_cover(opening), -1, -0.3)
    s.dye(_line(opening - 0.8), -0.3, 0.3)
    s.dye(_line(side - 1 - 0.8 * (s.y - top), 1.1) * (s.y < top + 4), -0.5, -0.3, collared)
    s.dye((s.y > bottom - s.between(1.5, 3)).float(), -0.35, 0.15, ribbed)
    front = _line(s.x - s.between(-0.5, 0.5)) * (s.y > top + depth)
    s.dye(front, -0.85, -0.25, opened)
    buttons = (3 * torch.cos(2 * pi * s.y / s.between(3, 5)) - 2).clamp(0, 1)
    s.dye(front * buttons, -0.6, 0.3, buttoned)
    badge = _overlap(side - s.between(1.5, 5), (s.y - 11).abs() - s.between(1, 5))
    s.dye(_cover(badge) * (s.grain + s.between(-1, 1)), -0.6, 0, printed)
    return s.cut_out(_join(body, sleeve, head), patterned, dark=0.2, rough=0.08)


def _trousers(s: _Sheet) -> Tensor:
    """Two legs below a waistband; some are wide."""
    side = s.x.abs()
    waist, hip, crotch = s.between(3.8, 5.2), s.between(4.8, 6.4), s.between(8.5, 11.5)
    spread, leg = s.between(0.8, 3), s.between(2.8, 4) + s.chance(0.12) * s.between(1, 3.5)
    outer = _profile(s.y, [0, crotch - 1, 27], [waist, hip, spread + leg])
    inner = _profile(s.y, [crotch, crotch + 1.5, 27], [-0.6, 0.4, spread])
    s.dye(_line(side - (inner + outer) / 2 - 0.8, s.between(1, 2.6)), -0.4, 0)
    s.dye(_line(s.y - 1.8), -0.6, 0)
    s.dye(_line(s.x) * (s.y < crotch), -0.5, 0)
    s.dye(_line(s.y - 3 - 0.8 * (side - 2)) * (side > 2), -0.4, 0)  # pockets
    edge = _overlap(side - outer, inner - side, s.y - s.between(27, 28))
    return s.cut_out(edge, 0.12, dark=0.12, rough=0.08)


def _underside(s: _Sheet, ground: Tensor, lift: Tensor) -> Tensor:
    """Height y of the underside of a foot: on the ground at the toes, lifted at the heel."""
    return ground - lift * _crisp(s.x, 1.5, 13)


def _heel(s: _Sheet, under: Tensor, ground: Tensor, width: Tensor) -> Tensor:
    """Edge of a heel, narrower at the ground, that fills the room below a lifted foot."""
    taper = (0.5 + (ground - s.y).clamp(min=0) / 16).clamp(max=1)
    return _overlap((s.x - 12.5 + width).abs() - width * taper, under - s.y - 1, s.y - ground)


def _sandal(s: _Sheet) -> Tensor:
    """A sole, a heel or a wedge, and straps where the foot would be."""
    lift = torch.where(s.chance(0.5) > 0, s.between(4, 10), s.between(0, 1.5))
    foot = s.between(4, 8) + 0.4 * lift
    ground, sole = 14 + (lift + foot) / 2, s.between(0.9, 1.8)
    under = _underside(s, ground - sole, lift)
    above = under - s.y
    wedge = _overlap(above, s.y - ground, (s.x - 4).abs() - 9)
    heel = torch.where(s.chance(0.4) > 0, wedge, _heel(s, under, ground, s.between(0.9, 2.6)))
    edge = _join(_overlap(above.abs() - sole, s.x.abs() - 13.4), heel)
    arch = _profile(s.x, [-13, -8, 0, 6], [1.5, foot * 0.45, foot * 0.8, foot]) / 2
    for left, right, share in ((-11, -7, 0.95), (-6, -1, 0.85), (0, 5, 0.5), (9, 12, 0.8)):
        slanted = s.x - s.between(left, right) - s.between(-0.9, 0.9) * above
        strap = _overlap(slanted.abs() - s.between(1, 3), (above - arch).abs() - arch)
        edge = _join(edge, strap + _FAR * s.chance(1 - share))
    height = above - foot * 0.9 - s.between(-0.2, 0.2) * (s.x - 8)
    ankle = _overlap(height.abs() - s.between(0.5, 1.3), (s.x - s.between(6, 8)).abs() - 5.5)
    s.dye(_line(above, 1.1), -0.6, 0)
    edge = _join(edge, ankle + _FAR * s.chance(0.3))
    return s.cut_out(edge, 0.2, dark=0.22, rough=0.14)


def _sneaker(s: _Sheet) -> Tensor:
    """A low shoe with a thick sole; many have stripes or laces."""
    height, tongue, sole = s.between(9.5, 14), s.between(2, 6), s.between(1.5, 3)
    above = 14 + height / 2 - s.y
    upper = _profile(
        s.x,
        [-13.8, -12, -6, tongue - 3, tongue, tongue + 3.5, 13],
        [0.18, 0.36, 0.5, 0.8, s.between(0.9, 1), s.between(0.7, 0.85), s.between(0.8, 1)],
    )
    depth = height * upper - above  # below the upper outline
    toe = 0.35 * (-s.x - 10).clamp(min=0) - above
    s.dye(_cover(above - sole), -0.7, 0.5)
    s.dye(_line(above - sole), -0.6, -0.1)
    slanted = s.x + s.between(0.3, 0.9) * above
    stripes = (2 * torch.cos(2 * pi * slanted / s.between(2.6, 5)) - 0.6).clamp(0, 1)
    stripes = stripes * _cover((slanted - s.between(0, 6)).abs() - s.between(2, 5))
    s.dye(stripes * _cover(sole - above), -0.8, 0.4, share=0.6)
    laces = _line(depth - 1, 2.0) * ((s.x - tongue + 4).abs() < 4)
    s.dye(laces * torch.cos(2 * pi * s.x / 2.5), -0.6, 0.3)
    s.dye(_line(depth, 1.6) * (s.x > tongue), -0.7, 0)
    edge = _overlap(-depth, toe, s.x.abs() - 13.6)
    return s.cut_out(edge, 0.12, dark=0.2, rough=0.1)


def _boot(s: _Sheet) -> Tensor:
    """A shoe with a shaft above the ankle, on a flat sole or a heel."""
    height, shaft, sole = s.between(17, 27.5), s.between(-1, 4), s.between(0.8, 2.4)
    lift = torch.where(s.chance(0.4) > 0, s.between(2.5, 7), s.between(0, 1.2))
    ground = 14 + height / 2
    under, rim = _underside(s, ground, lift), 14 - height / 2
    instep = ground - lift - s.between(6, 9)
    levels = [ground - 2, ground - s.between(3.5, 5), ground - 6.5, instep - 1, rim]
    top = _profile(
        s.x,
        [-13.8, -12, -6, shaft - 1.5, shaft + 1, 13],
        [*levels, rim + s.between(-0.5, 2)],
    )
    back = s.x - _profile(s.y, [rim, instep, ground], [13.2, 12.2, 13.2])
    s.dye(_cover(under - s.y - sole), -0.7, 0.3)
    s.dye(_line(under - s.y - sole), -0.5, 0)
    gusset = _overlap((s.x - shaft - s.between(3, 6)).abs() - s.between(0.5, 1.8), s.y - instep - 1)
    s.dye(_cover(gusset), -0.6, 0.25, share=0.5)
    laces = _line(s.x - shaft - 1.2 + 0.4 * (s.y - instep).clamp(min=0), 2.0) * (s.y < ground - 6)
    s.dye(laces * torch.cos(2 * pi * s.y / 2.6), -0.6, 0.3, share=0.4)
    s.dye(_line(s.y - top - 1.5, 1.3) * (s.x > shaft), -0.5, 0)
    foot = _overlap(top - s.y, s.y - under, back, -13.6 - s.x)
    edge = _join(foot, _heel(s, under, ground, s.between(1, 3.4)))
    return s.cut_out(edge, 0.1, dark=0.15, rough=0.08)


def _bag(s: _Sheet) -> Tensor:
    """A body with rounded corners, often with a handle, a flap or a clasp."""
    half, tall, corner = s.between(10, 13.9), s.between(13, 23), s.between(0.5, 4)
    handle = s.chance(0.7) * torch.minimum(s.between(3, 9), 27.5 - tall)
    top = 14 - (tall - handle) / 2
    low = s.y - top - tall / 2
    px = (s.x.abs() - half - s.between(-0.12, 0.2) * low + corner).clamp(min=0)
    py = (low.abs() - tall / 2 + corner).clamp(min=0)
    body = torch.hypot(px, py) - corner
    arc = s.between(0.45, 0.95) * half
    ring = (torch.hypot(s.x / arc, (s.y - top) / (handle + 0.01)) - 1) * torch.minimum(arc, handle)
    ring = _overlap(ring.abs() - s.between(0.4, 1), s.y - top) + _FAR * (handle == 0)
    flap = s.y - top - tall * s.between(0.1, 0.65) + s.between(-0.02, 0.02) * s.x.square()
    s.dye(_line(flap), -0.6, -0.2, share=0.6)
    s.dye(_cover(flap), -0.3, 0.3, share=0.3)
    s.dye(_line(torch.hypot(s.x, flap), 2.2), -0.6, 0.5, share=0.4)  # clasp
    s.dye(_line(body + 1.5), -0.5, 0)  # seam
    return s.cut_out(_join(body, ring), 0.25, dark=0.2, rough=0.1)


_T_SHIRT = partial(
    _upper,
    shoulder=(6, 8),
    waist=(5.5, 7.5),
    hem=(5.5, 8),
    bare=0.15,
    long=0.05,
    opened=0.03,
    buttoned=0.08,
    patterned=0.3,
    printed=0.4,
)
_PULLOVER = partial(
    _upper,
    shoulder=(6, 7.5),
    waist=(5, 6.8),
    hem=(5, 7),
    bare=0,
    long=0.97,
    opened=0.03,
    buttoned=0.02,
    patterned=0.3,
    printed=0.3,
    hooded=0.08,
    ribbed=0.6,
)
_DRESS = partial(
    _upper,
    shoulder=(3.8, 5.6),
    waist=(3, 4.6),
    hem=(4.5, 9),
    bare=0.55,
    long=0.2,
    opened=0.04,
    buttoned=0.04,
    patterned=0.4,
)
_COAT = partial(
    _upper,
    shoulder=(6, 7.5),
    waist=(5.2, 7),
    hem=(5.5, 7.8),
    bare=0,
    long=1,
    opened=0.85,
    buttoned=0.45,
    patterned=0.2,
    hooded=0.25,
    ribbed=0.15,
    collared=0.5,
)
_SHIRT = partial(
    _upper,
    shoulder=(5.5, 7.5),
    waist=(5, 7),
    hem=(5.2, 7.5),
    bare=0.08,
    long=0.6,
    opened=0.35,
    buttoned=0.5,
    patterned=0.45,
    printed=0.08,
    ribbed=0.05,
    collared=0.6,
)

# In the order of the labels.
_DRAWERS: tuple[Callable[[_Sheet], Tensor], ...] = (
    _T_SHIRT,
    _trousers,
    _PULLOVER,
    _DRESS,
    _COAT,
    _sandal,
    _SHIRT,
    _sneaker,
    _bag,
    _boot,
)
