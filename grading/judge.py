"""The judge: runs a set's tests out here, where neither answers nor their author can reach.

A test calls ``case(what, answer, *inputs)``. The answers that it names stand in the student's
process; here they are names. Their inputs go there, what they give comes back as plain numbers and
text, and is compared here with what the solution gave.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any
from unittest import mock

import cloudpickle
import torch

from grading import wire
from grading.release import Release, definitions, is_answer, is_test
from utils import cases

# The errors whose names a page may show of a hidden case: another name could be a message.
_KNOWN = {
    name
    for module in (__import__("builtins"), torch)
    for name, value in vars(module).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}


_NOT_SHOWN = "(in a case that is not shown)"
_UNSAID = f"something else was expected {_NOT_SHOWN}."


def _plain(came: Any) -> bool:
    """Whether words on a result can tell nothing but a few numbers: no text, name or odd shape."""
    if isinstance(came, (tuple, list)):
        return len(came) <= 4 and all(map(_plain, came))
    if isinstance(came, torch.Tensor):
        return came.ndim <= 4 and all(size < 10_000 for size in came.shape)
    return (
        came is None
        or isinstance(came, (bool, float))
        or (isinstance(came, int) and abs(came) < 10**9)
    )


class Answer:
    """An answer by its name. It is called in the student's process alone."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __call__(self, *_: object) -> None:
        raise TypeError(f"A test called {self.__name__} itself; hand it to case().")


class _Pickler(cloudpickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, Answer):
            return wire.named, (value.__name__,)
        if isinstance(value, torch.Generator):  # older torch can't do it by itself
            return wire.generator, (value.get_state(),)
        return super().reducer_override(value)


_unpacked = lru_cache(maxsize=1000)(cases.unpack)  # the same for each student


class Remote(cases.Case):
    """What a test is given here: calls answers over there.

    Args:
        line: to a process that waits for cases.
    """

    def __init__(self, line: wire.Line) -> None:
        super().__init__(None)
        self._line, self._hidden = line, False
        self._raised: Exception | None = None

    def more(self, packed: str) -> None:
        """Take in what was stored of the hidden cases, of which a page shows no word of theirs."""
        for kept in _unpacked(packed).values() if packed else ():
            self._take(kept)
        self._hidden = True

    def _come(
        self, answer: Callable, inputs: Sequence, images: int, backward: int
    ) -> tuple[Any, set[str]]:
        sent = io.BytesIO()
        _Pickler(sent).dump((answer, [*inputs], images, backward))
        told, parts = self._ask({"do": "case", "file": self.file}, sent.getvalue())
        disturbed = told.get("disturbed")
        if not isinstance(disturbed, list):
            raise wire.Broken("sent what can't be read")
        return self._value(told.get("came"), parts), {*map(str, disturbed)}

    def _in_ways(
        self, asked: list[str], answer: Callable, inputs: Sequence, images: int, backward: int
    ) -> Iterator[tuple[str, Any]]:
        told, parts = self._ask({"do": "ways", "ways": asked, "file": self.file})
        came = told.get("came")
        if not isinstance(came, list) or len(came) != len(asked):
            raise wire.Broken("sent what can't be read")
        for way, tree in zip(asked, came, strict=True):
            yield way, self._value(tree, parts)

    def __call__(self, *given: Any, seen: Callable | None = None, **more: Any) -> None:
        def shut(came: Any) -> Any:
            try:
                return seen(came) if seen else came
            except Exception as error:
                if not self._hidden:
                    raise
                # It may name what came, or its shape.
                raise type(type(error).__name__, (Exception,), {})(_NOT_SHOWN) from None

        super().__call__(*given, seen=seen and shut, **more)

    def _differs(
        self, came: Any, right: list, what: str | Sequence[str], rtol: float, atol: float
    ) -> str:
        said = super()._differs(came, right, what, rtol, atol)
        if not self._hidden:
            return said
        # Of how it differs, only sentences that are the same for all inputs.
        how = said.partition("\n")[2]
        how = f"\n{how}" if how and not re.search(r"\d", how) and _plain(came) else ""
        return f"{what if isinstance(what, str) else ', '.join(what)}: {_UNSAID}{how}"

    def _brief(self, came: Any, kept: list) -> str:
        return _UNSAID if self._hidden else super()._brief(came, kept)

    def _ask(self, head: dict, *parts: bytes) -> tuple[dict, list[bytearray]]:
        self._line.say(head, *parts)
        return self._line.hear()

    def _value(self, tree: Any, parts: list[bytearray]) -> Any:
        if not (isinstance(tree, list) and tree and tree[0] == "raised"):
            return wire.unpack(tree, parts)
        if len(tree) != 4:
            raise wire.Broken("sent what can't be read")
        name, text = wire.name_of(tree[1]), wire.text_of(tree[2])
        if self._hidden:
            name = name if name in _KNOWN else "Exception"
            text = _NOT_SHOWN
        # The usual note names shapes and numbers of the inputs.
        silent = {"add_note": lambda error, note: None} if self._hidden else {}
        self._raised = type(name, (Exception,), silent)(text)
        return cases.Raised(self._raised, tree[3] is True)

    def raised(self, error: Exception) -> bool:
        """Whether it was an answer that raised an error, and not the test."""
        return error is self._raised

    def _name(self, answer: Callable, inputs: Sequence) -> str:
        named = [value for value in (answer, *inputs) if isinstance(value, Answer)]
        return named[0].__name__ if named else super()._name(answer, inputs)


class Judge:
    """A set's tests, as functions of a case.

    Args:
        release: the set, its hidden tests in place.
    """

    def __init__(self, release: Release) -> None:
        self._names = {
            name: Answer(name)
            for cell in release.notebook.cells
            if is_answer(cell)
            for name in definitions(cell.source)
        }
        self._code = {
            cell.metadata.nbgrader.grade_id: compile(
                cell.source, cell.metadata.nbgrader.grade_id, "exec"
            )
            for cell in release.notebook.cells
            if is_test(cell)
        }
        self._visible = release.visible

    def run(self, name: str, case: Remote) -> None:
        """Run a test.

        Raises:
            Wrong: an answer is wrong; the message says how.
            Exception: what an answer raised.
            Broken: the student's process is gone.
        """
        space = {"__name__": "__main__", "torch": torch, "nn": torch.nn, "math": cases.math,
                 "F": torch.nn.functional, **self._names}  # fmt: skip

        def attempt(_: str, test: Callable) -> None:
            case._take(self._visible[name])
            cases.attempt(case, test)
            case.judge()

        with mock.patch.object(cases, "call", attempt):
            exec(self._code[name], space)
