"""The exercise sets: the release is current, and their tests tell right from wrong."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import exercise_sets
import nbformat
import nbgrader.api
import pytest
from exercise_sets import SETS, answers, bank, graded_by, stub
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.validator import Validator
from traitlets.config import PyFileConfigLoader

COURSE = Path(__file__).resolve().parent.parent
ENTRIES = [(name, entry) for name in SETS for entry in bank(name)]
each_set = pytest.mark.parametrize("name", SETS)


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


def a_wrong_answer(name: str) -> exercise_sets.Entry:
    return next(entry for entry in bank(name) if not entry.right)


def lost(name: str, answer: str, code: str) -> list[str]:
    """The tests that fail when this answer is this code."""
    return [test for test, message in exercise_sets.run(name, {answer: code}).items() if message]


# What a new gradebook is stamped with; to ask for it takes seconds, and it is always the same.
stamp = cache(nbgrader.api.get_alembic_version)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own rows
@each_set
def test_nbgrader_gives_what_is_deserved(name, tmp_path, monkeypatch):
    """Nothing for the release, full marks for the solution; a wrong answer and one that never ends
    cost their own tasks alone."""
    wrong = a_wrong_answer(name)
    others = [answer for answer in answers(name) if answer != wrong.answer]
    endless = min(others, key=lambda answer: len(graded_by(name, answer)))
    forever = broken(name, endless, "while True:\n        pass")
    students = {
        "untouched": {},
        "perfect": solution_answers(name),
        "spoilt": without_training(name) | {wrong.answer: wrong.code, endless: forever},
    }
    # test_4 runs the whole solution on the real sets; here its open task has the stand-ins.
    monkeypatch.setenv("COURSE_DATA", "stand-in")
    for student, given in students.items():
        folder = tmp_path / "submitted" / student / name
        folder.mkdir(parents=True)
        nbformat.write(filled_in(name, given), folder / f"{name}.ipynb")
    shutil.copytree(COURSE / "solutions" / name, tmp_path / "solutions" / name)

    def seconds(cell: nbformat.NotebookNode) -> int:
        """Not the minute of nbgrader_config.py, where it is known to pass in vain."""
        slow = cell.metadata.get("nbgrader", {}).get("grade_id") in graded_by(name, endless)
        return 6 if slow else config.ExecutePreprocessor.timeout

    config = PyFileConfigLoader("nbgrader_config.py", path=str(COURSE)).load_config()
    config.ExecutePreprocessor.timeout_func = seconds
    config.CourseDirectory.root = str(tmp_path)
    monkeypatch.setattr(nbgrader.api, "get_alembic_version", stamp)
    course = NbGraderAPI(CourseDirectory(config=config), config=config)
    done = [course.generate_assignment(name)]
    done += [course.autograde(name, student) for student in students]
    assert all(run["success"] for run in done), done
    with course.gradebook as book:
        scores = {s.student_id: s.score for s in book.assignment_submissions(name)}
    points = exercise_sets.tests(name)
    full = sum(points.values())
    failed = {*lost(name, wrong.answer, wrong.code), *graded_by(name, endless)}
    assert scores == {
        "untouched": 0,
        "perfect": full,
        "spoilt": full - sum(points[test] for test in failed),
    }
    graded = tmp_path / "autograded" / "perfect" / name / f"{name}.ipynb"
    cells = nbformat.read(graded, as_version=4).cells
    errors = [o for c in cells for o in c.get("outputs", []) if o.output_type == "error"]
    assert not errors, "the solution raises in a cell that no test grades"


@each_set
def test_every_task_has_its_bank(name):
    for answer in answers(name):
        mine = [entry for entry in bank(name) if entry.answer == answer]
        assert sum(not e.right for e in mine) >= 6, f"{answer} needs more wrong answers"
        assert sum(e.right for e in mine) >= 3, f"{answer} needs more right alternatives"
        assert graded_by(name, answer), f"no test grades {answer}"
    covered = set().union(*(graded_by(name, answer) for answer in answers(name)))
    assert covered == set(exercise_sets.tests(name)), "every test belongs to one answer"
    assert {entry.answer for entry in bank(name)} == set(answers(name))


@pytest.mark.parametrize(("name", "entry"), ENTRIES, ids=str)
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


@each_set
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
@each_set
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


@each_set
def test_no_false_alarm_in_200_seeds(name):
    for seed in range(1_000, 201_000, 1_000):
        results = exercise_sets.run(name, reseed=seed)
        failed = {test: message for test, message in results.items() if message}
        assert not failed, f"reseeded by {seed}"


@pytest.mark.parametrize("seed", ["seed", "s", "3 * i"])
def test_reseeding_moves_every_seed_that_is_no_number(seed):
    source = f"import torch\ns = seed = i = 2\ntorch.manual_seed({seed})\nx = torch.rand(3)"
    drawn = []
    for reseed in (0, 0, 1):
        space = {"_reseed": reseed}
        exec(exercise_sets.compiled_test(source, "test"), space)
        drawn.append(space["x"].tolist())
    assert drawn[0] == drawn[1] != drawn[2]


@pytest.mark.parametrize("draw", ["torch.manual_seed(0); torch.rand(3)", "np.random.rand(3)"])
def test_a_test_that_reseeding_does_not_reach_is_refused(draw):
    with pytest.raises(AssertionError, match=r"my-test (seeds|draws)"):
        exercise_sets.compiled_test(draw, "my-test")


@each_set
def test_validate_tells_a_student_what_is_wrong(name, tmp_path):
    """What the Validate button runs, on a student's copy with one wrong answer among right ones."""
    wrong = a_wrong_answer(name)
    path = tmp_path / f"{name}.ipynb"
    nbformat.write(filled_in(name, without_training(name) | {wrong.answer: wrong.code}), path)
    failed = Validator().validate(str(path))["failed"]
    assert len(failed) == len(lost(name, wrong.answer, wrong.code))
    assert any(wrong.words in cell["error"] for cell in failed)
