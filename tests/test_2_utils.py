"""utils.metrics, plotting, checks and classifier."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys

import matplotlib.pyplot as plt
import pytest
import torch
from sklearn.linear_model import LinearRegression, Ridge
from torch import nn
from torch.utils.data import TensorDataset

from utils import checks, classifier, data, faces, metrics, plotting, standin, training


def small_set(n: int = 70, seed: int = 0) -> data.ImageSet:
    """Images that lie near a plane, so that there is something to learn; two classes."""
    g = torch.Generator().manual_seed(seed)
    basis = torch.randn(2, 16, generator=torch.Generator().manual_seed(99))
    images = (torch.randn(n, 2, generator=g) @ basis).sigmoid().view(n, 1, 4, 4)
    return data.ImageSet(images, torch.arange(n) % 2, "small", "here", (0, 1), [])


def small_model() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Flatten(), nn.Linear(16, 2), nn.Linear(2, 16), nn.Unflatten(1, (1, 4, 4))
    )


# ---------------------------------------------------------------- metrics


def test_squared_error_and_psnr_on_known_values():
    x, x_hat = torch.zeros(2, 1, 2, 2), torch.tensor([0.5, 0.1]).view(2, 1, 1, 1).expand(2, 1, 2, 2)
    assert torch.allclose(metrics.squared_error(x, x_hat), torch.tensor([1.0, 0.04]))
    assert torch.allclose(metrics.psnr(x, x_hat), torch.tensor([6.0206, 20.0]), atol=1e-3)
    wide = metrics.psnr(x, x_hat, value_range=(-1, 1))
    assert torch.allclose(wide - metrics.psnr(x, x_hat), torch.full((2,), 6.0206), atol=1e-3)
    assert metrics.psnr(x, x).isinf().all()


def test_errors_refuse_shapes_that_would_broadcast():
    with pytest.raises(ValueError, match=r"\(3, 1, 4, 4\) and x_hat \(3, 4, 4\)"):
        metrics.squared_error(torch.zeros(3, 1, 4, 4), torch.zeros(3, 4, 4))


def test_pca_is_the_best_linear_code():
    train, test = small_set(200), small_set(50, seed=1)
    pca = metrics.PCA(train.images)
    x = train.images.flatten(1).double()
    mean = x.mean(0)
    Vh = torch.linalg.svd(x - mean, full_matrices=False).Vh
    for k in (1, 3, 16):
        expected = ((test.images.flatten(1) - mean) @ Vh[:k].T @ Vh[:k] + mean).float()
        got = pca.reconstruct(test.images, k)
        assert got.shape == test.images.shape
        assert torch.allclose(got.flatten(1), expected, atol=1e-4)
    assert (pca.variances[:-1] >= pca.variances[1:]).all()
    assert torch.allclose(
        pca.decode(pca.encode(test.images, 16)), test.images.flatten(1), atol=1e-4
    )
    for k in (0, 17):
        with pytest.raises(ValueError, match=f"k lies between 1 and 16; got {k}"):
            pca.encode(test.images, k)


def test_affine_map_is_that_of_scikit_learn():
    """On inputs such as images have them: never used, once used, and bound to each other."""
    g = torch.Generator().manual_seed(0)
    images = torch.rand(400, 60, generator=g).double() * torch.logspace(0, -4, 60)
    images[:, 5:9] = 0.3  # pixels that never change
    images[:, 9] = torch.eye(400)[7] / 255  # once only
    images[:, 10] = 1 - images[:, 0]
    images[:, 11] = images[:, 0] + 2 * images[:, 1]
    free = [k for k in range(60) if k not in (5, 6, 7, 8, 10, 11)]
    x, new = images[:200], images[200:]
    y = torch.randn(200, 3, generator=g) + 100 * x[:, :3] + 50
    before = torch.get_rng_state()
    layer = metrics.affine_map(x.view(200, 1, 6, 10), y)
    # The oracle, too, needs inputs that are free of each other: older ones break without.
    oracle = LinearRegression().fit(x[:, free].numpy(), y.numpy())
    expected = oracle.predict(new[:, free].numpy())
    assert layer(new.float()).numpy() == pytest.approx(expected, rel=1e-3)
    W = layer.weight
    assert (W[:, 5:9].abs() < 1e-4).all(), "W is the shortest: it has no part that does nothing"
    for idle in (W[:, 10] + W[:, 0], W[:, 11] - W[:, 0] - 2 * W[:, 1]):
        assert (idle.abs() < 1e-3).all()
    layer = metrics.affine_map(x, y, ridge=0.5)
    oracle = Ridge(0.5, solver="svd").fit(x.numpy(), y.numpy())
    assert layer.weight.numpy() == pytest.approx(oracle.coef_, rel=1e-3, abs=1e-3)
    assert layer.bias.numpy() == pytest.approx(oracle.intercept_, rel=1e-3)
    assert layer.weight.dtype == torch.float32 and not layer.weight.requires_grad
    assert torch.equal(torch.get_rng_state(), before)


def test_affine_map_of_fewer_images_than_pixels_and_of_none_that_vary():
    x, y = torch.rand(5, 1, 4, 4, generator=torch.Generator().manual_seed(0)), torch.rand(5, 2)
    assert torch.allclose(metrics.affine_map(x, y)(x.flatten(1)), y, atol=1e-5)
    layer = metrics.affine_map(torch.ones(5, 3), y)
    assert (layer.weight == 0).all() and torch.allclose(layer.bias, y.mean(0))
    with pytest.raises(ValueError, match="got 5 and 4 rows"):
        metrics.affine_map(x, y[:4])
    with pytest.raises(ValueError, match="ridge is at least 0; got -1"):
        metrics.affine_map(x, y, ridge=-1)


def test_frechet_distance_on_known_values():
    torch.manual_seed(0)
    a, shift = torch.randn(50, 4), torch.tensor([3.0, 0.0, 0.0, 4.0])
    assert metrics.frechet_distance(a, a) == pytest.approx(0, abs=1e-6)
    assert metrics.frechet_distance(a, a + shift) == pytest.approx(25, rel=1e-5)
    # Where the covariances commute, the squared differences of the standard deviations add up.
    apart = (3 - 1) ** 2 * torch.cov(a.T).trace().item()
    about_mean = a.mean(0) + 3 * (a - a.mean(0))
    assert metrics.frechet_distance(a, about_mean) == pytest.approx(apart, rel=1e-5)
    b = torch.randn(70, 4) @ torch.randn(4, 4)
    assert metrics.frechet_distance(a, b) == pytest.approx(metrics.frechet_distance(b, a))
    line, other = torch.randn(30, 1), 2 + 5 * torch.randn(40, 1)
    of_line = (line.mean() - other.mean()) ** 2 + (line.std() - other.std()) ** 2
    assert metrics.frechet_distance(line, other) == pytest.approx(of_line.item(), rel=1e-5)


def test_frechet_distance_refuses_what_has_no_covariance_or_another_width():
    for a, b in (((3, 4), (3, 5)), ((1, 4), (3, 4))):
        with pytest.raises(ValueError, match="at least two points"):
            metrics.frechet_distance(torch.zeros(a), torch.zeros(b))


def test_reconstruct_in_parts_is_reconstruct_at_once():
    model, images = small_model(), small_set().images
    model.train()
    parts = metrics.reconstruct(model, images, batch_size=32)
    assert torch.allclose(parts, model(images), atol=1e-6) and not parts.requires_grad
    assert model.training
    expected = metrics.squared_error(images, parts).mean().item()
    assert metrics.held_out_error(model, small_set()) == pytest.approx(expected)


def test_beside_pca_shows_the_references(capsys):
    train, test = small_set(200), small_set(50, seed=1)
    pca = metrics.PCA(train.images)
    mine = pca.reconstruct(test.images, 1)
    errors = metrics.beside_pca({"mine": mine}, test, pca, code_size=2)
    assert list(errors) == ["mean image", "PCA, 2 numbers", "mine"]
    assert errors["PCA, 2 numbers"] < errors["mine"] < errors["mean image"]
    printed = capsys.readouterr().out
    assert "50 test images of small, pixels in (0, 1)" in printed and "of PCA's" in printed
    assert re.search(r"PCA, 2 numbers +\d+\.\d\d\* +100\.0%", printed), "the best is marked"


# ---------------------------------------------------------------- plotting


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_style_is_opaque():
    with plt.rc_context():
        plotting.use_style()
        figure = plt.figure()
        assert figure.get_facecolor() == (1, 1, 1, 1)


def test_grid_places_every_image_on_one_scale():
    images = torch.arange(7.0).view(7, 1, 1, 1).expand(7, 1, 28, 28) / 10
    ax = plotting.image_grid(images, columns=4, row_names=["a", "b"], value_range=(0, 1), title="t")
    canvas = ax.images[0].get_array()
    assert canvas.shape[:2] == (58, 118)
    assert canvas[10, 10] == 0 and canvas[40, 70] == pytest.approx(0.6)
    assert canvas.mask[40, 100], "the place of a missing image is empty"
    assert ax.images[0].get_clim() == (0, 1)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
    assert ax.get_title() == "t"


def test_grid_of_weights_is_centred_on_zero():
    weights = torch.tensor([-0.1, 0.3]).view(2, 1, 1, 1).expand(2, 1, 5, 5)
    ax = plotting.image_grid(weights, value_range=plotting.WEIGHTS)
    assert ax.images[0].get_clim() == pytest.approx((-0.3, 0.3))


def test_grid_in_colour_and_on_given_axes():
    _, ax = plt.subplots()
    assert plotting.image_grid([torch.rand(2, 3, 8, 8)], ax=ax) is ax
    assert ax.images[0].get_array().shape == (8, 18, 3)


@pytest.mark.parametrize(
    ("images", "names", "message"),
    [
        (torch.rand(4, 784), {}, r"got \(4, 784\)\. Flat images become images with x.view"),
        (torch.rand(4, 28, 28), {}, r"got \(4, 28, 28\)"),
        (torch.rand(0, 1, 28, 28), {}, "at least one"),
        ([], {}, "no image to draw"),
        (torch.rand(4, 1, 8, 8), {"row_names": ["a", "b"]}, "1 rows and 4 columns"),
    ],
)
def test_grid_refuses_other_shapes(images, names, message):
    with pytest.raises(ValueError, match=message):
        plotting.image_grid(images, **names)


def test_reconstructions_show_input_output_and_difference():
    x = torch.zeros(3, 1, 28, 28)
    figure = plotting.reconstructions(x, x + 0.5, value_range=(-1, 1))
    grid, bar = figure.axes
    names = [label.get_text() for label in grid.get_yticklabels()]
    assert names == ["input", "output", "difference"]
    canvas = grid.images[0].get_array()
    assert canvas[5, 5].tolist() == pytest.approx([0.5] * 3)
    assert canvas[35, 5].tolist() == pytest.approx([0.75] * 3)
    red, _, blue = canvas[65, 5]
    assert red > blue, "too bright is drawn red"
    assert bar.get_ylim() == (-2, 2)


def test_learning_curves_start_before_training():
    history = training.History(train=[3.0, 2.0], test=[9.0, 4.0, 2.5])
    ax = plotting.learning_curves({"a": history, "b": history}, {"PCA": 3.0})
    assert ax.lines[0].get_xydata().tolist() == [[0, 9], [1, 4], [2, 2.5]]
    assert ax.lines[0].get_marker() != ax.lines[1].get_marker()
    assert ax.get_xlabel() == "epochs" and ax.get_ylabel() == "held-out loss per image"


# ---------------------------------------------------------------- checks


@pytest.mark.parametrize(
    ("got", "words"),
    [
        (None, "nothing came back (None)"),
        ("text", "a tensor was expected, not str 'text'"),
        (torch.zeros(3), "the shape (2,) was expected, (3,) came"),
        (torch.zeros(2, dtype=torch.float64), "torch.float32 was expected, torch.float64 came"),
        (torch.tensor([1.0, math.nan]), "not finite"),
        (torch.tensor([1.0, 5.0]), "at [1] 2 was expected and 5 came"),
        (torch.tensor([2.0, 4.0]), "Likely cause: doubled."),
    ],
)
def test_same_says_what_differs(got, words):
    expected = torch.tensor([1.0, 2.0])
    with pytest.raises(AssertionError) as problem:
        checks.same(got, expected, "it", {"doubled.": 2 * expected})
    assert words in str(problem.value)


def test_same_wants_a_plain_number_where_one_is_expected():
    checks.same(2.0, 2.0, "it")
    for wrong in (torch.tensor(2.0), True, "2"):
        with pytest.raises(AssertionError, match="plain Python number"):
            checks.same(wrong, 2.0, "it")
    with pytest.raises(AssertionError, match=r"2 was expected, 6 came \(3 times as much\)"):
        checks.same(6.0, 2.0, "it")
    with pytest.raises(AssertionError, match=r"2\.7 was expected, 2 came"):
        checks.same(2, 2.7, "it")


def test_call_notices_a_changed_input_and_explains_an_error():
    with pytest.raises(AssertionError, match="changed its input number 1 in place"):
        checks.call(lambda x: x.add_(1), torch.zeros(2))
    with pytest.raises(RuntimeError) as problem:
        checks.call(lambda x, y: x @ y, torch.zeros(2, 3), torch.zeros(2, 3))
    assert "(2, 3)" in problem.value.__notes__[0]


def test_pair_says_what_came_in_its_place():
    checks.pair((1, 2), "(a, b)")
    with pytest.raises(AssertionError, match=r"The pair \(a, b\) was expected; a tuple of 3 came"):
        checks.pair((1, 2, 3), "(a, b)")


def test_learns_notices_a_cut_graph():
    w = torch.ones(2, requires_grad=True)
    checks.learns((3 * w).sum(), {"w": w}, "it")
    for result in ((3 * w.detach()).sum(), (0 * w).sum(), torch.ones(1, requires_grad=True).sum()):
        with pytest.raises(AssertionError, match="cut off"):
            checks.learns(result, {"w": w}, "it")


def test_parameter_count_counts_a_shared_parameter_once():
    layer = nn.Linear(3, 2)
    assert checks.parameter_count(nn.Sequential(layer, layer)) == 8


def test_a_plain_tensor_dataset_can_be_batched():
    assert [len(x) for (x,) in data.batches(TensorDataset(torch.zeros(5, 2)), 2)] == [2, 2, 1]


# ---------------------------------------------------------------- classifier


@pytest.fixture(scope="module")
def digits() -> tuple[data.ImageSet, data.ImageSet]:
    """4,000 to learn from and 1,000 others."""
    sets = []
    for split, n in (("train", 4_000), ("test", 1_000)):
        images, labels = standin.digits(split, n)
        grey = images.view(n, 1, 28, 28).float() / 255
        sets.append(data.ImageSet(grey, labels, "digits", "drawn", (0, 1), []))
    return tuple(sets)


def test_judge_knows_digits_and_doubts_what_is_none(digits):
    train, test = digits
    before = torch.get_rng_state()
    judge = classifier.train(train, epochs=8)
    assert torch.equal(torch.get_rng_state(), before)
    assert classifier.accuracy(judge, test) > 0.85
    real = classifier.confidence(judge, test.images)
    noise = torch.rand(200, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    laid_over = (test.images[:500] + test.images[500:]) / 2
    different = test.labels[:500] != test.labels[500:]
    assert real.median() > 0.9
    assert classifier.confidence(judge, noise).median() < 0.3
    assert classifier.confidence(judge, laid_over[different]).median() < 0.7


def test_judge_is_the_same_for_the_same_seed(digits):
    train, test = digits
    torch.manual_seed(1)
    one = classifier.train(train, epochs=1, seed=3)
    torch.manual_seed(2)
    again, other = (classifier.train(train, epochs=1, seed=seed) for seed in (3, 4))
    probabilities = [classifier.probabilities(judge, test.images) for judge in (one, again, other)]
    assert torch.allclose(probabilities[0].sum(1), torch.ones(len(test)))
    assert torch.allclose(probabilities[0], probabilities[1], atol=1e-4)
    assert not torch.allclose(probabilities[0], probabilities[2], atol=1e-2)


def test_judge_of_faces_answers_and_is_frozen():
    def asked(n: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        drawn = faces.faces(n, seed, size=32)
        return drawn.images, torch.stack([drawn.traits[t] for t in ("glasses", "bald")], 1)

    before = torch.get_rng_state()
    judge = classifier.train_on_traits(*asked(1_500, 0), epochs=12)
    assert torch.equal(torch.get_rng_state(), before)
    images, answers = asked(300, 1)
    assert ((judge(images) > 0) == answers).float().mean() > 0.9
    assert judge[:-1](images).shape == (300, 64) and not judge.training
    assert not any(weights.requires_grad for weights in judge.parameters())


DOWN = [(3, 32, 32), (32, 16, 16), (64, 8, 8), (128, 4, 4)]
CROWDED = [*DOWN, 64, *reversed(DOWN)]
MODELS = {
    "dense": ([784, 30, 784], 1, ("tanh", "tanh"), False),
    "deep": ([784, 512, 256, 128, 64, 32, 64, 128, 256, 512, 784], 5, (), False),
    "over-complete": ([784, 940, 784], 1, (), False),
    "convolutional": ([(1, 28, 28), (32, 14, 14), 16, (32, 14, 14), (1, 28, 28)], 2, (), False),
    "crowded": (CROWDED, 4, ("4×4, stride 2", *["linear"] * 6, "4×4, stride 2"), True),
    "sampled": ([784, 400, 20, 400, 784], 2, ("ReLU", "", "ReLU", "sigmoid"), True),
    "sampled maps": ([(3, 64, 64), (32, 32, 32), 24, (32, 32, 32), (3, 64, 64)], 2, (), True),
}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_a_model_is_drawn_with_every_shape_and_word_on_it(model):
    layers, code, between, sampled = model
    ax = plotting.draw_model(layers, code, between, sampled=sampled, title="A model")
    texts = [text.get_text().replace("×\n", "×") for text in ax.texts if text.get_text()]
    shapes = [str(n) if isinstance(n, int) else "×".join(map(str, n)) for n in layers]
    assert all(texts.count(shape) >= shapes.count(shape) for shape in shapes)
    assert all(word in texts for word in (*between, "encoder", "decoder", "code $z$") if word)
    assert (r"$z \sim N(\mu, \sigma^2)$" in texts) == sampled
    assert ax.figure.get_size_inches()[0] <= 7
    assert all(text.get_fontsize() >= 8 for text in ax.texts)
    ax.figure.canvas.draw()
    boxes = [t.get_window_extent() for t in ax.texts if t.get_text() and not t.get_rotation()]
    overlaps = [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :] if a.overlaps(b)]
    assert not overlaps, "a word lies on another"
    inside = ax.figure.bbox
    assert all(inside.x0 <= b.x0 and b.x1 <= inside.x1 for b in boxes), "a word is cut off"


@pytest.mark.parametrize(
    ("layers", "code", "between", "words"),
    [
        ([784, (14, 14), 784], 1, (), "(14, 14)"),
        ([784, 0, 784], 1, (), "at least 1"),
        ([784, 30, 784], 0, (), "index 0"),
        ([784, 30, 784], 2, (), "index 2"),
        ([784, 30, 784], 1, ("tanh",), "2 steps; got 1 words"),
    ],
)
def test_a_model_that_is_none_is_refused(layers, code, between, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        plotting.draw_model(layers, code, between)


def test_classes_are_named_at_the_median_of_their_points_in_their_colours():
    points = torch.tensor([[0.0, 0.0], [1.0, 3.0], [2.0, 4.0], [5.0, 5.0]])
    _, ax = plt.subplots()
    plotting.label_classes(ax, points, torch.tensor([2, 2, 2, 9]), names=list("abcdefghij"))
    named = {text.get_text(): text for text in ax.texts}
    assert list(named) == ["c", "j"] and named["c"].get_position() == (1, 3)
    assert named["c"].get_path_effects() and named["c"].get_color() != named["j"].get_color()
    plotting.label_classes(ax, points, torch.tensor([0, 1, 3, 4]))
    assert [text.get_text() for text in ax.texts[2:]] == ["0", "1", "3", "4"]
    assert len(set(plotting.CLASS_COLOURS)) == 10


IN_A_NOTEBOOK = """
from base64 import b64decode
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
from utils import plotting
plotting.use_style()
figure, _ = plotting.plt.subplots(figsize=(4, 2))
data, told = shell.display_formatter.format(figure)
width = int.from_bytes(b64decode(data["image/png"])[16:20], "big")
assert width // 2 == told["image/png"]["width"] and width > 2 * 4 * 80, (width, told)
"""


def test_a_notebook_shows_sharp_figures():
    """In a process of its own, since a shell of IPython stays."""
    backend = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    command = [sys.executable, "-c", IN_A_NOTEBOOK]
    run = subprocess.run(command, env=os.environ | backend, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_no_letter_of_the_style_is_below_8_points():
    with plt.rc_context():
        plotting.use_style()
        sizes = {k: v for k, v in plt.rcParams.items() if re.search("(label|title|font).?size$", k)}
        points = {k: v for k, v in sizes.items() if isinstance(v, int | float)}
        assert len(points) >= 5 and min(points.values()) >= 8, points
