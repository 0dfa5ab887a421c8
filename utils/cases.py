"""What a test of an exercise asks an answer, and what it says where the answer is wrong.

A test cell holds a function ``test(case)``, and ``run`` calls it. In it, each ``case(what, answer,
*inputs)`` calls the answer and compares what comes back with what the solution gave when the set
was released; how that is computed, neither the notebook nor this module knows. What likely mistakes
gave is stored as well, so that a message can name the cause: where one mistake, and no other,
agrees with the answer in every case of the cell.

Each case is then tried in other ways, which every answer owes: in float64, with inputs that do not
lie in memory in one piece, a second time, with one image and with many, and backward, for the
gradients. What the solution gave there is stored too; what it can't do is not asked for.
"""

from __future__ import annotations

import base64
import copy
import json
import lzma
import math
import sysconfig
import traceback
import types
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from utils.checks import describe, same

LARGEST = 200  # numbers of a tensor that are stored one by one; of a larger one, three
MANY = 1_037  # more images than any part that a loop might take, and a multiple of none
DIGITS = 7
SEED = 0  # of what a test draws
_LIBRARIES = (*sysconfig.get_paths().values(), str(Path(__file__).parent))
_DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (torch.float32, torch.float64, torch.int64, torch.int32, torch.bool, torch.uint8)
}
# Way of trying a case -> the usual cause, where an answer that is right otherwise fails there.
_HINTS = {
    "a second time": "Two calls alike gave different results: something is drawn, or kept from "
    "one call to the next.",
    "once the inputs have changed": "Either something is kept from the call before, or the answer "
    "is right for some inputs alone.",
    "with models in the other mode": "What a model gives depends on its mode (training or "
    "evaluation). Look where you set it, and what it is afterwards.",
    "with frozen models": "No parameter of the models asks for a gradient here, and none may "
    "afterwards. Put back what was there, not what is usual.",
    "in float64": "Keep the dtype of the inputs; do not make tensors of a fixed one.",
    "on inputs that do not lie in memory in one piece": "Take reshape or flatten, not view.",
    "on a single image": "Look for squeeze(), and for a size that is taken for granted.",
    f"on {MANY:,} images": "Look for a fixed number of images, or a last part that is left out.",
    "with gradients switched off": "It was called under torch.no_grad(). Put back what was there, "
    "as torch.no_grad() in a with statement does by itself.",
    "backward": "The gradients are not right. Look for .detach(), .item(), .data, torch.no_grad() "
    "or a detour through NumPy.",
}
# Of these ways, what is looked at besides the result.
_AFTERWARDS = {
    "with models in the other mode": ["which parts are in training mode afterwards"],
    "with frozen models": ["which parameters ask for gradients afterwards"],
    "with gradients switched off": [
        "gradients are switched off afterwards",
        "the inputs, which asked for gradients, do so afterwards",
    ],
}
# What a call may disturb -> what to say of it.
_DISTURBED = {
    "inputs": "changed one of its inputs in place. The caller still needs it: make a new tensor "
    "(x = x + 1 in place of x += 1, no method that ends in _).",
    "itself": "gave back one of its inputs itself. The caller may change either of them later: "
    "give back a new tensor.",
    "seed": "set the seed of torch's global generator, which is everybody's. Leave it alone.",
    "generator": "drew from torch's global generator, or set its seed. Nothing is drawn here, or "
    "it comes from the generator that was given.",
    "mode": "left a model in another mode than it came in (training or evaluation), or its "
    "parameters unable to learn. Put back what you change.",
    "weights": "changed weights or running averages of a model that was only to be used.",
    "grads": "left something in .grad of a tensor or model that was given. torch.autograd.grad "
    "leaves nothing there, nor does work on a copy.",
    "graph": "gave a result that still hangs on the graph; no gradients are wanted here. Call the "
    "model under torch.no_grad().",
    "gradients": "left gradients switched on or off for everybody. torch.no_grad() belongs into a "
    "with statement.",
}

_CUT = (
    "cut off from the graph, so nothing can learn through it. Look for .detach(), .item(), .data, "
    "torch.no_grad() or a detour through NumPy."
)


class Wrong(AssertionError):
    """An answer is wrong. A notebook shows the message alone; ``%tb`` shows the way to it."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


# ---------------------------------------------------------------- what is stored


class _Table:
    """What a release stored of a set: test -> its cases; None where nothing was loaded."""

    tests: dict[str, dict] | None = None


def load(*packed: str) -> None:
    """Take in what the release stored of a set's visible cases; "" in the solutions."""
    text = "".join(packed)
    _Table.tests = unpack(text) if text else {}


def known() -> list[str]:
    """The tests of which something was loaded."""
    return [*(_Table.tests or ())]


PARTS = tuple(_DISTURBED)
_WAYS = [*_HINTS]


def pack(tests: dict[str, dict]) -> str:
    """What was stored of some tests, compressed, in letters that a notebook can hold."""
    said = sorted({text for kept in tests.values() for text in kept["said"].values()})
    small = {
        name: [
            {mistake: said.index(text) for mistake, text in kept["said"].items()},
            [_small(record) for record in kept["cases"]],
        ]
        for name, kept in tests.items()
    }
    text = json.dumps([said, small], separators=(",", ":"), ensure_ascii=False)
    return base64.b85encode(lzma.compress(text.encode(), lzma.FORMAT_ALONE)).decode()


def unpack(text: str) -> dict[str, dict]:
    """What ``pack`` was given."""
    said, small = json.loads(lzma.decompress(base64.b85decode(text)))
    return {
        name: {
            "said": {mistake: said[number] for mistake, number in numbers.items()},
            "cases": [_large(record) for record in records],
        }
        for name, (numbers, records) in small.items()
    }


def _small(record: dict) -> list:
    """A record without what can be told from the right value."""
    # Of what was unpacked, all that differed enough has been kept apart already.
    right, near = record["right"], min(1e-5, record.get("near", [0])[0] / 10)
    ways = [
        0 if way not in record["ways"] else _less(record["ways"][way], _in_brief(right, way), near)
        for way in _WAYS
    ]
    return [
        right,
        [part for part in PARTS if part not in record["kept"]],
        ways,
        {m: _less(kept, _in_brief(right), near) for m, kept in record["wrong"].items()},
    ]


def _large(small: list) -> dict:
    right, disturbed, ways, wrong = small
    return {
        "right": right,
        "kept": [part for part in PARTS if part not in disturbed],
        "ways": {
            way: _more(less, _in_brief(right, way))
            for way, less in zip(_WAYS, ways, strict=True)
            if less != 0
        },
        "wrong": {m: _more(less, _in_brief(right)) for m, less in wrong.items()},
    }


def _in_brief(kept: list, way: str = "") -> list:
    """A stored value as its sums; in float64, where it is tried so."""
    if kept[0] == "row":
        return ["row", *(_in_brief(part, way) for part in kept[1:])]
    if kept[0] == "dict":
        return ["dict", *([key, _in_brief(part, way)] for key, part in kept[1:])]
    if kept[0] == "tensor":
        kept = stored(value_of(kept), whole=False)
    if kept[0] == "sums" and kept[1] == "float32" and way == "in float64":
        kept = ["sums", "float64", *kept[2:]]
    return kept


def _less(kept: list, known: list, near: float) -> Any:
    """1 for what is known, to ``near``; its sums for what is of its kind and shape; else all."""
    if kept == known:
        return 1
    if kept[:3] == known[:3] and kept[0] == "sums":
        same = all(
            isinstance(a, float) and isinstance(b, float) and math.isclose(a, b, rel_tol=near)
            for a, b in zip(kept[3:], known[3:], strict=True)
        )
        digits = 5 if near >= 1e-6 else DIGITS
        short = [float(f"{n:.{digits}g}") if isinstance(n, float) else n for n in kept[3:]]
        return 1 if same else [short]
    return kept


def _more(less: Any, known: list) -> list:
    if less == 1:
        return known
    return [*known[:3], *less[0]] if isinstance(less[0], list) else less


def stored(value: Any, whole: bool = True) -> list:
    """A value as JSON: whole, or as two sums by which it is recognised, and its mean size.

    Args:
        value: a tensor, a number, a string, None, or lists, tuples and dicts of those. Of
            anything else the type is kept.
        whole: every number of a tensor of at most LARGEST.
    """
    if isinstance(value, Tensor):
        numbers = value.detach().flatten()
        kind = str(value.dtype).removeprefix("torch.")
        if whole and numbers.numel() <= LARGEST:
            return ["tensor", kind, [*value.shape], [_short(n) for n in numbers.tolist()]]
        size = _finite(numbers).abs().mean().item() if len(numbers) else 0.0
        return ["sums", kind, [*value.shape], *map(_short, _sums(numbers)), float(f"{size:.2g}")]
    if isinstance(value, (bool, int, str)) or value is None:
        return [type(value).__name__, value]
    if isinstance(value, float):
        return ["float", _short(value)]
    if isinstance(value, (tuple, list)):
        return ["row", *(stored(part, whole) for part in value)]
    if isinstance(value, dict):
        return ["dict", *([str(key), stored(part, whole)] for key, part in value.items())]
    return ["other", type(value).__name__]


def _short(number: float) -> float | str:
    """Seven digits; JSON has no nan and no infinity."""
    if isinstance(number, float) and not math.isfinite(number):
        return str(number)
    return float(f"{number:.{DIGITS}g}") if isinstance(number, float) else number


def _finite(numbers: Tensor) -> Tensor:
    return numbers.double().nan_to_num(nan=1234.5, posinf=2345.6, neginf=-3456.7)


def _sums(numbers: Tensor) -> tuple[float, float]:
    """Two weighted means that differ for tensors that differ, in order, too."""
    plain = _finite(numbers)
    return tuple((_weights(len(plain)) * plain).sum(1).div(max(1, len(plain))).tolist())


@lru_cache(maxsize=64)
def _weights(size: int) -> Tensor:
    place = torch.arange(1, size + 1, dtype=torch.float64)
    return 1 + torch.stack([place * math.sqrt(2), place * math.sqrt(3)]).frac()


def value_of(kept: list) -> Any:
    """What ``stored(value)`` kept, as a value; of sums alone, and of what is neither, ``kept``."""
    kind, *rest = kept
    if kind == "tensor":
        dtype, shape, numbers = rest
        return (
            torch.tensor([float(n) for n in numbers], dtype=torch.float64)
            .to(_DTYPES[dtype])
            .view(shape)
        )
    if kind == "float":
        return float(rest[0])
    if kind in ("bool", "int", "str", "NoneType"):
        return rest[0]
    if kind == "row":
        return tuple(map(value_of, rest))
    if kind == "dict":
        return {key: value_of(part) for key, part in rest}
    return kept


def alike(value: Any, kept: list, rtol: float, atol: float) -> bool:
    """Whether a value is, within the tolerances, the one that was stored."""
    kind, *rest = kept
    if kind in ("tensor", "sums"):
        if not isinstance(value, Tensor):
            return False
        if [str(value.dtype).removeprefix("torch."), [*value.shape]] != rest[:2]:
            return False
        if kind == "tensor":
            ours, theirs = value.detach().double(), value_of(kept).double()
            return torch.allclose(ours, theirs, rtol, atol, equal_nan=True)
        numbers = value.detach().flatten()
        *theirs, size = map(float, rest[2:])
        near = 2 * (rtol * size + atol)  # a size that comes may be as large as its author likes
        return all(abs(a - b) <= near for a, b in zip(_sums(numbers), theirs, strict=True))
    if kind == "float":
        given = isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool))
        return given and (
            math.isclose(value, float(rest[0]), rel_tol=rtol, abs_tol=atol)
            or (math.isnan(value) and math.isnan(float(rest[0])))
        )
    if kind == "row":
        return (
            isinstance(value, (tuple, list))
            and len(value) == len(rest)
            and all(alike(v, k, rtol, atol) for v, k in zip(value, rest, strict=True))
        )
    if kind == "dict":
        return (
            isinstance(value, dict)
            and [*map(str, value)] == [key for key, _ in rest]
            and all(alike(v, k, rtol, atol) for v, (_, k) in zip(value.values(), rest, strict=True))
        )
    return not isinstance(value, (Tensor, tuple, list, dict)) and stored(value) == kept


# ---------------------------------------------------------------- calling an answer


class Raised:
    """What came of a call that ended in an error; ``in_test``: in the test's own lines."""

    def __init__(self, error: Exception, in_test: bool = False) -> None:
        self.error, self.in_test = error, in_test


def outcome(answer: Callable, inputs: Sequence, disturbed: set[str] | None = None) -> Any:
    """What a call gives; ``Raised`` where it fails. Notes in ``disturbed`` what it disturbs.

    What it draws starts from a seed of its own and does not move what is drawn after it.
    """
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(SEED + 71)  # torch.manual_seed is 50 times slower
        return _outcome(answer, inputs, disturbed)


def look(came: Any, seen: Callable[[Any], Any] | None) -> Any:
    """What of a result is compared: all of it, or what ``seen`` says of it."""
    if seen is None or isinstance(came, Raised):
        return came
    try:
        return seen(came)
    except Exception as error:
        return Raised(error, in_test=True)


def look_in(way: str, came: Any, seen: Callable[[Any], Any] | None) -> Any:
    """The same of what came of a call in another way."""
    if way == "backward" or isinstance(came, Raised):
        return came
    if way not in _AFTERWARDS:
        return look(came, seen)
    result, *state = came
    result = look(result, seen)
    return result if isinstance(result, Raised) else (result, *state)


def _outcome(answer: Callable, inputs: Sequence, disturbed: set[str] | None) -> Any:
    before = [v.detach().clone() if isinstance(v, Tensor) else None for v in inputs]
    parameters = [p for v in inputs if isinstance(v, nn.Module) for p in v.parameters()]
    tensors = [v for v in inputs if isinstance(v, Tensor)]
    given = tensors + parameters
    weights = [*parameters, *(b for v in inputs if isinstance(v, nn.Module) for b in v.buffers())]

    def state() -> dict[str, Any]:
        return {
            "generator": torch.get_rng_state().numpy().tobytes(),
            "seed": torch.initial_seed(),
            "mode": (_modes(inputs), _asking(inputs)),
            "gradients": torch.is_grad_enabled(),
            "grads": [v.grad.tolist() if v.is_leaf and v.grad is not None else None for v in given],
        }

    then, wanted = state(), [v.requires_grad for v in tensors]
    weighed = [v.detach().clone() for v in weights]
    lists = [v for v in inputs if isinstance(v, (list, dict))]
    listed = stored(lists)
    try:
        result = answer(*inputs)
    except Exception as error:
        result = Raised(error)
    now = state()
    torch.set_grad_enabled(then["gradients"])
    if disturbed is not None:
        parts = result if isinstance(result, (tuple, list)) else [result]
        if any(part is v for part in parts for v in inputs if isinstance(v, Tensor)):
            disturbed.add("itself")
        disturbed |= {part for part, was in then.items() if now[part] != was}
        if _total(result) is not None:
            disturbed.add("graph")
        kept = all(
            copied is None or (v.shape == copied.shape and _equal(v.detach(), copied))
            for v, copied in zip(inputs, before, strict=True)
        )
        if not kept or stored(lists) != listed or wanted != [v.requires_grad for v in tensors]:
            disturbed.add("inputs")
        if not all(map(_equal, weights, weighed)):
            disturbed.add("weights")
    return result


def _modes(inputs: Sequence) -> list[bool]:
    """Of all parts of all models: whether they are in training mode."""
    return [m.training for v in inputs if isinstance(v, nn.Module) for m in v.modules()]


def _asking(inputs: Sequence) -> list[bool]:
    """Of all parameters of all models: whether they ask for gradients."""
    return [p.requires_grad for v in inputs if isinstance(v, nn.Module) for p in v.parameters()]


def _equal(a: Tensor, b: Tensor) -> bool:
    a, b = a.detach(), b.detach()
    return a.shape == b.shape and torch.equal(a.nan_to_num(1234.5), b.nan_to_num(1234.5))


def fresh(inputs: Sequence) -> list:
    """Copies, of generators and models too."""
    return [
        v.detach().clone().requires_grad_(v.requires_grad)
        if isinstance(v, Tensor)
        else v.clone_state()
        if isinstance(v, torch.Generator)
        else copy.deepcopy(v)
        if isinstance(v, (nn.Module, list, dict))
        else v
        for v in inputs
    ]


def ways(
    answer: Callable, inputs: Sequence, images: int, backward: int
) -> Iterator[tuple[str, Callable]]:
    """The other ways in which a case is tried: what to say of it, and what to call.

    Args:
        images: how many of the first inputs hold something for each image.
        backward: how many of the first inputs have to get gradients; 0 for all.
    """

    def changed(change: Callable[[Tensor], Tensor], which: Callable = lambda v: True) -> Callable:
        return lambda: outcome(
            answer,
            [
                change(v) if isinstance(v, Tensor) and which(i, v) else v
                for i, v in enumerate(fresh(inputs))
            ],
        )

    def is_image(i: int, _: Tensor) -> bool:
        return i < images

    def gradients() -> Any:
        given = fresh(inputs)
        first = given[:backward] if backward else given
        wanted = [v.requires_grad_() for v in first if _floats(v)]
        result = outcome(answer, given)
        outcome(answer, fresh(inputs))  # a later call has to leave the graph of this one alone
        total = _total(result)
        if isinstance(result, Raised) or total is None:
            return result if isinstance(result, Raised) else "nothing that gradients flow through"
        try:
            found = torch.autograd.grad(total, wanted, allow_unused=True)
        except RuntimeError as error:
            return Raised(error)
        return [torch.zeros_like(v) if g is None else g for v, g in zip(wanted, found, strict=True)]

    def switched_off() -> Any:
        given, disturbed = fresh(inputs), set[str]()
        asking = [v.requires_grad_() for v in given if _floats(v)]
        with torch.no_grad():
            outcome(answer, given, disturbed)
        return None, "gradients" not in disturbed, all(v.requires_grad for v in asking)

    def after_change() -> Any:
        given = fresh(inputs)
        outcome(answer, given)
        for value in given:
            for tensor in value.parameters() if isinstance(value, nn.Module) else [value]:
                # Halved, so that zeros and signs stay; masks of ones and zeros stay whole.
                if _floats(tensor) and tensor.ndim and not ((tensor == 0) | (tensor == 1)).all():
                    tensor.data[:1] /= 2
        return outcome(answer, given)

    def turned(turn: Callable[[nn.Module], Any], seen: Callable[[Sequence], Any]) -> Callable:
        def call() -> Any:
            given = fresh(inputs)
            for value in given:
                if isinstance(value, nn.Module):
                    turn(value)
            result = outcome(answer, given)
            return result if isinstance(result, Raised) else (result, seen(given))

        return call

    def again() -> Any:
        spoil(outcome(answer, fresh(inputs)))  # as a caller may who takes it for new
        return outcome(answer, fresh(inputs))

    yield "a second time", again
    if any(isinstance(v, Tensor) and v.ndim for v in inputs):
        yield "once the inputs have changed", after_change
    if any(isinstance(v, nn.Module) for v in inputs):
        other = turned(lambda model: model.train(not model.training), _modes)
        yield "with models in the other mode", other
        yield "with frozen models", turned(lambda model: model.requires_grad_(False), _asking)
    if any(isinstance(v, Tensor) and v.dtype == torch.float32 for v in inputs):
        yield "in float64", lambda: outcome(answer, [_double(v) for v in fresh(inputs)])
    if any(isinstance(v, Tensor) and v.ndim for v in inputs):
        yield (
            "on inputs that do not lie in memory in one piece",
            changed(_in_pieces, lambda _, v: v.ndim > 0),
        )
    if images:
        yield "on a single image", changed(lambda v: v[:1], is_image)
        yield (
            f"on {MANY:,} images",
            changed(lambda v: v[torch.arange(MANY) % len(v)], is_image),
        )
    if any(isinstance(v, (Tensor, nn.Module)) for v in inputs):
        yield "with gradients switched off", switched_off
    if any(map(_floats, inputs)):
        yield "backward", gradients


def spoil(value: Any) -> None:
    """Overwrite the tensors of a result."""
    for part in value if isinstance(value, (tuple, list)) else [value]:
        if isinstance(part, Tensor):
            part.detach().zero_()


def _in_pieces(value: Tensor) -> Tensor:
    """The same values, the first dimension innermost, with a gap after each row of each one."""
    room = value.new_zeros([size + 1 for size in value.shape[::-1]])
    piece = room.permute(*range(room.ndim)[::-1])[tuple(slice(size) for size in value.shape)]
    return piece.copy_(value)


def _floats(value: Any) -> bool:
    return isinstance(value, Tensor) and value.is_floating_point()


def _double(value: Any) -> Any:
    return value.double() if _floats(value) or isinstance(value, nn.Module) else value


def _total(value: Any) -> Any:
    """A weighted sum of everything in a result that gradients can flow to."""
    parts = value if isinstance(value, (tuple, list)) else [value]
    sums = [
        (part * torch.linspace(0.5, 1.5, part.numel(), dtype=part.dtype).view_as(part)).sum()
        for part in parts
        if isinstance(part, Tensor) and part.requires_grad and part.is_floating_point()
    ]
    return sum(sums) if sums else None


def barred(name: str, answer: Callable, *inputs: Any) -> Any:
    """What an answer gives that has to do without a function of torch.nn.functional.

    To be handed to ``case`` as ``case(what, barred, "linear", answer, …)``.
    """

    class Refuse(TorchFunctionMode):  # sees every way to a function, through a module, too
        def __torch_function__(self, function: Any, types: Any, args: Any = (), named: Any = None):
            if function.__name__ == name:
                raise Wrong(f"F.{name} was called. The task asks to do without.")
            return function(*args, **(named or {}))

    with Refuse():
        return answer(*inputs)


def largest(answer: Callable, *inputs: Any) -> tuple[Any, int]:
    """What an answer gives, and how many numbers the largest tensor holds that it made."""

    class Watch(TorchDispatchMode):
        most = 0

        def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), named: Any = None):
            result = function(*args, **(named or {}))
            for new in result if isinstance(result, (tuple, list)) else [result]:
                if isinstance(new, Tensor):
                    size = new.untyped_storage().nbytes() // new.element_size()
                    self.most = max(self.most, size)
            return result

    with Watch() as watch:
        return answer(*inputs), watch.most


def part(number: int, names: str, answer: Callable, *inputs: Any) -> Any:
    """One of the things that an answer gives, for a test that grades it by itself.

    To be handed to ``case`` as ``case("h", part, 0, "(h, x_hat)", answer, …)``.
    """
    row = answer(*inputs)
    if not isinstance(row, (tuple, list)) or len(row) != names.count(",") + 1:
        raise Wrong(f"{names} was expected; {describe(row)} came.")
    return row[number]


def gradients(which: Sequence[int], answer: Callable, *inputs: Any) -> tuple:
    """What an answer gives, and the gradients that flow from there to some of its inputs.

    To be handed to ``case`` as ``case(("the loss", "the gradient of W"), gradients, [2], answer,
    …)``: so mistakes in gradients can be named. Where none arrives, a gradient is 0. The result is
    a tensor; of one that holds several numbers, a weighted sum goes backward.

    Args:
        which: the places of these inputs among ``inputs``.
    """
    given = [v.detach().requires_grad_() if i in which else v for i, v in enumerate(inputs)]
    result, wanted = answer(*given), [given[i] for i in which]
    if not (isinstance(result, Tensor) and result.requires_grad):
        return result, *("none: the result is cut off from the graph" for _ in wanted)
    weights = torch.linspace(1, 2, result.numel(), dtype=result.dtype).view_as(result)
    total = (weights * result).sum()
    grads = torch.autograd.grad(total, wanted, allow_unused=True, materialize_grads=True)
    return result.detach(), *grads


def halves(encoder: nn.Module, decoder: nn.Module) -> nn.Module:
    """A model with these two halves, one after the other."""
    model = nn.Sequential()
    model.encoder, model.decoder = encoder, decoder
    return model


# ---------------------------------------------------------------- a test


class Case:
    """What ``test(case)`` is given: calls answers, compares, and says at the end what is wrong.

    Args:
        kept: what the release stored of this test: ``cases``, in their order, and what is
            ``said`` of each mistake; None in the solutions, where there is nothing to compare with.
    """

    def __init__(self, kept: dict | None) -> None:
        self.file = ""  # where the test is from, and functions that put an answer to use
        self._records: list[dict] | None = None
        self._next = 0
        self._failure: str | None = None
        self._said: dict[str, str] = {}
        self._suspects: set[str] = set()  # mistakes that agree with everything so far
        self._evidence = 0  # numbers that are not as they should be, and agree with the suspects
        if kept is not None:
            self._take(kept)

    def _take(self, kept: dict) -> None:
        self._records = [*(self._records or []), *kept["cases"]]
        if not self._evidence:  # what comes new has been right in all cases so far
            self._suspects |= kept["said"].keys() - self._said.keys()
        self._said |= kept["said"]

    def more(self, packed: str) -> None:
        """Take in what was stored of the hidden cases, which come next."""
        if packed:
            for kept in unpack(packed).values():
                self._take(kept)

    def __call__(
        self,
        what: str | Sequence[str],
        answer: Callable,
        *inputs: Any,
        images: int = 0,
        backward: int = 0,
        but: str = "",
        seen: Callable[[Any], Any] | None = None,
        rtol: float = 1e-4,
        atol: float = 1e-5,
    ) -> None:
        """One case: the answer is called with the inputs, and its result compared.

        Args:
            what: names the result in the message, such as "the squared error"; of a pair or a
                longer row, a name for each part.
            answer: the reader's function; or a function of this cell that puts it to use, and
                then the answer is among the inputs.
            inputs: what it is called with.
            images: how many of the first inputs hold something for each image: the case is
                tried with one image and with many, too.
            backward: how many of the first inputs have to get the right gradients; 0 for all to
                which the solution gives one, unless ``but`` names the graph.
            but: what is not asked for in this case: "in float64" or another way, "graph" (whether
                the result is on it) or another of what a call may disturb; a comma between two. A
                way in which the solution fails is left out by itself.
            seen: a function of this cell that says what of the result is compared: of a draw, say,
                its shares. It runs where results are compared; in a class, out of reach of answers.
            rtol, atol: relative and absolute tolerance, as in ``torch.allclose``.
        """
        if self._records is None:
            look(outcome(answer, fresh(inputs)), seen)
            return
        record = self._records[self._next]
        self._next += 1
        came, disturbed = self._come(answer, inputs, images, backward)
        came = look(came, seen)
        right = alike(came, record["right"], rtol, atol)
        self._weigh(came, right, record, rtol, atol)
        if isinstance(came, Raised) and self._failure is None:
            name = self._name(answer, inputs)
            if came.in_test:
                raise Wrong(
                    f"{', '.join(_names(what))}: {name} gives something that can't be used as the "
                    f"task says.\n{type(came.error).__name__}: {came.error}"
                ) from came.error
            came.error.add_note(f"This happened in {name}({', '.join(map(describe, inputs))}).")
            raise came.error
        if self._failure is None and not right:
            self._failure = self._differs(came, record["right"], what, rtol, atol)
        elif self._failure is None:
            self._failure = self._otherwise(
                what, answer, inputs, images, backward, but, seen, record, disturbed, rtol, atol
            )

    def _weigh(self, came: Any, right: bool, record: dict, rtol: float, atol: float) -> None:
        """Strike out the mistakes that would have given something else here."""
        wrong = record["wrong"]
        self._evidence += 0 if right else _evidence(came, record["right"])
        self._suspects = {
            mistake
            for mistake in self._suspects
            if (right and mistake not in wrong)
            or (not right and mistake in wrong and _agrees(came, wrong[mistake], rtol, atol))
        }

    def _otherwise(
        self,
        what: str | Sequence[str],
        answer: Callable,
        inputs: Sequence,
        images: int,
        backward: int,
        but: str,
        seen: Callable[[Any], Any] | None,
        record: dict,
        disturbed: set[str],
        rtol: float,
        atol: float,
    ) -> str | None:
        """What is wrong with an answer that is right, once it is called in another way."""
        name, skipped = self._name(answer, inputs), {part.strip() for part in but.split(",")}
        for disturbance, said in _DISTURBED.items():
            if disturbance in disturbed and disturbance in record["kept"]:
                return f"{name} {said}"
        if "graph" not in record["kept"] and "graph" not in {*disturbed, *skipped}:
            return f"{', '.join(_names(what))}: {_CUT}"
        for way, came in self._in_ways([*record["ways"]], answer, inputs, images, backward):
            kept, came = record["ways"][way], look_in(way, came, seen)
            if not _agrees(came, kept, 10 * rtol, 10 * atol):
                if way == "backward":
                    return f"{', '.join(_names(what))}: {_HINTS[way]}"
                names = _names(what)
                if way in _AFTERWARDS:
                    names = [", ".join(names), *_AFTERWARDS[way]]
                said, came, kept = _part(names, came, kept, 10 * rtol, 10 * atol)
                return f"{said}, {way}: {self._brief(came, kept)}\n{_HINTS[way]}"
        return None

    def _brief(self, came: Any, kept: list) -> str:
        """The same of a result in another way, in few words."""
        return _briefly(came, kept)

    def _differs(
        self, came: Any, right: list, what: str | Sequence[str], rtol: float, atol: float
    ) -> str:
        """In words, how a result differs."""
        return _difference(came, right, what, rtol, atol)

    def _come(
        self, answer: Callable, inputs: Sequence, images: int, backward: int
    ) -> tuple[Any, set[str]]:
        """What comes of a call, and what it disturbs."""
        disturbed: set[str] = set()
        came = outcome(answer, fresh(inputs), disturbed)
        if isinstance(came, Raised):
            came.in_test = raised_in(came.error, self.file)
        return came, disturbed

    def _in_ways(
        self, asked: list[str], answer: Callable, inputs: Sequence, images: int, backward: int
    ) -> Iterator[tuple[str, Any]]:
        """What comes of the call last made, in these other ways."""
        for way, call in ways(answer, inputs, images, backward):
            if way in asked:
                yield way, call()

    def _name(self, answer: Callable, inputs: Sequence) -> str:
        """What to call an answer, also one that was handed to a function of the test."""
        ours = answer in (part, barred, gradients) or self.file == getattr(
            getattr(answer, "__code__", None), "co_filename", None
        )
        given = [v for v in inputs if isinstance(v, (types.FunctionType, type))] if ours else []
        named = given[0] if given else answer
        return getattr(named, "__name__", type(named).__name__)

    def judge(self) -> None:
        """Say what was wrong first, if anything was, with its cause where that is certain."""
        if self._failure is not None:
            certain = len(self.suspected) == 1 and self._evidence > 1
            cause = f"\nLikely cause: {self.suspected[0]}" if certain else ""
            raise Wrong(self._failure + cause)

    @property
    def failed(self) -> bool:
        return self._failure is not None

    @property
    def suspected(self) -> list[str]:
        """What is said of the mistakes that agree with everything so far."""
        return sorted({self._said[mistake] for mistake in self._suspects})


def raised_in(error: BaseException, file: str) -> bool:
    """Whether an error arose in the lines of a test, with what an answer had given it."""
    frames = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]
    theirs = [name for name in frames if not name.startswith(_LIBRARIES)]
    return bool(theirs) and theirs[-1] == file


def _agrees(came: Any, kept: list, rtol: float, atol: float) -> bool:
    if isinstance(came, Raised):
        return kept == ["raised", type(came.error).__name__]
    return alike(came, kept, rtol, atol)


def _names(what: str | Sequence[str]) -> list[str]:
    return [what] if isinstance(what, str) else [*what]


def _evidence(came: Any, kept: list) -> int:
    """How much a wrong result tells of its cause: its numbers, or more by its shape."""
    shaped = isinstance(came, Tensor) and kept[0] in ("tensor", "sums")
    return max(2, _size(came)) if shaped and [*came.shape] != kept[2] else _size(came)


def _size(value: Any) -> int:
    """How many numbers a result holds."""
    if isinstance(value, (tuple, list)):
        return sum(map(_size, value))
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    return value.numel() if isinstance(value, Tensor) else 1


def _difference(came: Any, kept: list, what: str | Sequence[str], rtol: float, atol: float) -> str:
    """In words, how a result differs from the one that was stored."""
    kind, *rest = kept
    names = _names(what)
    name, ours, theirs = _part(names, came, kept, rtol, atol)
    if ours is not came:
        return _difference(ours, theirs, name, rtol, atol)
    if kind == "dict" and isinstance(came, dict) and [*map(str, came)] == [k for k, _ in rest]:
        for part, (key, theirs) in zip(came.values(), rest, strict=True):
            if not alike(part, theirs, rtol, atol):
                return _difference(part, theirs, f"{names[0]}, {key}", rtol, atol)
    what = ", ".join(names)
    if kind in ("tensor", "float"):
        try:
            same(came, value_of(kept), what, rtol=rtol, atol=atol)
        except AssertionError as error:
            return str(error)
    return f"{what}: {_briefly(came, kept)}"


def _part(
    names: list[str], came: Any, kept: list, rtol: float, atol: float
) -> tuple[str, Any, list]:
    """The first part of a row that differs, by its name; of anything else, all of it."""
    if kept[0] == "row" and isinstance(came, (tuple, list)) and len(came) == len(kept) - 1:
        if len(names) != len(came):
            names = [f"{names[0]}, part {number}" for number in range(1, len(came) + 1)]
        for name, ours, theirs in zip(names, came, kept[1:], strict=True):
            if not alike(ours, theirs, rtol, atol):
                return name, ours, theirs
    return ", ".join(names), came, kept


def _briefly(came: Any, kept: list) -> str:
    kind, *rest = kept
    if isinstance(came, Raised):
        return f"{type(came.error).__name__}: {came.error}"
    if kind in ("tensor", "sums"):
        if not isinstance(came, Tensor):
            return f"a tensor was expected, not {describe(came)}."
        if [*came.shape] != rest[1]:
            return f"the shape {tuple(rest[1])} was expected, {tuple(came.shape)} came."
        if str(came.dtype).removeprefix("torch.") != rest[0]:
            return f"torch.{rest[0]} was expected, {came.dtype} came."
        return "the shape is right, the values are not."
    if kind == "row":
        return f"{len(rest)} results were expected; {describe(came)} came, or parts of it differ."
    if kind == "dict":
        return (
            f"a dict with the keys {[key for key, _ in rest]} was expected; {describe(came)} came."
        )
    plain = came is None or isinstance(came, (bool, int, float, str))
    return f"{value_of(kept)!r} was expected, {repr(came) if plain else describe(came)} came."


def run(name: str, test: Callable[[Case], None] | None = None) -> Callable | None:
    """Call the test that stands below: ``@run("ex01-loss-values")``. (Older releases hand it over.)

    The test sees torch, nn, F and math as they are, whatever else has been given these names; what
    it draws starts from seed 0, and the global generator is left as it was.

    Args:
        name: the id of the test's cell.
        test: calls its argument for each case.

    Raises:
        Wrong: the answer is wrong, or the cell that loads the cases has not been run.
        Exception: what the answer raised.
    """
    if test is None:
        return partial(call, name)
    call(name, test)
    return None


def call(name: str, test: Callable[[Case], None]) -> None:
    """What ``run`` does with a test; who judges has something else in its place."""
    if _Table.tests is None:
        raise Wrong("First run the cell near the top that loads what the tests compare with.")
    case = Case(_Table.tests[name] if _Table.tests else None)
    attempt(case, test)
    case.judge()


def attempt(case: Case, test: Callable[[Case], None]) -> None:
    """Run a test's body on a case, and prefer what the case has found to a later error."""
    case.file = test.__code__.co_filename
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(SEED)
        try:
            _apart(test)(case)
        except AssertionError as error:
            if not case.failed:
                raise Wrong(str(error)) from error
        except Exception:
            if not case.failed:
                raise


def _apart(test: Callable) -> Callable:
    """The test, and the functions of its cell, with modules that nobody can have renamed."""
    plain = {"torch": torch, "nn": nn, "F": F, "math": math}
    space = {**test.__globals__, **plain}
    for name, value in {**test.__globals__, test.__name__: test}.items():
        if not isinstance(value, types.FunctionType):
            continue
        if value.__code__.co_filename == test.__code__.co_filename:
            space[name] = types.FunctionType(value.__code__, space, name, value.__defaults__)
    return space[test.__name__]
