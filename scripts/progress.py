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


def of(notebook: nbformat.NotebookNode, name: str) -> list[str]:
    """The lines on one set: its points so far, then each task that tests grade."""
    title = name
    tasks: dict[str, list[tuple[float, str]]] = {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            title = next(reversed(HEADING.findall(cell.source)), title)
        graded = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and graded.get("grade") and not graded.get("solution"):
            tasks.setdefault(title, []).append((graded["points"], said(cell)))
    tests = [test for found in tasks.values() for test in found]
    reached = sum(points for points, word in tests if word == "")
    lines = [f"{name}: {reached:g} of {sum(points for points, _ in tests):g} points from tests"]
    if not any(word != NOT_RUN for _, word in tests):
        return [f"{lines[0]}; not begun"]
    width = max(map(len, tasks))
    for task, found in tasks.items():
        words = [word for _, word in found if word]
        lines.append(f"  {task:<{width}}  {words[0] if words else 'passes'}")
    return lines


def said(test: nbformat.NotebookNode) -> str:
    """What a test said when it was last run: nothing where it passed."""
    errors = [output for output in test.outputs if output.output_type == "error"]
    if errors:
        first = (errors[0].get("evalue", "") or errors[0].get("ename", "")).strip().splitlines()
        return f"fails: {first[0] if first else 'an error'}"
    return "" if test.get("execution_count") else NOT_RUN


if __name__ == "__main__":
    main()
