"""Cartoon faces in colour, each drawn from a dozen known factors.

``sample_factors`` chooses them, ``Factors.but`` changes some, ``draw`` draws. The drawing is made
of outlines with soft edges, whole batches at once, a few thousand faces a second on one core.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple, overload

import torch
from torch import Tensor
from torch.nn import functional as F

# Each factor with its kinds, or with its lowest and highest value. All are independent, and left
# and right are those of the image. One hides another: of a bald head's hair colour only the brows
# (and the beard) tell.
FACTORS: dict[str, tuple] = {
    "skin": (0.0, 1.0),  # light to dark
    "shape": (-1.0, 1.0),  # a long, narrow head to a broad one
    "hair": ("bald", "short", "curly", "long", "bun"),
    "hair_colour": ("black", "brown", "blond", "red", "grey"),
    "smile": (-1.0, 1.0),  # a frown to a broad smile
    "eyes": ("open", "closed"),
    "glasses": ("no", "yes"),
    "beard": ("none", "moustache", "beard"),
    "pose": (-1.0, 1.0),  # turned left to turned right
    "light": (-1.0, 1.0),  # lit from the left to lit from the right
    "shirt": ("red", "blue", "green", "yellow", "white"),
    "background": ("blue", "green", "yellow", "pink", "purple"),
}
SIDE = 64
_CHUNK = 64  # faces drawn at a time: what is drawn then stays in the processor's cache


@dataclass(frozen=True)
class Factors:
    """The factors of n faces: ``f["smile"]`` is one of them, (n,); ``f[2:5]`` are three faces.

    Attributes:
        table: float32, (n, 12), columns in the order of FACTORS; a kind is its place there.
    """

    table: Tensor

    def __len__(self) -> int:
        return len(self.table)

    @overload
    def __getitem__(self, which: str) -> Tensor: ...

    @overload
    def __getitem__(self, which: int | slice | Tensor) -> Factors: ...

    def __getitem__(self, which: str | int | slice | Tensor) -> Tensor | Factors:
        if isinstance(which, str):
            return self.table[:, list(FACTORS).index(which)]
        return Factors(self.table[which].view(-1, len(FACTORS)))

    def but(self, **values: str | float | Tensor) -> Factors:
        """The same faces with other values of some factors.

        Args:
            values: by factor, the name of a kind, a number, or numbers (n,). Several numbers turn
                one face into a row of them: ``f[0].but(smile=torch.linspace(-1, 1, 8))``.

        Raises:
            ValueError: an unknown factor or kind, or a number out of range.
        """
        columns = dict(zip(FACTORS, self.table.unbind(1), strict=True))
        columns |= {name: _numbers(name, value) for name, value in values.items()}
        return Factors(torch.stack(torch.broadcast_tensors(*columns.values()), 1))


def _numbers(name: str, value: str | float | Tensor) -> Tensor:
    """A factor's value or values as numbers, checked: float32, (k,)."""
    if name not in FACTORS:
        raise ValueError(f"There is no factor {name!r}; there are {', '.join(FACTORS)}.")
    kinds = FACTORS[name]
    named = isinstance(kinds[0], str)
    if isinstance(value, str):
        if value not in kinds:
            raise ValueError(f"There is no {name} {value!r}; {name} has the values {kinds}.")
        value = kinds.index(value)
    numbers = torch.as_tensor(value, dtype=torch.float32).reshape(-1)
    low, high = (0, len(kinds) - 1) if named else kinds
    fits = (numbers >= low) & (numbers <= high) & (not named or numbers == numbers.round())
    if not fits.all():
        kind = "a whole number" if named else "a number"
        raise ValueError(f"{name} is {kind} from {low} to {high}; got {value}.")
    return numbers


def sample_factors(n: int, seed: int = 0) -> Factors:
    """Random factors, each independent of the others and evenly spread over its values.

    Args:
        n: number of faces, at least 1. The first faces are the same for any n.
        seed: choice of the random sequence; the global random state is left as it is.

    Raises:
        ValueError: n below 1.
    """
    if n < 1:
        raise ValueError(f"n must be at least 1, not {n}")
    table = torch.rand(n, len(FACTORS), generator=torch.Generator().manual_seed(seed))
    for column, kinds in zip(table.unbind(1), FACTORS.values(), strict=True):
        if isinstance(kinds[0], str):
            column.mul_(len(kinds)).floor_()
        else:
            column.mul_(kinds[1] - kinds[0]).add_(kinds[0])
    return Factors(table)


def draw(factors: Factors, size: int = SIDE) -> Tensor:
    """Draw faces; each comes out alike whatever others are drawn with it.

    Args:
        factors: of n faces.
        size: side of the images, a divisor of 64: smaller ones are the mean over squares of these.

    Returns:
        Images, float32, (n, 3, size, size), from 0 to 1.

    Raises:
        ValueError: another size.
    """
    if size < 1 or SIDE % size:
        raise ValueError(f"size must divide {SIDE}, as 64, 32 and 16 do; got {size}.")
    images = torch.empty(len(factors), 3, size, size)
    for i in range(0, len(factors), _CHUNK):
        large = _draw(factors[i : i + _CHUNK])
        images[i : i + _CHUNK] = large if size == SIDE else F.avg_pool2d(large, SIDE // size)
    return images


# --- Drawing --------------------------------------------------------------------------------
# Lengths are in pixels of 64 x 64: x runs from -32 to 32 around the middle, y from 0 at the top.
# An "edge" is a signed distance to an outline: negative inside, positive outside. Planes have the
# shape (m, channels, height, width). Nothing here but sums, products and roots, which come out
# alike however many faces are drawn at once; sines would not.


def _palette(*colours: str) -> Tensor:
    return torch.tensor([[int(c[i : i + 2], 16) / 255 for i in (0, 2, 4)] for c in colours])


def _rgb(colour: str) -> Tensor:
    return _palette(colour).view(3, 1, 1)


_SKIN = _palette("ffe4d3", "fad0b0", "ecb88c", "d39a69", "b07549", "875435", "633c29")
_HAIR = _palette("2b2733", "71432a", "e6b64f", "c64d1c", "b9bdc6")
_BEARD = _palette("1c1920", "482817", "c08c30", "9a340f", "8b9099")  # and brows
_SHIRT = _palette("d0504a", "3f6fb0", "4f966c", "ecbd4e", "f5f1ea")
_GROUND = _palette("a9d2ef", "addfbc", "fcebab", "f8c3ce", "cebaec")
_EYE, _IRIS, _INK, _MOUTH, _LIP, _RIM = (
    _rgb(c) for c in ("fbf8f4", "6e4526", "1f1514", "6e1f26", "d04e55", "24479b")
)

# One row for each shape of hair. Behind the head: half width, top, bottom. Before it: how far it
# stands off the skull; the fringe's top, drop and parting; how far down it goes beside the face.
_CUTS = torch.tensor(
    [
        (1.0, 30.0, 33.0, -9.0, 0.0, 0.0, 0.0, 0.0),  # bald
        (15.0, 13.0, 33.0, 2.2, 18.5, 5.0, -6.0, 32.0),  # short
        (19.0, 6.0, 40.0, 3.5, 17.5, 5.0, 0.0, 33.0),  # curly
        (19.5, 8.0, 66.0, 2.8, 14.0, 11.0, 2.5, 47.0),  # long
        (14.0, 13.0, 33.0, 1.4, 15.5, 9.0, 0.0, 26.0),  # bun
    ]
)
# The middles of curls behind the head and on it; those with x > 0 stand on both sides.
_CURLS = ((18.5, 36), (21, 29), (20, 21.5), (16, 14.5), (10, 9), (3.5, 7))
_FRONT_CURLS = ((13, 15.5), (7, 12), (0, 11.5), (13.5, 23), (9, 18.5), (3.2, 16.5))


class _Window(NamedTuple):
    """A part of all images, with the places of its pixels."""

    view: Tensor  # (m, 3, h, w)
    x: Tensor  # (w,)
    y: Tensor  # (h, 1)

    def paint(
        self, edge: Tensor, colour: Tensor, cover: Tensor | float | None = None, soft: float = 1
    ) -> None:
        """Lay a colour over what is inside the edge, which is blurred over `soft` pixels.

        A cover below 1 lets that much less of the colour be seen.
        """
        share = (0.5 - (edge if soft == 1 else edge / soft)).clamp_(0, 1)
        share = share if cover is None else share * cover
        self.view.add_((colour - self.view).mul_(share))


class _Sheet:
    """Paper for m faces, with the measures and colours that several parts of a face share."""

    def __init__(self, factors: Factors) -> None:
        self.m = len(factors)
        self.image = torch.empty(self.m, 3, SIDE, SIDE)
        self.factors = factors
        self.light, self.pose, self.smile = map(self.number, ("light", "pose", "smile"))
        self.width = 15.2 + 1.8 * self.number("shape")  # of half a head
        self.height = 18.2 - 1.1 * self.number("shape")
        tone = self.number("skin") * (len(_SKIN) - 1)
        below = tone.long().clamp(max=len(_SKIN) - 2)
        low, high = (_SKIN[(below + k).flatten()].view(self.m, 3, 1, 1) for k in (0, 1))
        self.skin = low + (high - low) * (tone - below)
        self.shadow = self.skin * torch.tensor([0.74, 0.63, 0.6]).view(3, 1, 1)
        self.hair, self.beard = (self.dye(p, "hair_colour") for p in (_HAIR, _BEARD))
        cuts = _CUTS[factors["hair"].long()].view(self.m, -1, 1, 1, 1)
        self.back, self.front = cuts[:, :3].unbind(1), cuts[:, 3:].unbind(1)

    def number(self, name: str) -> Tensor:
        return self.factors[name].view(self.m, 1, 1, 1)

    def dye(self, palette: Tensor, name: str) -> Tensor:
        return palette[self.factors[name].long()].view(self.m, 3, 1, 1)

    def has(self, name: str, *values: str) -> Tensor:
        """Ones and zeros (m, 1, 1, 1): which faces have one of the values."""
        kinds = torch.tensor([float(FACTORS[name].index(v)) for v in values])
        return torch.isin(self.number(name), kinds).float()

    def window(self, top: int, bottom: int, left: int = -32, right: int = 32) -> _Window:
        view = self.image[:, :, top:bottom, left + 32 : right + 32]
        places = torch.arange(-32, 64) + 0.5
        return _Window(view, places[left + 32 : right + 32], places[top + 32 : bottom + 32, None])

    def across(self, sine: float, radius: float = 1.0) -> tuple[Tensor, Tensor]:
        """Where a place on the face is when the head turns, and how narrow things are there."""
        turn, cosine = 0.26 * self.pose, (1 - sine * sine) ** 0.5
        ahead = (1 - turn.square()).sqrt()
        x = self.width * radius * (sine * ahead + cosine * turn)
        return x, ahead - sine / cosine * turn


def _ellipse(x: Tensor, y: Tensor, rx: Tensor | float, ry: Tensor | float) -> Tensor:
    """Edge of an ellipse around (0, 0), exact to first order along the outline."""
    a, b = (x / rx).square(), (y / ry).square()
    k = (a + b).sqrt()
    return (k - 1) * k / (a / rx**2 + b / ry**2 + 1e-6).sqrt()


def _box(x: Tensor, y: Tensor, half_x: Tensor | float, half_y: Tensor | float, r: Tensor | float):
    """Edge of a box around (0, 0) whose corners are rounded with radius r."""
    across, down = x.abs() - half_x + r, y.abs() - half_y + r
    outside = (across.clamp(min=0).square() + down.clamp(min=0).square()).sqrt()
    return outside + torch.maximum(across, down).clamp(max=0) - r


def _under(x: Tensor, y: Tensor, drop: Tensor | float, half: Tensor | float) -> Tensor:
    """Distance below a curve from (0, 0) that is lower by `drop` at x = ±half."""
    slope = 2 * drop * x / half**2
    return (y - drop * (x / half).square()) / (1 + slope.square()).sqrt()


def _both(*edges: Tensor) -> Tensor:
    """Edge of what is inside all of the outlines."""
    return reduce(torch.maximum, edges)


def _draw(factors: Factors) -> Tensor:
    """Images (m, 3, 64, 64), from the back to the front."""
    s = _Sheet(factors)
    ground = s.window(0, SIDE)
    away = (ground.x / 32).square() + ((ground.y - 26) / 37).square()
    ground.view.copy_(s.dye(_GROUND, "background") * (1.05 - 0.13 * away))
    for part in (_body, _hair_behind, _neck, _head, _beard, _nose, _mouth, _eyes, _hair, _glasses):
        part(s)
    return s.image.clamp_(0, 1)


def _body(s: _Sheet) -> None:
    w = s.window(48, 64)
    shade = 1 + s.light * w.x / 170 - (w.y - 54) / 120
    w.paint(_box(w.x, w.y - 72, 27, 19, 18), s.dye(_SHIRT, "shirt") * shade)


def _curl(s: _Sheet, x: float, y: float, r: float, turn: float, shade: float) -> None:
    """A ball of hair around (x, y), on the faces with curly hair."""
    reach = int(r + abs(turn)) + 2
    w = s.window(max(0, int(y) - reach), int(y) + reach + 1, int(x) - reach, int(x) + reach + 1)
    dx, dy = w.x - x - turn * s.pose, w.y - y
    lit = shade + (s.light * dx - dy) / (5 * r)
    w.paint((dx.square() + dy.square()).sqrt() - r, s.hair * lit, s.has("hair", "curly"))


def _hair_behind(s: _Sheet) -> None:
    half, top, bottom = s.back
    for across, down in _CURLS:
        for side in (-1, 1):
            _curl(s, side * across, down, 4.6, -1.2, 0.9)
    w = s.window(5, 64, -24, 24)
    x, y = w.x + 1.2 * s.pose, w.y - (top + bottom) / 2
    flare = 1 + 0.1 * (y / 26).clamp(-1, 1)
    deep = ((w.y - 18) / 16).clamp(0, 1) * (1 - (x / 20).square())
    lit = 0.92 - 0.3 * deep + s.light * x / 110
    tall = (bottom - top) / 2
    edge = _box(x / flare, y, half, tall, half.minimum(tall))
    opening = _both(w.x.abs() - 4 - 0.35 * (w.y - 48), 50 - w.y)  # hair falls beside the neck
    w.paint(_both(edge, -opening), s.hair * lit)
    w = s.window(0, 16, -10, 10)
    x, y = w.x + 0.8 * s.pose, w.y - 7.6
    d = (x.square() + y.square()).sqrt() - 6.6
    w.paint(d, s.hair * (0.95 + (s.light * x - y) / 40), s.has("hair", "bun"))


def _neck(s: _Sheet) -> None:
    w = s.window(42, 62, -12, 12)
    collar = s.dye(_SHIRT, "shirt") * 0.82
    w.paint(_both(_ellipse(w.x, w.y - 54, 8.4, 5.6), 53 - w.y), collar)
    lit = ((w.y - 47) / 11 + s.light * w.x / 26).clamp(0, 0.9)
    w.paint(_box(w.x, w.y - 46, 6.2, 12.2, 6), s.shadow + (s.skin - s.shadow) * lit)


def _head(s: _Sheet) -> None:
    seen = 1 - s.has("hair", "long")
    for side in (-1, 1):
        w = s.window(24, 42, *((-23, -10) if side < 0 else (10, 23)))
        x, y = w.x - side * (s.width + 0.6) + 1.7 * s.pose, w.y - 33
        w.paint(_ellipse(x, y, 3.0, 4.4), s.skin * (0.93 + 0.07 * side * s.light), seen)
        w.paint(_ellipse(x, y, 1.3, 2.6), s.shadow, 0.6 * seen)
    w = s.window(9, 54, -19, 19)
    y = w.y - 31
    t = y / s.height
    x = w.x / (1 + 0.1 * t.clamp(max=0).square() - 0.13 * t.clamp(min=0).square())
    edge = _ellipse(x, y, s.width, s.height)
    nx, ny = x / (s.width + 1), 0.9 * t
    nz = (1 - nx.square() - ny.square()).clamp_(min=0.04).sqrt_()
    lit = s.light * nx - 0.34 * ny + 0.8 * nz  # cosine of the light's angle, about
    bright = (1 - s.skin) * torch.tensor([0.42, 0.36, 0.3]).view(3, 1, 1)
    colour = s.shadow + (s.skin - s.shadow) * (0.1 + 1.25 * lit).clamp(0, 1)
    w.paint(edge, colour + bright * (1.6 * lit - 1).clamp(0, 1))
    inside = (0.5 - edge).clamp(0, 1) * 0.5
    for side in (-1, 1):
        cheek, narrow = s.across(0.62 * side)
        rosy = s.skin * torch.tensor([1.0, 0.7, 0.67]).view(3, 1, 1)
        w.paint(_ellipse((w.x - cheek) / narrow, w.y - 39, 4.4, 3.0), rosy, inside, soft=4)


def _beard(s: _Sheet) -> None:
    middle, _ = s.across(0)
    w = s.window(28, 56, -20, 20)
    t = (w.y - 32) / s.height
    jaw = _ellipse(w.x / (1 - 0.1 * t.clamp(min=0).square()), w.y - 32, s.width + 0.6, s.height + 1)
    cheeks = -_under(w.x - 0.8 * middle, w.y - 41.5, -9, s.width)
    lit = 1.05 + (s.light * w.x - w.y + 44) / 70
    w.paint(_both(jaw, cheeks), s.beard * lit, s.has("beard", "beard"), soft=1.5)


def _nose(s: _Sheet) -> None:
    bridge, _ = s.across(0)
    tip, _ = s.across(0, 1.2)
    w = s.window(28, 43, -12, 12)
    x = w.x - bridge - (tip - bridge) * ((w.y - 29) / 9)
    w.paint(_ellipse(x + 1.6 * s.light, w.y - 35, 1.6, 4.2), s.shadow, 0.6 * s.light.abs(), soft=2)
    x = w.x - tip
    w.paint(_ellipse(x - 0.6 * s.light, w.y - 36.6, 1.5, 1.5), s.skin * 0.6 + 0.4, 0.5, soft=2)
    under = _under(x, w.y - 39.4, -1.1, 2.5).abs() - 0.55
    w.paint(_both(under, x.abs() - 2.5), s.shadow * 0.86, 0.95)


def _mouth(s: _Sheet) -> None:
    middle, narrow = s.across(0, 0.82)
    w = s.window(38, 52, -15, 15)
    x, half = w.x - middle, (6.7 + 0.7 * s.smile) * narrow
    y, lift = w.y - 43.7 - 1.1 * s.smile, -3.8 * s.smile  # the ends rise where it smiles
    gape = 4.0 * ((s.smile - 0.2) / 0.8).clamp(0, 1)
    hang = _under(x, w.y - 41.3, 2.3, 6.5).abs() - 1.8 * (1 - (x / 7.6).square())
    w.paint(_both(hang, x.abs() - 7.4), s.beard, s.has("beard", "moustache", "beard"))
    upper, lower = _under(x, y, lift, half), _under(x, y - gape, lift - gape, half)
    ends = x.abs() - half
    lip = 0.4 * s.skin + 0.6 * _LIP
    w.paint(_both(-upper - 0.9, lower - 1.0, ends), lip)
    w.paint(_both(-upper, lower, ends + 0.5), _MOUTH, (gape / 0.8).clamp(max=1))
    teeth = _both(-upper, lower, upper - 0.55 * gape, ends + 1)
    w.paint(teeth, _EYE, (gape / 1.5).clamp(max=1))
    w.paint(_both(upper.abs() - 0.5, ends), lip * 0.5, 0.9 * (1 - gape / 1.5).clamp(min=0))


def _eyes(s: _Sheet) -> None:
    closed = s.has("eyes", "closed")
    opened = 1 - closed
    for side in (-1, 1):
        middle, narrow = s.across(0.43 * side)
        w = s.window(21, 39, *((-19, 5) if side < 0 else (-5, 19)))
        x, y = (w.x - middle) / narrow, w.y - 32
        upper, lower = _under(x, y + 3.3, 2.9, 4.6), _under(x, y - 2.5, -2.5, 4.6)
        w.paint(_both(-upper, lower), _EYE + (s.skin * 0.9 - _EYE) * closed)
        gaze = x - 0.9 * s.pose
        off = (gaze.square() + y.square()).sqrt()
        for radius, colour in ((2.75, _IRIS), (1.45, _INK)):
            w.paint(_both(off - radius, -upper, lower), colour, opened)
        spark = ((gaze + 1).square() + (y + 1.2).square()).sqrt() - 0.85
        w.paint(spark, _EYE, opened)
        taper = 0.85 - 0.6 * (x / 4.6).square()
        ends = x.abs() - 4.6
        w.paint(_both(upper.abs() - taper, ends), _INK, opened)
        w.paint(_both(lower.abs() - taper, ends), _INK, closed)
        brow = _under(x - 0.4 * side, w.y - 24.6, 1.8, 4.6).abs() - 0.85 + 0.08 * side * x
        w.paint(_both(brow, (x - 0.4 * side).abs() - 4.4), s.beard)
        # The temples of the glasses, which hair may hide.
        temple = _both((y + 2).abs() - 0.7, 5.4 - side * x, side * w.x - s.width)
        w.paint(temple, _RIM, s.number("glasses"))


def _hair(s: _Sheet) -> None:
    off, line, drop, parting, down = s.front
    w = s.window(6, 50, -23, 23)
    x, y = w.x - 3.4 * s.pose, w.y - 31
    t = y / s.height
    bulge = 1 + 0.1 * t.clamp(max=0).square() - 0.06 * t.clamp(min=0).square()
    skull = _ellipse(w.x / bulge, y + 0.5, s.width + off, s.height + off)
    fringe = _under(x - parting, w.y - line, drop, 14.0)
    strip = 3.2 * ((down + 3 - w.y) / 12).clamp(0.2, 1) - 2.2 * s.pose * w.x / s.width
    beside = _both(-skull - off - strip, w.y - down)
    nx, ny = w.x / 20, y / 22
    ring = (1 - ((ny + 0.6 + 0.25 * (nx - 0.4 * s.light).square()) / 0.17).square()).clamp_(min=0)
    lit = 0.95 + 0.22 * s.light * nx - 0.12 * ny + 0.06 * s.light * nx * ring
    shine = (1 - s.hair) * (0.2 * ring)
    melt = (3 - (fringe - beside).abs()).clamp(min=0).square() / 12  # no corner where they meet
    w.paint(_both(skull, fringe.minimum(beside) - melt), s.hair * lit + shine)
    for across, below in _FRONT_CURLS:
        for side in (-1, 1)[: 2 if across else 1]:
            _curl(s, side * across, below, 4.0, 3.0, 0.98)


def _glasses(s: _Sheet) -> None:
    worn = s.number("glasses")
    (left, near), (right, far) = s.across(-0.43), s.across(0.43)
    for middle, narrow, ends in ((left, near, (-20, 7)), (right, far, (-7, 20))):
        w = s.window(24, 41, *ends)
        edge = _box((w.x - middle) / narrow, w.y - 32.2, 5.9, 5.4, 4.9)
        w.paint(edge, torch.ones(3, 1, 1), 0.12 * worn)
        w.paint(edge.abs() - 0.7, _RIM, worn)
    w = s.window(26, 35, -12, 12)
    inner, outer = left + 5.9 * near, right - 5.9 * far
    x = w.x - (inner + outer) / 2
    bridge = _both(_under(x, w.y - 30.4, 0.8, 2.0).abs() - 0.7, x.abs() - (outer - inner) / 2)
    w.paint(bridge, _RIM, worn)
