"""The exercise sets: the release is current, and their tests tell right from wrong."""

from __future__ import annotations

import ast
import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import exercise_sets
import nbformat
import pytest
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
def course(tmp_path_factory) -> Path:
    """A copy of the course as far as nbgrader is concerned."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(COURSE / "nbgrader_config.py", folder)
    shutil.copytree(COURSE / "solutions", folder / "solutions")
    return folder


def test_release_is_current_byte_for_byte(course):
    script = COURSE / "scripts/release.py"
    subprocess.run([sys.executable, script, course], check=True, capture_output=True)
    for folder in (course, COURSE):
        assert sorted(p.name for p in (folder / "exercises").iterdir()) == SETS
    for name in SETS:
        notebook = Path("exercises") / name / f"{name}.ipynb"
        assert (course / notebook).read_bytes() == (COURSE / notebook).read_bytes(), (
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


def grades(
    name: str, course: Path, students: dict[str, dict[str, str]], *options: str
) -> dict[str, float]:
    """student -> the score that nbgrader gives to the answers they fill in."""
    for student, given in students.items():
        folder = course / "submitted" / student / name
        folder.mkdir(parents=True)
        nbformat.write(filled_in(name, given), folder / f"{name}.ipynb")
    nbgrader(course, "generate_assignment", name, "--force")
    for student in students:
        nbgrader(course, "autograde", name, "--student", student, *options)
    nbgrader(course, "export")
    with (course / "grades.csv").open() as file:
        return {
            row["student_id"]: float(row["score"])
            for row in csv.DictReader(file)
            if row["assignment"] == name and row["student_id"] in students
        }


@pytest.mark.parametrize("name", SETS)
def test_nbgrader_gives_zero_to_the_release_and_full_marks_to_the_solution(name, course):
    wrong = next(entry for set_name, entry in ENTRIES if set_name == name and not entry.right)
    students = {
        "untouched": {},
        "perfect": solution_answers(name),
        "one_wrong": without_training(name) | {wrong.answer: wrong.code},
    }
    scores = grades(name, course, students)
    points = exercise_sets.tests(name)
    lost = [
        t for t, message in exercise_sets.run(name, {wrong.answer: wrong.code}).items() if message
    ]
    assert scores["untouched"] == 0
    assert scores["perfect"] == sum(points.values())
    assert scores["one_wrong"] == sum(points.values()) - sum(points[t] for t in lost)


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


@pytest.mark.parametrize(("name", "entry"), ENTRIES, ids=lambda value: str(value))
def test_bank(name, entry, table):
    results = exercise_sets.run(name, {entry.answer: entry.code})
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
def test_an_endless_loop_costs_its_own_task_alone(name, course):
    endless = min(answers(name), key=lambda answer: len(graded_by(name, answer)))
    given = without_training(name) | {endless: broken(name, endless, "while True:\n        pass")}
    scores = grades(name, course, {"endless": given}, "--ExecutePreprocessor.timeout=15")
    lost = sum(exercise_sets.tests(name)[test] for test in graded_by(name, endless))
    assert scores["endless"] == sum(exercise_sets.tests(name).values()) - lost


@pytest.mark.parametrize("name", SETS)
def test_no_false_alarm_in_200_seeds(name):
    for i in range(1, 201):
        failed = {t: m for t, m in exercise_sets.run(name, reseed=1_000 * i).items() if m}
        assert not failed, f"reseeded by {1_000 * i}"


@pytest.mark.parametrize("name", SETS)
def test_validate_tells_a_student_what_is_wrong(name, tmp_path):
    """What the Validate button runs, on a student's copy with one wrong answer among right ones."""
    wrong = next(entry for n, entry in ENTRIES if n == name and not entry.right)
    path = tmp_path / f"{name}.ipynb"
    nbformat.write(filled_in(name, without_training(name) | {wrong.answer: wrong.code}), path)
    failed = Validator().validate(str(path))["failed"]
    assert failed and any(wrong.words in cell["error"] for cell in failed)
    nbformat.write(filled_in(name, without_training(name)), path)
    assert "failed" not in Validator().validate(str(path))
