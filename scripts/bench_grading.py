"""Grade a class with ``grading``, on 2 workers, and some of it with plain ``nbgrader autograde``.

Prints submissions per minute. The time of ``grading`` is that of the whole command, with isolation,
tables, report and feedback; that of nbgrader is of ``autograde`` alone.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

COURSE = Path(__file__).resolve().parent.parent
SET = "ex03_kernels"
STUDENTS, FEW = 100, 10  # nbgrader takes seconds for each, from the first to the last
WORKERS = 2


def make_course(folder: Path, students: int) -> None:
    """A course of one set, and students who solved all that tests grade."""
    shutil.copy(COURSE / "nbgrader_config.py", folder)
    shutil.copytree(COURSE / "solutions" / SET, folder / "solutions" / SET)
    name = f"{SET}/{SET}.ipynb"
    solved = nbformat.read(COURSE / "solutions" / name, as_version=4).cells
    given = {c.metadata.nbgrader.grade_id: c.source for c in solved if "nbgrader" in c.metadata}
    notebook = nbformat.read(COURSE / "exercises" / name, as_version=4)
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("solution") and not meta.get("grade"):
            cell.source = given[meta.grade_id]
    for i in range(students):
        path = folder / "submitted" / f"student{i:03}" / name
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)


def seconds(folder: Path, *command: str) -> float:
    """How long a command takes in a course."""
    beside = str(Path(sys.executable).parent)  # nbgrader calls alembic by its bare name
    environment = os.environ | {
        "PATH": os.pathsep.join([beside, os.environ["PATH"]]),
        "PYTHONPATH": str(COURSE),
        "OMP_NUM_THREADS": "1",
    }
    start = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    if run.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{run.stderr[-2000:]}")
    return time.perf_counter() - start


def main() -> None:
    with tempfile.TemporaryDirectory() as plain, tempfile.TemporaryDirectory() as own:
        make_course(Path(plain), FEW)
        make_course(Path(own), STUDENTS)
        store = Path(own) / ".grading" / "tables"
        if (COURSE / ".grading" / "tables").is_dir():  # computed once for a set, not for a class
            shutil.copytree(COURSE / ".grading" / "tables", store)
        seconds(Path(plain), "nbgrader", "generate_assignment", SET)
        theirs = 60 * FEW / seconds(Path(plain), "nbgrader", "autograde", SET)
        took = seconds(Path(own), "grading", "run", SET, "--workers", str(WORKERS))
        kept = [*(Path(own) / ".grading" / SET / "results").glob("*.json")]
        code = sum(json.loads(path.read_text())["theirs"] for path in kept)
    ours = 60 * STUDENTS / took
    print(f"nbgrader_per_minute: {theirs:.1f}")
    print(f"ours_per_minute: {ours:.1f}")
    print(f"ours_over_nbgrader: {ours / theirs:.1f}")
    print(f"share_of_students_processes: {code / (WORKERS * took):.2f}")


if __name__ == "__main__":
    main()
