"""Every lecture and every solution runs from top to bottom, on the real sets and on the stand-ins.

nbval runs each notebook in a fresh kernel; --nbval-lax fails on an error and does not compare
outputs, which change with machine and version. What a lecture claims, its last cell asserts.

The lectures run first, on the real sets, one after the other with the whole machine to themselves:
these are the times that they promise. All the rest goes two at a time, each on one core, which is
sooner done than one after the other on two.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import timeit
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
import torch
from torch import nn

COURSE = Path(__file__).resolve().parent.parent
LECTURES = sorted((COURSE / "lectures").glob("*.ipynb"))
SOLUTIONS = sorted((COURSE / "solutions").glob("*/*.ipynb"))
KINDS = {"real": {}, "stand-in": {"COURSE_DATA": "stand-in"}}
TIMES = "time from kernel start to end"
MOST_MINUTES = 12  # all lectures together, on two cores as fast as those of REFERENCE
REFERENCE = 0.30  # what seconds_for_passes gave where the README's times were taken
SECONDS: dict[tuple[str, Path], float] = {}  # that two cores were busy with a lecture
PACE: list[float] = []  # seconds_for_passes after each lecture on the real sets


def nbval(path: Path, **settings: str) -> tuple[subprocess.CompletedProcess, float]:
    """The run of a notebook, and the seconds from its kernel's start to its end."""
    run = subprocess.run(
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
    # pytest's last line: "36 passed in 41.23s (0:00:41)"; its own start is not in it.
    counted = re.findall(r" in ([\d.]+)s\b", run.stdout)
    return run, float(counted[-1] if counted else "nan")


def seconds_for_passes() -> float:
    """How fast this machine is just now: the passes of one epoch of 784-30-784, the best of 3."""
    model = nn.Sequential(nn.Linear(784, 30), nn.Tanh(), nn.Linear(30, 784))
    x = torch.rand(256, 784)

    def passes() -> None:
        for _ in range(235):
            model(x).square().sum().backward()

    return min(timeit.repeat(passes, number=1, repeat=3))


def must_pass(run: subprocess.CompletedProcess) -> None:
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]


@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
def test_lecture_runs_on_the_real_sets(path, real_sets, table):
    run, seconds = nbval(path)
    must_pass(run)
    SECONDS["real", path] = seconds
    PACE.append(seconds_for_passes())
    table(TIMES, f"{path.stem:<32} real      two cores {seconds:6.1f} s")


@pytest.fixture(scope="module")
def two_at_a_time(selected) -> Iterator[Callable[[Path, str], tuple]]:
    """``(path, kind)`` -> what nbval returned; the runs of all selected tests start at once."""
    with ThreadPoolExecutor(2) as pool:
        runs = {
            (p["path"], p["kind"]): pool.submit(
                nbval, p["path"], OMP_NUM_THREADS="1", **KINDS[p["kind"]]
            )
            for p in selected(test_notebook_runs)
        }
        yield lambda *which: runs[which].result()
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize(
    ("path", "kind"),
    [(path, "stand-in") for path in LECTURES]
    + [(path, kind) for path in SOLUTIONS for kind in KINDS],
    ids=lambda value: getattr(value, "stem", value),
)
def test_notebook_runs(path, kind, two_at_a_time, request, table):
    if kind == "real":
        request.getfixturevalue("real_sets")
    run, seconds = two_at_a_time(path, kind)
    must_pass(run)
    if path in LECTURES:
        SECONDS[kind, path] = seconds / 2  # the other core had another notebook
    table(TIMES, f"{path.stem:<32} {kind:<9} one core  {seconds:6.1f} s")


@pytest.mark.parametrize("kind", KINDS)
def test_lectures_fit_into_their_time(kind, request, table):
    """Counts those that this run has executed: all of them, unless some were deselected."""
    if kind == "real":
        request.getfixturevalue("real_sets")
    seconds = [s for (k, _), s in SECONDS.items() if k == kind]
    name = f"these {len(seconds)} lectures together"
    table(TIMES, f"{name:<32} {kind:<9} two cores {sum(seconds):6.1f} s")
    slow = 1.0
    if kind == "real" and PACE:
        slow = max(1.0, sum(PACE) / len(PACE) / REFERENCE)
        table(
            TIMES,
            f"this machine took {slow:.2f} times as long for the same passes as the reference",
        )
    assert sum(seconds) / slow < 60 * MOST_MINUTES


def test_nbval_notices_a_failing_cell(tmp_path):
    """The proof above is only worth something if a false claim turns it red."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("assert 1 > 2, 'a false claim'", execution_count=1)]
    )
    nbformat.write(notebook, tmp_path / "broken.ipynb")
    run, _ = nbval(tmp_path / "broken.ipynb")
    assert run.returncode == 1 and "a false claim" in run.stdout
