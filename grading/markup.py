"""A student's Markdown, made safe for the browsers of those who read it."""

from __future__ import annotations

import nbformat
from nbconvert.filters import markdown2html
from nbconvert.preprocessors.sanitize import ALLOWED_TAGS, SanitizeHTML

from grading.release import is_answer

# What Markdown itself makes of plain text; the sanitiser's own list has not even paragraphs.
_TAGS = ["p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "div", "span", "del"]
_TAGS += ["table", "thead", "tbody", "tr", "th", "td"]


def clean(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Replace what students wrote in Markdown by its cleaned HTML, in place.

    It is cleaned after rendering: ``[x](javascript:…)`` is no HTML before. Formgrader and feedback
    would otherwise run a ``<script>`` as the person who reads.
    """
    sanitizer = SanitizeHTML(tags=[*ALLOWED_TAGS, *_TAGS])
    for cell in notebook.cells:
        theirs = is_answer(cell) or "nbgrader" not in cell.metadata
        if cell.cell_type == "markdown" and theirs:
            html = sanitizer.sanitize_html_tags(markdown2html(cell.source))
            # One block without an empty line is left as it is when Markdown is rendered again.
            lines = [line for line in html.splitlines() if line.strip()]
            cell.source = "\n".join(["<div>", *lines, "</div>"])
    return notebook
