"""From what platforms, mails and memory sticks hold, as it is, to what a platform takes back."""

from __future__ import annotations

import csv
import io
import mailbox
import os
import re
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import classroom
import exercise_sets
import nbformat
import pytest

from classwork import course as courses
from classwork import deadlines, gradebook, intake, lms, publish, roster, table
from classwork.collect import collect
from grading import sandbox
from grading.results import Result, Task
from grading.sandbox import NoSandbox

pytestmark = pytest.mark.linux
COURSE = Path(__file__).resolve().parent.parent
SET, OTHER = "ex03_kernels", "ex01_basic_autoencoder"
ROOM = classroom.Classroom(SET)
RELEASED = (COURSE / "exercises" / SET / f"{SET}.ipynb").read_bytes()
ANSWER = ROOM.answers[0]
NAMES = ["Doe, Jane", "Müller, Jörg", "O'Brien, Seán", "李, 小龙", "de la Cruz, Ana-María",
         *(f"Family{chr(65 + i)}, Given{chr(65 + i)}" for i in range(25))]  # fmt: skip


def work(tag: str = "") -> bytes:
    """A solved notebook; with a tag, one of its own."""
    given = {ANSWER: f"{ROOM.solutions[ANSWER]}\n# {tag}"} if tag else None
    return nbformat.writes(ROOM.filled_in(given)).encode()


@pytest.fixture
def course(tmp_path) -> courses.Course:
    return courses.Course.at(exercise_sets.course(tmp_path, SET, OTHER))


@pytest.fixture
def take(course, capsys) -> Callable[..., str]:
    """Collect, and what it says."""

    def taken(*sources: Path, students: Path | None = None) -> str:
        collect(course, [*sources], students)
        return capsys.readouterr().out

    return taken


def zipped(path: Path, files: dict[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in files.items():
            pack.writestr(name, content)
    return path


def files(course: courses.Course) -> dict[str, bytes]:
    home = course.folder("submitted")
    return {str(p.relative_to(home)): p.read_bytes() for p in home.rglob("*") if p.is_file()}


def lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_csv(path: Path, *rows: list[str]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


# ---------------------------------------------------------------- Canvas


CANVAS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]


def canvas_csv(path: Path, names: list[str] = NAMES, first: int = 1001) -> Path:
    """As lib/gradebook_exporter.rb of Canvas writes it."""
    people = [[name, str(first + i), f"S{i}", f"login{i:02}", "A and B", "", "12.5"]
              for i, name in enumerate(names)]  # fmt: skip
    head = [*CANVAS, f"{SET} (777)", "Final Score"]
    points = ["    Points Possible", "", "", "", "", "45", "(read only)"]
    test = ["Student, Test", "1999", "", "ab12", "A and B", "", ""]
    return write_csv(path, head, ["", "", "", "", "", "Manual Posting", ""], points, *people, test)


def canvas_name(i: int, name: str = f"{SET}.ipynb", late: bool = False) -> str:
    """As lib/content_zipper.rb of Canvas calls a file."""
    who = re.sub(r"\W", "", NAMES[i].lower())
    return f"{who}{'_LATE' * late}_{1001 + i}_{500_000 + i}_{name}"


def test_from_canvas_and_back_with_three_commands(course):
    try:
        sandbox.require()
    except NoSandbox as missing:
        pytest.skip(str(missing))
    readme = (COURSE / "grading" / "README.md").read_text(encoding="utf-8")
    inside = io.BytesIO()
    with zipfile.ZipFile(inside, "w") as pack:
        pack.writestr(f"my work/{SET}.IPYNB", work("zip"))
        pack.writestr(f"__MACOSX/my work/._{SET}.IPYNB", b"\0\5\x16\7")
    held = {canvas_name(i): work(str(i)) for i in range(7, 29)}
    held |= {
        canvas_name(0, f"{SET}-1.ipynb"): work("again"),
        canvas_name(1, f"{SET}.ipynb.txt", late=True): work("ü"),
        canvas_name(2, "Homework 3 (final).IPYNB"): work("3"),
        canvas_name(3, "作业.zip"): inside.getvalue(),
        canvas_name(4, "answers.docx"): b"PK\3\4",
        canvas_name(5): RELEASED,
        canvas_name(6): nbformat.writes(ROOM.filled_in({ANSWER: "def f(:"})).encode(),
        canvas_name(6, "plot.png"): b"PNG",
    }
    download = zipped(course.root / "submissions.zip", held)
    export = canvas_csv(course.root / "Grades-Autoencoders.csv")
    said = []
    for words in (f"collect {download} --students {export}", f"run {SET}", f"report {SET}"):
        assert f"python -m grading {words.split()[0]}" in readme
        environment = os.environ | {"PYTHONPATH": str(COURSE), "COURSE_DATA": "stand-in"}
        run = subprocess.run([sys.executable, "-m", "grading", *words.split()], cwd=course.root,
                             env=environment, capture_output=True, text=True)  # fmt: skip
        assert run.returncode == 0, run.stderr
        said.append(run.stdout)
    assert f"{SET}: 29 new" in said[0] and "nothing of 1 of the class: login29" in said[0]
    back = lines(course.root / "grades" / SET / "canvas.csv")
    assert back[0] == [*CANVAS, f"{SET} (777)"]
    assert back[1][0].strip() == "Points Possible" and back[1][5] == "45"
    scores = {row[0]: row[5] for row in back[2:]}
    assert [row[:5] for row in back[2:]] == [row[:5] for row in lines(export)[3:-1]]
    full = f"{ROOM.total:g}"
    less = f"{ROOM.total - ROOM.worth(ANSWER):g}"
    assert [scores[name] for name in NAMES[:7]] == [full, full, full, full, "", "0", less]
    assert [scores[name] for name in NAMES[7:]] == [full] * 22 + [""]
    rows = classroom.table(course.root, SET)
    assert rows["login29"]["status"] == "missing" and rows["login04"]["status"] == "failed"
    assert "platform calls it late" in rows["login01"]["message"]
    assert "plot.png" in rows["login06"]["message"]


def test_who_is_who_without_and_with_the_class(course, take):
    download = zipped(course.root / "x.zip", {canvas_name(0): work(), canvas_name(1): work()})
    assert "The class is not known" in take(download)
    assert set(files(course)) == {
        f"{who}/{SET}/{SET}.ipynb" for who in ("doejane_1001", "müllerjörg_1002")
    }
    other = canvas_csv(course.root / "other.csv", ["Nobody, Known", "Else, Someone"], first=9001)
    before = files(course)
    with pytest.raises(courses.CourseProblem, match="another course"):
        take(download, students=other)
    assert files(course) == before and roster.stored(course) is None
    with pytest.raises(courses.CourseProblem, match="lists no students"):
        take(download, students=write_csv(course.root / "no.csv", ["a", "b"], ["1", "2"]))
    take(download, students=canvas_csv(course.root / "class.csv"))
    assert f"login00/{SET}/{SET}.ipynb" in files(course)
    assert (course.root / "submitted" / "login29").is_dir(), "who handed in nothing is in the table"


# ---------------------------------------------------------------- Moodle

WHO = ["First name", "Last name", "ID number", "Institution", "Department", "Email address"]
CLASS = [["Ann", "Lee", "7", "", "", "ann@uni.edu"], ["Ann", "Lee", "8", "", "", "lee2@uni.edu"],
         ["Zoë", "O'Neil", "9", "", "", "zoe@uni.edu"]]  # fmt: skip


def worksheet(path: Path) -> Path:
    head = ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade",
            "Grade can be changed", "Last modified (submission)", "Feedback comments"]  # fmt: skip
    rest = ["Submitted for grading", "", "45.00", "Yes", "Tuesday, 3 November 2026, 9:30 AM", ""]
    return write_csv(path, head, *([f"Participant {40 + i}", f"{first} {last}", mail, *rest]
                                   for i, (first, last, *_, mail) in enumerate(CLASS)))  # fmt: skip


def test_moodle_with_typed_text_and_two_of_one_name(course, take):
    download = zipped(course.root / "moodle.zip", {
        f"Ann Lee_40_assignsubmission_file_/{SET}.ipynb": work("first"),
        f"Ann Lee_41_assignsubmission_file/deep/{SET}.ipynb": work("second"),  # as newer ones do
        f"Zoë ONeil_42_assignsubmission_file_{SET}.ipynb": work(),  # flat, as one can choose
        "Zoë ONeil_42_assignsubmission_onlinetext_/onlinetext.html": b"<p>See the file</p>",
    })  # fmt: skip
    said = take(download, students=write_csv(course.root / "grades.csv", WHO, *CLASS))
    assert said.count("one of two students who are called Ann Lee") == 2
    assert set(files(course)) == {f"9/{SET}/{SET}.ipynb", f"9/{SET}/onlinetext.html"}
    take(download, students=worksheet(course.root / "worksheet.csv"))
    there = files(course)
    assert b"# first" in there[f"ann@uni.edu/{SET}/{SET}.ipynb"]
    assert b"# second" in there[f"lee2@uni.edu/{SET}/{SET}.ipynb"]
    when = datetime(2026, 11, 3, 9, 30).astimezone()
    stamp = there[f"zoe@uni.edu/{SET}/timestamp.txt"].decode()
    assert datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S UTC").hour == (when - when.utcoffset()).hour


# The columns in the order of mod/assign/gradingtable.php and grade/export, in words of Moodle's
# language packs; the number of a group's folder is the group's (mod/assign/classes/downloader.php).
GERMAN = ["ID", "Vollständiger Name", "E-Mail-Adresse", "Status", "Gruppe", "Bewertung"]
ONES = ["Ann Lee", "Ann Lee", "Zoë O'Neil", "Max Ober", "Li Na"]
TEAMS = [[f"Teilnehmer/in {40 + i}", name, f"m{i}@uni.de", "Abgegeben", f"Team {i // 2}", "-"]
         for i, name in enumerate(ONES)]  # fmt: skip
FRENCH = ["Prénom", "Nom de famille", "Numéro d’identification", "Institution",
          "Adresse de courriel"]  # fmt: skip


def test_moodle_in_other_languages(course, take):
    names = [[first, last, "", "", mail] for first, last, *_, mail in CLASS]
    grades = write_csv(course.root / "notes.csv", FRENCH, *names)
    take(zipped(course.root / "fr.zip", {
        f"Zoë O'Neil_42_assignsubmission_file_/{SET}.ipynb": work()}), students=grades)  # fmt: skip
    assert set(files(course)) == {f"zoe@uni.edu/{SET}/{SET}.ipynb"}
    take(zipped(course.root / "de.zip", {
        f"Ann Lee_41_assignsubmission_file_/{SET}.ipynb": work()}),
        students=write_csv(course.root / "de.csv", GERMAN, *TEAMS))  # fmt: skip
    assert f"m1@uni.de/{SET}/{SET}.ipynb" in files(course)


def test_what_a_group_of_moodles_handed_in_is_of_each_member(course, take):
    team = zipped(course.root / "x.zip", {  # 43 is a group's number here, and nobody's
        f"Team 0_43_assignsubmission_file_/{SET}.ipynb": work()})  # fmt: skip
    with pytest.raises(courses.CourseProblem, match=r"is of Team 0, .* grading worksheet says"):
        take(team, students=write_csv(course.root / "grades.csv", WHO, *CLASS))
    take(team, students=write_csv(course.root / "de.csv", GERMAN, *TEAMS))
    assert set(files(course)) == {f"m{i}@uni.de/{SET}/{SET}.ipynb" for i in (0, 1)}


@pytest.mark.parametrize("known", [False, True])
def test_anonymous_hand_ins_are_known_by_their_number(known, course, take):
    sheet = write_csv(course.root / "de.csv", [GERMAN[0], *GERMAN[3:]],
                      *([row[0], *row[3:]] for row in TEAMS))  # fmt: skip
    held = [f"Teilnehmerin_{i}_assignsubmission_file_/{SET}.ipynb" for i in (40, 41, 42)]
    download = zipped(course.root / "x.zip", dict.fromkeys(held, work()))
    take(download, students=sheet if known else None)
    assert set(files(course)) == {f"Participant {40 + i}/{SET}/{SET}.ipynb" for i in range(3)}
    people = roster.read(write_csv(course.root / "later.csv", GERMAN, *TEAMS))
    row = table.Row("Participant 41", "graded", 40.0, 45.0, False, "", {}, {}, [], 1.0)
    assert "m1@uni.de" in lms.moodle(courses.load(course, SET), [row], people)


def test_the_table_for_moodle_says_who_as_moodle_does(course):
    people = roster.read(write_csv(course.root / "grades.csv", WHO, *CLASS))
    row = table.Row("9", "graded", 40.0, 45.0, False, "", {"t": 40.0}, {"t": "off by 2"}, [], 1.0)
    release = courses.load(course, SET)
    head, line = csv.reader(io.StringIO(lms.moodle(release, [row], people)))
    assert head[:6] == WHO and line == [*CLASS[2], "40", "t: off by 2"]


# ---------------------------------------------------------------- mails and sticks


def mail(sender: str, date: str, **attached: bytes) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Date"] = sender, "Thu, 01 Jan 1970 00:00:00 +0000"
    message["Received"] = f"from a by b; {date}"
    message.set_content("Here it is.")
    for name, content in attached.items():
        message.add_attachment(content, maintype="application", subtype="json",
                               filename=f"{name}.ipynb")  # fmt: skip
    return message


def test_mails_of_all_kinds(course, take):
    box = mailbox.mbox(course.root / "Inbox")
    box.add(mail("Jörg <login01@uni.edu>", "Tue, 3 Nov 2026 10:00:00 +0100", Übung=work("new")))
    box.add(mail("login01@uni.edu", "Mon, 2 Nov 2026 10:00:00 +0100", Übung=work("old")))
    box.add(mail("Dean <dean@uni.edu>", "Mon, 2 Nov 2026 10:00:00 +0100"))
    box.close()
    folder = course.root / "mails"
    folder.mkdir()
    mailbox.Maildir(folder / "in").add(mail("Jane Doe <jd@mail.com>", "", x=work("Jane")))
    (folder / "a.eml").write_bytes(bytes(mail("seán o'brien <s@x.y>", "nonsense", x=work("Sean"))))
    said = take(course.root / "Inbox", folder, students=canvas_csv(course.root / "class.csv"))
    there = files(course)
    assert "a mail of dean@uni.edu without an attachment" in said
    assert b"# old" in there[f"login01/{SET}/{SET}.ipynb"]
    assert b"# new" in there[f"login01/{SET}/attempt-2/{SET}.ipynb"]
    assert there[f"login01/{SET}/attempt-2/timestamp.txt"] == b"2026-11-03 09:00:00 UTC"
    assert f"login00/{SET}/{SET}.ipynb" in there and f"login02/{SET}/{SET}.ipynb" in there


def test_what_a_student_hands_in_does_not_say_whose_it_is(course, take):
    """A mail inside it, or a name as the platform writes it, of somebody else's work."""
    folder, forged = course.root / "download", mail("login01@uni.edu", "", x=work("forged"))
    home = folder / f"{NAMES[0]}_40_assignsubmission_file_"
    home.mkdir(parents=True)
    mailbox.Maildir(home / "box").add(forged)
    for i, name in enumerate((
        canvas_name(0, "work.eml"),
        f"{home.name}/work.eml",
        f"{NAMES[0]}/work.eml",
    )):  # fmt: skip
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(mail("login01@uni.edu", "", x=work(f"forged {i}"))))
    for name in canvas_name(0, "login01_40_assignsubmission_file_x.ipynb"), canvas_name(1):
        (folder / name).write_bytes(work(name))
    said = take(folder, students=canvas_csv(course.root / "class.csv"))
    assert said.count("in a mail that a student handed in") == 4
    there = files(course)
    assert not any(b"# forged" in content for content in there.values())
    assert b"# jane" not in there[f"login01/{SET}/{SET}.ipynb"]
    assert b"_assignsubmission_" in there[f"login00/{SET}/{SET}.ipynb"]


def test_moodles_first_name_is_the_platforms_the_rest_is_the_students(course, take):
    worksheet = write_csv(
        course.root / "worksheet.csv",
        ["Identifier", "Full name", "ID number", "Email address", "Status", "Grade"],
        ["Participant 111", "Mallory Moss", "m1", "m@uni.edu", "Submitted", "-"],
        ["Participant 222", "Anna Ash", "a1", "a@uni.edu", "Submitted", "-"],
    )
    mark, folder = "assignsubmission_file_", course.root / "flat"
    folder.mkdir()
    (folder / f"Mallory Moss_111_{mark}Anna Ash_222_{mark}x.ipynb").write_bytes(work("hers"))
    stamp = f"Mallory Moss_111_{mark} TIMESTAMP.txt."
    (folder / stamp).write_bytes(b"2026-01-01 00:00:00 UTC")
    said = take(folder, students=worksheet)
    assert set(files(course)) == {f"m1/{SET}/{SET}.ipynb"}
    assert "a student may have written that" in said


def test_a_stick_is_taken_as_it_is_and_nothing_is_overwritten(course, take):
    stick = course.root / "stick" / "submitted"
    released = (COURSE / "exercises" / OTHER / f"{OTHER}.ipynb").read_bytes()
    for name, content in {
        f"anna/{SET}/{SET}.ipynb": work(), f"anna/{OTHER}/x.ipynb": released, "anna/a.py": b"1",
        "anna/._x.ipynb": b"", "anna/Thumbs.db": b"", f"anna/{SET}/timestamp.txt": b"2026-01-01",
        f"berta_{SET} (1).ipynb.txt": work(), "~$lock.ipynb": b"", "readme.txt": b"",
    }.items():  # fmt: skip
        (stick / name).parent.mkdir(parents=True, exist_ok=True)
        (stick / name).write_bytes(content)
    strange = os.fsencode(stick) + b"/J\xf6rg"
    os.mkdir(strange)
    with open(strange + b"/\xdcbung.ipynb", "wb") as file:
        file.write(work())
    (stick / "anna" / "link.ipynb").symlink_to("/etc/passwd")
    said = take(stick.parent)
    there = files(course)
    assert {f"anna/{SET}/{SET}.ipynb", f"anna/{OTHER}/{OTHER}.ipynb", f"berta/{SET}/{SET}.ipynb",
            f"J_udcf6rg/{SET}/{SET}.ipynb"} <= set(there)  # fmt: skip
    assert not any("readme" in name or "lock" in name for name in there)
    for words in ("link.ipynb is a link", "readme.txt belongs to no student", "timestamp.txt says",
                  "left: 3 files that operating systems"):  # fmt: skip
        assert words in said
    assert "there already" in take(stick.parent) and files(course) == there
    (stick / f"anna/{SET}/{SET}.ipynb").write_bytes(work("more"))
    assert "1 another attempt" in take(stick.parent)
    assert files(course).items() > there.items(), "something was overwritten"


# ---------------------------------------------------------------- which attempt counts, and when


BROKEN = b'{"grade_id": "ex03-x", '


@pytest.mark.parametrize(("attempts", "taken", "words", "review"), [
    (("old", "new"), "new", "attempt 2 of 2 counts", ""),
    (("old", RELEASED), "old", "attempt 1 of 2 counts; a later one is as it was released", ""),
    (("old", BROKEN), "old", "attempt 1 of 2 counts", "later attempt can't be read"),
    ((BROKEN, RELEASED), "", "attempt 2 of 2 counts", ""),
    (("late 3 11:00", "a 1 09:00", "b 2 10:00"), "late", "attempt 3 of 3 counts, of 2026", ""),
])  # fmt: skip
def test_the_last_attempt_that_is_work_counts(attempts, taken, words, review, course):
    home = course.folder("submitted") / "anna" / SET
    for i, content in enumerate(attempts, 1):
        folder = home / f"attempt-{i}" if i > 1 else home
        folder.mkdir(parents=True, exist_ok=True)
        tag, *when = content.split(" ", 1) if isinstance(content, str) else ("",)
        (folder / f"{SET}.ipynb").write_bytes(work(tag) if tag else content)
        if when:
            (folder / "timestamp.txt").write_text(f"2026-11-0{when[0]} UTC")
    release = courses.load(course, SET)
    handed = intake.collect(course.folder("submitted"), "anna", release, 2**20)
    assert words in "; ".join(handed.notes) and (handed.when is not None) == bool(when)
    answer = next(c.source for c in nbformat.reads(handed.content.decode(), 4).cells
                  if c.metadata.get("nbgrader", {}).get("grade_id") == ANSWER)  # fmt: skip
    assert (f"# {taken}" if taken else "NotImplemented") in answer
    assert [review in why for why in handed.review] == [True] * bool(review)


RULES = f"""free_days = 2
per_day = 0.1
[{OTHER}]
due = 2026-10-01T12:00:00Z
[{SET}]
due = 2026-11-01T12:00:00Z
extensions = {{ berta = 2026-11-09T12:00:00Z, bretha = 2026-11-09 }}
"""


def test_late_days_extensions_and_what_is_taken_off(course, capsys):
    (course.root / "deadlines.toml").write_text(RULES)
    release = courses.load(course, SET)
    gradebook.prepare(course, release)
    tasks = {name: Task(points, points) for name, points in release.points.items()}
    handed_in = {"in time": (1, 12), "anna": (4, 13), "berta": (9, 12), "cleo": (3, 12),
                 "dan": None}  # fmt: skip
    results = [Result(who, "graded", tasks=tasks, notebook=nbformat.writes(release.notebook))
               for who in handed_in]  # fmt: skip
    with gradebook.opened(course) as book:
        book.update_or_create_assignment(OTHER)
        book.update_or_create_student("cleo")
        book.update_or_create_submission(OTHER, "cleo").timestamp = datetime(2026, 10, 2, 11)
        book.db.commit()
        for result, when in zip(results, handed_in.values(), strict=True):
            moment = datetime(2026, 11, *when) if when else None
            gradebook.record(book, course, release, result, moment)
    publish.publish(course, release, results)
    said = capsys.readouterr().err
    assert "nobody here is called bretha" in said and "nothing is taken off: dan" in said
    rows = classroom.table(course.root, SET)
    full = sum(release.points.values())
    # Anna is four days late, two of them free. Cleo is two days late, with one free day left.
    for who, share in ("in time", 0), ("anna", 0.2), ("berta", 0), ("cleo", 0.1), ("dan", 0):
        assert float(rows[who]["score"]) == pytest.approx(full * (1 - share)), who
        assert float(rows[who]["taken_off"]) == pytest.approx(full * share)
    page = (course.folder("feedback") / "cleo" / SET / f"{SET}.html").read_text(encoding="utf-8")
    assert f"{full * 0.9:g} of {full:g} points" in page
    assert "2 days late" in page and "1 went into this, 0 are left. 10% of the points" in page


@pytest.mark.parametrize(("text", "words"), [
    ("due = 3", "not as"), (f"[{SET}]\ndue = 'soon'", "is no date"), (f"[{SET}]\n", "due"),
    ("[ex99]\ndue = 2026-01-01", "no set ex99"), ("per_day = ", "TOML"),
])  # fmt: skip
def test_deadlines_with_mistakes_are_refused(text, words, course):
    (course.root / "deadlines.toml").write_text(text)
    with pytest.raises(courses.CourseProblem, match=words):
        deadlines.read(course)


# ---------------------------------------------------------------- bad input


def link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("a/b.ipynb")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(("held", "words"), [
    ({"../../x.ipynb": b""}, "leads elsewhere"), ({"/etc/x.ipynb": b""}, "leads elsewhere"),
    ({"a\\..\\..\\x.ipynb": b""}, "leads elsewhere"), ({"C:/x.ipynb": b""}, "leads elsewhere"),
    ({link(): b"/etc/passwd"}, "a link"),
    ({f"a{i}/x.ipynb": bytes(150 * 2**20) for i in range(2)}, "zip bomb"),
])  # fmt: skip
def test_what_is_not_safe_is_refused_whole(held, words, course, take):
    good = zipped(course.root / "good.zip", {f"anna/{SET}.ipynb": work()})
    with pytest.raises(courses.CourseProblem, match=words):
        take(good, zipped(course.root / "bad.zip", held))
    assert not course.folder("submitted").exists()


def test_one_bad_file_costs_one(course, take):
    path = zipped(course.root / "x.zip", {
        f"anna/{SET}.ipynb": work(), "berta/x.ipynb": work("x"), "cleo/x.ipynb": bytes(201 * 2**20),
    })  # fmt: skip
    with zipfile.ZipFile(path) as pack:
        start = pack.getinfo("berta/x.ipynb").header_offset + 60
    content = bytearray(path.read_bytes())
    content[start : start + 40] = bytes(40)
    path.write_bytes(content)
    said = take(path)
    assert "berta/x.ipynb can't be read" in said and "cleo/x.ipynb has 201 MB" in said
    assert set(files(course)) == {f"anna/{SET}/{SET}.ipynb"}
