"""Every lecture and every solution runs from top to bottom, on the real sets and on the stand-ins.

nbval runs each notebook in a fresh kernel; --nbval-lax fails on an error and does not compare
outputs, which change with machine and version. What a lecture claims, its last cell asserts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

COURSE = Path(__file__).resolve().parent.parent
LECTURES = sorted((COURSE / "lectures").glob("*.ipynb"))
NOTEBOOKS = LECTURES + sorted((COURSE / "solutions").glob("*/*.ipynb"))
TIMES = "time from kernel start to end"
# All lectures together take 12 minutes at most on two quiet cores. A busy machine may need more;
# a lecture that has got out of hand needs far more.
MOST_MINUTES = 20
SECONDS: dict[tuple[str, Path], float] = {}


def nbval(path: Path, **settings: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-cell-timeout=300"),
            *("-q", "-p", "no:cacheprovider", f"--rootdir={path.parent}", "-c", os.devnull, path),
        ],
        cwd=path.parent,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        timeout=900,
    )


@pytest.mark.parametrize("kind", ["real", "stand-in"])
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_runs(path, kind, request, table):
    if kind == "real":
        request.getfixturevalue("real_sets")
    settings = {} if kind == "real" else {"COURSE_DATA": "stand-in"}
    start = time.perf_counter()
    run = nbval(path, **settings)
    seconds = time.perf_counter() - start
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    SECONDS[kind, path] = seconds
    table(TIMES, f"{path.stem:<28} {kind:<9} {seconds:6.1f} s")


@pytest.mark.parametrize("kind", ["real", "stand-in"])
def test_all_lectures_fit_into_their_time(kind, request, table):
    """Counts those that this run has executed: all of them, unless some were deselected."""
    if kind == "real":
        request.getfixturevalue("real_sets")
    seconds = sum(s for (k, path), s in SECONDS.items() if k == kind and path in LECTURES)
    table(TIMES, f"{'all lectures together':<28} {kind:<9} {seconds:6.1f} s")
    assert seconds < 60 * MOST_MINUTES


def test_nbval_notices_a_failing_cell(tmp_path):
    """The proof above is only worth something if a false claim turns it red."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("assert 1 > 2, 'a false claim'", execution_count=1)]
    )
    nbformat.write(notebook, tmp_path / "broken.ipynb")
    run = nbval(tmp_path / "broken.ipynb")
    assert run.returncode == 1 and "a false claim" in run.stdout
