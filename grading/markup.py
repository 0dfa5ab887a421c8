"""What a student wrote, drew and printed, made safe and small enough for whoever reads it."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from urllib.parse import unquote

import nbformat
from math_core import LatexError, LatexToMathML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors.sanitize import ALLOWED_ATTRIBUTES, ALLOWED_TAGS
from nbconvert.preprocessors.sanitize import clean as sanitized

from grading.release import is_answer

# What Markdown itself makes of plain text; the sanitiser's own list has not even paragraphs.
_TAGS = ["p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "div", "span", "del", "img"]
_TAGS += ["table", "thead", "tbody", "tr", "th", "td"]
_PICTURES = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8"}
_INLINE = re.compile(r"data:(image/(?:png|jpeg|gif));base64,([A-Za-z0-9+/]+={0,2})")
_IMG = re.compile(r'<img((?:\s+[\w-]+="[^"]*")*)\s*/?>')
_MARKDOWN = 50_000  # characters of a cell; more is shown as it is, since parsing may take for ever
_FORMULA = 5_000  # characters of one
_MARKS = "\ue000\ue001"  # of no language; around a formula's number while the rest is cleaned
_MARK = re.compile("\ue000(\\d+)\ue001")
_TAG = re.compile(r"""(<(?:[^>"']|"[^"]*"|'[^']*')*>)""")
_latex = LatexToMathML()
_TEXT = 50_000  # characters of one output
_PAGE = 8 * 2**20  # characters of all code and outputs of a page
_AN_OUTPUT = 2_000  # what an output counts for, however small


def pictures(attachments: object) -> dict[str, dict[str, str]]:
    """Of a cell's attachments those that are pictures, which a browser only draws."""
    found = {}
    for name, kinds in attachments.items() if isinstance(attachments, dict) else ():
        for kind, start in _PICTURES.items():
            data = kinds.get(kind) if isinstance(kinds, dict) else None
            text = "".join(data.split()) if isinstance(data, str) else ""
            if _is_picture(text, start):
                found[name.encode("utf-8", "replace").decode()] = {kind: text}
    return found


def _is_picture(text: str, start: bytes) -> bool:
    try:
        return base64.b64decode(text, validate=True).startswith(start)
    except (binascii.Error, ValueError):
        return False


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
    """Cut the code and the outputs that are more than anybody reads, in place, and say so there."""
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
            for place in (output, output.get("data", {})):
                for key in {"text", "evalue", "text/plain"} & set(place):
                    place[key] = _cut(place[key])
            if "traceback" in output:
                output.traceback = _cut("\n".join(output.traceback)).split("\n")
            left -= len(json.dumps(output)) + _AN_OUTPUT
            if left < 0:
                said = "Left out: the outputs above fill this page.\n"
                kept.append(nbformat.v4.new_output("stream", name="stderr", text=said))
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


def _rendered(text: str, attached: dict[str, dict[str, str]], parse: bool) -> str:
    sources = {name: f"data:{k};base64,{v}" for name, kinds in attached.items()
               for k, v in kinds.items()}  # fmt: skip

    def lift(found: re.Match) -> str:
        if not _is_picture(found[2], _PICTURES[found[1]]):
            return ""
        sources[f"inline-{len(sources)}"] = found[0]
        return f"attachment:inline-{len(sources) - 1}"

    def lower(found: re.Match) -> str:
        given = {name: html.unescape(v) for name, v in re.findall(r'([\w-]+)="([^"]*)"', found[1])}
        name = unquote(given.get("src", "").removeprefix("attachment:"))
        if name in sources:
            rest = re.sub(r'\s+src="[^"]*"', "", found[1])
            return f'<img{rest} src="{sources[name]}">'
        # No blank line: behind one it would be Markdown again.
        what = html.escape(" ".join((given.get("alt") or name).split()))
        return f"<em>[picture {what}: it is not in the notebook, so it can't be shown]</em>"

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
