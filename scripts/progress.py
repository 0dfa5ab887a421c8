"""Which tasks of your sets pass, as you last ran them.

    python scripts/progress.py [FOLDER]     of my_work/, or of another folder of sets

Nothing is run: what a test said the last time stands in the saved notebook. Validate runs a set
anew.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat

from utils import progress

MY_WORK = Path(__file__).resolve().parent.parent / "my_work"


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
        first, *rest = progress.lines(progress.tests(notebook, path.stem), said)
        print("\n".join([f"{path.stem}: {first}", *rest, ""]))


def said(test: nbformat.NotebookNode) -> str:
    """What a test said when it was last run: nothing where it passed."""
    errors = [output for output in test.outputs if output.output_type == "error"]
    if errors:
        return progress.failure(errors[0].get("ename", ""), errors[0].get("evalue", ""))
    return "" if test.get("execution_count") else progress.NOT_RUN


if __name__ == "__main__":
    main()
