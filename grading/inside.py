"""What a student's process does: it runs the cells of a notebook, and calls the answers in them.

It is told one case at a time, and gives back what the answer gave. It knows no expected value, no
points and no verdict. So nothing here has to withstand the student's code, which shares the
process: it can at most give wrong answers.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import os
import pickle
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

import matplotlib
import torch
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from grading import wire
from utils import cases

# What a person or a page gets to see. HTML, SVG and JavaScript of a student would run in the
# browser of the person who grades.
_SHOWN = ("text/plain", "image/png", "image/jpeg")
_outputs: list[dict] = []  # of the cell that runs


class Full(KeyboardInterrupt):
    """A cell has put out all that it may. No ``except Exception`` of a student's stops this."""


class _Room:
    left = 0  # characters of text
    most = figures = 0  # characters of figures: of a cell, and that are left
    unseen = 0  # figures for which none were left


def _put(output: dict, size: int) -> None:
    _Room.left -= size
    if _Room.left < 0:
        raise Full("This cell printed too much. It was stopped here.")
    _outputs.append(output)


class _Stream(io.TextIOBase):
    """Standard output, or standard error, of a cell."""

    encoding = "utf-8"

    def __init__(self, name: str) -> None:
        self.name = name

    def write(self, text: str) -> int:
        kept, size = text[: max(0, _Room.left)], len(text)
        if _outputs and _outputs[-1].get("name") == self.name:
            _outputs[-1]["text"] += kept
            _Room.left -= size
        elif kept:
            _put({"output_type": "stream", "name": self.name, "text": kept}, len(kept))
            _Room.left -= size - len(kept)
        if _Room.left < 0:
            raise Full("This cell printed too much. It was stopped here.")
        return size

    def writable(self) -> bool:
        return True


def _show(data: dict) -> None:
    shown = {kind: str(data[kind]) for kind in _SHOWN if kind in data}
    size = sum(map(len, shown.values()))
    output = {"output_type": "display_data", "data": shown, "metadata": {}}
    if set(shown) <= {"text/plain"}:
        _put(output, size)
    elif size > _Room.figures:  # what comes behind many figures may be the conclusion
        _Room.unseen += 1
    else:
        _Room.figures -= size
        _outputs.append(output)


def _clear() -> None:
    _outputs.clear()
    _Room.figures, _Room.unseen = _Room.most, 0


class _Publisher(DisplayPublisher):
    def publish(self, data: dict, *_: Any, **__: Any) -> None:  # type: ignore[override]
        _show(data)

    def clear_output(self, wait: bool = False) -> None:
        _clear()


class _Hook(DisplayHook):
    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict, md_dict: Any = None) -> None:
        _show(format_dict)

    def finish_displayhook(self) -> None:
        self._is_active = False


class Shell(InteractiveShell):
    """IPython without a front end."""

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no window."""

    def enable_matplotlib(self, gui: str | None = None) -> tuple:
        # Whatever is asked for (widget, TkAgg): only so does a reader of the page see figures.
        return super().enable_matplotlib("inline")

    def ask_exit(self) -> None:
        """``quit()`` ends nothing: the cells below count as well."""

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        lines = [line[:2000] for line in stb][-100:]
        text = str(evalue)[:2000]
        _outputs.append(
            {"output_type": "error", "ename": etype.__name__, "evalue": text, "traceback": lines}
        )


def _no_gpu() -> None:
    """In place of torch's words, which are about the grader's way of making processes."""
    raise RuntimeError(
        "There is no GPU where work is graded. Write .to(device) with device = pick_device() (from "
        "utils.training), which is right with a GPU and without one."
    )


def warm_up() -> None:
    """Make the one shell of this process, and set off what it puts off until first use."""
    # A worker has one processor; and a pool of threads would not be in the copies that are tested.
    torch.set_num_threads(1)
    for name in "set_num_threads", "set_num_interop_threads":
        setattr(torch, name, lambda count: None)
    torch.cuda._lazy_init = _no_gpu
    matplotlib.use = lambda backend, **more: None  # as enable_matplotlib above
    made = Shell.instance(
        display_pub_class=_Publisher,
        displayhook_class=_Hook,
        config=Config({"HistoryManager": {"enabled": False}}),
    )
    for cell in "%matplotlib inline", "1 / 0":
        made.run_cell(cell, silent=True)


def serve(line: wire.Line, home: str) -> None:
    """Run cells, as the judge tells, until it tells nothing more."""
    os.chdir(home)
    sys.path.insert(0, home)
    sys.stdout, sys.stderr = _Stream("stdout"), _Stream("stderr")
    builtins.input = _no_input
    while True:
        told, _ = line.hear(text=wire.LARGEST)
        if told["do"] == "cell":
            line.say(_run(told["code"], told["room"], told["figures"]))
            continue
        # A copy of this process as it is now waits here for its cases; by then all outputs are
        # known outside, so that nothing of a test can reach a page.
        _, (number,), *_ = socket.recv_fds(line.connection, 1, 1)
        pid = os.fork()
        if pid == 0:
            line.connection.close()
            with contextlib.suppress(wire.Broken):
                _answer(wire.Line(socket.socket(fileno=number)))
            os._exit(0)
        os.close(number)
        line.say({"pid": pid, "threads": threading.active_count() > 1})


def _no_input(prompt: object = "") -> str:
    raise RuntimeError("input() has nobody to ask here. Give the value in the code.")


def _run(code: str, room: int, figures: int) -> dict:
    _Room.left, _Room.most = room, figures
    _clear()
    try:
        result = Shell.instance().run_cell(code, store_history=True)
        error = result.error_in_exec or result.error_before_exec
    except KeyboardInterrupt as stopped:  # between two lines of IPython's own
        error = stopped
    _Room.left = room
    if _Room.unseen:
        text = f"{_Room.unseen} more figures: of a cell, {figures >> 20} MB of them are shown."
        _outputs.append({"output_type": "stream", "name": "stderr", "text": text})
    return {"outputs": _outputs, "error": type(error).__name__ if error else None}


# ---------------------------------------------------------------- answers


def _answer(line: wire.Line) -> None:
    """Call answers, one case at a time."""
    wire.names = Shell.instance().user_ns
    sys.stdout = sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")

    given: tuple = ()
    while True:
        told, parts = line.hear()
        blobs: list[bytes] = []
        if told["do"] == "case":
            disturbed: set[str] = set()

            def come(packed: bytes = bytes(parts[0]), disturbed: set[str] = disturbed) -> Any:
                nonlocal given
                given = pickle.loads(packed)
                return cases.outcome(given[0], cases.fresh(given[1]), disturbed)

            came = _tell(come, blobs, told["file"])
            line.say({"came": came, "disturbed": sorted(disturbed)}, *blobs)
        else:
            calls = dict(cases.ways(*given))
            came = [_tell(calls[way], blobs, told["file"]) for way in told["ways"]]
            line.say({"came": came}, *blobs)


def _tell(call: Callable[[], Any], blobs: list[bytes], file: str) -> list:
    """What a call gave, or the error that ended it."""
    try:
        came = call()
        if not isinstance(came, cases.Raised):
            return wire.pack(came, blobs)
        error: BaseException = came.error
    except BaseException as raised:  # SystemExit, too
        error = raised
    try:
        text = " ".join(map(str, [error, *getattr(error, "__notes__", [])]))[:2000]
    except Exception:
        text = "(an error that can't be printed)"
    return ["raised", type(error).__name__, text, cases.raised_in(error, file)]
