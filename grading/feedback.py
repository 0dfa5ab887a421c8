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


def given(course: Course, release: Release, result: Result, there: dict[str, Entry], row: Row
          ) -> Given:  # fmt: skip
    """What a student's page is made of."""
    entry = there.get(result.student, Entry())
    path = course.folder("autograded") / result.student / release.name / f"{release.name}.ipynb"
    recorded = row.score is not None and path.is_file()
    return Given(path, recorded, entry.scores, entry.comments)


def page(release: Release, given: Given) -> str:
    """The feedback page of one student, from the notebook as it was run."""
    notebook = nbformat.read(given.path, as_version=4)
    points = release.points
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        name = meta.get("grade_id")
        if name in points:
            meta.score, meta.points = given.points.get(name, 0.0), points[name]
        if name and is_answer(cell):
            meta.comment = given.comments.get(name)
        for output in cell.outputs if is_test(cell) else ():
            if output.output_type == "error":  # or a line that says what the page left out
                output.traceback = [f"{output.ename}: {output.evalue}"]
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
