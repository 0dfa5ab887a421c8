"""What the Validate button answers, as JSON: nbgrader's own words, below the task and its points.

    python scripts/validate.py NOTEBOOK

It is a process of its own: JupyterLab goes on while a set runs, half a minute or so.
"""

from __future__ import annotations

import contextlib
import json
import sys
import traceback
from collections import Counter
from pathlib import Path

import nbformat
from nbgrader.apps import NbGrader
from nbgrader.validator import Validator
from traitlets.config import Config

from utils import environment, progress


class Trouble(Exception):
    """The notebook can't be validated as it is; the message says what to do."""


def main() -> None:
    path = Path(sys.argv[1]).resolve()
    with contextlib.redirect_stdout(sys.stderr):  # what it says of itself is no part of the answer
        try:
            answer = {"success": True, "value": validate(path)}
        except Trouble as trouble:
            answer = {"success": False, "value": str(trouble)}
        except Exception:
            answer = {"success": False, "value": traceback.format_exc()}
    print(json.dumps(answer))


def validate(path: Path) -> dict[str, list[dict[str, str]]]:
    """nbgrader's result for a notebook, each test that failed under its task and its points.

    Raises:
        Trouble: a cell of a task stands there twice, or a file hides a package.
    """
    notebook = nbformat.read(path, as_version=4)
    if hidden := environment.hidden_by(path.parent):
        raise Trouble("\n".join(hidden))
    ids = Counter(c.metadata.nbgrader.grade_id for c in notebook.cells if "nbgrader" in c.metadata)
    if twice := [name for name, count in ids.items() if count > 1]:
        raise Trouble(
            f"The cell {twice[0]} stands there {ids[twice[0]]} times: it was split or copied. "
            "Select its parts and merge them (Edit, Merge Selected Cells), or delete the copy; "
            "then validate again."
        )
    result = Validator(config=config()).validate(str(path))
    tests = {
        test.source.strip(): (task, test) for task, test in progress.tests(notebook, path.stem)
    }
    failed = [cell for cell in result.get("failed", []) if cell["source"] in tests]
    total = sum(progress.points(test) for _, test in tests.values())
    lost = sum(progress.points(tests[cell["source"]][1]) for cell in failed)
    for cell in failed:
        task, test = tests[cell["source"]]
        cell["source"] = f"# {task}: {progress.points(test):g} points\n{cell['source']}"
    if failed:
        said = (
            f"# So far {total - lost:g} of {total:g} points from tests; {len(failed)} tests fail."
        )
        failed[0]["source"] = f"{said}\n\n{failed[0]['source']}"
    return result


def config() -> Config:
    """nbgrader's settings, from the folder in which JupyterLab was started and from Jupyter's."""
    app = NbGrader()
    app.load_config_file()
    return app.config


if __name__ == "__main__":
    main()
