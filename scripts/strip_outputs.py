"""Take the outputs out of notebooks, and nothing else: a cell keeps its id.

python scripts/strip_outputs.py NOTEBOOK …
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat


def strip(path: Path) -> bool:
    """Strip one notebook; whether there was anything to strip. A clean one is not written."""
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if not any(cell.outputs or cell.execution_count for cell in code):
        return False
    for cell in code:
        cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, path)
    return True


if __name__ == "__main__":
    for name in sys.argv[1:]:
        if strip(Path(name)):
            print(f"stripped {name}")
