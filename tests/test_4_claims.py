"""`make claims` moves every seed, tries each assertion by itself, and tells its margin."""

from __future__ import annotations

import importlib
import math
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

COURSE = Path(__file__).resolve().parent.parent
CELLS = (
    """
import torch
from sklearn.utils import check_random_state
drawn = {}
def draw(name, value):
    drawn[name] = float(value)
torch.manual_seed(0)
draw("global", torch.rand(()))
draw("own", torch.rand((), generator=torch.Generator().manual_seed(0)))
draw("sklearn", (lambda random_state: check_random_state(random_state).rand())(random_state=0))
""",
    """
two = 2
assert 1.9 < 1.95 < two < 5 / 2, "holds"
assert 1 == 1 and all(value < 10 for value in (4, 8)), "holds, too"
for value in (3, 1, 2):
    assert value > 1, "falls once in a loop"
assert {}["nothing"] > 1, "can't be reached"
assert drawn == 0, f"{drawn}"
def inside(limit):
    assert limit < 1, "in a function"
inside(4)
""",
)
SOURCES = ("global", "own", "sklearn")


@pytest.fixture
def claims(monkeypatch):
    monkeypatch.syspath_prepend(COURSE / "scripts")
    return importlib.import_module("claims")


def lecture(folder, *cells):
    path = folder / "99_lecture.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, cells)]), path)
    return path


def test_each_claim_is_tried_by_itself_and_measured(claims, tmp_path):
    run = claims.run(lecture(tmp_path, *CELLS), move=0, threads=1, standin=False)
    assert not run.error
    told = {claim.words: claim for claim in run.claims.values()}
    assert told["holds"].held and told["holds"].margin == pytest.approx((2 - 1.95) / 2)
    assert told["holds, too"].held and told["holds, too"].margin == pytest.approx(0.2)
    fallen = told["falls once in a loop"]
    assert not fallen.held and fallen.margin == 0 and fallen.seen == "1 < 1"
    assert not told["can't be reached"].held and "KeyError" in told["can't be reached"].seen
    assert not told["in a function"].held
    assert told[""].held is False and math.isinf(told[""].margin), "nothing to measure"


def test_every_seed_moves(claims, tmp_path):
    path = lecture(tmp_path, CELLS[0], *(f'assert drawn["{name}"] > 1' for name in SOURCES))
    still, moved, again = (
        {text: claim.seen for text, claim in claims.run(path, move, 1, False).claims.items()}
        for move in (0, 1, 1)
    )
    assert moved == again and len(moved) == len(SOURCES), "a move is the same each time"
    assert all(still[text] != moved[text] for text in still)


def test_a_kernel_that_dies_at_its_start_is_started_again(claims, tmp_path, monkeypatch):
    execute, deaths = NotebookClient.execute, []

    def dies_first(client, **kwargs):
        if len(deaths) < often:
            deaths.append("Kernel died before replying to kernel_info")
            raise RuntimeError(deaths[-1])
        return execute(client, **kwargs)

    monkeypatch.setattr(NotebookClient, "execute", dies_first)
    path, often = lecture(tmp_path, "assert 2 > 1"), claims.STARTS - 1
    run = claims.run(path, 0, 1, False)
    assert not run.error and all(claim.held for claim in run.claims.values()) and run.claims
    deaths.clear()
    often = claims.STARTS
    assert "Kernel died" in claims.run(path, 0, 1, False).error


def test_a_cell_that_raises_ends_the_run_and_is_told(claims, tmp_path):
    path = lecture(tmp_path, "assert 1 > 2", "raise SystemError('no more')")
    assert claims.run(path, 0, 1, False).error == "SystemError: no more"


def test_one_that_fell_and_one_that_stopped_are_told(claims, tmp_path, capsys):
    held = claims.Run("99_lecture", 1, {"a < b": claims.Claim("small", True, 0.5, "1 < 2")})
    fell = claims.Run("99_lecture", 2, {"a < b": claims.Claim("small", False, -0.5, "2 < 1")})
    stopped = claims.Run("99_lecture", 3, error="ValueError: no")
    assert claims.report("99_lecture", [held]) == 0
    assert claims.report("99_lecture", [held, fell, stopped]) == 2
    told = capsys.readouterr().out
    assert "1/3" in told and "-50.0%  small: a < b   [2 < 1, move 2]" in told
    assert "move 3 stopped: ValueError: no" in told


def test_an_unknown_lecture_is_refused():
    run = subprocess.run(
        [sys.executable, COURSE / "scripts/claims.py", "no-such-lecture"],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 2 and "no lecture's file name holds no-such-lecture" in run.stderr
