"""What a student wrote and drew, made safe and small enough for whoever reads it."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from urllib.parse import unquote

import nbformat
from math_core import LatexError, LatexToMathML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors.sanitize import ALLOWED_ATTRIBUTES, ALLOWED_TAGS
from nbconvert.preprocessors.sanitize import clean as sanitized

from grading import wire
from grading.outputs import is_theirs, kind_of, shorten, text_in

# What Markdown itself makes of plain text; the sanitiser's own list has not even paragraphs.
_TAGS = ["p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "div", "span", "del", "img"]
_TAGS += ["table", "thead", "tbody", "tr", "th", "td"]
_INLINE = re.compile(r"data:image/(?:png|jpeg|gif);base64,([A-Za-z0-9+/]+={0,2})")
_IMG = re.compile(r"""<img((?:[^>"']|"[^"]*"|'[^']*')*)>""")
_ATTRIBUTE = re.compile(r"""\s([\w-]+)=(?:"([^"]*)"|'([^']*)')""")
_MARKDOWN = 50_000  # characters of a cell; more is shown as it is, since parsing may take for ever
_FORMULA = 5_000  # characters of one
_MARKS = "\ue000\ue001"  # of no language; around a formula's number while the rest is cleaned
_MARK = re.compile("\ue000(\\d+)\ue001")
_TAG = re.compile(r"""(<(?:[^>"']|"[^"]*"|'[^']*')*>)""")
_latex = LatexToMathML()


def pictures(attachments: object) -> dict[str, dict[str, str]]:
    """Of a cell's attachments those that are pictures, which a browser only draws."""
    found = {}
    for name, kinds in attachments.items() if isinstance(attachments, dict) else ():
        for data in kinds.values() if isinstance(kinds, dict) else ():
            text = "".join(text_in(data).split())
            if kind := kind_of(text):
                found[wire.text_of(name)] = {kind: text}
    return found


def last_part(path: str) -> str:
    """The name of a file, of whatever system its path is."""
    return re.split(r"[\\/]", path)[-1]


def clean(notebook: nbformat.NotebookNode, parse: bool = True) -> nbformat.NotebookNode:
    """Replace what students wrote in Markdown by its cleaned HTML, in place, and shorten the rest.

    It is cleaned after rendering: ``[x](javascript:…)`` is no HTML before. Formgrader and feedback
    would otherwise run a ``<script>`` as the person who reads.

    Args:
        parse: without it, their Markdown is shown as they typed it.
    """
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and is_theirs(cell):
            cell.source = _rendered(cell.source, pictures(cell.pop("attachments", {})), parse)
    shorten(notebook)
    return notebook


def cleaned(notebook: str, parse: bool = True) -> str:
    """The same, from JSON to JSON."""
    return nbformat.writes(clean(nbformat.reads(notebook, as_version=4), parse))


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
        given = {name: html.unescape(a or b) for name, a, b in _ATTRIBUTE.findall(found[1])}
        name = unquote(given.get("src", "").removeprefix("attachment:"))
        source = sources.get(name) or sources.get(last_part(name))
        if source:
            given["src"] = source
            kept = (f' {name}="{html.escape(value)}"' for name, value in given.items())
            return f"<img{''.join(kept)}>"
        # No blank line: behind one it would be Markdown again.
        what = html.escape(" ".join((given.get("alt") or name).split()))
        return f"<em>[picture {what}: no PNG, JPEG or GIF of it was found]</em>"

    text = _INLINE.sub(lift, re.sub(f"[{_MARKS}]", "", text))
    if parse and len(text) <= _MARKDOWN:
        lines = [line for line in _parsed(text).splitlines() if line.strip()]
    else:
        lines = [html.escape(line) if line.strip() else "&#8203;" for line in text.splitlines()]
        lines = ["<pre>", *lines, "</pre>"]
    # One block without an empty line is left as it is when Markdown is rendered again. Signs of
    # mathematics are spelt so that only a browser finds them: Markdown may search for hours.
    made = "\n".join(["<div>", *lines, "</div>"]).replace("\\", "&#92;").replace("$", "&#36;")
    return _IMG.sub(lower, made)


@lru_cache(maxsize=256)  # a text is asked for once a picture that it may show
def _parsed(text: str) -> str:
    """Markdown as HTML without anything that a browser runs."""
    renderer = _Renderer()
    made = sanitized(
        MarkdownWithMath(renderer=renderer).render(text),
        tags={*ALLOWED_TAGS, *_TAGS},
        attributes={**ALLOWED_ATTRIBUTES, "img": ["src", "alt", "title", "width", "height"]},
        protocols=["http", "https", "mailto", "attachment"],
    )
    return renderer.with_formulas(made)
