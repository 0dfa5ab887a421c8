"""What a student gets back: nbgrader's feedback page, without hidden tests, safe to open."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import nbgrader
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import Highlight2HTML, markdown2html
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import ClearHiddenTests
from traitlets.config import Config

from grading.gradebook import Entry
from grading.release import Course, Release, is_answer, is_test
from grading.results import Result
from grading.table import Row

_SHOWN = ("image/png", "image/jpeg", "text/plain")  # the first of these that an output has


@dataclass(frozen=True)
class Given:
    """What one student's page shows beside the notebook: points and comments by grade_id."""

    path: Path
    recorded: bool
    points: dict[str, float]
    comments: dict[str, str | None]
    tampered: bool


def given(course: Course, release: Release, result: Result, there: dict[str, Entry], row: Row
          ) -> Given:  # fmt: skip
    """What a student's page is made of."""
    entry = there.get(result.student, Entry())
    path = course.folder("autograded") / result.student / release.name / f"{release.name}.ipynb"
    recorded = row.score is not None and path.is_file()
    return Given(path, recorded, entry.scores, entry.comments, result.tampered)


def page(release: Release, given: Given) -> str:
    """The feedback page of one student, from the notebook as it was run.

    Where somebody tampered, the outputs of their code are left out: they may hold the tests that
    ran before.
    """
    notebook = nbformat.read(given.path, as_version=4)
    hidden, points = _hidden_lines(release), release.points
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        name = meta.get("grade_id")
        if name in points:
            meta.score, meta.points = given.points.get(name, 0.0), points[name]
        if name and is_answer(cell):
            meta.comment = given.comments.get(name)
        if cell.cell_type == "code":
            cell.outputs = _shown(cell, hidden, given.tampered)
    notebook, _ = ClearHiddenTests().preprocess(notebook, {})
    resources = {
        "nbgrader": {
            "notebook": release.name,
            "score": sum(given.points.values()),
            "max_score": sum(points.values()),
            "late_penalty": 0,
        }
    }
    html, _ = _exporter().from_notebook_node(notebook, resources)
    return re.sub(r"<img (?![^>]*\balt=)", '<img alt="what the code above drew" ', html)


def _shown(cell: nbformat.NotebookNode, hidden: set[str], tampered: bool) -> list:
    if is_test(cell):
        # The message, not the traceback, which quotes the test; nothing that the answer printed
        # when it was called by one.
        outputs = [o for o in cell.outputs if o.output_type == "error"]
        for output in outputs:
            output.traceback = [_redacted(f"{output.ename}: {output.evalue}", hidden)]
        return outputs
    if tampered:
        return [o for o in cell.outputs if o.output_type == "error" and o.ename == "LeftOut"]
    for output in cell.outputs:
        if output.output_type == "stream":
            output.text = _redacted(output.text, hidden)
        elif output.output_type == "error":
            output.traceback = [_redacted(line, hidden) for line in output.traceback]
        elif "text/plain" in output.get("data", {}):
            output.data["text/plain"] = _redacted(output.data["text/plain"], hidden)
    return cell.outputs


def _hidden_lines(release: Release) -> set[str]:
    lines = set()
    for name in release.tests:
        public = {line.strip() for line in release.public[name].splitlines()}
        whole = {line.strip() for line in release.cells[name].source.splitlines()}
        lines |= {line for line in whole - public if len(line) > 20}
    return lines


def _redacted(text: str, hidden: set[str]) -> str:
    # As they are, and as a repr or an escaped string would show them.
    if not any(line in text or repr(line)[1:-1] in text for line in hidden):
        return text
    return "(left out: it quotes a test)"


class _Exporter(HTMLExporter):
    """nbconvert's, without its second look at the finished page, which takes longer than the rest,
    and which does no more for these pages than to describe pictures."""

    def from_notebook_node(
        self, nb: nbformat.NotebookNode, resources: dict | None = None, **kw: Any
    ) -> Any:
        return super(HTMLExporter, self).from_notebook_node(nb, self._init_resources(resources))


@functools.cache
def _exporter() -> HTMLExporter:
    pages = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader"
    styles = pages / "static" / "node_modules" / "bootstrap" / "dist" / "css"
    config = Config()
    config.HTMLExporter.template_name = "feedback"
    config.HTMLExporter.extra_template_basedirs = [str(pages / "templates")]
    config.HTMLExporter.extra_template_paths = [str(styles)]
    # Of all that could change the notebook only what brings the styles along.
    config.HTMLExporter.default_preprocessors = [CSSHTMLHeaderPreprocessor]
    # The set's own cells are the same for all students.
    highlight = functools.lru_cache(500)(Highlight2HTML(pygments_lexer="ipython3"))
    markdown = functools.lru_cache(500)(markdown2html)
    exporter = _Exporter(config=config)
    exporter.register_filter("highlight_code", lambda source, **_: highlight(source))
    exporter.register_filter("markdown2html", markdown)
    exporter.register_filter("filter_data_type", lambda data: [k for k in _SHOWN if k in data][:1])
    return exporter
