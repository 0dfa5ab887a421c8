"""Regenerate exercises/ from solutions/ with nbgrader: the same input gives the same bytes.

python scripts/release.py [COURSE_FOLDER]
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat

COURSE = Path(__file__).resolve().parent.parent


def release(course: Path) -> None:
    """Release every set in ``course/solutions`` into ``course/exercises``.

    Raises:
        SystemExit: nbgrader refused a set (its own words are printed), or somebody has filled in
            a released notebook, which would be overwritten.
    """
    for path in sorted((course / "exercises").glob("*/*.ipynb")):
        if filled_in(path):
            sys.exit(
                f"{path.relative_to(course)} holds answers, which a release would overwrite. Move "
                "it away (the place for answers is my_work/), then run this again."
            )
    for folder in sorted(path for path in (course / "solutions").iterdir() if path.is_dir()):
        # --force: without it an existing release is skipped in silence. --no-db: the gradebook
        # belongs to the instructor and to grading, not to the repository.
        command = [sys.executable, "-m", "nbgrader", "generate_assignment", folder.name]
        done = subprocess.run(
            [*command, "--force", "--no-db"], cwd=course, capture_output=True, text=True
        )
        if done.returncode:
            sys.exit(f"nbgrader could not release {folder.name}:\n{done.stderr}")
        print(f"released {folder.name}", flush=True)


def filled_in(path: Path) -> bool:
    """Whether a cell for an answer no longer holds the text that nbgrader puts there."""
    for cell in nbformat.read(path, as_version=4).cells:
        stub = "YOUR CODE HERE" if cell.cell_type == "code" else "YOUR ANSWER HERE"
        if cell.metadata.get("nbgrader", {}).get("solution") and stub not in cell.source:
            return True
    return False


if __name__ == "__main__":
    release(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else COURSE)
