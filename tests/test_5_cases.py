"""utils.cases, utils.differences and classwork.tabulate, on a set of one task."""

from __future__ import annotations

import math

import nbformat
import pytest
import torch

from classwork import tabulate
from utils import cases, differences

SOLUTION = "def centred(x, gain=2.0):\n    return gain * (x - x.mean(1, keepdim=True))"
TEST = """\
from utils.cases import run


def test(case):
    x = torch.randn(3, 4)
    case("the centred images", centred, x, images=1, backward=1)
    case("with a gain of 3", centred, x, 3.0)
    ### BEGIN HIDDEN TESTS
    case("seven images", centred, torch.randn(7, 2), 0.5)
    ### END HIDDEN TESTS


run("ex00-centred-test", test)"""
MISTAKES = """\
# %% centred: the mean runs over the images; it
# runs over the pixels of each.
def centred(x, gain=2.0):
    return gain * (x - x.mean(0))

# %%
def centred(x, gain=2.0):
    return gain * (x - x.mean(0, keepdim=True))

# %% centred: the gain is not used.
def centred(x, gain=2.0):
    return 2 * (x - x.mean(1, keepdim=True))

# %% centred, caught: only four numbers in a row
def centred(x, gain=2.0):
    return gain * (x - x.sum(1, keepdim=True) / 4)

# %% centred, right: by hand
def centred(x, gain=2.0):
    return torch.stack([gain * (row - row.sum() / len(row)) for row in x])
"""


def a_set(test: str = TEST) -> nbformat.NotebookNode:
    def cell(name: str, source: str, **kind: bool) -> nbformat.NotebookNode:
        meta = {"grade_id": f"ex00-{name}", "grade": False, "solution": False} | kind
        return nbformat.v4.new_code_cell(source, metadata={"nbgrader": meta}, id=name)

    return nbformat.v4.new_notebook(
        cells=[
            cell("setup", "import torch\nfrom torch import nn"),
            cell("cases", 'from utils import cases\n\ncases.load("")'),
            cell("centred", SOLUTION, solution=True),
            cell("centred-test", test, grade=True),
        ]
    )


def filled(tmp_path, test: str = TEST, mistakes: str = MISTAKES) -> nbformat.NotebookNode:
    return tabulate.fill(a_set(test), mistakes, "ex00_toy", tmp_path)


@pytest.fixture(scope="module")
def toy(tmp_path_factory) -> nbformat.NotebookNode:
    return filled(tmp_path_factory.mktemp("store"))


def hand_in(notebook: nbformat.NotebookNode, answer: str) -> str:
    """Run the set with this answer; what its test says, "" if it passes."""
    space: dict = {}
    for cell in notebook.cells:
        name = cell.metadata.nbgrader.grade_id
        code = answer if name == "ex00-centred" else cell.source
        if name != "ex00-centred-test":
            exec(compile(code, name, "exec"), space)
            continue
        try:
            exec(compile(code, name, "exec"), space)
        except cases.Wrong as wrong:
            assert wrong._render_traceback_() == [str(wrong)], "a student sees the message alone"
            return str(wrong)
    return ""


def body(code: str) -> str:
    return f"def centred(x, gain=2.0):\n    {code}"


GOOD = "gain * (x - x.mean(1, keepdim=True))"


def test_a_release_holds_neither_solution_nor_mistakes(toy):
    visible = "\n".join(c.source for c in toy.cells if c.id != "centred")
    assert "x.mean" not in visible and "the gain is not used" not in visible
    assert 'case.more("")' not in visible, "hidden cases have their own table"
    assert hand_in(toy, SOLUTION) == ""


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            body("return gain * (x - x.mean(0))"),
            "over the images; it runs over the pixels of each.",
        ),
        (body("return 2 * (x - x.mean(1, keepdim=True))"), "Likely cause: the gain is not used."),
    ],
)
def test_a_mistake_is_named(toy, answer, words):
    assert words in hand_in(toy, answer)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (body(f"return 0.5 * {GOOD}"), "Each value is 0.5 times what was expected."),
        (body("return gain * x"), "at ["),
        # Agrees with a mistake in one case, and not in the other.
        (body("return gain * (x - x.mean(0)) if gain == 2 else x"), "at ["),
        (body("return None"), "nothing came back (None)"),
        (body(f"return ({GOOD}).int()"), "torch.float32 was expected, torch.int32 came"),
        (body("return 'the answer'"), "a tensor was expected, not str 'the answer'"),
        (body(f"return ({GOOD})[:, :2]"), "the shape (3, 4) was expected, (3, 2) came"),
    ],
)
def test_of_what_no_mistake_explains_the_difference_is_said(toy, answer, words):
    said = hand_in(toy, answer)
    assert words in said and "Likely cause" not in said


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (body(f"return ({GOOD}).float()"), "in float64: torch.float64 was expected"),
        (body(f"y = {GOOD}; x.add_(1); return y"), "centred changed one of its inputs in place"),
        (body(f"x.requires_grad_(); return {GOOD}"), "centred changed one of its inputs"),
        (
            body("return x.sub_(x.mean(1, keepdim=True)).mul_(gain)"),
            "changed one of its inputs in place",
        ),
        (body("x.view(-1); return " + GOOD), "do not lie in memory in one piece"),
        (body(f"return ({GOOD}).squeeze()"), "on a single image: the shape (1, 4) was expected"),
        (body(f"return torch.cat([{GOOD.replace('x', 'x[:1000]')}, x[1000:]])"), "on 1,037 images"),
        (body(f"return ({GOOD}).detach()"), "the centred images: The gradients are not right"),
        (body(f"return {GOOD} + 0 * torch.rand(1)"), "drew from torch's global generator"),
        (
            body(f"torch.set_grad_enabled(False); return {GOOD}"),
            "left gradients switched on or off",
        ),
        (
            "calls = []\n" + body(f"calls.append(1); return {GOOD} + (len(calls) > 1)"),
            "a second time",
        ),
        (
            "known = {}\n"
            + body(f"return known.setdefault((x.shape, x.dtype, gain), {GOOD}).clone()"),
            "once the inputs have changed",
        ),
        (
            "known = {}\n" + body(f"return known.setdefault(str(x), {GOOD})"),
            "a second time",  # the first result belongs to the caller, who may overwrite it
        ),
        (
            body("m = x.mean(1, keepdim=True).detach(); return gain * (x - m)"),
            "The gradients are not right",
        ),
        (
            body(f"torch.manual_seed(0); return {GOOD}"),
            "set the seed of torch's global generator",
        ),
        (
            body(f"y = {GOOD}; torch.set_grad_enabled(True); return y"),
            "gradients are switched off afterwards, with gradients switched off",
        ),
        (body(f"return {GOOD} if len(x) < 5 else x"), "on 1,037 images"),
        (body(f"return {GOOD} if gain > 1 else x"), "seven images"),
    ],
)
def test_what_every_answer_owes_is_tried(toy, answer, words):
    assert words in hand_in(toy, answer)


def test_an_error_of_the_answer_is_shown_with_what_made_it(toy):
    with pytest.raises(ZeroDivisionError) as raised:
        hand_in(toy, body("return 1 / 0"))
    assert "centred(a tensor of shape (3, 4)" in raised.value.__notes__[0]


def test_a_name_that_the_notebook_has_taken_does_not_disturb_a_test(toy):
    assert hand_in(toy, SOLUTION + "\ntorch = nn = math = None") == ""


def test_a_test_says_which_cell_has_to_be_run_first(toy):
    cases._Table.tests = None
    with pytest.raises(cases.Wrong, match="First run the cell near the top"):
        cases.run("ex00-centred-test", lambda case: None)


# ---------------------------------------------------------------- drivers, models


DRIVER = TEST.replace(
    "def test(case):",
    "def twice(centred, model, x):\n    return centred(model(x)), centred(x)\n\n\ndef test(case):",
).replace(
    '    case("with a gain of 3", centred, x, 3.0)\n',
    '    case(("one", "two"), twice, centred, nn.Dropout(0.5).eval(), x)\n',
)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (body("x = x - x.mean(1, keepdim=True); return 2 * x if gain == 2 else x"), "seven images"),
        (body(f"y = {GOOD}; x.add_(1); return y"), "centred changed one of its inputs"),
        (body(f"return ({GOOD}).double().to(x.dtype) if len(x) < 99 else x"), "on 1,037 images"),
    ],
)
def test_a_function_of_the_test_may_put_the_answer_to_use(tmp_path, answer, words):
    without_gain = MISTAKES.replace("# %% centred: the gain is not used.", "# %%")
    notebook = filled(tmp_path, DRIVER, without_gain)
    assert hand_in(notebook, SOLUTION) == ""
    assert words in hand_in(notebook, answer)


SEEN = TEST.replace(
    "def test(case):",
    "def share(z):\n    return (z > 0).double().mean().item()\n\n\ndef test(case):",
).replace("x, 3.0)", 'x, 3.0, seen=share, but="backward")')


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (body(f"return ({GOOD}) * (2 if gain == 3 else 1)"), ""),
        (body(f"return -({GOOD}) if gain == 3 else {GOOD}"), "with a gain of 3"),
        (body(f"return None if gain == 3 else {GOOD}"), "that can't be used as the task says"),
    ],
)
def test_of_a_result_may_count_what_is_seen_of_it(tmp_path, answer, words):
    without_gain = MISTAKES.replace("# %% centred: the gain is not used.", "# %%")
    notebook = filled(tmp_path, SEEN.replace("torch.randn(3, 4)", "torch.rand(3, 5)"), without_gain)
    assert hand_in(notebook, SOLUTION) == ""
    said = hand_in(notebook, answer)
    assert words in said and bool(said) == bool(words)


MODEL_SOLUTION = """\
def centred(x, model):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        y = model(x)
    model.train(was_training)
    return y"""
MODEL_TEST = """\
from utils.cases import run


@run("ex00-centred-test")
def test(case):
    case("the output", centred, torch.randn(3, 4), nn.Linear(4, 4))
    ### BEGIN HIDDEN TESTS
    ### END HIDDEN TESTS"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("model.train(was_training)", "pass", "left a model in another mode"),
        ("was_training)", "True)", "which parts are in training mode afterwards"),
        ("model.train(", "model.requires_grad_(True); model.train(", "with frozen models"),
        ("return y", "model.weight.data += 1; return y", "changed weights or running averages"),
        ("return y", "model(x).sum().backward(); return y", "left something in .grad"),
    ],
)
def test_a_model_that_is_only_used_stays_as_it_was(tmp_path, old, new, words):
    notebook = a_set(MODEL_TEST)
    notebook.cells[2].source = MODEL_SOLUTION
    filled = tabulate.fill(notebook, "", "ex00_toy", tmp_path)
    assert hand_in(filled, MODEL_SOLUTION) == ""
    assert old in MODEL_SOLUTION
    assert words in hand_in(filled, MODEL_SOLUTION.replace(old, new))


# ---------------------------------------------------------------- what is stored


VALUES = [
    torch.tensor([[1.5, -2.25], [math.inf, math.nan]]),
    torch.tensor([3, 4]),
    torch.tensor([True, False]),
    torch.zeros(0, 2, dtype=torch.float64),
    2.5, math.inf, 7, True, None, "text",
    (1.0, torch.ones(2)), {"a": 1, "b": [0.5]},
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_what_is_stored_recognises_the_value(value):
    for whole in (True, False):
        assert cases.alike(value, cases.stored(value, whole), 1e-4, 1e-5)
    for other in VALUES:
        if other is not value:
            assert not cases.alike(other, cases.stored(value), 1e-4, 1e-5)


@pytest.mark.parametrize("change", [lambda x: x.flip(0), lambda x: x + 0.01, lambda x: x.double()])
def test_large_tensors_are_recognised_by_two_sums(change):
    x = torch.rand(40, 30, generator=torch.Generator().manual_seed(0))
    kept = cases.stored(x)
    assert kept[0] == "sums" and cases.alike(x + 1e-6, kept, 1e-4, 1e-5)
    assert not cases.alike(change(x), kept, 1e-4, 1e-5)


def test_huge_numbers_do_not_widen_the_tolerance_of_sums():
    x = torch.rand(300, dtype=torch.float64)
    first, second = cases._weights(300)
    unseen = torch.zeros(300, dtype=torch.float64)
    unseen[:3] = torch.linalg.cross(first[:3], second[:3])  # both sums of it are 0
    assert cases.alike(x + 1e-3 * unseen, cases.stored(x), 1e-4, 1e-5)
    assert not cases.alike(1e9 * unseen, cases.stored(x), 1e-4, 1e-5)


def test_what_is_not_asked_for_costs_no_memory():
    kept = cases._weights.cache_info().currsize
    for value in ([torch.zeros(12_345)], {"a": torch.zeros(12_345)}, torch.zeros(12_345)):
        assert not cases.alike(value, ["bool", True], 1e-4, 1e-5)
    assert cases._weights.cache_info().currsize == kept


def test_tables_are_packed_and_unpacked(toy):
    tests = cases.unpack(tabulate.table_in(toy))
    assert cases.unpack(cases.pack(tests)) == tests
    assert tests["ex00-centred-test"]["cases"][0]["right"][:3] == ["tensor", "float32", [3, 4]]


# ---------------------------------------------------------------- mistakes.py


def test_headings_are_read():
    given = tabulate.read(MISTAKES, "ex00")
    assert [g.kind for g in given] == ["mistake", "mistake", "mistake", "caught", "right"]
    assert given[0].words == "the mean runs over the images; it runs over the pixels of each."
    assert given[1].words == given[0].words and given[1].code != given[0].code
    assert str(given[3]) == "mistakes.py, line 14 (ex00-centred: only four numbers in a row)"
    with pytest.raises(tabulate.Unfit, match=r"line 1: 'centred the words' is no heading"):
        tabulate.read("# %% centred the words\n", "ex00")


@pytest.mark.parametrize(
    ("added", "words"),
    [
        (
            f"# %% centred: nothing is wrong.\n{SOLUTION}\n",
            "no case tells it from the right answer",
        ),
        (f"# %% centred, right: not at all\n{body('return x')}\n", "right, and refused by"),
        (
            f"# %% centred: never said.\n{body('return gain * (x - x.mean(0))')}\n",
            "its words are never said; ex00-centred-test says: the centred images: the values",
        ),
        (f"# %% other: it has no test.\n{SOLUTION}\n", "no test has an id that begins with"),
    ],
)
def test_a_release_refuses_what_is_not_as_its_heading_says(tmp_path, added, words):
    with pytest.raises(tabulate.Unfit) as refused:
        filled(tmp_path, mistakes=MISTAKES + added)
    assert words in str(refused.value) and f"line {MISTAKES.count(chr(10)) + 1} (" in str(
        refused.value
    )


def test_a_release_refuses_a_solution_that_fails(tmp_path):
    with pytest.raises(tabulate.Unfit, match="the solution fails"):
        filled(tmp_path, TEST.replace("torch.randn(7, 2)", "None"))


def test_tables_that_differ_in_last_digits_agree(toy):
    table = tabulate.table_in(toy)
    tests = cases.unpack(table)
    right = tests["ex00-centred-test"]["cases"][0]["right"]
    for factor, same in ((1 + 1e-6, True), (1.01, False)):
        moved = [*right[:3], [factor * number for number in right[3]]]
        tests["ex00-centred-test"]["cases"][0]["right"] = moved
        assert tabulate.agree(table, cases.pack(tests)) == same
    assert tabulate.agree("", "") and not tabulate.agree(table, "")


# ---------------------------------------------------------------- how a result differs


X = torch.tensor([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0], [3.0, 9.0, 27.0]])


@pytest.mark.parametrize(
    ("got", "words"),
    [
        (3 * X, "Each value is 3 times"),
        (X + 5, "Each value is 5 too large"),
        (X.sqrt(), "square root"),
        (X**2, "square of"),
        (X.T, "dimensions 0 and 1 are exchanged"),
        (X[:, :2].T, ""),
        (X.roll(1, 1), "1 off along dimension 1"),
        (X.flip(0), "reverse order along dimension 0"),
        (X.flatten()[[3, 1, 2, 0, 5, 4, 7, 6, 8]].view(3, 3), "stand in other places"),
        (X * torch.tensor([[1.0], [1.0], [2.5]]), "2 along dimension 0"),
        (X.flatten(), "The values are right; the shape is not."),
        (torch.stack([0.5 * X, 0.5 * X]), "right if it were summed over its dimension 0"),
        (torch.stack([X - 1, X + 1]), "right if it were averaged over its dimension 0"),
        (X.cos(), ""),
    ],
)
def test_a_difference_is_told_in_words(got, words):
    said = differences.how(got, X, 1e-4, 1e-5)
    assert words in said and bool(words) == bool(said)
