"""Every lecture and every solution runs from top to bottom, the lectures on the stand-ins too.

nbval runs each notebook in a fresh kernel; --nbval-lax fails on an error and does not compare
outputs, which change with machine and version. What a lecture claims, its last cell asserts. On the
stand-ins a lecture runs if anything that bears on it has changed since it was last seen to.

Each notebook has one core, and others may run beside it; so its time is judged by the seconds for
which it had a processor. (The solutions run on the stand-ins where nbgrader grades them.)
"""

from __future__ import annotations

import ast
import builtins
import os
import shutil
import subprocess
import symtable
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import nbformat
import pytest

COURSE = Path(__file__).resolve().parent.parent
LECTURES = sorted((COURSE / "lectures").glob("*.ipynb"), reverse=True)  # long ones first
SOLUTIONS = sorted((COURSE / "solutions").glob("*/*.ipynb"))
TIMES = "time of each notebook on one core, from the start of nbval to its end"
# Seconds of one core on the machine on which the README's times were taken; of 00 to 09, 840.
MOST = dict(zip(range(12), (20, 70, 90, 45, 70, 55, 55, 100, 175, 160, 175, 145), strict=True))
SLOWER = 2.5  # a slow machine, or one that is busy with other tests


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


@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
def test_lecture_runs_on_the_real_sets(path, real_sets, table):
    run = nbval(path)
    table(TIMES, f"{path.stem:<32} real      {run.wall:6.1f} s, of them busy {run.busy:6.1f} s")
    run.must_pass()
    assert run.busy < SLOWER * MOST[int(path.stem[:2])]


@pytest.fixture(scope="session")
def lectures(script) -> ModuleType:
    """What `make lectures` does."""
    return script("run_lectures")


@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
def test_lecture_runs_on_the_stand_ins(path, lectures, table, tmp_path):
    """All but the cells that would only do once more what they did on the real sets."""
    notebook = nbformat.read(path, as_version=4)
    if notebook.metadata.get(lectures.SEEN) == lectures.fingerprint(notebook):
        table(TIMES, f"{path.stem:<32} stand-in  all is as it was when it last ran there")
        return
    nbformat.write(lectures.with_images(notebook), tmp_path / path.name)
    run = nbval(tmp_path / path.name, COURSE_DATA="stand-in")
    table(TIMES, f"{path.stem:<32} stand-in  {run.wall:6.1f} s, of them busy {run.busy:6.1f} s")
    run.must_pass()


def names(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """The variables that a statement reads, in functions too, and those that it may change."""
    reads, sets = set(), set()
    scopes = [symtable.symtable(ast.unparse(statement), "cell", "exec")]
    for scope in scopes:
        scopes += scope.get_children()
        for symbol in scope.get_symbols():
            top = scope.get_type() == "module"
            if symbol.is_referenced() and (top or symbol.is_global()):
                reads.add(symbol.get_name())
            if top and (symbol.is_assigned() or symbol.is_imported()):
                sets.add(symbol.get_name())
    return reads, sets


def test_what_bears_on_a_run_on_the_stand_ins_is_noticed(lectures, tmp_path, monkeypatch):
    """And nothing else: what a lecture says, shows, or does not import."""
    for name in ("utils", "pyproject.toml"):
        source, target = COURSE / name, tmp_path / name
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    monkeypatch.setattr(lectures, "COURSE", tmp_path)
    path = next(path for path in LECTURES if path.stem.startswith("06"))
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    before = lectures.fingerprint(notebook)

    notebook.cells[0].source += "More words."
    code[3].outputs, code[3].execution_count = [], None
    (tmp_path / "utils/cases.py").write_text("# for exercises")
    assert lectures.fingerprint(notebook) == before

    seen = {before}
    for file in ("standin.py", "metrics.py", "places.py", "weights/06-tied.pt"):
        (tmp_path / "utils" / file).write_bytes((tmp_path / "utils" / file).read_bytes() + b"\n")
        seen.add(lectures.fingerprint(notebook))
    code[-1].source += "\nassert 1 < 2"
    seen.add(lectures.fingerprint(notebook))
    code[-1].metadata.tags = [lectures.WITHOUT]
    seen.add(lectures.fingerprint(notebook))
    notebook.cells.remove(code[-1])
    seen.add(lectures.fingerprint(notebook))
    monkeypatch.setattr(lectures.metadata, "version", lambda package: "0.1")
    seen.add(lectures.fingerprint(notebook))
    assert len(seen) == 9


@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
def test_cells_without_images_read_nothing_that_came_of_images(path, lectures):
    """What is computed beside images counts as changed by them: a model is, that is trained."""
    seeing, apart, fixed = [], [], set(dir(builtins))
    for cell in nbformat.read(path, as_version=4).cells:
        for statement in ast.parse(cell.source).body if cell.cell_type == "code" else ():
            tagged = lectures.WITHOUT in cell.metadata.get("tags", ())
            (apart if tagged else seeing).append(names(statement))
            if isinstance(statement, (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)):
                fixed |= names(statement)[1]
    of_images, size = {"data"}, 0  # utils.data, and what came of it, and so on
    while size < len(of_images):
        size = len(of_images)
        for reads, sets in seeing:
            if reads & of_images:
                of_images |= sets | (reads - fixed)
    own = {name for _, sets in apart for name in sets}
    for reads, sets in apart:
        assert not (reads - own) & of_images, f"tagged {lectures.WITHOUT}, sets {sorted(sets)}"


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
