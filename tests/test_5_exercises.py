"""The exercise sets: the release is current, and their tests tell right from wrong.

That each wrong answer of a set's mistakes.py is caught, with its own words, and each right one is
accepted, a release checks by itself; ``exercise_sets.cells`` makes one of each set, and keeps it.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import exercise_sets
import nbformat
import nbgrader.api
import pytest
from exercise_sets import SETS, a_wrong_answer, answers, bank, course, graded_by, stub
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.validator import Validator
from traitlets.config import PyFileConfigLoader

from classwork import tabulate

COURSE = Path(__file__).resolve().parent.parent
each_set = pytest.mark.parametrize("name", SETS)
# What takes kernels: a set with models to write and one with functions alone.
two_sets = pytest.mark.parametrize("name", [SETS[0], SETS[4]])


def release(folder: Path) -> subprocess.CompletedProcess:
    script = COURSE / "scripts/release.py"
    return subprocess.run([sys.executable, script, folder], capture_output=True, text=True)


@each_set
def test_each_answer_in_mistakes_py_is_what_its_heading_says(name):
    """The first of all tests, set by set: others need what it keeps, and would wait for it."""
    assert exercise_sets.cells(name)


def test_release_is_current_byte_for_byte(tmp_path):
    shutil.copytree(COURSE / "exercises", course(tmp_path, *SETS) / "exercises")
    done = release(tmp_path)
    assert done.returncode == 0, done.stderr
    for name in SETS:
        released = COURSE / "exercises" / name
        assert [path.name for path in released.iterdir()] == [f"{name}.ipynb"]
        for path in released.iterdir():
            again = tmp_path / path.relative_to(COURSE)
            assert again.read_bytes() == path.read_bytes(), (
                f"exercises/{name} is not what solutions/{name} gives: run make release"
            )


def test_release_keeps_a_notebook_that_differs_in_last_digits_alone(tmp_path):
    name, home = SETS[0], tmp_path / "OneDrive - 100% Übung #1"
    shutil.copytree(COURSE / "exercises" / name, course(home, name) / "exercises" / name)
    path = home / "exercises" / name / f"{name}.ipynb"
    released = path.read_bytes()
    for factor, kept in ((1 + 1e-6, True), (1.1, False)):
        notebook = nbformat.reads(released.decode(), as_version=4)
        tests = tabulate.cases.unpack(tabulate.table_in(notebook))
        moved = scaled(tests, factor)
        assert moved != tests
        for cell in notebook.cells:
            if "cases.load(" in cell.source:
                cell.metadata.nbgrader.checksum = "of other digits"
        nbformat.write(tabulate.with_table(notebook, tabulate.cases.pack(moved)), path)
        before = path.read_bytes()
        assert release(home).returncode == 0
        assert path.read_bytes() == (before if kept else released)


def scaled(value: object, factor: float) -> object:
    """A table with every number of it that is no whole one changed."""
    if isinstance(value, dict):
        return {key: scaled(part, factor) for key, part in value.items()}
    if isinstance(value, list):
        return [scaled(part, factor) for part in value]
    return value * factor if isinstance(value, float) and value != int(value) else value


def test_release_refuses_what_mistakes_py_says_and_is_not_so(tmp_path):
    name = SETS[0]
    folder = course(tmp_path, name) / "solutions" / name
    given = a_wrong_answer(name)
    solution = solution_answers(name)[given.answer]
    short = given.answer.split("-", 1)[1]
    with open(folder / "mistakes.py", "a", encoding="utf-8") as file:
        file.write(f"# %% {short}: it is right after all.\n{solution}\n")
        file.write(f"# %% {short}, right: it is wrong after all\n{given.code}\n")
        file.write(f"# %% {short}: the same as another mistake.\n{given.code}\n")
    done = release(tmp_path)
    assert done.returncode
    for words in (
        f"solutions/{name} can't be released",
        f"({given.answer}: it is right after all.): no case tells it from the right answer",
        f"({given.answer}: it is wrong after all): right, and refused by {given.answer}-",
        f"({given.answer}: the same as another mistake.): its words are never said",
        f"not told apart from: {given.words}",
    ):
        assert words in done.stderr


def test_release_never_overwrites_answers(tmp_path):
    name = SETS[0]
    shutil.copytree(COURSE / "exercises" / name, course(tmp_path, name) / "exercises" / name)
    path = tmp_path / "exercises" / name / f"{name}.ipynb"
    nbformat.write(filled_in(name, solution_answers(name)), path)
    before = path.read_bytes()
    run = release(tmp_path)
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
    return {c.grade.grade_id: c.source for c in exercise_sets.source(name) if c.grade.solution}


def without_training(name: str) -> dict[str, str]:
    """The solution's answers, less the open task: it trains for a while, and a person grades it."""
    by_hand = {
        c.grade.grade_id: ""
        for c in exercise_sets.source(name)
        if c.cell_type == "code" and c.grade.grade and c.grade.solution
    }
    return solution_answers(name) | by_hand


def lost(name: str, answer: str, code: str) -> list[str]:
    """The tests that fail when this answer is this code."""
    return [test for test, message in exercise_sets.run(name, {answer: code}).items() if message]


# What a new gradebook is stamped with; to ask for it takes seconds, and it is always the same.
stamp = cache(nbgrader.api.get_alembic_version)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own rows
@two_sets
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
    course(tmp_path, name)

    def seconds(cell: nbformat.NotebookNode) -> int:
        """Not the minute of nbgrader_config.py, where it is known to pass in vain."""
        slow = cell.metadata.get("nbgrader", {}).get("grade_id") in graded_by(name, endless)
        return 6 if slow else config.ExecutePreprocessor.timeout

    config = PyFileConfigLoader("nbgrader_config.py", path=str(COURSE)).load_config()
    config.ExecutePreprocessor.timeout_func = seconds
    config.CourseDirectory.root = str(tmp_path)
    monkeypatch.setattr(nbgrader.api, "get_alembic_version", stamp)
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    done = [api.generate_assignment(name)]
    done += [api.autograde(name, student) for student in students]
    assert all(run["success"] for run in done), done
    with api.gradebook as book:
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
    own = next(c for c in cells if "checks.validate()" in c.source)
    assert not own.outputs, "what says which tasks pass costs nothing where they are graded"


@each_set
def test_every_task_has_its_mistakes(name):
    for answer in answers(name):
        mine = [given for given in bank(name) if given.answer == answer]
        assert sum(given.kind != "right" for given in mine) >= 6, f"{answer} needs more mistakes"
        assert sum(given.kind == "right" for given in mine) >= 2, f"{answer}: more right ones"
        assert graded_by(name, answer), f"no test grades {answer}"
    covered = set().union(*(graded_by(name, answer) for answer in answers(name)))
    assert covered == set(exercise_sets.tests(name)), "every test belongs to one answer"
    assert {given.answer for given in bank(name)} == set(answers(name))


def test_what_students_read_of_the_tests_stays_short(table):
    seen = lines = 0
    for name in SETS:
        tests = exercise_sets.tests(name)
        ours = COURSE / "solutions" / name / f"{name}.ipynb"
        lines += sum(
            len(cell.source.splitlines())
            for cell in nbformat.read(ours, as_version=4).cells
            if cell.metadata.get("nbgrader", {}).get("grade_id") in tests
        )
        for cell in exercise_sets.source(name, "exercises"):
            if cell.cell_type == "code":
                assert max(map(len, cell.source.splitlines())) <= 100, cell.grade.grade_id
            if cell.grade.grade_id in tests:
                seen += len(cell.source)
    table("tests of all sets", f"{lines:,} lines; in exercises/ {seen:,} characters")
    assert lines <= 4_500 and seen <= 124_000


@each_set
def test_a_released_stub_loses_its_own_task_and_no_other(name):
    """A test of another answer that called this one would see it raise."""
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
def test_a_broken_answer_fails_and_says_why(name, how):
    for answer in answers(name):
        code, own = broken(name, answer, BROKEN[how]), graded_by(name, answer)
        results = exercise_sets.run(name, {answer: code}, own)
        failed = {test: message for test, message in results.items() if message}
        if "class " in solution_answers(name)[answer]:  # its parts may be right
            assert failed
        else:
            assert set(failed) == own
        for message in failed.values():
            # A bare error from inside a test says nothing to the reader about the answer.
            assert message.startswith("Wrong: ") or "my own mistake" in message, message


@each_set
def test_no_false_alarm_with_other_seeds(name, monkeypatch):
    """Right alternatives, by turns, against what the solution gave: whatever a test draws. Four
    seeds see what happens often."""
    solved = tabulate.Set(SimpleNamespace(cells=exercise_sets.cells(name)), [])
    right = {
        answer: [g.code for g in bank(name) if g.answer == answer and g.kind == "right"]
        for answer in answers(name)
    }
    for seed in range(1, 5):
        monkeypatch.setattr(tabulate.cases, "SEED", seed)
        visible, hidden = tabulate.tables(solved)
        given = {answer: codes[seed % len(codes)] for answer, codes in right.items()}
        compared = {test: tabulate.Compared(visible[test], hidden[test]) for test in visible}
        results = solved.run(solved.tests, given, compared.get)
        alarms = {test: repr(error) for test, (_, error) in results.items() if error}
        assert not solved.problems and not alarms, f"with seed {seed}"


@two_sets
def test_validate_tells_a_student_what_is_wrong(name, tmp_path):
    """What the Validate button runs, on a student's copy with one wrong answer among right ones."""
    wrong = a_wrong_answer(name)
    path = tmp_path / f"{name}.ipynb"
    nbformat.write(filled_in(name, without_training(name) | {wrong.answer: wrong.code}), path)
    failed = Validator().validate(str(path))["failed"]
    assert len(failed) == len(lost(name, wrong.answer, wrong.code))
    said = [cell["error"] for cell in failed]
    assert any(f"Likely cause: {wrong.words}" in text for text in said)
    assert not any("Traceback" in text or "utils/cases.py" in text for text in said), said
