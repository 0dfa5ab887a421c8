"""utils.cartoon and utils.faces: each factor does its part and no other's, and CelebA's files."""

from __future__ import annotations

import hashlib
import time

import pytest
import torch
from PIL import Image
from torchvision import datasets

from utils import cartoon, faces

PLAIN = cartoon.sample_factors(1).but(
    skin=0.3, shape=0, hair="short", hair_colour="brown", smile=0, eyes="open", glasses="no",
    beard="none", pose=0, light=0.4, shirt="red", background="blue",
)  # fmt: skip

# Where each factor may change the plain face: top, bottom, left and right of a part of 64 x 64.
PLACES = {
    "skin": (9, 60, 8, 56),
    "shape": (4, 56, 8, 56),
    "hair": (0, 64, 5, 59),
    "hair_colour": (8, 50, 10, 54),
    "smile": (38, 52, 17, 47),
    "eyes": (25, 37, 13, 51),
    "glasses": (25, 39, 11, 53),
    "beard": (28, 54, 12, 52),
    "pose": (4, 56, 8, 56),
    "light": (4, 64, 0, 64),
    "shirt": (50, 64, 0, 64),
    "background": (0, 64, 0, 64),
}


def row(name: str, base: cartoon.Factors = PLAIN) -> cartoon.Factors:
    """One face with every kind of a factor, or with five values from its lowest to its highest."""
    kinds = cartoon.FACTORS[name]
    values = range(len(kinds)) if isinstance(kinds[0], str) else torch.linspace(*kinds, 5).tolist()
    return base.but(**{name: torch.tensor(list(values))})


# ---------------------------------------------------------------- factors


def test_factors_are_seeded_and_do_not_depend_on_n():
    state = torch.get_rng_state()
    many = cartoon.sample_factors(500, seed=3)
    assert many.table.shape == (500, len(cartoon.FACTORS)) and many.table.dtype == torch.float32
    for n in (1, 2, 7, 33):
        assert torch.equal(cartoon.sample_factors(n, seed=3).table, many.table[:n])
    assert not torch.equal(cartoon.sample_factors(500, seed=4).table, many.table)
    assert torch.equal(state, torch.get_rng_state()), "the global random state moved"


def test_factors_cover_their_values_and_are_independent():
    f = cartoon.sample_factors(20_000)
    for name, kinds in cartoon.FACTORS.items():
        if isinstance(kinds[0], str):
            counts = f[name].long().bincount(minlength=len(kinds))
            assert torch.equal(f[name], f[name].round()) and len(counts) == len(kinds)
            assert (counts * len(kinds) / 20_000 - 1).abs().max() < 0.1, name
        else:
            low, high = kinds
            assert f[name].min() >= low and f[name].max() <= high
            assert abs(f[name].mean() - (low + high) / 2) < 0.02 * (high - low)
            assert f[name].max() - f[name].min() > 0.99 * (high - low)
    related = torch.corrcoef(f.table.T) - torch.eye(len(cartoon.FACTORS))
    assert related.abs().max() < 0.04


def test_factors_by_name_by_row_and_changed():
    f = cartoon.sample_factors(6)
    assert len(f) == 6 and len(f[2]) == 1 and len(f[1:4]) == 3 and len(f[torch.tensor([5, 0])]) == 2
    red = f.but(hair_colour="red", smile=torch.linspace(-1, 1, 6))
    assert (red["hair_colour"] == 3).all() and red["smile"].tolist()[::5] == [-1, 1]
    others = [i for i, name in enumerate(cartoon.FACTORS) if name not in ("hair_colour", "smile")]
    assert torch.equal(red.table[:, others], f.table[:, others])
    assert len(f[0].but(pose=torch.zeros(4))) == 4, "one face becomes a row"
    assert not (f["hair_colour"] == 3).all(), "the original is as it was"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"nose": 1}, "no factor 'nose'; there are skin, shape"),
        ({"hair": "blue"}, "no hair 'blue'; hair has the values .*'bald'"),
        ({"smile": "broad"}, "no smile 'broad'"),
        ({"smile": 1.2}, "smile is a number from -1.0 to 1.0; got 1.2"),
        ({"smile": float("nan")}, "got nan"),
        ({"hair": 5}, "hair is a whole number from 0 to 4; got 5"),
        ({"hair": 1.5}, "whole number"),
    ],
)
def test_factors_that_there_are_not(values, message):
    with pytest.raises(ValueError, match=message):
        PLAIN.but(**values)


# ---------------------------------------------------------------- drawing


def test_images():
    images = cartoon.draw(cartoon.sample_factors(200))
    assert images.shape == (200, 3, 64, 64) and images.dtype == torch.float32
    assert images.isfinite().all() and images.min() >= 0 and images.max() <= 1
    assert images.flatten(1).unique(dim=0).shape[0] == 200


@pytest.mark.parametrize("name", ["skin", "shape", "smile", "pose", "light"])
def test_a_small_change_of_a_factor_is_one_of_the_picture(name):
    """No outline jumps from one pixel to the next: all are anti-aliased."""
    images = cartoon.draw(PLAIN.but(**{name: torch.linspace(*cartoon.FACTORS[name], 201)}))
    assert images.diff(dim=0).abs().max() < 0.1


def test_a_face_does_not_depend_on_its_neighbours(monkeypatch):
    f = cartoon.sample_factors(131, seed=5)
    together = cartoon.draw(f)
    assert torch.equal(together, cartoon.draw(f))
    for i in (0, 1, 64, 130):
        assert torch.equal(together[i : i + 1], cartoon.draw(f[i]))
    monkeypatch.setattr(cartoon, "_CHUNK", 17)
    assert torch.equal(together, cartoon.draw(f))


@pytest.mark.parametrize("size", [32, 16])
def test_small_images_are_means_of_large_ones(size):
    f = cartoon.sample_factors(3)
    tiles = cartoon.draw(f).unflatten(3, (size, -1)).unflatten(2, (size, -1))
    assert torch.allclose(cartoon.draw(f, size), tiles.mean((3, 5)), atol=1e-6)


@pytest.mark.parametrize("size", [0, 48, 128])
def test_other_sizes_are_refused(size):
    with pytest.raises(ValueError, match=f"size must divide 64.*got {size}"):
        cartoon.draw(PLAIN, size)


@pytest.mark.parametrize("name", cartoon.FACTORS)
def test_a_factor_changes_its_own_place_alone(name):
    images = cartoon.draw(row(name))
    top, bottom, left, right = PLACES[name]
    changed = (images - images[:1]).abs().amax((0, 1))
    assert changed[top:bottom, left:right].max() > 0.15
    changed[top:bottom, left:right] = 0
    assert changed.max() < 1e-6, f"{name} changes {changed.nonzero().tolist()[:5]}"


def test_a_background_stays_behind_the_face():
    images = cartoon.draw(row("background"))
    changed = (images - images[:1]).abs().amax((0, 1))
    assert changed[16:46, 24:40].max() < 1e-6 and changed[46:, 28:36].max() < 1e-6
    assert (images[1:, :, :5] - images[:-1, :, :5]).abs().amax(1).min() > 0.05


@pytest.mark.parametrize("name", cartoon.FACTORS)
def test_every_factor_shows_on_any_face_even_at_half_the_size(name):
    """Glasses and closed eyes, beard and hair, and all the others: none hides another."""
    some = cartoon.sample_factors(40, seed=7)
    rows = [row(name, face).table for face in some]
    images = cartoon.draw(cartoon.Factors(torch.cat(rows)), 32).unflatten(0, (40, -1))
    # The pixel that differs most between one value and the next.
    shows = (images[:, 1:] - images[:, :-1]).abs().flatten(2).amax(2).amin(1)
    faintest = int(shows.argmin())
    assert shows[faintest] > 0.04, (faintest, shows[faintest], faces.captions(some[faintest]))


def test_hair_colour_shows_in_the_brows_alone_where_there_is_no_hair():
    images = cartoon.draw(row("hair_colour", PLAIN.but(hair="bald")))
    changed = (images - images[:1]).abs().amax((0, 1))
    assert changed[21:29].max() > 0.1
    changed[21:29] = 0
    assert changed.max() < 1e-6


def test_smile_is_a_curve_that_opens():
    frown, _, calm, _, smile = cartoon.draw(row("smile")).mean(1)
    assert frown[38:52, 27].argmin() > frown[38:52, 32].argmin(), "the ends of a frown hang"
    teeth = smile[40:50, 28:36].max()
    assert teeth > 0.9 > calm[40:50, 28:36].max(), "a broad smile shows teeth"


def test_closed_eyes_are_lines():
    shut = cartoon.draw(PLAIN.but(eyes="closed"))[0].mean(0)
    for eye in (shut[:, 22:28], shut[:, 36:42]):
        assert eye[33:37].amin(0).max() < 0.35, "a dark line"
        assert eye[30:33].min() > 0.45, "and the lid above it"


def test_pose_and_light_have_their_sides():
    teeth = cartoon.draw(row("pose", PLAIN.but(smile=1)))[:, :, 40:50, 14:50].mean(1) > 0.9
    middles = [(t.nonzero()[:, 1] - 17.5).mean().item() for t in teeth]
    assert middles == sorted(middles) and middles[0] < -2 and middles[-1] > 2
    left, _, _, _, right = cartoon.draw(row("light", PLAIN.but(hair="bald"))).mean(1)
    for im, sign in ((left, 1), (right, -1)):
        assert sign * (im[36:44, 20:26].mean() - im[36:44, 38:44].mean()) > 0.05


def test_skin_goes_from_light_to_dark():
    cheeks = cartoon.draw(row("skin"))[:, :, 36:42, 22:42].mean((1, 2, 3))
    assert (cheeks.diff() < -0.05).all()


def test_thousands_a_second(table):
    """The bound is loose: what else the machine does must not fail it."""
    f, threads = cartoon.sample_factors(512), torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        cartoon.draw(f[:64])
        times = []
        for _ in range(2):
            start = time.process_time()
            cartoon.draw(f)
            times.append(time.process_time() - start)
    finally:
        torch.set_num_threads(threads)
    speed = len(f) / min(times)
    table("Drawing faces", f"{speed:,.0f} a second at 64 x 64 on one thread")
    assert speed > 500


# ---------------------------------------------------------------- sets and captions


def test_a_set_holds_what_it_says():
    drawn = faces.faces(50, seed=2, size=32, beard="none")
    assert drawn.images.shape == (50, 3, 32, 32) and drawn.factors.shape == (50, 12)
    assert drawn.kinds is faces.FACTORS and len(drawn.captions) == len(drawn) == 50
    f = faces.sample_factors(50, 2).but(beard="none")
    assert torch.equal(drawn.factors, f.table)
    assert torch.equal(drawn.images, faces.draw(f, 32))
    assert drawn.captions == faces.captions(f)
    image, factors = drawn[3]
    assert image.shape == (3, 32, 32) and torch.equal(factors, f.table[3])
    assert torch.equal(faces.faces(7, seed=2, size=32, beard="none").images, drawn.images[:7])


@pytest.mark.parametrize("wrong", [{"n": 0}, {"n": 5, "size": 20}, {"n": 5, "beard": "long"}])
def test_sets_that_there_are_not(wrong):
    with pytest.raises(ValueError, match=r"at least 1, not 0|divide 64|no beard 'long'"):
        faces.faces(**wrong)


@pytest.mark.parametrize(
    ("changes", "caption"),
    [
        ({}, "a calm face with light skin and short brown hair, on a blue background"),
        (
            {"smile": 1, "hair": "long", "hair_colour": "red", "glasses": "yes", "eyes": "closed"},
            "a smiling face with light skin, long red hair and glasses, eyes closed, on a blue "
            "background",
        ),
        (
            {"smile": -1, "skin": 1, "hair": "bun", "beard": "moustache"},
            "a frowning face with dark skin, brown hair in a bun and a moustache, on a blue "
            "background",
        ),
        (
            {"hair": "bald", "beard": "beard", "skin": 0.5},
            "a calm face with medium skin, a bald head and a beard, on a blue background",
        ),
    ],
)
def test_captions_read_well(changes, caption):
    assert faces.captions(PLAIN.but(**changes)) == [caption]


def test_captions_are_about_what_is_asked_for():
    face = PLAIN.but(pose=-1, light=1, glasses="yes")
    say = lambda *about: faces.captions(face, about)[0]  # noqa: E731
    assert say() == "a face"
    assert say("smile", "glasses") == "a calm face with glasses"
    assert (
        say("hair") == "a face with short hair" and say("hair_colour") == "a face with brown hair"
    )
    assert say("pose", "light", "shirt") == (
        "a face, turned left, lit from the right, in a red shirt"
    )
    assert faces.captions(PLAIN.but(hair="bun"), ["hair"]) == ["a face with hair in a bun"]
    assert faces.captions(PLAIN.but(hair="bald"), ["hair_colour"]) == ["a face"]
    for wrong in ("shape", "nose"):
        with pytest.raises(ValueError, match=f"can't be about {wrong}"):
            say(wrong)


def test_captions_and_traits_agree_with_the_factors():
    drawn = faces.faces(400, seed=1, size=16)
    f = faces.Factors(drawn.factors)
    for i, said in enumerate(drawn.captions):
        trait = {name: bool(has[i]) for name, has in drawn.traits.items()}
        assert ("glasses" in said) == trait["glasses"] == bool(f["glasses"][i] == 1)
        assert ("eyes closed" in said) == bool(f["eyes"][i] == 1)
        assert ("a bald head" in said) == trait["bald"] == bool(f["hair"][i] == 0)
        assert ("smiling" in said) == trait["smiling"] == bool(f["smile"][i] >= 1 / 3)
        assert ("light skin" in said) == trait["light skin"] == bool(f["skin"][i] < 1 / 3)
        for k, kind in enumerate(faces.FACTORS["beard"][1:], start=1):
            assert (f"a {kind}" in said) == trait[kind] == bool(f["beard"][i] == k)
        for k, colour in enumerate(faces.FACTORS["hair_colour"]):
            shows = bool(f["hair_colour"][i] == k) and not trait["bald"]
            assert (f"{colour} hair" in said) == trait[f"{colour} hair"] == shows
        ground = faces.FACTORS["background"][int(f["background"][i])]
        assert said.endswith(f"on a {ground} background")


# ---------------------------------------------------------------- CelebA

ATTRIBUTES = "Bald Black_Hair Blond_Hair Brown_Hair Eyeglasses Gray_Hair Male Mustache No_Beard "
ATTRIBUTES += "Pale_Skin Smiling"
PEOPLE = [  # split, what they have
    (0, "Smiling Eyeglasses Black_Hair No_Beard"),
    (0, "Bald Gray_Hair Male"),
    (0, "Brown_Hair Mustache Male"),
    (1, "Blond_Hair No_Beard Pale_Skin Smiling"),
    (1, "No_Beard"),
    (2, "No_Beard"),
    (2, "Smiling No_Beard"),
]


@pytest.fixture
def celeba(fresh_data, monkeypatch):
    """Writes CelebA for seven people into data/, its checksums known; returns the folder."""
    folder = fresh_data.DATA_FOLDER / "celeba"
    (folder / "img_align_celeba").mkdir(parents=True)
    names = [f"{i + 1:06}.jpg" for i in range(len(PEOPLE))]
    attributes = [
        " ".join("1" if a in has.split() else "-1" for a in ATTRIBUTES.split()) for _, has in PEOPLE
    ]

    def listed(rows: list[str], header: str = "") -> str:
        body = "".join(f"{name}  {row}\n" for name, row in zip(names, rows, strict=True))
        return f"{len(names)}\n{header} \n{body}" if header else body

    texts = {
        "list_attr_celeba.txt": listed(attributes, ATTRIBUTES),
        "list_eval_partition.txt": listed([str(split) for split, _ in PEOPLE]),
        "identity_CelebA.txt": listed(["1"] * 7),
        "list_bbox_celeba.txt": listed(["1 2 3 4"] * 7, "image_id x_1 y_1 width height"),
        "list_landmarks_align_celeba.txt": listed([" ".join("1" * 10)] * 7, " ".join("x" * 10)),
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    sums = [("", hashlib.md5(t.encode()).hexdigest(), name) for name, t in texts.items()]
    monkeypatch.setattr(datasets.CelebA, "file_list", [*sums, ("", "", "img_align_celeba.zip")])
    monkeypatch.setattr(datasets.CelebA, "download", lambda self: pytest.fail("a download began"))
    for i, name in enumerate(names):
        image = Image.new("RGB", (178, 218), (0, 255, 0))  # green where the crop must not reach
        image.paste((40 + 20 * i, 0, 100), (12, 32, 166, 186))
        image.paste((250, 250, 250), (12, 32, 166, 109))
        image.save(folder / "img_align_celeba" / name, quality=95)
    return folder


def test_celeba_has_the_same_form(celeba, capsys):
    found = faces.celeba("train", size=32)
    assert found.images.shape == (3, 3, 32, 32) and found.images.dtype == torch.float32
    assert found.images.min() >= 0 and found.images.max() <= 1
    for i, image in enumerate(found.images):
        wanted = torch.tensor([40 + 20 * i, 0, 100]).view(3, 1, 1) / 255
        assert (image[:, 18:] - wanted).abs().max() < 0.05 and image[:, :14].min() > 0.95
    assert list(found.kinds) == [
        *("Smiling", "Eyeglasses", "Bald", "Black_Hair", "Brown_Hair", "Blond_Hair", "Gray_Hair"),
        *("No_Beard", "Mustache", "Pale_Skin"),
    ]
    for column, name in zip(found.factors.T, found.kinds, strict=True):
        assert column.tolist() == [float(name in has.split()) for _, has in PEOPLE[:3]]
    assert found.captions == [
        "a smiling face with black hair and glasses",
        "a face with a bald head and a beard",
        "a face with brown hair and a moustache",
    ]
    assert set(found.traits) == set(faces.faces(1, size=16).traits) - {"red hair"}
    assert all(t.shape == (3,) and t.dtype == torch.bool for t in found.traits.values())
    assert "CelebA: 3 images for train" in capsys.readouterr().out


def test_celeba_has_splits_and_a_first_part(celeba):
    assert faces.celeba("valid").captions == [
        "a smiling face with light skin and blond hair",
        "a face",
    ]
    test = faces.celeba("test", n=1)
    assert len(test) == 1 and test.images.shape == (1, 3, 64, 64)
    assert test.images[0, 0, 50, 32] == pytest.approx((40 + 20 * 5) / 255, abs=0.03)


def test_celeba_in_course_data_comes_first(celeba, monkeypatch, tmp_path, capsys):
    celeba.parent.rename(tmp_path / "mine")
    assert faces.celeba() is None
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "mine"))
    assert len(faces.celeba()) == 3
    assert f"from {tmp_path / 'mine'}" in capsys.readouterr().out


@pytest.mark.parametrize("why", ["missing", "the stand-in is asked for"])
def test_no_celeba_is_said_and_is_none(why, celeba, fresh_data, monkeypatch, capsys):
    if why == "missing":
        celeba.rename(celeba.with_name("other"))
    else:
        monkeypatch.setenv("COURSE_DATA", "stand-in")
    assert (faces.celeba() or "drawn") == "drawn"
    said = capsys.readouterr().out
    assert "CelebA is not here" in said and "draws its own faces" in said
    assert ("no folder celeba" if why == "missing" else "stand-ins are asked for") in said
    assert str(celeba.parent) not in said, "lectures store what is said"


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ("no attributes", "list_attr_celeba.txt is missing. Put a whole copy"),
        ("damaged", "list_eval_partition.txt is damaged. Put a whole copy"),
        ("no images", "no images in .*celeba: unpack img_align_celeba.zip there"),
        ("one image short", "000002.jpg can't be read.*Put a whole copy"),
        ("one image gone", "000002.jpg can't be read"),
    ],
)
def test_what_is_wrong_with_celeba_is_named(damage, message, celeba, fresh_data):
    images = celeba / "img_align_celeba"
    if damage == "no attributes":
        (celeba / "list_attr_celeba.txt").unlink()
    elif damage == "damaged":
        (celeba / "list_eval_partition.txt").write_text("000001.jpg 0\n")
    elif damage == "no images":
        images.rename(celeba / "elsewhere")
    elif damage == "one image short":
        whole = (images / "000002.jpg").read_bytes()
        (images / "000002.jpg").write_bytes(whole[: len(whole) // 2])
    else:
        (images / "000002.jpg").unlink()
    with pytest.raises(fresh_data.DataError, match=message):
        faces.celeba("train")


@pytest.mark.parametrize("wrong", [{"split": "all"}, {"n": 0}, {"size": 0}])
def test_celeba_bad_arguments(wrong):
    with pytest.raises(ValueError, match=r"no split 'all'|at least 1"):
        faces.celeba(**wrong)
