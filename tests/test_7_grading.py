"""The instructor's tool: a class of sound, broken and hostile students, graded as they deserve."""

from __future__ import annotations

import contextlib
import copy
import csv
import dataclasses
import itertools
import json
import math
import os
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import classroom
import exercise_sets
import nbformat
import pytest
import torch
from bs4 import BeautifulSoup

from classwork import course as courses
from classwork import gradebook, intake, journal, publish
from grading import execute, forkserver, outputs, sandbox, wire, workers
from grading import release as releases
from grading.judge import Judge
from grading.results import Result
from grading.sandbox import Limits, NoSandbox, Sandbox
from utils import cases

pytestmark = pytest.mark.linux
COURSE = Path(__file__).resolve().parent.parent
SET = "ex03_kernels"
CELL_TIME = "2"  # seconds; many of the class have endless loops
HIDDEN = "hidden_values"  # a function in the hidden tests of that set
ENVIRONMENT = os.environ | {"PYTHONPATH": str(COURSE), "COURSE_DATA": "stand-in"}


@pytest.fixture(scope="module")
def isolated() -> None:
    try:
        sandbox.require()
    except NoSandbox as missing:
        pytest.skip(str(missing))


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "grading", *arguments]


def call(course: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(command(*arguments), cwd=course, env=ENVIRONMENT, capture_output=True,
                          text=True, timeout=900)  # fmt: skip


def grade(course: Path, *arguments: str) -> subprocess.CompletedProcess:
    return call(course, "run", SET, "--cell-time", CELL_TIME, *arguments)


def fingerprint(folder: Path) -> str:
    """Of all files and links below a folder."""
    digest = sha256()
    for path in sorted(folder.rglob("*")):
        digest.update(os.fsencode(path.relative_to(folder)))
        if path.is_symlink():
            digest.update(os.readlink(path).encode())
        elif path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


# ---------------------------------------------------------------- a whole class


@pytest.fixture(scope="module")
def room(isolated, tmp_path_factory) -> classroom.Classroom:
    folder = tmp_path_factory.mktemp("OneDrive - 100% Übung #1")  # as folders are called
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
    course = exercise_sets.course(room.folder / "here", SET)
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
    rows = classroom.table(graded, SET)
    assert len(room.students) >= 60
    assert set(rows) == {shown(student.name) for student in room.students}, "somebody is lost"
    wrong = []
    for student in room.students:
        row = rows[shown(student.name)]
        score = float(row["score"]) if row["score"] else None
        if student.at_most and score is not None and score <= student.score:
            score = student.score
        status = row["status"] == student.status or (
            not student.status and row["status"] in ("graded", "needs review")
        )
        if score != student.score or not status or student.words not in row["message"]:
            wrong.append((student.name, student.score, student.status, student.words, row))
        line = f"{student.case:<24} {row['score'] or '-':>4} {row['status']:<13} {row['message']}"
        table("a class, graded", line[:300])
    assert not wrong


def test_nothing_that_is_hidden_reaches_a_page(room, graded):
    """What students print, raise, write and give back while they are tested is shown nowhere."""
    leaks = [student.name for student in room.students if student.case.startswith("leak ")]
    assert len(leaks) == 5
    rows = classroom.table(graded, SET)
    for name in leaks:
        path = graded / "autograded" / name / SET / f"{SET}.ipynb"
        cells = nbformat.read(path, as_version=4).cells
        said = [rows[name]["message"], *(str(c.get("outputs")) for c in cells)]
        assert "LEAK" not in "".join(said), name
    name = "leak by errors and by what comes back"
    assert float(rows[name]["score"]) < 35, "it has told nothing"
    cells = nbformat.read(graded / "autograded" / name / SET / f"{SET}.ipynb", 4).cells
    said = [str(c.outputs) for c in cells if c.cell_type == "code" and c.outputs]
    assert not re.search(r"\(0, \d{5}|987\d\d", "".join(said)), "shapes and numbers tell much"


def test_nothing_outside_was_read_or_changed(room, graded):
    assert room.secret.read_text() == classroom.CANARY
    assert fingerprint(room.folder / "submitted") == room.before
    assert fingerprint(graded / "solutions" / SET) == fingerprint(COURSE / "solutions" / SET)
    # The canary as the secret file holds it; some submissions hold it themselves, in a script.
    for path in (graded / ".grading").rglob("*.json"):
        if classroom.CANARY in path.read_text(errors="replace"):
            assert "alert" in path.read_text(errors="replace")


def test_no_process_is_left(graded):
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    assert "sleep 5000" not in listed


def test_feedback_is_safe_and_keeps_the_hidden_tests(room, graded):
    pages = {p.parent.parent.name: p.read_text() for p in (graded / "feedback").rglob("*.html")}
    scored = [student.name for student in room.students if student.score is not None]
    assert set(pages) == set(scored)
    for name, page in pages.items():
        assert HIDDEN not in page, name
        assert "No response." not in page, "the message says it already"
    script = BeautifulSoup(pages["script"], "html.parser")
    for tag in script.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")], tag
        for name in ("href", "src"):
            assert "alert" not in str(tag.get(name, "")), tag
        assert tag.name != "script" or "alert" not in tag.get_text(), tag
    written = script.find("strong", string="bold").find_parent("div").get_text()
    assert "<p>" not in written, "their paragraphs are shown as tags"
    assert "<script>alert" in written and "a<b" in written, "what they wrote is not all there"


def test_formgrader_finds_what_it_needs(room, graded):
    course = courses.Course.at(graded)
    release = courses.load(course, SET)
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
    course = courses.Course.at(graded)
    with gradebook.opened(course) as book:
        for cell, points in (("ex03-question", 3.5), ("ex03-open", 5.0)):
            grade_ = book.find_grade(cell, SET, SET, name)
            grade_.manual_score, grade_.needs_manual_grade = points, False
        book.find_comment("ex03-question", SET, SET, name).manual_comment = "well seen"
        book.db.commit()
    before = classroom.table(graded, SET)[name]
    run = grade(graded, "--submitted", str(room.folder / "submitted"))
    assert run.returncode == 0 and "need no run" in run.stderr
    after = classroom.table(graded, SET)[name]
    assert float(after["score"]) == float(before["score"]) + 8.5
    assert after["ex03-question"] == "3.5" and "by hand" not in after["message"]
    assert list((graded / ".grading" / "backups").glob("*.db"))
    assert "well seen" in (graded / "feedback" / name / SET / f"{SET}.html").read_text()
    with gradebook.opened(course) as book:
        release = courses.load(course, SET)
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
    done = call(graded, "report", SET)
    assert done.returncode == 0, done.stderr
    assert classroom.table(graded, SET)[name] == after


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
    assert "<svg" in page and "To review" in page and "swallows above" in page
    assert "place to look" in (folder / "alike.html").read_text()
    assert "one divisor" in page or "×" in page, "the most frequent messages are missing"


# ---------------------------------------------------------------- the same on several machines

FEW = ("anna", "not json", "renamed", "exit", "patches same", "script")  # each ends differently


def some_of_the_class(room: classroom.Classroom, name: str) -> Path:
    course = exercise_sets.course(room.folder / name, SET)
    for student in FEW:
        shutil.copytree(room.folder / "submitted" / student, course / "submitted" / student)
    return course


def same_table(one: Path, whole: Path) -> None:
    few, all_ = classroom.table(one, SET), classroom.table(whole, SET)
    assert set(few) == {folder.name for folder in (one / "submitted").iterdir()}
    for name, row in few.items():
        assert {**row, "message": ""} == {**all_[name], "message": ""}
    pages = {p.parent.parent.name for p in (one / "feedback").rglob("*.html")}
    assert pages == {name for name, row in few.items() if row["score"]}


@pytest.fixture
def started() -> Iterator[Callable]:
    """Starts processes that end with the test."""
    processes: list[subprocess.Popen] = []

    def start(*command: str) -> None:
        quiet = subprocess.DEVNULL
        processes.append(subprocess.Popen(command, env=ENVIRONMENT, stdout=quiet, stderr=quiet))

    yield start
    for process in reversed(processes):
        process.kill()
        process.wait()


def test_two_workers_over_tls_give_the_same_table(room, graded, started):
    course, where = some_of_the_class(room, "tls"), room.folder / "scheduler.json"
    key, certificate = room.folder / "key.pem", room.folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost",
         "-days", "1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    tls = ["--tls-ca-file", str(certificate), "--tls-cert", str(certificate), "--tls-key", str(key)]
    options = ["--protocol", "tls", "--port", "0", "--no-dashboard", "--no-show"]
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"]
    started(*scheduler, *options, "--scheduler-file", str(where), *tls)
    while not where.exists():
        time.sleep(0.2)
    time.sleep(0.5)
    address = json.loads(where.read_text())["address"]
    assert address.startswith("tls://")
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1"]
    for _ in range(2):
        started(*worker, "--no-dashboard", "--local-directory", str(room.folder), *tls)
    refused = grade(course, "--scheduler", address)
    assert refused.returncode == 2 and "without TLS can run code as you do" in refused.stderr
    ours = ["--tls-ca", str(certificate), "--tls-cert", str(certificate), "--tls-key", str(key)]
    run = grade(course, "--scheduler", address, *ours)
    assert run.returncode == 0, run.stderr
    same_table(course, graded)


def test_a_scheduler_without_tls_is_refused():
    for given in (
        workers.Scheduler("tcp://127.0.0.1:1"),
        workers.Scheduler("tcp://127.0.0.1:1", *[Path("x")] * 3),
        workers.Scheduler("tls://127.0.0.1:1"),
    ):
        with pytest.raises(workers.ClusterProblem, match="without TLS"):
            next(workers.spread([], None, Limits(), 1, given))


# ---------------------------------------------------------------- no false alarm


@pytest.fixture(scope="module")
def kernels(isolated):
    """What grades each set, in one sandbox that has imported what any set uses."""
    course = courses.Course.at(COURSE)
    sets = [courses.load(course, name) for name in exercise_sets.SETS]
    imports = tuple(sorted({module for release in sets for module in release.imports}))
    box = Sandbox(Limits(), imports)
    yield {release.name: (release, box, Judge(release)) for release in sets}
    box.close()


@pytest.fixture
def judged(kernels, tmp_path) -> Callable[[str, nbformat.NotebookNode], Result]:
    """``judged(name, notebook)``: what comes of a set, handed in so."""

    def judge(name: str, notebook: nbformat.NotebookNode) -> Result:
        path = tmp_path / "submitted" / "anna" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
        handed = intake.collect(path.parents[2], "anna", kernels[name][0], Limits.notebook)
        return execute.grade(handed, *kernels[name])

    return judge


@pytest.mark.parametrize("name", exercise_sets.SETS)
def test_the_solution_of_every_set_gets_full_marks_and_raises_no_alarm(name, judged):
    room = classroom.Classroom(name)
    result = judged(name, room.filled_in())
    assert result.status == "graded" and not result.review, result.review
    assert result.score == room.total, result.tasks


def test_right_alternatives_raise_no_alarm(judged):
    for name in exercise_sets.SETS:
        room = classroom.Classroom(name)
        given = {
            entry.answer: entry.code for entry in exercise_sets.bank(name) if entry.kind == "right"
        }
        result = judged(name, room.filled_in(given))
        assert not result.review and result.score == room.total, (name, result)


# ---------------------------------------------------------------- its parts


def leaves(kept: list) -> Iterator[list]:
    """The single values of one that was stored."""
    if kept[0] not in ("row", "dict"):
        yield kept
        return
    for part in kept[1:]:
        yield from leaves(part if kept[0] == "row" else part[1])


def forgeable(release: releases.Release) -> list[str]:
    """The tests whose right results in hidden cases can be said without solving the task: they are
    flags, words and, in dicts, counts, or all stand in visible cases."""
    found = []
    for test in release.tests:
        source = release.cells[test].source
        packed = re.findall(r'case\.more\("(.+?)"\)', source)
        hidden = [case for kept in map(cases.unpack, packed) for case in kept[test]["cases"]]
        visible = [case["right"] for case in release.visible[test]["cases"]]
        known = [leaf for right in visible for leaf in leaves(right)]

        def said(right: list, visible: list = visible, known: list = known) -> bool:
            kinds = {"bool", "str", "NoneType", "other", *(["int"] if right[0] == "dict" else [])}
            return right in visible or all(
                v[0] in kinds or v in known or (v[0] == "tensor" and {*v[3]} <= {0})
                for v in leaves(right)
            )

        # What is seen of a result is seen out here, of all of it.
        if "seen=" not in source and all(said(case["right"]) for case in hidden):
            found.append(test)
    return found


@pytest.fixture(scope="module")
def cell(isolated):
    """Runs a cell in a sandbox: what it prints. ``cell.box`` is the sandbox."""
    box = Sandbox(Limits(), ())

    def run(code: str) -> str:
        line = wire.Line(box.start())
        line.say({"do": "cell", "code": code, "room": 10_000, "figures": 10_000})
        given = line.hear()[0]["outputs"]
        run.line = line  # with it the process would go
        return "".join(o.get("text", o.get("evalue", "")) for o in given)

    run.box = box
    yield run
    box.close()


def test_nothing_of_the_course_is_in_a_sandbox_but_what_runs_there(cell):
    said = cell("""
import importlib.util, os
print(*sorted({"data", *os.listdir("/course")}))
print(*sorted(name for name in os.listdir("/course/grading") if name.endswith(".py")))
print(importlib.util.find_spec("classwork"), importlib.util.find_spec("grading.judge"))
""")
    inside = "__init__.py forkserver.py inside.py wire.py"
    assert said.splitlines() == ["data grading utils", inside, "None None"]


def test_what_leads_behind_the_walls_is_refused(cell):
    said = cell("""
import ctypes, socket, subprocess, threading
libc = ctypes.CDLL(None)
print([libc.unshare(0x10000000), libc.unshare(0x20000), libc.ptrace(16, 1, 0, 0)])
print(libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None), libc.syscall(425, 1, 0))
for family in 40, 38, 17:
    try:
        socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        print(error.errno)
one, other = socket.socketpair()
thread = threading.Thread(target=one.send, args=(b"a thread",))
thread.start()
print(other.recv(9), subprocess.run(["echo", "a process"], capture_output=True).stdout)
""")
    assert said.split("\n")[:5] == ["[-1, -1, -1]", "-1 -1", "1", "1", "1"], said
    assert "a thread" in said and "a process" in said


def test_of_files_that_all_share_nobody_learns_who_opens_or_locks_them(cell):
    """Two students could talk that way, one of them while hidden cases are tried."""
    said = cell("""
import ctypes, errno, fcntl, os, struct
libc = ctypes.CDLL(None, use_errno=True)
print([libc.inotify_init(), libc.inotify_init1(0), libc.fanotify_init(0, 0)])
file = open("/usr/bin/env")
lock = struct.pack("hhqqi4x", 0, 0, 0, 0, 0)
for do in (
    lambda: fcntl.flock(file, fcntl.LOCK_SH), lambda: fcntl.fcntl(file, fcntl.F_GETLK, lock),
    lambda: fcntl.fcntl(file, fcntl.F_SETLKW, lock), lambda: fcntl.fcntl(file, 36, lock),
    lambda: fcntl.fcntl(file, fcntl.F_SETLEASE, 0), lambda: fcntl.fcntl(file, fcntl.F_NOTIFY, 1),
    lambda: os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED),
    lambda: os.preadv(file.fileno(), [bytearray(1)], 0, os.RWF_NOWAIT),
):
    try:
        do()
    except OSError as error:
        print(errno.errorcode[error.errno])
print(fcntl.fcntl(file, fcntl.F_GETFD), fcntl.fcntl(file, fcntl.F_DUPFD_CLOEXEC, 9) > 8)
""")
    assert said.splitlines() == ["[-1, -1, -1]", *["EPERM"] * 8, "1 True"], said


def test_who_asks_for_a_gpu_is_told_what_to_write(cell):
    assert "Write .to(device)" in cell("import torch; torch.zeros(3).to('cuda')")
    assert "cpu" in cell("from utils.training import pick_device; print(pick_device())")


def test_figures_are_shown_whichever_window_was_asked_for(cell):
    for line in "import matplotlib; matplotlib.use('TkAgg')", "%matplotlib widget":
        said = cell(f"{line}\nimport matplotlib.pyplot as plt; print(plt.get_backend())")
        assert said == "inline\n"
    assert cell("import os; print(os.access('/etc', os.X_OK))") == "True\n", "the fonts are there"


def test_memory_that_no_limit_counts_is_refused(cell):
    said = cell("""
import ctypes
libc = ctypes.CDLL(None)
print(libc.memfd_create(b"x", 0), libc.shmget(0, 4096, 0o600))
print(libc.msgget(0, 0o600), libc.semget(0, 9, 0o600))
""")
    assert said == "-1 -1\n-1 -1\n", said


@pytest.mark.parametrize("kept", ["b'x' * size", "mmap.mmap(-1, size); kept[:] = bytes(size)"])
def test_memory_of_a_process_that_hides_it_is_counted(cell, kept):
    """Its own, and what it would share with children."""
    hides = "import ctypes, mmap; ctypes.CDLL(None).prctl(4, 0, 0, 0, 0); size = 600 * 2**20"
    cell("1")
    before = cell.box.ask("look")["memory"]
    cell(f"{hides}; kept = {kept}")
    assert cell.box.ask("look")["memory"] - before > 550 * 2**20


def test_terminals_are_the_submissions_own(cell):
    """Of the system's there are 4,096; without one, `!` runs nothing."""
    takes = "import os\nkept = []\ntry:\n    while True: kept.append(os.openpty())\nexcept OSError:"
    assert 0 < int(cell(f"{takes} print(len(kept))")) <= 16


@pytest.mark.skipif(os.name == "posix" and os.getuid() != 0, reason="who starts it is the user")
def test_what_the_kernel_counts_by_user_is_a_workers_own(cell, monkeypatch):
    floods = """
import socket
kept = []
try:
    for _ in range(20):
        kept.append(socket.socketpair())
        socket.send_fds(kept[-1][0], [b"x"], [kept[-1][0].fileno()] * 250)
except OSError as error:
    print(error)
"""
    assert "Too many references" in cell(floods)
    another = os.getpid() + 1
    monkeypatch.setattr(os, "getpid", lambda: another)  # as of another worker
    other = Sandbox(Limits(), ())
    try:
        line = wire.Line(other.start())
        sends = "import socket\na, b = socket.socketpair()\nsent = socket.send_fds(a, [b'x'], [0])"
        line.say({"do": "cell", "code": sends, "room": 10_000, "figures": 0})
        assert line.hear()[0]["outputs"] == []
    finally:
        other.close()


def test_a_process_whose_name_is_no_text_is_looked_at(cell):
    cell("import ctypes; ctypes.CDLL(None).prctl(15, b'\\xff', 0, 0, 0)")
    assert cell.box.ask("look")["status"] is None
    cell.box.ask("end", pid=2**22)
    assert cell.box.ask("time")["status"] is None, "the sandbox itself has ended"


def test_of_hundreds_of_loud_cells_no_more_is_held_than_pages_show(judged, monkeypatch):
    rooms = []

    def made(told: object, room: int) -> list:
        if room == intake._STORED:
            return []
        rooms.append(room)
        return [nbformat.v4.new_output("stream", text="x" * 5 * 2**20)] if room > 0 else []

    say, asked = wire.Line.say, []
    monkeypatch.setattr(wire.Line, "say", lambda line, head, *parts: (
        asked.append(head.get("figures")), say(line, head, *parts)))  # fmt: skip
    monkeypatch.setattr(outputs, "anew", made)
    monkeypatch.setattr(intake.apart, "_here", type(intake.apart._here)())  # it forks, patched
    room = classroom.Classroom(SET)
    judged(SET, classroom._with_cells(room, *["1"] * 12))
    assert rooms[0] > 5 * 2**20 and rooms[-1] < 0
    figures = [size for size in asked if size is not None]
    assert figures[0] == Limits().figures and figures[-1] == 0, "nor are any more sent"
    assert sum(room > 0 for room in rooms) <= 7, "32 MB are two pages"


def test_a_cell_for_which_no_room_is_left_and_that_is_silent_says_nothing():
    assert outputs.anew([], -1) == []
    assert "Left out" in outputs.anew([{"output_type": "stream", "text": "a"}], -1)[0].text


def test_what_the_judge_computes_is_the_students_time(cell):
    clock = sandbox.Clock(cell.box)
    for count in clock.stop, clock.look:
        before, until = clock.used, time.thread_time() + 1.5
        while time.thread_time() < until:
            pass
        count()
        assert clock.used - before > 1.4
        time.sleep(0.1)  # a pause of the judge, however long, counts for little
        clock.rest()


def test_the_status_with_which_a_process_ends_is_on_no_page():
    class Gone:
        used = passed = 0.0
        sandbox = SimpleNamespace(limits=Limits())

        def rest(self) -> None: ...

        def look(self) -> dict:
            return {"status": 26}

    watch = execute._Watch(Gone(), 10, interrupt=False)
    watch._looked = 0.0
    with pytest.raises(execute._Trouble, match="exit status 26") as trouble:
        watch()
    assert "26" not in trouble.value.told


def test_an_answer_that_is_not_compared_whole_is_for_a_person(judged):
    room = classroom.Classroom(SET)
    first = room.answers[0]
    result = judged(SET, room.filled_in({first: "#" * 12_000 + "\n" + room.solutions[first]}))
    assert result.score == room.total
    assert any(f"{first} is longer than" in why for why in result.review)


def test_a_page_has_room_for_answers_before_all_else():
    room = classroom.Classroom(SET)
    notebook = classroom._with_cells(room, "1", *["#" * 49_000] * 400)
    notebook.cells[3].outputs = [outputs.said("x" * 2 * outputs.PAGE)]
    first = next(c for c in notebook.cells if c.id == room.answers[0])
    long = outputs.shorten(notebook)
    assert first.source == room.solutions[room.answers[0]]
    assert long and all("Left out" in notebook.cells[i].source for i in long)
    assert "Left out" in notebook.cells[3].outputs[-1].text


def test_a_look_that_is_made_to_take_long_is_the_students_time(cell):
    cell("import os, time\nfor i in range(60):\n    if os.fork() == 0: time.sleep(99)")
    clock = sandbox.Clock(cell.box)
    before = clock.used
    asked = [clock.look()["took"] for _ in range(5)]
    assert min(asked) > 0.002 and clock.used - before > sum(asked)


def test_a_process_that_closes_its_end_just_before_a_test_is_no_fault_of_the_machine(
    judged, monkeypatch
):
    send, first = socket.send_fds, iter([True])

    def closes(line: socket.socket, sent: list, *more: object) -> int:
        if sent == [b"."] and next(first, False):
            line.shutdown(socket.SHUT_RDWR)
        return send(line, sent, *more)

    monkeypatch.setattr(socket, "send_fds", closes)
    result = judged(SET, classroom._with_cells(classroom.Classroom(SET), "1"))
    assert result.status == "needs review" and "graded without it" in result.review[0]


def test_thousands_of_small_outputs_are_not_kept():
    told = [{"output_type": "stream", "name": "stdout", "text": "a"}] * 20_000
    assert len(outputs.anew(told, 2**20)) == 1001, "and a line that says so"


def test_a_long_traceback_is_cut_before_it_costs_time():
    told = [{"output_type": "error", "ename": "", "evalue": "", "traceback": [0] * 10_000}]
    assert len(outputs.anew(told, 2**20)[0].traceback) == 100


def test_what_a_cell_puts_out_after_a_test_is_not_shown(judged, monkeypatch):
    """It runs again where a test ends its process, and may have kept a hidden input somewhere."""
    turns = itertools.count()

    def made(told: object, room: int) -> list:
        stored = room == intake._STORED
        return [] if stored else [nbformat.v4.new_output("stream", text=str(next(turns)))]

    monkeypatch.setattr(outputs, "anew", made)
    monkeypatch.setattr(intake.apart, "_here", type(intake.apart._here)())  # it forks, patched
    room = classroom.Classroom(SET)
    ends = f"import os\ndef {room.function(0)}(*a): os._exit(7)"
    notebook = room.filled_in({room.answers[0]: ends})
    result = judged(SET, notebook)
    cells = [c for c in nbformat.reads(result.notebook, 4).cells if c.cell_type == "code"]
    shown = [int(o.text) for c in cells for o in c.outputs if o.output_type == "stream"]
    assert shown == list(range(len(shown))) and next(turns) > len(shown)


@pytest.mark.parametrize(
    ("at_first", "later", "starved", "seen"),
    [
        ("print('a')", "import os; os._exit(3)", lambda run: False, "a"),
        ("print('a')", "while True: pass", lambda run: False, "a"),
        ("while True: pass", "print('b')", lambda run: bool(run.scores), "Stopped"),
        # No test has run before: what was stopped on a busy machine is tried again, and shown.
        ("while True: pass", "print('b')", lambda run: run.late and not run.scores, "b"),
    ],
)
def test_how_a_cell_ends_after_a_test_is_not_shown(
    judged, monkeypatch, at_first, later, starved, seen
):
    """It could say a number of the hidden input, bit by bit."""
    room, run, runs = classroom.Classroom(SET), execute._Run._run, []

    def one(self, line: wire.Line, i: int) -> None:
        if "nbgrader" not in self.cells[i].metadata:
            runs.append(i)
            self.cells[i].source = at_first if len(runs) == 1 else later
        run(self, line, i)

    monkeypatch.setattr(execute._Run, "_run", one)
    monkeypatch.setattr(execute._Run, "perhaps_starved", property(starved))
    monkeypatch.setattr(execute._Run, "_time", lambda self: 2.0)
    notebook = room.filled_in(
        {room.answers[0]: f"import os\ndef {room.function(0)}(*a): os._exit(7)"}
    )
    notebook.cells.insert(3, nbformat.v4.new_code_cell("1"))
    result = judged(SET, notebook)
    (mine,) = [c for c in nbformat.reads(result.notebook, 4).cells if "nbgrader" not in c.metadata]
    shown = [o.get("text", o.get("ename", "")).strip() for o in mine.outputs]
    assert len(runs) > 1 and shown[-1] == seen and ("b" in shown) == (seen == "b")


def test_many_figures_are_shown_up_to_a_limit_and_the_cell_goes_on(cell):
    draws = "from IPython.display import clear_output, display\nfor i in range(5):\n    {}"
    draws += "display({{'image/png': 'x' * 4000}}, raw=True)\nprint('so')"
    said = cell(draws.format(""))
    assert said == "so\n3 more figures: of a cell, 0 MB of them are shown."
    assert cell(draws.format("clear_output(); ")) == "so\n", "cleared ones were counted"


@pytest.mark.parametrize("code", ["while True: pass", "1 / 0", "import os; os._exit(1)"])
def test_an_open_task_that_comes_to_no_end_shows_what_was_stored(
    code, judged, kernels, monkeypatch
):
    _, box, _ = kernels[SET]
    monkeypatch.setattr(box, "limits", dataclasses.replace(box.limits, cell_time=2))
    notebook = classroom.Classroom(SET).filled_in({"ex03-open": f"print('epoch 1')\n{code}"})
    notebook.cells.append(nbformat.v4.new_code_cell("print('done')"))
    for place in notebook.cells[-1], next(c for c in notebook.cells if "epoch 1" in c.source):
        place.outputs = [nbformat.v4.new_output("stream", text="epoch 90")]
    result = judged(SET, notebook)
    cells = nbformat.reads(result.notebook, 4).cells
    said = [
        o.get("text", o.get("ename")) for c in cells if "epoch 1" in c.source for o in c.outputs
    ]
    assert said[-2:] == [f"{execute._NOT_MADE_HERE}\n", "epoch 90"] and len(said) > 2
    assert [output.text for output in cells[-1].outputs] == ["done\n"], "this one came to its end"
    if "while" in code:
        assert said[0] == "epoch 1\n" and "Stopped" in said
        assert result.status == "graded", "a person reads it anyway"
        assert any("ran for more than 2 seconds" in note for note in result.notes)


def test_a_cell_that_goes_on_after_it_was_stopped_is_left_out_itself(judged, kernels, monkeypatch):
    """Also where it is the first of the student's."""
    _, box, _ = kernels[SET]
    monkeypatch.setattr(box, "limits", dataclasses.replace(box.limits, cell_time=1))
    look = execute.Clock.look
    monkeypatch.setattr(execute.Clock, "look", lambda clock: look(clock) | {"busy": True})
    room = classroom.Classroom(SET)
    first = room.answers[0]
    result = judged(SET, room.filled_in({first: "while True: pass"}))
    assert result.score == room.total - room.worth(first)
    assert any(why.startswith(first) and "graded without it" in why for why in result.review)


def test_a_busy_machine_takes_nothing_of_a_cell_s_time(judged, kernels, monkeypatch, started):
    _, box, _ = kernels[SET]
    monkeypatch.setattr(box, "limits", dataclasses.replace(box.limits, cell_time=2))
    room = classroom.Classroom(SET)
    first = room.answers[0]
    slow = "import time\nend = time.process_time() + 1.2\nwhile time.process_time() < end: pass\n"
    for _ in range(3 * os.cpu_count()):  # so its 1.2 seconds of a processor take far more than 2
        started(sys.executable, "-c", "while True: pass")
    result = judged(SET, room.filled_in({first: slow + room.solutions[first]}))
    assert (result.score, result.status) == (room.total, "graded"), result.review


def test_what_a_test_stumbles_over_in_a_hidden_case_is_not_said(judged):
    name = "ex02_under_and_overcomplete"
    room = classroom.Classroom(name)
    odd = """
right = FUNCTION
class Odd:
    def detach(self): return type("LE" + "AK", (), {})()
def FUNCTION(W_h, b_h): return (Odd(), b_h) if W_h.shape == (7, 2) else right(W_h, b_h)
""".replace("FUNCTION", "decoder_for")
    large = "\n_limits = limits\ndef limits(*a): return _limits(*a)[0], 10**400"
    given = {"ex02-decoder": room.solutions["ex02-decoder"] + odd,
             "ex02-limits": room.solutions["ex02-limits"] + large}  # fmt: skip
    result = judged(name, room.filled_in(given))
    assert "not shown" in result.tasks["ex02-decoder-matrix"].message
    assert "failed itself" in result.tasks["ex02-limits-floor"].message
    for said in "LEAK", "int too large":
        assert said not in result.notebook + str(result.tasks), said
    assert any("int too large" in why for why in result.review)


@pytest.mark.parametrize(("running", "busy"), [(7, False), (11, True)])
def test_a_machine_that_a_submission_itself_keeps_full_is_not_busy_with_others(
    running, busy, monkeypatch
):
    """Four endless loops of its own: two other processes leave two of four processors, six none."""

    class Load:
        def read_text(self) -> str:
            return f"9 9 9 {running}/300 7"

    loops = "for i in 1 2 3 4; do (while :; do :; done) & done; wait"
    with subprocess.Popen(["sh", "-c", loops], start_new_session=True) as started:
        try:
            time.sleep(0.2)
            monkeypatch.setattr(os, "cpu_count", lambda: 4)
            monkeypatch.setattr(
                forkserver, "Path", lambda path: Load() if path == "/proc/loadavg" else Path(path)
            )
            assert forkserver._measures(started.pid, memory_too=True)["busy"] is busy
        finally:
            os.killpg(started.pid, signal.SIGKILL)


@pytest.mark.parametrize("name", exercise_sets.SETS)
def test_at_most_a_tenth_of_a_set_can_be_forged_and_the_page_says_which(name):
    release = courses.load(courses.Course.at(COURSE), name)
    tests = forgeable(release)
    points = sum(release.points[test] for test in tests)
    total = sum(release.points[test] for test in release.tests)
    assert points <= total / 10
    said = (COURSE / "grading" / "README.md").read_text(encoding="utf-8")
    listed = ", ".join(f"`{test}`" for test in tests) or "none"
    assert f"| {name} | {points:g} of {total:g} | {listed} |" in said


@pytest.mark.parametrize(
    "value",
    [None, True, -3, 2**70, 0.1, math.inf, "text \ud800", [], (1, [2.5, None]), {"a": (1,), 2: "b"},
     torch.rand(2, 3), torch.zeros(0, 4), torch.tensor(7), torch.ones(3).bfloat16(),
     torch.arange(6).view(2, 3).T, torch.rand(2, 30)[:1].T,
     torch.rand(2, 2, dtype=torch.complex64).conj()],
)  # fmt: skip
def test_what_an_answer_gives_comes_over_the_wire_as_it_is(value):
    ours, theirs = map(wire.Line, socket.socketpair())
    parts: list[bytes] = []
    ours.say({"came": wire.pack(value, parts)}, *parts)
    told, parts = theirs.hear()
    came = wire.unpack(told["came"], parts)
    assert cases.stored(came) == cases.stored(value) and type(came) is type(value)


@pytest.mark.parametrize(
    "tree",
    [None, 5, [], ["tensor"], ["tensor", "float32", [10**12], 0], ["tensor", "float32", [4], 7],
     ["tensor", "float32", [-1, -4], 0], ["tensor", "float32", [10**4200] * 9, 0],
     ["tensor", "__class__", [4], 0], ["plain", [1]],
     ["dict", [1]], ["other"], ["row", 1]],
)  # fmt: skip
def test_what_no_honest_process_sends_is_refused(tree):
    with pytest.raises(wire.Broken, match="can't be read"):
        wire.unpack(tree, [bytearray(16)])
    with pytest.raises(wire.Broken, match="10,000 values"):
        wire.unpack(["list", *[["other", "a"]] * 20_000], [])
    deep: list = ["plain", 1]
    for _ in range(50):
        deep = ["list", deep]
    with pytest.raises(wire.Broken, match="can't be read"):
        wire.unpack(deep, [])
    with pytest.raises(wire.Broken, match="10,000 values"):  # each a new type
        wire.unpack(["list", *[["other", f"kind {i}"] for i in range(200)]], [])
    with pytest.raises(wire.Broken, match="can't be read"):  # the same numbers again and again
        wire.unpack(["list", *[["tensor", "uint8", [2**20], 0]] * 65], [bytearray(2**20)])
    # Summed, or taken apart row by row, they would fill the memory of the judge.
    for shape in [2**32 - 1, 0], [2**20, 2**20, 0], [2**20 + 1]:
        with pytest.raises(wire.Broken, match="can't be read"):
            wire.unpack(["tensor", "uint8", shape, 0], [bytearray(math.prod(shape))])


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (struct.pack("<2Q", 0, 2**40), "more than"),
        (struct.pack("<3Q", 1, 2, 2**40) + b"{}", "more than"),
        (struct.pack("<2Q", 2**40, 2), "more than"),
        (struct.pack("<2Q", 0, 2) + b"[]", "can't be read"),
        (struct.pack("<2Q", 0, 3) + b"{]}", "can't be read"),
        (struct.pack("<2Q", 0, 9) + b"{}", "ended"),
    ],
)
def test_a_message_that_is_none_is_refused(sent, why):
    ours, theirs = socket.socketpair()
    ours.sendall(sent)
    ours.close()
    with pytest.raises(wire.Broken, match=why):
        wire.Line(theirs).hear()


def test_a_trickle_does_not_keep_the_clock_from_being_asked():
    ours, theirs = socket.socketpair()

    class Late(Exception):
        pass

    def waiting() -> None:
        raise Late

    def trickle() -> None:
        with contextlib.suppress(OSError):
            ours.sendall(struct.pack("<2Q", 0, 10**6))
            while True:
                ours.sendall(b" ")
                time.sleep(0.01)

    thread = threading.Thread(target=trickle)
    thread.start()
    with pytest.raises(Late):
        wire.Line(theirs, waiting).hear()
    theirs.close()
    thread.join()


def test_a_control_group_is_used_where_there_is_one(tmp_path, monkeypatch):
    fake = tmp_path / "systemd-run"
    for ends, used in (
        ("exit 1", False),
        ('while [ "$1" != -- ]; do shift; done; shift; "$@"', True),
    ):
        fake.write_text(f"#!/bin/sh\n{ends}\n")
        fake.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        sandbox._scope.cache_clear()
        scope = sandbox._scope(2**30, 64)
        assert bool(scope) == used and (not used or "MemoryMax=1073741824" in scope)
    sandbox._scope.cache_clear()


def test_without_bubblewrap_it_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    with pytest.raises(NoSandbox, match=r"apt install bubblewrap.*container"):
        sandbox.require()


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_elsewhere_it_names_the_container(system, monkeypatch):
    monkeypatch.setattr(sandbox.sys, "platform", system)
    with pytest.raises(NoSandbox, match=r"container.*Containerfile"):
        sandbox.require()


def test_check_tells_by_its_status(tmp_path):
    room = classroom.Classroom(SET)
    path = tmp_path / "copy.ipynb"

    check = partial(call, tmp_path, "check", SET, "--notebook", str(path))
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
    course = courses.Course.at(exercise_sets.course(tmp_path, SET))
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
    course = courses.Course.at(exercise_sets.course(tmp_path, SET))
    with (
        journal.Journal(course, SET).lock(),
        pytest.raises(journal.Busy, match="Another run"),
        journal.Journal(course, SET).lock(),
    ):
        pass


def test_problems_are_said_in_one_sentence(tmp_path):
    with pytest.raises(courses.CourseProblem, match="Run this in the course's folder"):
        courses.Course.at(tmp_path)
    course = courses.Course.at(exercise_sets.course(tmp_path, SET))
    with pytest.raises(courses.CourseProblem, match=f"Known sets: {SET}"):
        courses.load(course, "ex99")
    run = call(course.root, "run", SET)
    assert run.returncode == 2 and "There is no folder" in run.stderr.strip().splitlines()[-1]
    (tmp_path / "math_core.py").write_text("raise ModuleNotFoundError(name='math_core')")
    run = call(tmp_path, "collect", "x.zip")
    assert run.returncode == 1 and run.stderr.startswith("math_core is not installed for")
    assert 'make setup WITH="lab grading"' in run.stderr and run.stderr.count("\n") == 1
