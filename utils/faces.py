"""Sets of faces with their factors, traits and captions: drawn ones, and CelebA in the same form.

``faces`` draws as many as one likes (module ``cartoon``). ``celeba`` reads the reader's own copy of
CelebA, where there is one, and describes it in the same words.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import TensorDataset
from torchvision import datasets
from torchvision.datasets.utils import check_integrity

from utils import data, places
from utils.cartoon import FACTORS, SIDE, Factors, draw, sample_factors

__all__ = ["CAPTIONED", "FACTORS", "FaceSet", "Factors", "captions", "celeba", "draw", "faces"]
__all__ += ["sample_factors"]

CAPTIONED = ("smile", "skin", "hair", "hair_colour", "beard", "glasses", "eyes", "background")


class FaceSet(TensorDataset):
    """Faces in memory: a ``TensorDataset`` of images and factors that can say what it shows.

    Attributes:
        images: float32, (N, 3, size, size), from 0 to 1.
        factors: float32, (N, K); a kind is given by its place among its factor's kinds.
        kinds: by name of a factor, in the order of the columns, its kinds or (lowest, highest).
        traits: bool, (N,), by name: "smiling", "glasses", "bald", "black hair" …, "beard",
            "moustache", "light skin". CelebA has all that the drawn faces have but "red hair".
        captions: N short descriptions in English.
        title: what these faces are, in words.
    """

    def __init__(
        self,
        images: Tensor,
        factors: Tensor,
        kinds: dict[str, tuple],
        traits: dict[str, Tensor],
        captions: list[str],
        title: str,
    ) -> None:
        super().__init__(images, factors)
        self.images, self.factors, self.kinds = images, factors, kinds
        self.traits, self.captions, self.title = traits, captions, title


def faces(n: int, seed: int = 0, size: int = SIDE, **fixed: str | float) -> FaceSet:
    """Draw n random faces; another seed gives other faces, to test on.

    Arguments, images and errors are those of `sample_factors`, `draw` and `Factors.but`, which
    takes `fixed`: ``faces(1000, beard="none")``. Factors and kinds are those of FACTORS.
    """
    factors = sample_factors(n, seed).but(**fixed)

    def which(name: str, word: str) -> Tensor:
        return torch.tensor([w == word for w in _words(factors, name)])

    haired = ~which("hair", "bald")
    traits = {
        "smiling": which("smile", "smiling"),
        "glasses": which("glasses", "yes"),
        "bald": ~haired,
        **{f"{c} hair": haired & which("hair_colour", c) for c in FACTORS["hair_colour"]},
        **{kind: which("beard", kind) for kind in ("beard", "moustache")},
        "light skin": which("skin", "light"),
    }
    images, said = draw(factors, size), captions(factors)
    return FaceSet(images, factors.table, FACTORS, traits, said, "faces drawn by the course")


# --- Captions -------------------------------------------------------------------------------

# What a third of a range is called.
_THIRDS = {
    "skin": ("light", "medium", "dark"),
    "smile": ("frowning", "calm", "smiling"),
    "pose": ("turned left", "", "turned right"),
    "light": ("lit from the left", "", "lit from the right"),
}


def captions(factors: Factors, about: Collection[str] = CAPTIONED) -> list[str]:
    """Describe each face: "a smiling face with dark skin, long red hair and glasses, …".

    What is as usual goes unsaid (open eyes, no glasses, no beard, looking ahead), and so does the
    hair colour of a bald head.

    Args:
        factors: of n faces.
        about: the factors that may be mentioned, any but "shape".

    Raises:
        ValueError: something else in `about`.
    """
    if unknown := set(about) - (set(FACTORS) - {"shape"}):
        raise ValueError(f"Captions can't be about {', '.join(sorted(unknown))}.")
    words = {name: _words(factors, name) for name in FACTORS if name != "shape"}
    sentences = []
    for values in zip(*words.values(), strict=True):
        seen = dict(zip(words, values, strict=True))
        say = {name: word if name in about else "" for name, word in seen.items()}
        parts = (
            say["skin"] and f"{say['skin']} skin",
            _hair_words(seen["hair"] == "bald", say["hair"], say["hair_colour"]),
            f"a {say['beard']}" if say["beard"] not in ("", "none") else "",
            "glasses" if say["glasses"] == "yes" else "",
        )
        tail = (
            "eyes closed" if say["eyes"] == "closed" else "",
            say["pose"],
            say["light"],
            say["shirt"] and f"in a {say['shirt']} shirt",
            say["background"] and f"on a {say['background']} background",
        )
        sentences.append(_sentence(say["smile"], parts, tail))
    return sentences


def _words(factors: Factors, name: str) -> list[str]:
    """What each face is called in respect of one factor."""
    kinds, values = FACTORS[name], factors[name]
    if name in _THIRDS:
        low, high = kinds
        kinds, values = _THIRDS[name], ((values - low) / (high - low) * 3).clamp(max=2)
    return [kinds[int(value)] for value in values.tolist()]


def _hair_words(bald: bool, shape: str, colour: str) -> str:
    if bald:
        return "a bald head" if shape else ""
    if shape == "bun":
        return f"{colour} hair in a bun".lstrip()
    return " ".join(filter(None, (shape, colour, "hair"))) if shape or colour else ""


def _sentence(mood: str, parts: Iterable[str], tail: Iterable[str] = ()) -> str:
    *most, last = [*filter(None, parts)] or [""]
    listed = f"{', '.join(most)} and {last}" if most else last
    face = f"a {mood} face" if mood else "a face"
    return ", ".join([f"{face} with {listed}" if listed else face, *filter(None, tail)])


# --- CelebA ---------------------------------------------------------------------------------

# Those of its attributes that the traits are made of.
_ATTRIBUTES = (
    *("Smiling", "Eyeglasses", "Bald", "Black_Hair", "Brown_Hair", "Blond_Hair"),
    *("Gray_Hair", "No_Beard", "Mustache", "Pale_Skin"),
)
_CROP = 148  # side of the middle of its images (178 x 218) that shows the face


def celeba(split: str = "train", n: int = 10_000, size: int = SIDE) -> FaceSet | None:
    """Faces of CelebA in the same form, from files that are already on this machine.

    They are looked for as torchvision lays them out (``celeba/img_align_celeba/000001.jpg`` …,
    ``celeba/list_attr_celeba.txt`` …), in the folder that COURSE_DATA names and then in ``data/``.
    Nothing is ever downloaded. The factors are ten of CelebA's attributes, each "no" or "yes".

    Args:
        split: "train", "valid" or "test".
        n: how many faces, from the first on; all of them where there are fewer.
        size: side of the images, cut from the middle.

    Returns:
        A ``FaceSet``; None, having said so, where CelebA is not here. Hence
        ``faces.celeba(n=5000) or faces.faces(5000)``.

    Raises:
        ValueError: another split, or n or size below 1.
        utils.data.DataError: a file is missing or damaged; the message names it.
    """
    if split not in ("train", "valid", "test"):
        raise ValueError(f"There is no split {split!r}; CelebA has 'train', 'valid' and 'test'.")
    if min(n, size) < 1:
        raise ValueError(f"n and size are at least 1; got {n} and {size}.")
    asked = places.asked()
    roots = [places.COURSE / asked] if asked not in ("", "stand-in") else []
    roots += [data.DATA_FOLDER] if asked != "stand-in" else []
    root = next((r for r in roots if os.path.isdir(r / "celeba")), None)
    if root is None:
        # No paths: lectures store what is said here.
        why = "no folder celeba in COURSE_DATA or data/" if roots else "stand-ins are asked for"
        print(f"CelebA is not here ({why}); the course draws its own faces.")
        return None
    try:
        whole = datasets.CelebA(root, split, transform=partial(_crop, size=size), download=False)
    except RuntimeError as error:
        raise data.DataError(_what_is_wrong(root / "celeba")) from error
    n = min(n, len(whole))
    images = torch.empty(n, 3, size, size)
    for i in range(n):
        try:
            images[i] = whole[i][0]
        except OSError as error:
            path = root / "celeba" / "img_align_celeba" / whole.filename[i]
            raise data.DataError(f"{path} can't be read ({error}). {_MEND}") from error
    kept = whole.attr[:n, [whole.attr_names.index(name) for name in _ATTRIBUTES]]
    has = dict(zip(_ATTRIBUTES, kept.bool().unbind(1), strict=True))
    bald, moustache = has["Bald"], has["Mustache"]
    traits = {
        "smiling": has["Smiling"],
        "glasses": has["Eyeglasses"],
        "bald": bald,
        **{f"{c.lower()} hair": has[f"{c}_Hair"] & ~bald for c in ("Black", "Brown", "Blond")},
        "grey hair": has["Gray_Hair"] & ~bald,
        "beard": ~has["No_Beard"] & ~moustache,
        "moustache": moustache,
        "light skin": has["Pale_Skin"],
    }
    print(f"CelebA: {n:,} images for {split}, from {root}.")
    kinds = {name: ("no", "yes") for name in _ATTRIBUTES}
    return FaceSet(images, kept.float(), kinds, traits, _say(traits), "CelebA")


_MEND = "Put a whole copy in its place."


def _crop(image: Image.Image, size: int) -> Tensor:
    """The middle of an image, at most 148 x 148, as float32 (3, size, size) from 0 to 1."""
    side = min(_CROP, *image.size)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    box = (left, top, left + side, top + side)
    small = image.convert("RGB").resize((size, size), Image.Resampling.BICUBIC, box)
    return torch.from_numpy(np.array(small)).permute(2, 0, 1) / 255


def _what_is_wrong(folder: Path) -> str:
    """Why torchvision does not take a folder for CelebA, and what to do about it."""
    for _, md5, name in datasets.CelebA.file_list:
        if name.endswith(".txt") and not check_integrity(folder / name, md5):
            how = "damaged" if os.path.isfile(folder / name) else "missing"
            return f"CelebA can't be used: {folder / name} is {how}. {_MEND}"
    return f"CelebA has no images in {folder}: unpack img_align_celeba.zip there."


def _say(traits: dict[str, Tensor]) -> list[str]:
    """Captions of faces of which no more is known than their traits."""
    phrases = {"bald": "a bald head", "beard": "a beard", "moustache": "a moustache"}
    parts = ["light skin", "bald", "black hair", "brown hair", "blond hair", "grey hair"]
    parts += ["beard", "moustache", "glasses"]
    seen = torch.stack([traits[part] for part in parts], 1).tolist()
    return [
        _sentence(
            "smiling" if smiles else "",
            [phrases.get(part, part) for part, there in zip(parts, row, strict=True) if there],
        )
        for smiles, row in zip(traits["smiling"].tolist(), seen, strict=True)
    ]
