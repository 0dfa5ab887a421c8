"""Comparisons for the exercises that say what differs and, where it can be told, why.

A test hands the answer's result to ``same`` together with what likely mistakes would have given;
the error then names the mistake, not only the difference. ``validate`` runs a notebook's tests.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import Any

import torch
from IPython import get_ipython
from torch import Tensor, nn

from utils import progress
from utils.differences import how


def call(function: Callable, *inputs: Any) -> Any:
    """Call an answer, and insist that it leaves its inputs as they were.

    Args:
        function: the reader's function or module.
        inputs: its arguments; tensors are compared before and after. A module is not: training
            it is what some tasks ask for.

    Returns:
        Whatever the function returns.

    Raises:
        AssertionError: a tensor among the inputs was changed.
        Exception: whatever the answer raises, with a note on the inputs that made it do so.
    """
    before = [value.detach().clone() if isinstance(value, Tensor) else None for value in inputs]
    name = getattr(function, "__name__", type(function).__name__)
    try:
        result = function(*inputs)
    except Exception as error:
        error.add_note(f"This happened in {name}({', '.join(map(describe, inputs))}).")
        raise
    for position, (value, copy) in enumerate(zip(inputs, before, strict=True), start=1):
        if copy is not None and not torch.equal(value.detach(), copy):
            raise AssertionError(
                f"{name} changed its input number {position} in place. The caller still needs it: "
                "make a new tensor (x = x + 1 in place of x += 1, no method that ends in _)."
            )
    return result


def same(
    got: Any,
    expected: Tensor | float,
    what: str,
    mistakes: Mapping[str, Any] | None = None,
    rtol: float = 1e-4,
    atol: float = 1e-5,
) -> None:
    """Insist that an answer's result equals the expected one.

    Args:
        got: what the answer returned.
        expected: a tensor, or a float where a plain Python number is asked for.
        what: names the result in the message, such as "the squared error".
        mistakes: sentence -> what that mistake would have returned, as a tensor, a number or
            nested lists; the sentence of the first one that matches ``got`` joins the message.
        rtol, atol: relative and absolute tolerance, as in ``torch.allclose``.

    Raises:
        AssertionError: another type, dtype, shape or value, or not finite. The message says what
            was expected, what came, and the likely cause where one is known.
    """
    if got is None:
        raise AssertionError(f"{what}: nothing came back (None). Does the function end in return?")
    if isinstance(expected, Tensor):
        _same_kind(got, expected, what, mistakes or {}, rtol, atol)
    elif isinstance(got, bool) or not isinstance(got, (int, float)):
        hint = "; .item() turns one value into a plain number" if hasattr(got, "item") else ""
        raise AssertionError(
            f"{what}: a plain Python number was expected, not {describe(got)}{hint}."
        )
    # A plain number is compared as it is; as an int it would cut the expected one short.
    number = None if isinstance(got, Tensor) else torch.float64
    ours = torch.as_tensor(got, dtype=number).detach()
    theirs = torch.as_tensor(expected).detach().to(ours.dtype)
    if torch.allclose(ours, theirs, rtol, atol, equal_nan=False):
        return
    cause = _cause(ours, mistakes or {}, rtol, atol)
    if not torch.isfinite(ours).all():
        raise AssertionError(
            f"{what}: {describe(ours)} with values that are not finite (nan or inf). "
            f"{cause or 'Look for a logarithm of 0, a division by 0 or an overflow.'}"
        )
    if ours.ndim == 0:
        seen = f"{theirs.item():.6g} was expected, {ours.item():.6g} came"
        ratio = (ours / theirs).item()
        if 1e-3 < abs(ratio) < 1e3:
            seen += f" ({ratio:.4g} times as much)"
    else:
        gap = (ours.double() - theirs.double()).abs()
        at = tuple(int(i) for i in torch.unravel_index(gap.argmax(), gap.shape))
        seen = (
            f"the values differ, by up to {gap.max().item():.3g}; at {list(at)} "
            f"{theirs[at].item():.6g} was expected and {ours[at].item():.6g} came"
        )
    cause = cause or how(ours, theirs, rtol, atol)
    # The cause has a line of its own: Validate does not wrap lines, and cuts off what is too long.
    raise AssertionError(f"{what}: {seen}.\n{cause}".strip())


def _same_kind(
    got: Any,
    expected: Tensor,
    what: str,
    mistakes: Mapping[str, Any],
    rtol: float,
    atol: float,
) -> None:
    """Type, shape and dtype of a tensor."""
    if not isinstance(got, Tensor):
        raise AssertionError(f"{what}: a tensor was expected, not {describe(got)}.")
    if got.shape != expected.shape:
        cause = _cause(got.detach(), mistakes, rtol, atol) or _why(got, expected, rtol, atol)
        raise AssertionError(
            f"{what}: the shape {tuple(expected.shape)} was expected, {tuple(got.shape)} came. "
            f"{cause}".strip()
        )
    if got.dtype != expected.dtype:
        hint = " Keep the dtype of the inputs; a conversion (.double(), NumPy's default) brings in "
        hint = hint + "another." if got.is_floating_point() and expected.is_floating_point() else ""
        raise AssertionError(f"{what}: {expected.dtype} was expected, {got.dtype} came.{hint}")


def _why(got: Tensor, expected: Tensor, rtol: float, atol: float) -> str:
    return how(got.detach(), expected, rtol, atol) if got.isfinite().all() else ""


def pair(got: Any, names: str) -> None:
    """Insist that an answer returned two things; ``names`` says which, such as "(h, x_hat)".

    Raises:
        AssertionError: it is no tuple or list of two.
    """
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        raise AssertionError(f"The pair {names} was expected; {describe(got)} came.")


def learns(loss: Tensor, parameters: Mapping[str, Tensor], what: str) -> None:
    """Insist that gradients flow from a loss to each of the parameters.

    Args:
        loss: a scalar tensor.
        parameters: name -> tensor that requires a gradient.
        what: names the result that the loss was made from.

    Raises:
        AssertionError: there is no graph, or a parameter gets no gradient or a zero one.
    """
    cut = (
        f"{what} is cut off from the graph, so nothing can learn through it. Look for .detach(), "
        ".item(), torch.no_grad(), .data or a detour through NumPy."
    )
    if not loss.requires_grad:
        raise AssertionError(cut)
    for name, parameter in parameters.items():
        if not parameter.requires_grad:
            raise AssertionError(f"{name} asks for no gradient. Is it an nn.Parameter?")
    gradients = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
    for name, gradient in zip(parameters, gradients, strict=True):
        if gradient is None or not gradient.any():
            raise AssertionError(
                f"{name} gets no gradient from {what}. It is not used there, or {cut}"
            )


def parameter_count(module: nn.Module) -> int:
    """How many trainable numbers a module has; a parameter used twice counts once."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad)


def validate() -> None:
    """Run the tests of this notebook on its answers as they are now, and print which tasks pass.

    It does not need the Validate button, so it works in Colab and VS Code too. Each test runs in a
    copy of the notebook's names, whether its cell was run before or not; what answers print is left
    out. Nothing happens where a set is graded or validated: there the tests run anyway.
    """
    shell = get_ipython()
    if shell is None or "NBGRADER_EXECUTION" in os.environ:  # nbgrader sets it, and our grader
        return
    from utils import cases  # which imports this module

    def said(test: progress.Cell) -> str:
        text, name = progress.source(test), test["metadata"]["nbgrader"]["grade_id"]
        try:
            with redirect_stdout(StringIO()):
                exec(compile(text, name, "exec", dont_inherit=True), {**shell.user_ns})
        except Exception as error:
            return progress.failure(type(error).__name__, str(error))
        return ""

    for notebook in _notebooks(Path(shell.starting_dir)):
        found = progress.tests(notebook)
        ids = {test["metadata"]["nbgrader"]["grade_id"] for _, test in found}
        if ids and ids.issuperset(cases.known()):
            print("\n".join(progress.lines(found, said)))
            return
    print(
        f"The file of this notebook is not to be found in {shell.starting_dir}, where its kernel "
        "was started. Save the notebook there and run this cell again, or press Validate."
    )


def _notebooks(folder: Path) -> Iterator[dict[str, Any]]:
    """This notebook as Colab has it, or those in a folder: of the same set, all hold its tests."""
    if "google.colab" in sys.modules:
        from google.colab import _message

        if reply := _message.blocking_request("get_ipynb", timeout_sec=60):
            yield reply["ipynb"]
        return
    for path in sorted(folder.glob("*.ipynb")):
        with suppress(OSError, ValueError, TypeError):  # it is no notebook
            notebook = json.loads(path.read_text(encoding="utf-8"))
            if "cells" in notebook:
                yield notebook


def _cause(got: Tensor, mistakes: Mapping[str, Any], rtol: float, atol: float) -> str:
    for sentence, value in mistakes.items():
        wrong = torch.as_tensor(value, dtype=got.dtype).detach()
        if wrong.shape == got.shape and torch.allclose(got, wrong, rtol, atol, equal_nan=True):
            return f"Likely cause: {sentence}"
    return ""


def describe(value: Any) -> str:
    if isinstance(value, Tensor):
        return f"a tensor of shape {tuple(value.shape)} and {value.dtype}"
    if isinstance(value, (nn.Module, torch.optim.Optimizer, torch.Generator)):
        return f"a {type(value).__name__}"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    if hasattr(value, "shape"):
        return f"a {type(value).__name__} of shape {tuple(value.shape)} and {value.dtype}"
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) < 60 else text[:57] + '…'}"
