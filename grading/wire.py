"""How the judge and a student's process speak: JSON with raw bytes behind it, over one socket.

What a student's process says is never unpickled, and never larger than the judge allows.
"""

from __future__ import annotations

import json
import math
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

MB = 2**20
LARGEST = 64 * MB  # of one message: many times what any answer gives back
MOST = 10_000  # values in one result, a tensor being one
_UNKNOWN = 100  # values for which one of another type counts, since it becomes a type here
LONGEST = 2**20  # along a dimension: a test may take a tensor apart, row by row
_DEEPEST = 20  # lists in lists
_DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in vars(torch).values()
    if isinstance(dtype, torch.dtype) and not str(dtype).startswith(("torch.q", "torch.bits"))
}


class Broken(Exception):
    """The other side is gone, or sends what can't be read; the message says which."""


class Line:
    """One end of a connection.

    Args:
        connection: a stream socket.
        waiting: called every fifth of a second, as long as a message takes; may raise to give up.
    """

    def __init__(self, connection: socket.socket, waiting: Callable[[], None] | None = None):
        self.connection, self.waiting = connection, waiting
        self._asked = time.monotonic()
        connection.settimeout(None if waiting is None else 0.2)

    def _wait(self) -> None:
        # By the clock, and not only where nothing comes: a trickle is no message.
        if self.waiting is not None and time.monotonic() - self._asked >= 0.2:
            self.waiting()
            self._asked = time.monotonic()

    def say(self, head: dict, *parts: bytes) -> None:
        """Send a message.

        Raises:
            Broken: nobody takes it.
        """
        text = json.dumps(head, ensure_ascii=True).encode()
        sizes = struct.pack(f"<{2 + len(parts)}Q", len(parts), len(text), *map(len, parts))
        rest = memoryview(b"".join([sizes, text, *parts]))
        while rest:
            try:
                rest = rest[self.connection.send(rest) :]
            except TimeoutError:
                pass
            except OSError:
                raise Broken("ended") from None
            self._wait()

    def hear(self, text: int = 4 * MB) -> tuple[dict, list[bytearray]]:
        """The next message.

        Raises:
            Broken: there is none, or it has more than ``text`` bytes of text or LARGEST in all,
                or is no message.
        """
        count, size = struct.unpack("<2Q", self._take(16))
        if count > 10_000 or size > text:
            raise Broken(f"sent more than {text // MB} MB of text")
        sizes = struct.unpack(f"<{count}Q", self._take(8 * count))
        if size + sum(sizes) > LARGEST:
            raise Broken(f"sent more than {LARGEST // MB} MB")
        told = self._take(size)
        parts = [self._take(size) for size in sizes]
        try:
            head = json.loads(told)
        except (ValueError, RecursionError):
            raise Broken("sent what can't be read") from None
        if not isinstance(head, dict):
            raise Broken("sent what can't be read")
        return head, parts

    def _take(self, size: int) -> bytearray:
        taken = bytearray(size)
        view, at = memoryview(taken), 0
        while at < size:
            try:
                came = self.connection.recv_into(view[at:])
                if not came:
                    raise Broken("ended")
                at += came
            except TimeoutError:
                pass
            except OSError:
                raise Broken("ended") from None
            self._wait()
        return taken


def pack(value: Any, parts: list[bytes]) -> list:
    """A value as JSON, the numbers of its tensors added to ``parts``; see ``cases.stored``.

    Of what is no tensor, number, text, None or lists, tuples and dicts of those, the type is kept.
    """
    if isinstance(value, Tensor):
        plain = value.detach().as_subclass(Tensor)
        kind = str(plain.dtype).removeprefix("torch.")
        if plain.layout != torch.strided or plain.device.type != "cpu" or kind not in _DTYPES:
            return ["other", f"{kind} tensor that is {plain.layout} on {plain.device}"]
        # A copy: what counts as contiguous may still have strides that can't be viewed as bytes.
        plain = plain.resolve_conj().resolve_neg().clone(memory_format=torch.contiguous_format)
        parts.append(plain.view(-1).view(torch.uint8).numpy().tobytes() if plain.numel() else b"")
        return ["tensor", kind, [*plain.shape], len(parts) - 1]
    if value is None or isinstance(value, (bool, str, float)):
        return ["plain", value]
    if isinstance(value, int):
        return ["plain", int(value)]
    if isinstance(value, (tuple, list)):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return [kind, *(pack(part, parts) for part in value)]
    if isinstance(value, dict):
        return ["dict", *([str(key), pack(part, parts)] for key, part in value.items())]
    return ["other", type(value).__name__]


def unpack(tree: Any, parts: Sequence[bytearray]) -> Any:
    """What ``pack`` was given; of what it could not hold, an object of a type of that name.

    Raises:
        Broken: it is nothing that ``pack`` gives, or more than MOST values, or, where several
            share their numbers, more than LARGEST bytes.
    """
    return _unpack(tree, parts, 0, [MOST, LARGEST])


def _unpack(tree: Any, parts: Sequence[bytearray], deep: int, left: list[int]) -> Any:
    try:
        kind, *rest = tree
        left[0] -= _UNKNOWN if kind == "other" else 1
        if left[0] < 0:
            raise Broken(f"sent more than {MOST:,} values")
        if kind == "tensor":
            dtype, shape, at = _DTYPES[rest[0]], rest[1], rest[2]
            if len(shape) > 8 or not all(type(n) is int and 0 <= n <= LONGEST for n in shape):
                raise ValueError
            # One of no numbers, too: its sum over a dimension of size 0 has all of the others.
            left[1] -= math.prod(n or 1 for n in shape) * dtype.itemsize
            if left[1] < 0:
                raise ValueError
            if math.prod(shape) * dtype.itemsize != len(parts[at]):
                raise ValueError
            return (torch.frombuffer(parts[at], dtype=dtype) if len(parts[at]) else
                    torch.empty(0, dtype=dtype)).view(shape)  # fmt: skip
        if kind == "plain" and (rest[0] is None or isinstance(rest[0], (bool, int, float, str))):
            return rest[0]
        if kind == "other":
            return type(name_of(rest[0]), (), {})()
        if kind in ("tuple", "list", "dict") and deep < _DEEPEST:
            if kind == "dict":
                return {str(key): _unpack(part, parts, deep + 1, left) for key, part in rest}
            row = [_unpack(part, parts, deep + 1, left) for part in rest]
            return tuple(row) if kind == "tuple" else row
    except Broken:
        raise
    except Exception:  # whatever a student's code may have put in its place
        pass
    raise Broken("sent what can't be read")


def name_of(text: object) -> str:
    """A name that a student's process told, harmless and short."""
    return "".join(c for c in str(text)[:80] if c.isprintable()) or "something"


def text_of(value: object) -> str:
    """Text that can be written to a file: a lone surrogate can't."""
    return str(value if value is not None else "").encode("utf-8", "replace").decode()


def generator(state: Tensor) -> torch.Generator:
    """A generator in this state; older torch can't send one by itself."""
    made = torch.Generator()
    made.set_state(state)
    return made


names: dict[str, Any] = {}  # in a student's process: what its notebook has defined


def named(name: str) -> Any:
    """An answer, in the student's process.

    Raises:
        NameError: there is none.
    """
    if name not in names:
        raise NameError(f"name {name!r} is not defined")
    return names[name]
