"""Every lecture and every solution runs from top to bottom, the lectures on the stand-ins too.

nbval runs each notebook in a fresh kernel; --nbval-lax fails on an error and does not compare
outputs, which change with machine and version. What a lecture claims, its last cell asserts.

Each notebook has one core, and another one may run beside it; so its time is judged by the seconds
for which it had a processor, beside those that a fixed piece of work took before and after. (The
solutions run on the stand-ins where nbgrader grades them.)
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import timeit
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
import torch
from torch import nn

COURSE = Path(__file__).resolve().parent.parent
LECTURES = sorted((COURSE / "lectures").glob("*.ipynb"))
SOLUTIONS = sorted((COURSE / "solutions").glob("*/*.ipynb"))
TIMES = "time of each notebook on one core, from the start of nbval to its end"
# Seconds on two cores of the machine on which the README's times were taken.
MOST = {"07": 150, "08": 180, "09": 180, "10": 180, "11": 180}
MOST_ELSE = 75
MOST_TOGETHER = 760  # lectures 00 to 09: 660 on two cores, and what the second of them saves
NOISE = 1.35  # the same run takes this much more or less, beside others
REFERENCE = 0.30  # what seconds_for_passes would give on those two cores
SECONDS: dict[str, float] = {}  # of each lecture on the real sets, as on those two cores


class Run(NamedTuple):
    done: subprocess.CompletedProcess
    wall: float  # seconds
    busy: float  # seconds for which its processes had a core

    def must_pass(self) -> None:
        assert self.done.returncode == 0, self.done.stdout[-6000:] + self.done.stderr[-2000:]


def nbval(path: Path, **settings: str) -> Run:
    start, before = time.perf_counter(), os.times()
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-cell-timeout=300"),
            *("-q", "-p", "no:cacheprovider", f"--rootdir={path.parent}", "-c", os.devnull, path),
        ],
        cwd=path.parent,
        env=os.environ | {"OMP_NUM_THREADS": "1"} | settings,
        capture_output=True,
        text=True,
        timeout=1800,
    )
    wall, after = time.perf_counter() - start, os.times()
    busy = sum(after[2:4]) - sum(before[2:4])  # of child processes; Windows gives 0
    return Run(done, wall, busy or wall)


def seconds_for_passes() -> float:
    """How fast a core is just now: the passes of one epoch of 784-30-784, the best of 3."""
    model = nn.Sequential(nn.Linear(784, 30), nn.Tanh(), nn.Linear(30, 784))
    x = torch.rand(256, 784)

    def passes() -> None:
        for _ in range(235):
            model(x).square().sum().backward()

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return min(timeit.repeat(passes, time.process_time, number=1, repeat=3))
    finally:
        torch.set_num_threads(threads)


@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
def test_lecture_runs_on_the_real_sets(path, real_sets, table):
    before = seconds_for_passes()
    run = nbval(path)
    slow = max(1.0, (before + seconds_for_passes()) / 2 / REFERENCE)
    table(
        TIMES,
        f"{path.stem:<32} real      {run.wall:6.1f} s, of them busy {run.busy:6.1f} s: "
        f"{run.busy / slow:6.1f} s on two cores of the reference",
    )
    run.must_pass()
    SECONDS[path.stem] = run.busy / slow
    assert run.busy / slow < NOISE * MOST.get(path.stem[:2], MOST_ELSE)


def test_lectures_fit_into_their_time(real_sets, table):
    """Counts those that this run has executed: all of them, unless some were deselected."""
    counted = [seconds for name, seconds in SECONDS.items() if name < "10"]
    table(TIMES, f"these {len(counted)} lectures on two cores of the reference: {sum(counted):.0f}")
    assert sum(counted) < NOISE * MOST_TOGETHER


@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
def test_lecture_runs_on_the_stand_ins(path, table):
    run = nbval(path, COURSE_DATA="stand-in")
    table(TIMES, f"{path.stem:<32} stand-in  {run.wall:6.1f} s, of them busy {run.busy:6.1f} s")
    run.must_pass()


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_solution_runs_on_the_real_sets(path, real_sets, table):
    run = nbval(path)
    table(TIMES, f"{path.stem:<32} real      {run.wall:6.1f} s, of them busy {run.busy:6.1f} s")
    run.must_pass()


def test_nbval_notices_a_failing_cell(tmp_path):
    """The proof above is only worth something if a false claim turns it red."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("assert 1 > 2, 'a false claim'", execution_count=1)]
    )
    nbformat.write(notebook, tmp_path / "broken.ipynb")
    done = nbval(tmp_path / "broken.ipynb").done
    assert done.returncode == 1 and "a false claim" in done.stdout
