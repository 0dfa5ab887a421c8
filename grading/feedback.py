"""What a student gets back: nbgrader's feedback page, without hidden tests, safe to open."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass
from pathlib import Path

import nbformat
import nbgrader
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import Highlight2HTML
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import ClearHiddenTests
from traitlets.config import Config

from grading.release import Course, Release, is_answer, is_test
from grading.results import Result


@dataclass(frozen=True)
class Given:
    """What one student's page shows beside the notebook: points and comments by grade_id."""

    path: Path
    points: dict[str, float]
    comments: dict[str, str | None]
    tampered: bool


def given(course: Course, book: Gradebook, release: Release, result: Result) -> Given:
    """Look up what a student's page is made of."""
    name, student = release.name, result.student
    points, comments = {}, {}
    for grade_id, cell in release.cells.items():
        if grade_id in release.points:
            with contextlib.suppress(MissingEntry):
                points[grade_id] = book.find_grade(grade_id, name, name, student).score or 0.0
        if is_answer(cell):
            with contextlib.suppress(MissingEntry):
                comments[grade_id] = book.find_comment(grade_id, name, name, student).comment
    path = course.folder("autograded") / student / name / f"{name}.ipynb"
    return Given(path, points, comments, result.tampered)


def page(release: Release, given: Given) -> str:
    """The feedback page of one student, from the notebook as it was run.

    Where somebody tampered, the outputs of their code are left out: they may hold the tests that
    ran before.
    """
    notebook = nbformat.read(given.path, as_version=4)
    hidden = _hidden_lines(release)
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        name = meta.get("grade_id")
        if name in release.points:
            meta.score, meta.points = given.points.get(name, 0.0), release.points[name]
        if name and is_answer(cell):
            meta.comment = given.comments.get(name)
        if cell.cell_type == "code":
            cell.outputs = _shown(cell, hidden, given.tampered)
    notebook, _ = ClearHiddenTests().preprocess(notebook, {})
    resources = {
        "nbgrader": {
            "notebook": release.name,
            "score": sum(given.points.values()),
            "max_score": sum(release.points.values()),
            "late_penalty": 0,
        }
    }
    html, _ = _exporter().from_notebook_node(notebook, resources)
    return html


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


@functools.cache
def _exporter() -> HTMLExporter:
    pages = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader"
    styles = pages / "static" / "node_modules" / "bootstrap" / "dist" / "css"
    config = Config()
    config.HTMLExporter.template_name = "feedback"
    config.HTMLExporter.extra_template_basedirs = [str(pages / "templates")]
    config.HTMLExporter.extra_template_paths = [str(styles)]
    highlight = Highlight2HTML(pygments_lexer="ipython3")
    # The tests are the same for all students.
    cached = functools.lru_cache(maxsize=200)(highlight)
    return HTMLExporter(
        config=config, filters={"highlight_code": lambda source, **_: cached(source)}
    )
