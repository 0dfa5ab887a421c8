"""The exercise sets: the release is current, and their tests tell right from wrong.

What takes long goes two at a time: nbgrader's runs, and the thousands of runs without a kernel.
"""

from __future__ import annotations

import ast
import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import exercise_sets
import nbformat
import pytest
import torch
from exercise_sets import SETS, answers, bank, graded_by, stub
from nbgrader.validator import Validator

COURSE = Path(__file__).resolve().parent.parent
ENTRIES = [(name, entry) for name in SETS for entry in bank(name)]


def nbgrader(course: Path, *command: str) -> None:
    # nbgrader calls alembic by its bare name, which lies beside the interpreter.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command],
        cwd=course,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr


@pytest.fixture(scope="module")
def workers() -> Iterator[ProcessPoolExecutor]:
    """Two processes that run exercise sets, one core each."""
    spawn = get_context("spawn")
    with ProcessPoolExecutor(2, spawn, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        yield pool
        pool.shutdown(cancel_futures=True)


def test_release_is_current_byte_for_byte(tmp_path):
    shutil.copy(COURSE / "nbgrader_config.py", tmp_path)
    shutil.copytree(COURSE / "solutions", tmp_path / "solutions")
    script = COURSE / "scripts/release.py"
    subprocess.run([sys.executable, script, tmp_path], check=True, capture_output=True)
    for folder in (tmp_path, COURSE):
        assert sorted(p.name for p in (folder / "exercises").iterdir()) == SETS
    for name in SETS:
        notebook = Path("exercises") / name / f"{name}.ipynb"
        assert (tmp_path / notebook).read_bytes() == (COURSE / notebook).read_bytes(), (
            f"exercises/{name} is not what solutions/{name} gives: run make release"
        )


def test_release_never_overwrites_answers(tmp_path):
    name = SETS[0]
    for folder in ("solutions", "exercises"):
        shutil.copytree(COURSE / folder / name, tmp_path / folder / name)
    path = tmp_path / "exercises" / name / f"{name}.ipynb"
    nbformat.write(filled_in(name, solution_answers(name)), path)
    before = path.read_bytes()
    run = subprocess.run(
        [sys.executable, COURSE / "scripts/release.py", tmp_path], capture_output=True, text=True
    )
    assert run.returncode != 0 and "holds answers, which a release would overwrite" in run.stderr
    assert path.read_bytes() == before


def filled_in(name: str, given: dict[str, str]) -> nbformat.NotebookNode:
    """The released set with some answers filled in, as a student would hand it in."""
    path = COURSE / "exercises" / name / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = given.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    return notebook


def solution_answers(name: str) -> dict[str, str]:
    """grade_id -> the solution, of every cell that a reader fills in."""
    return {c.grade.grade_id: c.source for c in exercise_sets.cells(name) if c.grade.solution}


def without_training(name: str) -> dict[str, str]:
    """The solution's answers, less the open task: it trains for a while, and a person grades it."""
    by_hand = {
        c.grade.grade_id: ""
        for c in exercise_sets.cells(name)
        if c.cell_type == "code" and c.grade.grade and c.grade.solution
    }
    return solution_answers(name) | by_hand


def an_endless_answer(name: str) -> str:
    return min(answers(name), key=lambda answer: len(graded_by(name, answer)))


def a_wrong_answer(name: str) -> exercise_sets.Entry:
    return next(entry for entry in bank(name) if not entry.right)


def lost(name: str, answer: str, code: str) -> list[str]:
    """The tests that fail when this answer is this code."""
    return [test for test, message in exercise_sets.run(name, {answer: code}).items() if message]


def grade(name: str, course: Path) -> dict[str, float]:
    """student -> the score that nbgrader gives to the answers they fill in."""
    wrong, endless = a_wrong_answer(name), an_endless_answer(name)
    students = {
        "untouched": {},
        "perfect": solution_answers(name),
        "one_wrong": without_training(name) | {wrong.answer: wrong.code},
        "endless": without_training(name)
        | {endless: broken(name, endless, "while True:\n        pass")},
    }
    for student, given in students.items():
        folder = course / "submitted" / student / name
        folder.mkdir(parents=True)
        nbformat.write(filled_in(name, given), folder / f"{name}.ipynb")
    shutil.copy(COURSE / "nbgrader_config.py", course)
    shutil.copytree(COURSE / "solutions" / name, course / "solutions" / name)
    nbgrader(course, "generate_assignment", name, "--force")
    nbgrader(course, "autograde", name, "--student", "perfect")  # takes its time, which is no loop
    nbgrader(course, "autograde", name, "--ExecutePreprocessor.timeout=15")
    nbgrader(course, "export")
    with (course / "grades.csv").open() as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def scores(selected, tmp_path_factory) -> Iterator[dict[str, Future]]:
    """set -> the scores of its class of four."""
    names = [p["name"] for p in selected(test_nbgrader_gives_what_is_deserved)]
    with ThreadPoolExecutor(2) as pool:
        yield {name: pool.submit(grade, name, tmp_path_factory.mktemp(name)) for name in names}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("name", SETS)
def test_nbgrader_gives_what_is_deserved(name, scores):
    """Nothing for the release, full marks for the solution; a wrong answer and one that never ends
    cost their own task alone."""
    points = exercise_sets.tests(name)
    full, wrong = sum(points.values()), a_wrong_answer(name)
    endless = graded_by(name, an_endless_answer(name))
    assert scores[name].result() == {
        "untouched": 0,
        "perfect": full,
        "one_wrong": full - sum(points[test] for test in lost(name, wrong.answer, wrong.code)),
        "endless": full - sum(points[test] for test in endless),
    }


@pytest.mark.parametrize("name", SETS)
def test_every_task_has_its_bank(name):
    for answer in answers(name):
        mine = [entry for entry in bank(name) if entry.answer == answer]
        assert sum(not e.right for e in mine) >= 6, f"{answer} needs more wrong answers"
        assert sum(e.right for e in mine) >= 3, f"{answer} needs more right alternatives"
        assert graded_by(name, answer), f"no test grades {answer}"
    covered = set().union(*(graded_by(name, answer) for answer in answers(name)))
    assert covered == set(exercise_sets.tests(name)), "every test belongs to one answer"
    assert {entry.answer for entry in bank(name)} == set(answers(name))


@pytest.fixture(scope="module")
def banked(selected, workers) -> dict[tuple, Future]:
    """(set, entry of its bank) -> the results of the set's tests with that answer."""
    return {
        (p["name"], p["entry"]): workers.submit(
            exercise_sets.run, p["name"], {p["entry"].answer: p["entry"].code}
        )
        for p in selected(test_bank)
    }


@pytest.mark.parametrize(("name", "entry"), ENTRIES, ids=lambda value: str(value))
def test_bank(name, entry, banked, table):
    results = banked[name, entry].result()
    failed = {test: message for test, message in results.items() if message}
    if entry.right:
        assert not failed
        return
    assert failed, "no test noticed"
    assert set(failed) <= graded_by(name, entry.answer), "another task lost points for it"
    assert entry.words and any(entry.words in message for message in failed.values()), failed
    message = next(m for m in failed.values() if entry.words in m)
    table("wrong answer -> what the student reads", f"{entry}\n    {message}")


@pytest.mark.parametrize("name", SETS)
def test_a_released_stub_loses_its_own_task_and_no_other(name):
    for answer in answers(name):
        results = exercise_sets.run(name, {answer: stub(name, answer)})
        failed = {test for test, message in results.items() if message}
        assert failed == graded_by(name, answer)
        assert all("NotImplementedError" in results[test] for test in failed)


BROKEN = {
    "raises": "raise ValueError('my own mistake')",
    "returns None": "return None",
    "returns text": "return 'the answer'",
    "returns NaN": "return torch.tensor(float('nan'))",
}


def broken(name: str, answer: str, body: str) -> str:
    """The answer with ``body`` in every function, and in the forward pass of every class."""
    solution = solution_answers(name)[answer]
    code = [solution]
    for node in ast.parse(solution).body:
        if isinstance(node, ast.FunctionDef):
            code.append(f"def {node.name}(*inputs, **named):\n    {body}")
        elif isinstance(node, ast.ClassDef):
            forward = f"def forward(self, *inputs, **named):\n        {body}"
            code.append(f"class {node.name}({node.name}):\n    {forward}")
    assert len(code) > 1, f"{answer} defines nothing"
    return "\n".join(code)


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("name", SETS)
def test_a_broken_answer_costs_its_own_task_alone(name, how):
    for answer in answers(name):
        results = exercise_sets.run(name, {answer: broken(name, answer, BROKEN[how])})
        failed = {test: message for test, message in results.items() if message}
        if "class " in solution_answers(name)[answer]:  # its parts may be right
            assert failed and set(failed) <= graded_by(name, answer)
        else:
            assert set(failed) == graded_by(name, answer)
        for message in failed.values():
            # A bare error from inside a test says nothing to the reader about the answer.
            assert "AssertionError: " in message or "my own mistake" in message, message


@pytest.mark.parametrize("name", SETS)
def test_no_false_alarm_in_200_seeds(name, workers):
    seeds = [1_000 * i for i in range(1, 201)]
    for seed, results in zip(
        seeds, workers.map(partial(exercise_sets.run, name, None), seeds, chunksize=10), strict=True
    ):
        failed = {test: message for test, message in results.items() if message}
        assert not failed, f"reseeded by {seed}"


@pytest.mark.parametrize("name", SETS)
def test_validate_tells_a_student_what_is_wrong(name, tmp_path):
    """What the Validate button runs, on a student's copy with one wrong answer among right ones."""
    wrong = a_wrong_answer(name)
    path = tmp_path / f"{name}.ipynb"
    nbformat.write(filled_in(name, without_training(name) | {wrong.answer: wrong.code}), path)
    failed = Validator().validate(str(path))["failed"]
    assert len(failed) == len(lost(name, wrong.answer, wrong.code))
    assert any(wrong.words in cell["error"] for cell in failed)
