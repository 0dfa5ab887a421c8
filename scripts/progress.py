"""Which tasks of your sets pass, as you last ran them.

    python scripts/progress.py [FOLDER]     of my_work/, or of another folder of sets

Nothing is run: what a test said the last time stands in the saved notebook. Validate runs a set
anew.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat

MY_WORK = Path(__file__).resolve().parent.parent / "my_work"
NOT_RUN = "not run yet"
HEADING = re.compile(r"^##? +(.+?)(?: \(\d+ points?\b[^)]*\))?$", re.M)


def main() -> None:
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # as utils does
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else MY_WORK
    paths = sorted(p for p in folder.glob("*/*.ipynb") if not p.name.startswith("."))
    if not paths:
        sys.exit(f"There is no set in {folder} yet. `make lab` puts them there.")
    for path in paths:
        try:
            notebook = nbformat.read(path, as_version=4)
        except Exception as problem:  # a file that is cut off, or no notebook
            print(f"{path.parent.name}: {path.name} can't be read ({problem}).\n")
            continue
        print("\n".join([*of(notebook, path.stem), ""]))


def tests(notebook: nbformat.NotebookNode, name: str) -> list[tuple[str, nbformat.NotebookNode]]:
    """The cells that grade by running, each with its task, which the heading above it names."""
    title, found = name, []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            title = next(reversed(HEADING.findall(cell.source)), title)
        graded = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and graded.get("grade") and not graded.get("solution"):
            found.append((title, cell))
    return found


def points(test: nbformat.NotebookNode) -> float:
    return test.metadata.nbgrader.points


def of(notebook: nbformat.NotebookNode, name: str) -> list[str]:
    """The lines on one set: its points so far, then each task that tests grade."""
    found = tests(notebook, name)
    reached = sum(points(test) for _, test in found if not said(test))
    first = f"{name}: {reached:g} of {sum(points(test) for _, test in found):g} points from tests"
    if all(said(test) == NOT_RUN for _, test in found):
        return [f"{first}; not begun"]
    tasks = {task: "passes" for task, _ in found}
    for task, test in reversed(found):  # the first of a task that fails is said
        tasks[task] = said(test) or tasks[task]
    width = max(map(len, tasks))
    return [first, *(f"  {task:<{width}}  {word}" for task, word in tasks.items())]


def said(test: nbformat.NotebookNode) -> str:
    """What a test said when it was last run: nothing where it passed."""
    errors = [output for output in test.outputs if output.output_type == "error"]
    if errors:
        first = (errors[0].get("evalue", "") or errors[0].get("ename", "")).strip().splitlines()
        return f"fails: {first[0] if first else 'an error'}"
    return "" if test.get("execution_count") else NOT_RUN


if __name__ == "__main__":
    main()
