"""What a student's cells put out, made anew: safe and small enough for whoever reads it."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import warnings

import nbformat
from PIL import Image

from grading import wire
from grading.release import is_answer

_FORMATS = "PNG", "JPEG", "GIF"
_HEAD = 400_000  # characters of a picture that are looked at
TEXT = 50_000  # characters of one output
COMPARED = 10_000  # characters of an answer, but for comments; nobody writes more
_OUTPUTS, _LINES = 1000, 100  # of a cell, and of an error, are kept; each costs time
PAGE = 16 * 2**20  # characters of all code and outputs of a page
_AN_OUTPUT = 2_000  # what an output counts for, however small


def anew(told: object, room: int) -> list[nbformat.NotebookNode]:
    """A cell's outputs, made anew: a student's code, or file, can hold any nonsense as one.

    Text and pictures are taken, cut to what anybody reads; HTML, SVG and scripts are not.

    Args:
        room: characters for all of them; a last output says so where there were more.
    """
    made: list[nbformat.NotebookNode] = []
    listed = told if isinstance(told, list) else []
    for output in listed[:_OUTPUTS]:
        with contextlib.suppress(Exception):
            one = _output(output)
            room -= len(str(one))
            if room < 0:
                break
            made.append(one)
    if listed and (room < 0 or len(listed) > _OUTPUTS):
        made.append(said("Left out: the other outputs of this cell."))
    return made


def _output(told: dict) -> nbformat.NotebookNode:
    kind, new = told["output_type"], nbformat.v4.new_output
    if kind == "stream":
        name = "stderr" if told.get("name") == "stderr" else "stdout"
        return new("stream", name=name, text=_cut(text_in(told["text"])))
    if kind == "error":
        lines = _cut("\n".join(map(wire.text_of, told["traceback"][:_LINES]))).split("\n")
        return new("error", ename=text_in(told["ename"]), evalue=_cut(text_in(told["evalue"])),
                   traceback=lines)  # fmt: skip
    held = told["data"]
    data = {
        "text/plain": _cut(text_in(held.get("text/plain"))) or "(something that is not shown here)"
    }
    for kind in "image/png", "image/jpeg", "image/gif":
        text = "".join(text_in(held.get(kind)).split())
        if kind := kind_of(text):
            data[kind] = text
    return new("display_data", data=data)


def said(text: str) -> nbformat.NotebookNode:
    """An output of ours, among a student's."""
    return nbformat.v4.new_output("stream", name="stderr", text=f"{text}\n")


def kind_of(text: str) -> str:
    """What kind of picture a text in base64 is, by what it holds; "" where it is none.

    Neither is one that has so many pixels that it would stop whoever opens the page.
    """
    try:
        base64.b64decode(text, validate=True)  # into a page it goes as it is, between quotes
        head = io.BytesIO(base64.b64decode(text[:_HEAD]))
        with warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning):
            kind = Image.open(head, formats=_FORMATS).format
    except Exception:  # whatever it stumbles over
        return ""
    return f"image/{kind.lower()}" if kind in _FORMATS else "image/jpeg"  # a phone's, of two views


def text_in(value: object) -> str:
    """Text as a notebook holds it, perhaps line by line."""
    return wire.text_of("".join(map(str, value)) if isinstance(value, list) else value)


def shorten(notebook: nbformat.NotebookNode) -> list[int]:
    """Cut code, and leave out outputs, beyond what a page holds, in place, and say so there.

    Answers have room before other code, and code before outputs.

    Returns:
        The cells whose code is not all there, and answers too long to be compared with others'.
    """
    left, long = PAGE, []
    code = [(i, cell) for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    theirs = [(i, cell) for i, cell in code if is_theirs(cell)]
    for i, cell in sorted(theirs, key=lambda pair: not is_answer(pair[1])):
        if len(cell.source) > min(left, COMPARED if is_answer(cell) else TEXT):
            long.append(i)
        cell.source = _cut(cell.source)
        left -= len(cell.source)
        if left < 0:
            cell.source = "# Left out: the other cells fill this page."
    for _, cell in code:
        kept = []
        for output in cell.outputs:
            left -= len(json.dumps(output)) + _AN_OUTPUT
            if left < 0:
                kept.append(said(f"Left out: the outputs above fill this page, {PAGE >> 20} MB."))
                break
            kept.append(output)
        cell.outputs = kept
    return long


def is_theirs(cell: nbformat.NotebookNode) -> bool:
    """Whether a student wrote a cell: an answer, or one of their own."""
    return is_answer(cell) or "nbgrader" not in cell.metadata


def _cut(text: str) -> str:
    more = len(text) - TEXT
    return text if more <= 0 else f"{text[:TEXT]}\n… ({more:,} more characters are left out)"
