"""What a student wrote, drew and printed, made safe and small enough for whoever reads it."""

from __future__ import annotations

import base64
import contextlib
import html
import io
import json
import re
import warnings
from urllib.parse import unquote

import nbformat
from math_core import LatexError, LatexToMathML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors.sanitize import ALLOWED_ATTRIBUTES, ALLOWED_TAGS
from nbconvert.preprocessors.sanitize import clean as sanitized
from PIL import Image

from grading import wire
from grading.release import is_answer

# What Markdown itself makes of plain text; the sanitiser's own list has not even paragraphs.
_TAGS = ["p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "div", "span", "del", "img"]
_TAGS += ["table", "thead", "tbody", "tr", "th", "td"]
_FORMATS = "PNG", "JPEG", "GIF"
_HEAD = 400_000  # characters of a picture that are looked at
_INLINE = re.compile(r"data:image/(?:png|jpeg|gif);base64,([A-Za-z0-9+/]+={0,2})")
_IMG = re.compile(r'<img((?:\s+[\w-]+="[^"]*")*)\s*/?>')
_MARKDOWN = 50_000  # characters of a cell; more is shown as it is, since parsing may take for ever
_FORMULA = 5_000  # characters of one
_MARKS = "\ue000\ue001"  # of no language; around a formula's number while the rest is cleaned
_MARK = re.compile("\ue000(\\d+)\ue001")
_TAG = re.compile(r"""(<(?:[^>"']|"[^"]*"|'[^']*')*>)""")
_latex = LatexToMathML()
_TEXT = 50_000  # characters of one output
_OUTPUTS, _LINES = 1000, 100  # of a cell, and of an error, are kept; each costs time
_PAGE = 16 * 2**20  # characters of all code and outputs of a page
_AN_OUTPUT = 2_000  # what an output counts for, however small


def pictures(attachments: object) -> dict[str, dict[str, str]]:
    """Of a cell's attachments those that are pictures, which a browser only draws."""
    found = {}
    for name, kinds in attachments.items() if isinstance(attachments, dict) else ():
        for data in kinds.values() if isinstance(kinds, dict) else ():
            text = "".join(_text(data).split())
            if kind := kind_of(text):
                found[wire.text_of(name)] = {kind: text}
    return found


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


def outputs(told: object, room: int) -> list[nbformat.NotebookNode]:
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
    if room < 0 or len(listed) > _OUTPUTS:
        made.append(said("Left out: the other outputs of this cell."))
    return made


def _output(told: dict) -> nbformat.NotebookNode:
    kind, new = told["output_type"], nbformat.v4.new_output
    if kind == "stream":
        name = "stderr" if told.get("name") == "stderr" else "stdout"
        return new("stream", name=name, text=_cut(_text(told["text"])))
    if kind == "error":
        lines = _cut("\n".join(map(wire.text_of, told["traceback"][:_LINES]))).split("\n")
        return new("error", ename=_text(told["ename"]), evalue=_cut(_text(told["evalue"])),
                   traceback=lines)  # fmt: skip
    held = told["data"]
    data = {
        "text/plain": _cut(_text(held.get("text/plain"))) or "(something that is not shown here)"
    }
    for kind in "image/png", "image/jpeg", "image/gif":
        text = "".join(_text(held.get(kind)).split())
        if kind := kind_of(text):
            data[kind] = text
    return new("display_data", data=data)


def said(text: str) -> nbformat.NotebookNode:
    """An output of ours, among a student's."""
    return nbformat.v4.new_output("stream", name="stderr", text=f"{text}\n")


def last_part(path: str) -> str:
    """The name of a file, of whatever system its path is."""
    return re.split(r"[\\/]", path)[-1]


def _text(value: object) -> str:
    """Text as a notebook holds it, perhaps line by line."""
    return wire.text_of("".join(map(str, value)) if isinstance(value, list) else value)


def clean(notebook: nbformat.NotebookNode, parse: bool = True) -> nbformat.NotebookNode:
    """Replace what students wrote in Markdown by its cleaned HTML, in place, and shorten the rest.

    It is cleaned after rendering: ``[x](javascript:…)`` is no HTML before. Formgrader and feedback
    would otherwise run a ``<script>`` as the person who reads.

    Args:
        parse: without it, their Markdown is shown as they typed it.
    """
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and _theirs(cell):
            cell.source = _rendered(cell.source, pictures(cell.pop("attachments", {})), parse)
    return shorten(notebook)


def cleaned(notebook: str, parse: bool = True) -> str:
    """The same, from JSON to JSON."""
    return nbformat.writes(clean(nbformat.reads(notebook, as_version=4), parse))


def shorten(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Cut code, and leave out outputs, beyond what a page holds, in place, and say so there."""
    left = _PAGE
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if _theirs(cell):
            cell.source = _cut(cell.source)
            left -= len(cell.source)
            if left < 0:
                cell.source = "# Left out: the cells above fill this page."
        kept = []
        for output in cell.outputs:
            left -= len(json.dumps(output)) + _AN_OUTPUT
            if left < 0:
                kept.append(said(f"Left out: the outputs above fill this page, {_PAGE >> 20} MB."))
                break
            kept.append(output)
        cell.outputs = kept
    return notebook


def _theirs(cell: nbformat.NotebookNode) -> bool:
    return is_answer(cell) or "nbgrader" not in cell.metadata


def _cut(text: str) -> str:
    more = len(text) - _TEXT
    return text if more <= 0 else f"{text[:_TEXT]}\n… ({more:,} more characters are left out)"


def html_of(text: str) -> str:
    """Markdown as HTML, with formulas as MathML, which browsers draw by themselves.

    Of what a student wrote only what ``clean`` has been over.
    """
    renderer = _Renderer()
    return renderer.with_formulas(MarkdownWithMath(renderer=renderer).render(text))


class _Renderer(IPythonRenderer):
    """Leaves the sources of pictures alone: ``_rendered`` sets them in, after the cleaning.

    Formulas come after it, too: of a formula, MathML holds letters and numbers alone.
    """

    def __init__(self) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self.formulas: list[str] = []

    def _formula(self, text: str, block: bool) -> str:
        try:
            if len(text) > _FORMULA:
                raise LatexError
            self.formulas.append(_latex.convert_with_local_state(text, displaystyle=block))
        except LatexError:  # as they typed it
            signs = "$$" if block else "$"
            self.formulas.append(f"<code>{html.escape(signs + text + signs)}</code>")
        return f"{_MARKS[0]}{len(self.formulas) - 1}{_MARKS[1]}"

    def block_math(self, body: str) -> str:
        return self._formula(body, True)

    def inline_math(self, body: str) -> str:
        return self._formula(body, False)

    def latex_environment(self, name: str, body: str) -> str:
        return self._formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", True)

    def with_formulas(self, made: str) -> str:
        """A text that was rendered, with its formulas set in; a tag has no place for one."""
        parts = _TAG.split(made)
        parts[1::2] = [_MARK.sub("", tag) for tag in parts[1::2]]
        parts[::2] = [_MARK.sub(lambda m: self.formulas[int(m[1])], t) for t in parts[::2]]
        return "".join(parts)

    def _embed_image_or_attachment(self, src: str) -> str:
        return src


def shows(text: str, name: str) -> bool:
    """Whether a student's Markdown shows the picture of this name, once it is there."""
    mark = "?"  # in no other picture's base64
    there = name in unquote(text) and _rendered(text, {name: {"": mark}}, True)
    return f'base64,{mark}"' in (there or "")


def _rendered(text: str, attached: dict[str, dict[str, str]], parse: bool) -> str:
    sources = {name: f"data:{k};base64,{v}" for name, kinds in attached.items()
               for k, v in kinds.items()}  # fmt: skip

    def lift(found: re.Match) -> str:
        if not (kind := kind_of(found[1])):
            return ""
        sources[f"inline-{len(sources)}"] = f"data:{kind};base64,{found[1]}"
        return f"attachment:inline-{len(sources) - 1}"

    def lower(found: re.Match) -> str:
        given = {name: html.unescape(v) for name, v in re.findall(r'([\w-]+)="([^"]*)"', found[1])}
        name = unquote(given.get("src", "").removeprefix("attachment:"))
        source = sources.get(name) or sources.get(last_part(name))
        if source:
            rest = re.sub(r'\s+src="[^"]*"', "", found[1])
            return f'<img{rest} src="{source}">'
        # No blank line: behind one it would be Markdown again.
        what = html.escape(" ".join((given.get("alt") or name).split()))
        return f"<em>[picture {what}: no PNG, JPEG or GIF of it was found]</em>"

    text = _INLINE.sub(lift, re.sub(f"[{_MARKS}]", "", text))
    renderer = _Renderer()
    if parse and len(text) <= _MARKDOWN:
        made = sanitized(
            MarkdownWithMath(renderer=renderer).render(text),
            tags={*ALLOWED_TAGS, *_TAGS},
            attributes={**ALLOWED_ATTRIBUTES, "img": ["src", "alt", "title", "width", "height"]},
            protocols=["http", "https", "mailto", "attachment"],
        )
        made = renderer.with_formulas(made)
        lines = [line for line in made.splitlines() if line.strip()]
    else:
        lines = [html.escape(line) if line.strip() else "&#8203;" for line in text.splitlines()]
        lines = ["<pre>", *lines, "</pre>"]
    # One block without an empty line is left as it is when Markdown is rendered again. Signs of
    # mathematics are spelt so that only a browser finds them: Markdown may search for hours.
    made = "\n".join(["<div>", *lines, "</div>"]).replace("\\", "&#92;").replace("$", "&#36;")
    return _IMG.sub(lower, made)
