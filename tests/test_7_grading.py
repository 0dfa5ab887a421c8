"""The instructor's tool: a class of sound, broken and hostile students, graded as they deserve."""

from __future__ import annotations

import copy
import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from hashlib import sha256
from pathlib import Path

import classroom
import exercise_sets
import nbformat
import pytest
from bs4 import BeautifulSoup

from grading import execute, gradebook, journal, publish, sandbox
from grading import release as releases
from grading.kernel import Ran
from grading.sandbox import Limits, NoSandbox, Sandbox

pytestmark = pytest.mark.linux
COURSE = Path(__file__).resolve().parent.parent
SET = "ex03_kernels"
CELL_TIME = "5"  # seconds; many of the class have endless loops
HIDDEN = "hidden_values"  # a function in the hidden tests of that set
ENVIRONMENT = os.environ | {
    "PYTHONPATH": str(COURSE),
    "COURSE_DATA": "stand-in",
}


@pytest.fixture(scope="module")
def isolated() -> None:
    try:
        sandbox.require(unsafe=False)
    except NoSandbox as missing:
        pytest.skip(str(missing))


def new_course(folder: Path) -> Path:
    """A course of one set."""
    folder.mkdir(parents=True)
    shutil.copy(COURSE / "nbgrader_config.py", folder)
    shutil.copytree(COURSE / "solutions" / SET, folder / "solutions" / SET)
    exercise_sets.cells(SET)
    shutil.copytree(exercise_sets.STORE, folder / ".grading" / "tables")
    return folder


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "grading", *arguments]


def grade(course: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        command("run", SET, "--cell-time", CELL_TIME, *arguments),
        cwd=course,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=900,
    )


def read_table(course: Path) -> dict[str, dict[str, str]]:
    with (course / "grades" / SET / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def fingerprint(folder: Path) -> str:
    """Of all files and links below a folder."""
    digest = sha256()
    for path in sorted(folder.rglob("*")):
        digest.update(os.fsencode(path))
        if path.is_symlink():
            digest.update(os.readlink(path).encode())
        elif path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


# ---------------------------------------------------------------- a whole class


@pytest.fixture(scope="module")
def room(isolated, tmp_path_factory) -> classroom.Classroom:
    folder = tmp_path_factory.mktemp("class")
    secret = folder / "secret.txt"
    secret.write_text(classroom.CANARY)
    made = classroom.make(SET, secret)
    made.secret, made.folder = secret, folder
    made.write(folder / "submitted")
    made.before = fingerprint(folder / "submitted")
    return made


@pytest.fixture(scope="module")
def graded(room) -> Path:
    """The class, graded by a run that is stopped and killed at random points, and goes on."""
    course = new_course(room.folder / "here")
    done = course / ".grading" / SET / "results"
    arguments = ["--cell-time", CELL_TIME, "--submitted", str(room.folder / "submitted")]
    kept, draw = {}, random.Random(1)
    for signal_, everybody in (
        (signal.SIGINT, False),  # Ctrl-C
        (signal.SIGKILL, False),  # its workers must not go on without it
        (signal.SIGKILL, True),  # as when the power fails
    ):
        enough = len(kept) + draw.randint(5, len(room.students) // 4)
        run = subprocess.Popen(
            command("run", SET, *arguments),
            cwd=course,
            env=ENVIRONMENT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # What a shell starts in the background ignores Ctrl-C, and so do its children.
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )
        while run.poll() is None and len(list(done.glob("*.json"))) < enough:
            time.sleep(0.1)
        assert run.poll() is None, "it ended before it could be stopped"
        (os.killpg if everybody else os.kill)(run.pid, signal_)
        said = run.communicate(timeout=60)[1]
        if signal_ == signal.SIGINT:
            assert run.returncode == 130 and "the same command goes on" in said, said
        now = {path.name: path.stat().st_mtime for path in done.glob("*.json")}
        assert kept.items() <= now.items(), "what was done was done again"
        kept = now
    run = grade(course, *arguments[2:])
    assert run.returncode == 0, run.stderr
    again = {path.name: path.stat().st_mtime for path in done.glob("*.json")}
    assert kept and kept.items() <= again.items(), "what was done was done again"
    return course


def shown(name: str) -> str:
    name = " ".join(name.splitlines())
    return f"'{name}" if name[0] in "=+-@" else name


def test_everybody_gets_what_they_deserve(room, graded, table):
    rows = read_table(graded)
    assert len(room.students) >= 60
    assert set(rows) == {shown(student.name) for student in room.students}, "somebody is lost"
    wrong = []
    for student in room.students:
        row = rows[shown(student.name)]
        score = float(row["score"]) if row["score"] else None
        status = row["status"] == student.status or (
            not student.status and row["status"] in ("graded", "needs review")
        )
        if score != student.score or not status or student.words not in row["message"]:
            wrong.append((student.name, student.score, student.status, student.words, row))
        line = f"{student.case:<24} {row['score'] or '-':>4} {row['status']:<13} {row['message']}"
        table("a class, graded", line[:300])
    assert not wrong


def test_nothing_outside_was_read_or_changed(room, graded):
    assert room.secret.read_text() == classroom.CANARY
    assert fingerprint(room.folder / "submitted") == room.before
    assert fingerprint(graded / "solutions") == fingerprint_of_solutions(graded)
    # The canary as the secret file holds it; some submissions hold it themselves, in a script.
    for path in (graded / ".grading").rglob("*.json"):
        if classroom.CANARY in path.read_text(errors="replace"):
            assert "alert" in path.read_text(errors="replace")


def fingerprint_of_solutions(course: Path) -> str:
    fresh = course.parent / f"{course.name}-fresh" / course.name
    if not fresh.exists():
        shutil.copytree(COURSE / "solutions" / SET, fresh / "solutions" / SET)
    digest = sha256()
    for path in sorted((fresh / "solutions").rglob("*")):
        digest.update(os.fsencode(course / path.relative_to(fresh)))
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def test_no_process_is_left(graded):
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    assert "sleep 5000" not in listed


def test_feedback_is_safe_and_keeps_the_hidden_tests(room, graded):
    pages = {p.parent.parent.name: p.read_text() for p in (graded / "feedback").rglob("*.html")}
    scored = [student.name for student in room.students if student.score is not None]
    assert set(pages) == set(scored)
    for name, page in pages.items():
        assert HIDDEN not in page, name
    script = BeautifulSoup(pages["script"], "html.parser")
    for tag in script.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")], tag
        for name in ("href", "src"):
            assert "alert" not in str(tag.get(name, "")), tag
        assert tag.name != "script" or "alert" not in tag.get_text(), tag
    written = script.find("strong", string="bold").find_parent("div").get_text()
    assert "<p>" not in written, "their paragraphs are shown as tags"
    assert "<script>alert" in written and "a < b" in written, "what they wrote is not all there"


def test_formgrader_finds_what_it_needs(room, graded):
    course = releases.Course.at(graded)
    release = releases.load(course, SET)
    with gradebook.opened(course) as book:
        submission = book.find_submission(SET, "untouched")
        assert submission.score == 0 and not submission.needs_manual_grade
        assert book.find_submission(SET, "anna").needs_manual_grade, "the question is unread"
        assert book.find_submission(SET, "patches same").needs_manual_grade
        assert {student.id for student in book.students} == {s.name for s in room.students}
    path = graded / "autograded" / "anna" / SET / f"{SET}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    ids = [c.metadata.nbgrader.grade_id for c in notebook.cells if "nbgrader" in c.metadata]
    assert ids == list(release.cells)


def test_scores_by_hand_stay_and_reach_the_tables(room, graded):
    name = "still others"
    course = releases.Course.at(graded)
    with gradebook.opened(course) as book:
        for cell, points in (("ex03-question", 3.5), ("ex03-open", 5.0)):
            grade_ = book.find_grade(cell, SET, SET, name)
            grade_.manual_score, grade_.needs_manual_grade = points, False
        book.find_comment("ex03-question", SET, SET, name).manual_comment = "well seen"
        book.db.commit()
    before = read_table(graded)[name]
    run = grade(graded, "--submitted", str(room.folder / "submitted"))
    assert run.returncode == 0 and "need no run" in run.stderr
    after = read_table(graded)[name]
    assert float(after["score"]) == float(before["score"]) + 8.5
    assert after["ex03-question"] == "3.5" and "by hand" not in after["message"]
    assert list((graded / ".grading" / "backups").glob("*.db"))
    assert "well seen" in (graded / "feedback" / name / SET / f"{SET}.html").read_text()
    with gradebook.opened(course) as book:
        release = releases.load(course, SET)
        result = next(r for r in journal.Journal(course, SET).last_run() if r.student == name)
        gradebook.record(book, course, release, result)
        assert not book.find_grade("ex03-question", SET, SET, name).needs_manual_grade
        other = copy.deepcopy(result)
        other.notebook = result.notebook.replace("The noise in the margin", "A changed answer")
        gradebook.record(book, course, release, other)
        changed = book.find_grade("ex03-question", SET, SET, name)
        assert changed.needs_manual_grade and changed.manual_score == 3.5
        gradebook.record(book, course, release, result)
        changed.needs_manual_grade = False
        book.db.commit()
    done = subprocess.run(
        command("report", SET), cwd=graded, env=ENVIRONMENT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert read_table(graded)[name] == after


def test_what_goes_out_can_be_imported(room, graded):
    folder = graded / "grades" / SET
    with (folder / "canvas.csv").open(encoding="utf-8", newline="") as file:
        canvas = list(csv.reader(file))
    assert canvas[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", SET]
    assert canvas[1][0].strip() == "Points Possible" and canvas[1][5] == "45"
    assert len(canvas) == 2 + len(room.students) and all(len(line) == 6 for line in canvas)
    with (folder / "moodle.csv").open(encoding="utf-8", newline="") as file:
        moodle = list(csv.DictReader(file))
    assert len(moodle) == sum(student.score is not None for student in room.students)
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            cells = [cell for line in csv.reader(file) for cell in line]
        assert not [cell for cell in cells if cell[:1] in ("=", "@", "+", "-")]
    page = (folder / "report.html").read_text()
    assert "<svg" in page and "To review" in page and "patches same" in page
    assert "one divisor" in page or "×" in page, "the most frequent messages are missing"


# ---------------------------------------------------------------- the same on several machines

FEW = ("untouched", "anna", "not json", "renamed", "exit", "endless", "patches same", "script")


@pytest.fixture(scope="module")
def over_tcp(room) -> Path:
    """Some of the class, graded by two workers that a scheduler knows of."""
    course = new_course(room.folder / "tcp")
    for student in FEW:
        shutil.copytree(room.folder / "submitted" / student, course / "submitted" / student)
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    where = room.folder / "scheduler.json"
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show"]
    started = [
        subprocess.Popen(
            [*dask, *options, "--scheduler-file", str(where)],
            env=ENVIRONMENT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    ]
    try:
        while not where.exists():
            time.sleep(0.2)
        time.sleep(0.5)
        address = json.loads(where.read_text())["address"]
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", address]
        for _ in range(2):
            started.append(
                subprocess.Popen(
                    [*worker, "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1",
                     "--local-directory", str(room.folder)],
                    env=ENVIRONMENT,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )  # fmt: skip
        run = grade(course, "--scheduler", address)
        assert run.returncode == 0, run.stderr
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()
    return course


def test_a_run_over_tcp_gives_the_same_table(over_tcp, graded):
    tcp, here = read_table(over_tcp), read_table(graded)
    assert set(tcp) == set(FEW)
    for name, row in tcp.items():
        assert {**row, "message": ""} == {**here[name], "message": ""}
    pages = {p.parent.parent.name for p in (over_tcp / "feedback").rglob("*.html")}
    assert pages == {name for name, row in tcp.items() if row["score"]}


# ---------------------------------------------------------------- no false alarm


@pytest.fixture(scope="module")
def kernels(isolated):
    """One sandbox that has imported what any set uses."""
    course = releases.Course.at(COURSE)
    sets = [releases.load(course, name) for name in exercise_sets.SETS]
    imports = tuple(sorted({module for release in sets for module in release.imports}))
    box = Sandbox(Limits(), imports)
    yield {release.name: release for release in sets}, box
    box.close()


@pytest.mark.parametrize("name", exercise_sets.SETS)
def test_the_solution_of_every_set_gets_full_marks_and_raises_no_alarm(name, kernels):
    sets, box = kernels
    room = classroom.Classroom(name)
    content = nbformat.writes(room.filled_in()).encode()
    result = execute.grade("solution", content, [], sets[name], box)
    assert result.status == "graded" and not result.review, result.review
    assert result.score == room.total, result.tasks


def test_right_alternatives_raise_no_alarm(kernels):
    sets, box = kernels
    for name in exercise_sets.SETS:
        room = classroom.Classroom(name)
        given = {
            entry.answer: entry.code for entry in exercise_sets.bank(name) if entry.kind == "right"
        }
        content = nbformat.writes(room.filled_in(given)).encode()
        result = execute.grade("right", content, [], sets[name], box)
        assert not result.review and result.score == room.total, (name, result)


# ---------------------------------------------------------------- its parts


@pytest.mark.parametrize(
    ("told", "score"),
    [
        ({"kind": "NoneType", "value": None}, 4.0),
        ({"kind": "float", "value": 2.5}, 2.5),
        ({"kind": "int", "value": 3.0}, 3.0),
        ({"kind": "float", "value": 4.0000001}, 4.0),
        ({"kind": "float", "value": -1.0}, 0.0),
        ({"kind": "bool", "value": None}, None),
        ({"kind": "Tensor", "value": None}, None),
        ({"kind": "str", "value": None}, None),
        ({"kind": "float", "value": None}, None),  # nan
    ],
)
def test_partial_credit(told, score, monkeypatch):
    run = execute._Run.__new__(execute._Run)
    run.review, run.traces = [], {}
    answer = json.dumps({"word": "w", "error": None, "judged": ["right"] * 2, **told})
    task = run._judge("test", 4.0, Ran(answers={"told": answer}), "w")
    assert task.score == (score or 0.0)
    assert bool(run.review) == (score is None)


def test_an_end_that_was_not_reached_earns_nothing():
    run = execute._Run.__new__(execute._Run)
    run.review, run.traces = [], {}
    forged = json.dumps({"word": "guess", "error": None, "kind": "NoneType", "value": None})
    for answers in ({}, {"told": forged}, {"told": "nonsense"}, {"told": "[]"}):
        assert run._judge("test", 4.0, Ran(answers=answers), "w").score == 0
    assert len(run.review) == 4


def test_without_bubblewrap_it_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    with pytest.raises(NoSandbox, match=r"apt install bubblewrap.*--unsafe"):
        sandbox.require(unsafe=False)
    sandbox.require(unsafe=True)


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_elsewhere_it_names_the_container(system, monkeypatch):
    monkeypatch.setattr(sandbox.sys, "platform", system)
    with pytest.raises(NoSandbox, match=r"container.*Containerfile"):
        sandbox.require(unsafe=False)


def test_unsafe_grades_too(tmp_path):
    course = releases.Course.at(COURSE)
    release = releases.load(course, SET)
    box = Sandbox(Limits(), release.imports, unsafe=True)
    try:
        content = nbformat.writes(classroom.Classroom(SET).filled_in()).encode()
        assert execute.grade("a", content, [], release, box).score == 35
    finally:
        box.close()


def test_check_tells_by_its_status(tmp_path):
    room = classroom.Classroom(SET)
    path = tmp_path / "copy.ipynb"

    def check() -> subprocess.CompletedProcess:
        return subprocess.run(
            command("check", SET, "--notebook", str(path)),
            cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True,
        )  # fmt: skip

    missing = check()
    assert missing.returncode == 2 and "There is no notebook" in missing.stderr
    wrong = exercise_sets.a_wrong_answer(SET)
    nbformat.write(room.filled_in({wrong.answer: wrong.code}), path)
    failed = check()
    assert failed.returncode == 1 and wrong.words in failed.stdout
    solved = nbformat.read(COURSE / "solutions" / SET / f"{SET}.ipynb", as_version=4)
    answers = [c for c in solved.cells if c.metadata.get("nbgrader", {}).get("solution")]
    given = {c.metadata.nbgrader.grade_id: c.source for c in answers}
    nbformat.write(room.filled_in(given), path)
    passed = check()
    assert passed.returncode == 0, passed.stdout


def test_a_table_that_was_edited_is_moved_aside(tmp_path, capsys):
    course = releases.Course.at(new_course(tmp_path / "c"))
    path = course.root / "grades" / "x.csv"
    for text in ("one", "two"):
        with publish._Shelf(course) as shelf:
            shelf.put(path, text)
    assert path.read_text() == "two" and "moved" not in capsys.readouterr().out
    path.write_text("mine")
    with publish._Shelf(course) as shelf:
        shelf.put(path, "three")
    assert path.read_text() == "three"
    assert [p.read_text() for p in path.parent.glob("x.*.csv")] == ["mine"]


def test_only_one_run_at_a_time(tmp_path):
    course = releases.Course.at(new_course(tmp_path / "c"))
    with (
        journal.Journal(course, SET).lock(),
        pytest.raises(journal.Busy, match="Another run"),
        journal.Journal(course, SET).lock(),
    ):
        pass


def test_problems_are_said_in_one_sentence(tmp_path):
    with pytest.raises(releases.CourseProblem, match="Run this in the course's folder"):
        releases.Course.at(tmp_path)
    course = releases.Course.at(new_course(tmp_path / "c"))
    with pytest.raises(releases.CourseProblem, match=f"Known sets: {SET}"):
        releases.load(course, "ex99")
    run = subprocess.run(
        command("run", SET), cwd=course.root, env=ENVIRONMENT, capture_output=True, text=True
    )
    assert run.returncode == 2 and "There is no folder" in run.stderr.strip().splitlines()[-1]
