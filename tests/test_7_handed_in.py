"""What students really hand in: taken where that is safe, else named in a line, never an end."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import re
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import classroom
import exercise_sets
import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.filters import markdown2html
from PIL import Image

from classwork import (
    apart,
    comments,
    feedback,
    gradebook,
    intake,
    markup,
    publish,
    report,
    table,
    titles,
)
from classwork import course as courses
from grading import outputs
from grading import release as releases
from grading.results import Handed, Result, Task

pytestmark = pytest.mark.linux
COURSE = Path(__file__).resolve().parent.parent
SET = "ex01_basic_autoencoder"
RELEASED = COURSE / "exercises" / SET / f"{SET}.ipynb"
MB = 2**20


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    made = io.BytesIO()
    Image.new("1" if kind == "PNG" else "L", size, 1).save(made, kind)
    return made.getvalue()


PNG = base64.b64encode(picture()).decode()
QUESTION, OPEN = "ex01-question", "ex01-open"  # a written answer, and an open task in code


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> courses.Course:
    made = courses.Course.at(exercise_sets.course(tmp_path_factory.mktemp("course"), SET))
    gradebook.prepare(made, courses.load(made, SET))
    return made


@pytest.fixture(scope="module")
def release(course) -> releases.Release:
    return courses.load(course, SET)


def notebook(*edits: Callable[[list[dict]], None], filled: bool = True) -> bytes:
    """The released notebook with all answers or none, edited."""
    document = json.loads(RELEASED.read_text(encoding="utf-8"))
    given = {c.grade.grade_id: c.source for c in exercise_sets.source(SET) if c.grade.solution}
    for cell in document["cells"]:
        name = cell["metadata"]["nbgrader"]["grade_id"]
        cell["source"] = given.get(name, cell["source"]) if filled else cell["source"]
    for edit in edits:
        edit(document["cells"])
    return json.dumps(document).encode()


def at(cells: list[dict], name: str) -> int:
    return [c["metadata"].get("nbgrader", {}).get("grade_id") for c in cells].index(name)


def text_of(cell: dict) -> str:
    return "".join(cell["source"])


def own(source: str, kind: str = "code", **more: object) -> dict:
    cell = {"cell_type": kind, "metadata": {}, "source": source, **more}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def write(name: str, source: str, **more: object) -> Callable[[list[dict]], None]:
    return lambda cells: cells[at(cells, name)].update(source=source, **more)


def beside(name: str, *cells: dict, before: bool = False) -> Callable[[list[dict]], None]:
    def edit(there: list[dict]) -> None:
        place = at(there, name) + (not before)
        there[place:place] = cells

    return edit


@pytest.fixture
def hand_in(tmp_path, release) -> Callable[..., Handed]:
    """``hand_in({path: content})``: what is found for the student who handed that in."""

    def collect(files: dict[str | bytes, bytes], student: str = "anna") -> Handed:
        for name, content in files.items():
            path = os.path.join(os.fsencode(tmp_path / "submitted" / student), os.fsencode(name))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(content)
        return intake.collect(tmp_path / "submitted", student, release, 20 * MB)

    return collect


@dataclass
class Taken:
    """What goes to a worker, the notebook read."""

    notebook: nbformat.NotebookNode
    notes: list[str]
    review: list[str]
    unanswered: set[str]


def opened(handed: Handed) -> Taken:
    assert handed.content is not None, handed.problem
    ready = nbformat.reads(handed.content.decode(), as_version=4)
    nbformat.validate(ready)
    return Taken(ready, handed.notes, handed.review, handed.unanswered)


@pytest.fixture
def taken(hand_in) -> Callable[..., Taken]:
    """``taken(content)``: the notebook to run, of the one handed in where it should be."""

    def take(*files: bytes | dict[str, bytes]) -> Taken:
        return opened(hand_in(files[0] if isinstance(files[0], dict) else {EXACT: files[0]}))

    return take


EXACT = f"{SET}/{SET}.ipynb"


def cell(made: Taken, name: str) -> nbformat.NotebookNode:
    return next(c for c in made.notebook.cells
                if c.metadata.get("nbgrader", {}).get("grade_id") == name)  # fmt: skip


def theirs(made: Taken) -> list[str]:
    return [c.source for c in made.notebook.cells if c.metadata.get("own")]


def result(release: releases.Release, made: Taken, student: str = "anna") -> Result:
    """As if all tests passed."""
    tasks = {
        name: Task(points, points if name in release.tests else None)
        for name, points in release.points.items()
    }
    return Result(student, "graded", tasks=tasks, notebook=nbformat.writes(made.notebook))


def enter(course: courses.Course, release: releases.Release, *results: Result) -> None:
    with gradebook.opened(course) as book:
        for one in results:
            gradebook.record(book, course, release, one)


def page(course: courses.Course, student: str = "anna") -> str:
    path = course.folder("feedback") / student / SET / f"{SET}.html"
    return path.read_text(encoding="utf-8")


def shown(course: courses.Course, student: str = "anna") -> BeautifulSoup:
    return BeautifulSoup(page(course, student), "html.parser")


# ---------------------------------------------------------------- pictures


def test_a_pasted_picture_is_kept_and_shown(course, release, taken):
    attached = {"attachments": {"my plot.png": {"image/png": PNG}}}
    content = notebook(
        write(QUESTION, "See ![plot](attachment:my%20plot.png) where $a_1$", **attached),
        beside("ex01-affine", own('<img src="attachment:my plot.png" width="90">', "markdown",
                                  **attached)),
    )  # fmt: skip
    one = result(release, taken(content))
    enter(course, release, one)
    publish.publish(course, release, [one])
    pictures = [img for img in shown(course).find_all("img") if PNG in img["src"]]
    assert len(pictures) == 2 and {img.get("width") for img in pictures} == {None, "90"}
    path = course.folder("autograded") / "anna" / SET / f"{SET}.ipynb"
    assert path.read_text().count(PNG) == 2, "Formgrader shows them too"


def test_pictures_come_from_the_notebook_alone(release, taken):
    svg = base64.b64encode(b"<svg onload='alert(1)'/>").decode()
    content = notebook(write(
        QUESTION,
        f"![inline](data:image/png;base64,{PNG}) ![missing](attachment:no.png) "
        "![file](derivation.png) ![far](https://example.org/x.png) <img src='//example.org/y.png'>"
        "<img src='https://example.org/x.png' alt='a\"b'> "  # cleaned, it has quotes of both kinds
        f"![s](data:image/svg+xml;base64,{svg}) ![f](data:image/png;base64,{svg}) "
        "![svg](attachment:a.svg) ![fake](attachment:a.png) ![x](attachment:%0A%0A[y](z) "
        "<img alt='&#10;&#10;[x](javascript:alert(1))' src='attachment:&#10;&#10;<b>'>",
        attachments={"a.svg": {"image/svg+xml": svg}, "a.png": {"image/png": svg}, "b": 3},
    ))  # fmt: skip
    made = taken(content)
    markup.clean(made.notebook)
    answer = cell(made, QUESTION)
    assert "\n\n" not in answer.source
    soup = BeautifulSoup(markdown2html(answer.source), "html.parser")
    assert [img["src"] for img in soup.find_all("img")] == [f"data:image/png;base64,{PNG}"]
    assert "picture file: no PNG, JPEG or GIF of it was found" in soup.get_text()
    assert not soup.find("a", href=lambda href: href and "javascript" in href)


def test_a_picture_is_known_by_what_it_holds():
    def kind(content: bytes) -> str:
        return outputs.kind_of(base64.b64encode(content).decode())

    assert [kind(picture(k)) for k in ("PNG", "JPEG", "GIF")] == [
        "image/png", "image/jpeg", "image/gif"]  # fmt: skip
    huge = picture(size=(10_000, 10_000))
    assert len(huge) < MB, "few bytes, and 100 million pixels"
    for content in (b"<svg onload='alert(1)'/>", b"\x89PNG\r\n\x1a\n<script>", b"", huge,
                    picture("TIFF"), picture()[:20]):  # fmt: skip
        assert kind(content) == ""
    assert outputs.kind_of(PNG[:-8] + '">' + PNG[-8:]) == ""


def test_pictures_beside_the_notebook_are_shown_where_they_are_named(
    course, release, hand_in, taken
):
    content = notebook(
        write(QUESTION, "![](f/proof%20one.png) <img src='fake.png'> ![](a b.png) `![](a.png)`"),
        beside("ex01-affine", own('<img src="../x/proof one.png">', "markdown")),
    )  # fmt: skip
    files = {
        EXACT: content,
        f"{SET}/f/proof one.png": picture("JPEG"),
        f"{SET}/a b.png": picture(),
        f"{SET}/b](javascript:alert(1)) <i>.gif": picture("GIF"),
        f"{SET}/fake.png": b"<svg onload='alert(1)'/>",
        f"{SET}/big.png": picture() + bytes(16 * MB),
        f"{SET}/d.svg": b"<svg/>",
    }
    made = taken(files)
    notes = "; ".join(made.notes)
    assert "shown with the notebook: a b.png, b](" in notes and "proof one.png" in notes
    assert "not taken: big.png, d.svg, fake.png" in notes
    one = result(release, made)
    enter(course, release, one)
    publish.publish(course, release, [one])
    sections = [s for s in shown(course).find_all("section") if s.find("img")]
    kinds = [[img["src"][:15].split(";")[0] for img in s.find_all("img")] for s in sections]
    assert kinds == [["data:image/jpeg"], ["data:image/jpeg"], ["data:image/png", "data:image/gif"]]
    assert sections[1].find(id=QUESTION) and "picture fake.png: no PNG" in sections[1].get_text()
    assert "Handed in beside the notebook" in sections[2].get_text() and not sections[2].i
    assert "a b.png" in sections[2].get_text()


def test_pictures_alone_may_be_the_answer(taken):
    blank = notebook(filled=False)
    packed = zipped(**{f"{SET}.ipynb": blank, "x/photo.jpg": picture("JPEG"), "y.txt": b""})
    made = taken({"work.zip": packed})
    assert not made.unanswered & {QUESTION, OPEN} and len(made.review) == 2
    assert [c for c in made.notebook.cells if c.get("attachments", {}).get("photo.jpg")]
    assert {QUESTION, OPEN} <= taken({"work.zip": packed, EXACT: blank}).unanswered


def test_no_more_pictures_than_a_page_holds(taken):
    files = {f"{SET}/{i}.png": picture() for i in range(99)} | {EXACT: notebook()}
    made = taken(files)
    assert len(made.notebook.cells[-1].attachments) == intake._PICTURES
    assert "and 85 more" in "; ".join(made.notes)


# ---------------------------------------------------------------- stored outputs

HOSTILE = [
    {"output_type": "stream", "name": [], "text": ["epoch 90\n", "<script>alert(1)</script>", 7]},
    {"output_type": "display_data", "metadata": {}, "data": {
        "text/html": "<script>alert(1)</script>", "image/svg+xml": "<svg onload='alert(1)'/>",
        "application/javascript": "alert(1)", "image/png": '"><script>alert(1)</script>'}},
    {"output_type": "execute_result", "data": {"image/png": [PNG[:30] + "\n", PNG[30:]],
                                               "text/plain": ["<Fig", "ure>"]}},
    {"output_type": "display_data", "data": {"image/png": base64.b64encode(b"<svg/>").decode()}},
    {"output_type": "error", "ename": "<b>", "evalue": {"a": 1}, "traceback": ["<i>", None, []]},
    {"output_type": "stream"}, {"output_type": 3, "data": 5}, None, "text", {},
]  # fmt: skip


def test_stored_outputs_are_kept_where_a_person_reads_and_made_harmless(course, release, taken):
    made = taken(notebook(
        write(OPEN, "train()", outputs=HOSTILE), write("ex01-affine", "x = 1", outputs=HOSTILE),
        beside(OPEN, {**own("more()"), "outputs": HOSTILE[:1]}),
    ))  # fmt: skip
    assert len(cell(made, OPEN).outputs) == 5 and not cell(made, "ex01-affine").outputs
    assert [len(c.outputs) for c in made.notebook.cells if c.source == "more()"] == [1]
    one = result(release, made, "stored")
    enter(course, release, one)
    publish.publish(course, release, [one])
    section = shown(course, "stored").find(id=OPEN).find_parent("section")
    assert [img["src"] for img in section.find_all("img")] == [f"data:image/png;base64,{PNG}"]
    assert "<script>alert(1)</script>7" in section.get_text()
    assert not section.find(["script", "svg", "b", "i"])
    assert [m.get_text() for m in section.find_all("pre")].count(
        "(something that is not shown here)"
    ) == 2


def test_stored_outputs_have_a_limit(taken):
    loud = [{"output_type": "stream", "name": "stdout", "text": "x" * 70_000}] * 99
    made = taken(notebook(*(beside(OPEN, {**own(f"f({i})"), "outputs": loud}) for i in range(3))))
    kept = [len(json.dumps(c.outputs)) for c in made.notebook.cells if "f(" in c.source]
    assert sum(kept) <= intake._STORED and max(kept) > MB
    assert "(20,000 more characters are left out)" in str(made.notebook.cells)


# ---------------------------------------------------------------- one costs one


def test_what_could_not_be_recorded_gets_no_score_and_ends_nothing(course, release, taken):
    good, bad, lost = (result(release, taken(notebook()), name) for name in ("ok", "bad", "lost"))
    enter(course, release, good)
    with gradebook.opened(course) as book:  # as far as nbgrader's own rows, all without a score
        book.update_or_create_student("lost")
        book.update_or_create_submission(SET, "lost")
    bad.status, bad.notes = "failed", ["could not be entered into the gradebook: disk full"]
    folder = publish.publish(course, release, [good, bad, lost])
    rows = classroom.table(course.root, SET)
    points = sum(p for name, p in release.points.items() if name in release.tests)
    assert float(rows["ok"]["score"]) == points
    for name, words in ("bad", "disk full"), ("lost", "grade again"):
        assert rows[name]["score"] == "" and rows[name]["status"] == "failed"
        assert words in rows[name]["message"]
        assert "could not be graded" in page(course, name)
    with (folder / "canvas.csv").open(newline="") as file:
        assert {line[0]: line[5] for line in csv.reader(file)}["bad"] == ""
    with (folder / "moodle.csv").open(newline="") as file:
        assert [line["ID number"] for line in csv.DictReader(file)] == ["ok"]


def test_copies_are_listed_by_the_run_that_grades_them(course, release, taken):
    """Of results it keeps no notebook: a class would not fit into memory."""
    code = exercise_sets.source(SET)
    helper = """
def unusual(values, limit):
    total, seen = 0, []
    for place, value in enumerate(values):
        if place % 7 == 3 and value not in seen:
            seen.append(value * 2 - place)
            total += len(seen) ** 2
        elif limit > total > 4:
            total -= place // 2
            seen = seen[::-1] + [total, limit, place]
    return {"total": total, "seen": tuple(seen[:limit])}
"""
    answer = next(c for c in code if c.grade.grade_id == "ex01-affine").source
    both = [
        result(release, taken(notebook(write("ex01-affine", helper + answer))), name)
        for name in ("ada", "ben")
    ]
    enter(course, release, *both)
    for one in both:
        one.notebook = ""
    folder = publish.publish(course, release, both)
    listed = (folder / "alike.html").read_text(encoding="utf-8")
    assert "ada and ben" in listed


def test_a_flag_of_a_later_attempt_is_for_a_person_too(course, release, taken):
    first = result(release, taken(notebook()), "twice")
    enter(course, release, first)
    later = result(release, taken(notebook(beside(OPEN, own("x = 1")))), "twice")
    later.review, later.status = ["something to look at"], "needs review"
    enter(course, release, later)
    with gradebook.opened(course) as book:
        waiting = gradebook.entries(book, release)["twice"].waiting
    assert release.tests[0] in waiting


def test_recording_is_all_or_nothing(course, release, taken, monkeypatch):
    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(gradebook, "write", broken)
    with pytest.raises(OSError, match="disk full"):
        enter(course, release, result(release, taken(notebook()), "half"))
    with gradebook.opened(course) as book:
        assert "half" not in {student.id for student in book.students}


def test_the_time_of_a_submission_is_taken_where_it_is_one(hand_in):
    for text, year in (("2026-11-26 10:00 UTC", 2026), ("nonsense", None), ("9" * 10**6, None)):
        handed = hand_in({EXACT: notebook(), f"{SET}/timestamp.txt": text.encode()})
        assert (handed.when and handed.when.year) == year and not handed.notes


SLOW = "\\begin{a}" * 5000  # takes nbconvert's Markdown seconds, and four times as many a minute


def test_text_made_to_take_hours_costs_seconds(course, release, taken, monkeypatch):
    monkeypatch.setattr(gradebook, "_SECONDS", 2, raising=False)
    cells = [own(f"{SLOW} number {i}", "markdown") for i in range(8)]
    content = notebook(beside("ex01-affine", *cells, own(SLOW * 30, "markdown")))
    start = time.process_time() + sum(os.times()[2:4])
    one = result(release, taken(content), "slow")
    enter(course, release, one)
    publish.publish(course, release, [one])
    assert time.process_time() + sum(os.times()[2:4]) - start < 20
    assert "number 7" in page(course, "slow"), "it is shown as they typed it"


whole = feedback.page


def broken(release: releases.Release, given: feedback.Given) -> str:
    if "unlucky" in str(given.path):
        raise ZeroDivisionError("odd cell")
    return whole(release, given)


def test_a_page_that_cannot_be_made_is_told_and_tried_again(
    course, release, taken, monkeypatch, capsys
):
    both = [result(release, taken(notebook()), name) for name in ("fine", "unlucky")]
    enter(course, release, *both)
    monkeypatch.setattr(feedback, "page", broken)
    folder = publish.publish(course, release, both)
    assert "Task 1" in page(course, "fine") and "ask your instructor" in page(course, "unlucky")
    assert "unlucky: the feedback page could not be made" in capsys.readouterr().err
    assert "feedback page could not be made" in (folder / "report.html").read_text()
    monkeypatch.setattr(feedback, "page", whole)
    publish.publish(course, release, both)
    assert "Task 1" in page(course, "unlucky"), "it was taken for up to date"


def test_a_page_holds_so_much_and_says_what_it_left_out(course, release, taken):
    cells = [own(f"print({i})") for i in range(40)]
    made = taken(notebook(beside("ex01-affine", *cells, own("# " + "x" * MB))))
    for place in made.notebook.cells:
        if place.metadata.get("own"):
            told = [{"output_type": "stream", "name": "stdout", "text": "<" * 3_900_000}]
            place.outputs = outputs.anew(told, 4 * MB)
    figure = nbformat.v4.new_output("display_data", {"image/png": "x" * 4 * MB})
    cell(made, OPEN).outputs = [figure] * 9
    one = result(release, made, "loud")
    enter(course, release, one)
    publish.publish(course, release, [one])
    assert len(page(course, "loud")) < 25 * MB
    assert "the outputs above fill this page, 16 MB" in page(course, "loud")
    assert "more characters are left out" in page(course, "loud")


# ---------------------------------------------------------------- names


def test_names_that_are_not_utf8_are_spelt_out(hand_in, course, release):
    handed = hand_in({
        f"{SET}/".encode() + b"\xfcbung 01.ipynb": notebook(),
        f"{SET}/".encode() + b"l\xf6sung.py": b"",
    })  # fmt: skip
    assert handed.content and "bung 01.ipynb" in " ".join(handed.notes)
    "; ".join(handed.notes).encode()
    other = hand_in({EXACT: json.dumps({"cells": [
        {"metadata": {"nbgrader": {"grade_id": "\ud800x"}}}]}).encode()}, "berta")  # fmt: skip
    other.problem.encode()
    assert "no cell of this set" in other.problem


# ---------------------------------------------------------------- nothing in silence


@pytest.mark.parametrize("name", [f"{SET} (1).ipynb", f"{SET}-Copy1.ipynb"])
@pytest.mark.parametrize("colab", [False, True])
def test_the_work_counts_and_not_the_name(name, colab, taken, script):
    blank = notebook(filled=False)
    if colab:  # has a first cell more
        blank = nbformat.writes(script("colab").for_colab(RELEASED)).encode()
    assert taken({EXACT: blank}).notes == ["the notebook is as it was released"]
    made = taken({EXACT: blank, f"{SET}/{name}": notebook()})
    assert not made.unanswered and not made.review
    said = "; ".join(made.notes)
    assert f"called {name}" in said and "as it was released" in said


def test_two_notebooks_with_different_work_are_reviewed(taken):
    other = notebook(write("ex01-blend", "def blend(*a): return 3"))
    made = taken({EXACT: notebook(), f"{SET}/draft.ipynb": other})
    assert "return 3" not in cell(made, "ex01-blend").source
    assert any("draft.ipynb holds other work" in why for why in made.review)
    made = taken({EXACT: notebook(), f"{SET}/draft.ipynb": notebook(filled=False)})
    assert not made.review


def test_an_answer_beside_its_place_is_asked_about(taken):
    stubs = notebook(
        lambda cells: cells[at(cells, QUESTION)].update(source="YOUR ANSWER HERE"),
        lambda cells: cells[at(cells, OPEN)].update(
            source="# YOUR CODE HERE\nraise NotImplementedError()"),
    )  # fmt: skip
    for edits, asked in (
        ([], set()),
        ([beside(QUESTION, own("It is the mean.", "markdown"))], {QUESTION}),
        ([beside(QUESTION, own("Above.", "markdown"), before=True)], {QUESTION}),
        ([beside(OPEN, own("plot()"), own("I found", "markdown"))], {OPEN}),
        ([lambda cells: cells.__setitem__(at(cells, OPEN), own("plot()"))], {OPEN}),
        ([beside(QUESTION, own("YOUR ANSWER HERE", "markdown"))], set()),
        ([beside("ex01-affine", own("print(1)"))], set()),
    ):
        document = json.loads(stubs)
        for edit in edits:
            edit(document["cells"])
        made = taken(json.dumps(document).encode())
        assert made.unanswered == {QUESTION, OPEN} - asked
        assert {why.split()[0] for why in made.review} == asked


def test_text_in_a_locked_cell_is_kept(taken):
    task = f"{QUESTION}-task"

    def join(cells: list[dict]) -> None:
        both = text_of(cells[at(cells, task)]) + "\n\nA linear decoder spans a plane.\n\nSo no."
        cells[at(cells, task)]["source"] = both
        del cells[at(cells, QUESTION)]

    made = taken(notebook(join))
    assert theirs(made) == ["A linear decoder spans a plane.\n\nSo no."]
    assert "spans a plane" not in cell(made, task).source and QUESTION not in made.unanswered
    assert any(task in note for note in made.notes)
    assert any(why.startswith(QUESTION) for why in made.review)


def test_two_answers_joined_into_one_cell_both_count(taken):
    def join(cells: list[dict]) -> None:
        first, second = at(cells, "ex01-squared"), at(cells, "ex01-bce")
        both = f"%%time\n{text_of(cells[first])}\n\n{text_of(cells[second])}"
        cells[first]["source"] = both
        del cells[second]

    made = taken(notebook(join))
    assert "NotImplementedError" not in cell(made, "ex01-bce").source
    assert not made.unanswered and not theirs(made)
    assert any("ex01-bce is answered in the cell of ex01-squared" in note for note in made.notes)
    assert not any("deleted" in note for note in made.notes)

    def join_stub(cells: list[dict]) -> None:
        first, stub = at(cells, "ex01-squared"), exercise_sets.stub(SET, "ex01-bce")
        cells[first]["source"] = f"{text_of(cells[first])}\n\n{stub}"
        del cells[at(cells, "ex01-bce")]

    assert taken(notebook(join_stub)).unanswered == {"ex01-bce"}


def test_what_is_added_to_a_locked_set_up_cell_is_kept(taken):
    def add(cells: list[dict]) -> None:
        setup = cells[at(cells, "ex01-setup")]
        setup["source"] = "import math\n" + text_of(setup) + "\n%matplotlib inline\n"

    made = taken(notebook(add))
    assert theirs(made) == ["import math\n%matplotlib inline"]
    assert made.notebook.cells[2].source == theirs(made)[0]
    assert any("ex01-setup" in note for note in made.notes)

    made = taken(notebook(write("ex01-setup", "import torch as t")))
    assert not theirs(made) and any("put back: ex01-setup" in note for note in made.notes)


# ---------------------------------------------------------------- files and folders


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in files.items():
            pack.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({f"{EXACT}.txt": notebook()}, f"called {SET}.ipynb.txt"),
        ({f"{EXACT}.json": notebook()}, f"called {SET}.ipynb.json"),
        ({f"{SET}.ipynb.txt": notebook()}, "not in a folder"),
        ({"work.zip": zipped(**{f"x/../../{SET}.ipynb": notebook()})}, "work.zip"),
        ({EXACT: zipped(**{"__MACOSX/._a.ipynb": b"junk", "a.ipynb": notebook()})}, "a.ipynb"),
        ({f"my_work/{EXACT}": notebook(), "my_work/ex02_x/ex02_x.ipynb": b'{"cells": []}'},
         f"the notebook was in my_work/{SET}"),
        ({f"{SET}/{EXACT}": notebook()}, f"the notebook was in {SET}/{SET}"),
        ({f"{SET}/empty/.keep": b"", f"{SET}.ipynb": notebook()}, "not in a folder"),
        ({EXACT: notebook(), f"{SET}/helper.py": b"", f"{SET}/.DS_Store": b"",
          f"{SET}/Thumbs.db": b""}, "not taken: helper.py"),
    ],
)  # fmt: skip
def test_a_notebook_is_found_and_it_is_said_where(files, words, hand_in):
    handed = hand_in(files)
    assert handed.content and not handed.problem, handed.problem
    assert words in "; ".join(handed.notes)
    assert "Thumbs" not in "; ".join(handed.notes)
    assert not handed.unanswered


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({f"{SET}.html": b"<html>"}, f"only {SET}.html"),
        ({f"{SET}.py": b"x"}, f"only {SET}.py"),
        ({f"{SET}/answers.pdf": b"%PDF"}, "only answers.pdf"),
        ({EXACT: b"%PDF-1.4"}, "is a PDF"),
        ({EXACT: zipped(**{"readme.txt": b"x"})}, "zip file without a notebook, it holds readme"),
        ({"a.zip": zipped(**{"b.zip": zipped(**{EXACT: notebook()})})}, "it holds b.zip"),
        ({EXACT: b"PK\x03\x04rest"}, "is a zip file that can't be opened"),
        ({"a.zip": zipped(**{EXACT: bytes(210 * MB)})}, "zip file of more than 200 MB"),
    ],
)
def test_what_is_no_notebook_is_named(files, words, hand_in):
    handed = hand_in(files)
    assert handed.content is None and not handed.missing
    assert words in handed.problem


def test_what_belongs_to_other_sets_is_missing_here(hand_in):
    handed = hand_in({"ex02_x/ex02_x.ipynb": b'{"cells": []}', "timestamp.txt": b"x"})
    assert handed.content is None
    handed = hand_in({"ex02_x/ex02_x.ipynb": b'{"cells": []}'}, "berta")
    assert handed.missing and "only ex02_x" in handed.problem


def test_only_students_are_students(tmp_path, capsys):
    submitted = tmp_path / "class"
    (submitted / "anna").mkdir(parents=True)
    for name in ("__MACOSX", "B_12_assignsubmission_file_", "B_12_onlinetext_", "C_3_onlinetext_"):
        (submitted / name).mkdir()
    (submitted / "doe_1_2_ex01.ipynb").write_bytes(notebook())
    (submitted / ".DS_Store").write_bytes(b"")
    names = intake.students(submitted)
    assert names == ["B_12_assignsubmission_file_", "C_3_onlinetext_", "anna"]
    said = capsys.readouterr().err
    assert "doe_1_2_ex01.ipynb" in said and "<student>/<set>/<set>.ipynb" in said
    assert said.count("\n") == 1
    flat = tmp_path / "flat"
    flat.mkdir()
    (flat / "doe.ipynb").write_bytes(b"")
    with pytest.raises(courses.CourseProblem, match=r"doe\.ipynb.*<student>"):
        intake.students(flat)


def test_moodles_folder_is_taken_with_a_word_on_its_name(hand_in):
    handed = hand_in({f"{SET}.ipynb": notebook()}, "Ann Lee_12345_assignsubmission_file_")
    assert handed.content and any("Moodle" in note for note in handed.notes)


def test_words_alone_mean_nothing(taken):
    code = ("import gc, inspect, threading\nfrom IPython.display import clear_output\n"
            "signal = torch.randn(3)\nget_ipython()")  # fmt: skip
    assert not taken(notebook(beside("ex01-setup", own(code)))).review


# ---------------------------------------------------------------- size


def test_outputs_do_not_count_but_what_is_kept_does(hand_in):
    output = {"output_type": "stream", "name": "stdout", "text": "x" * (50 * MB)}
    handed = hand_in({EXACT: notebook(write(OPEN, "train()", outputs=[output]))})
    assert handed.content and len(handed.content) < MB
    handed = hand_in({EXACT: notebook(write(OPEN, "# " + "x" * (21 * MB)))}, "berta")
    assert handed.content is None and "more than 20" in handed.problem


def test_an_attempt_that_is_a_link_is_not_followed(hand_in, tmp_path):
    hand_in({EXACT: notebook()})
    home = next(tmp_path.rglob(f"anna/{SET}"))
    solved = tmp_path / "solved"
    solved.mkdir()
    (solved / f"{SET}.ipynb").write_bytes(notebook(write(OPEN, "# another's work")))
    (home / "attempt-2").symlink_to(solved)
    handed = hand_in({})
    assert handed.content and b"another's work" not in handed.content


def ends() -> None:
    time.sleep(0.2)
    os._exit(1)


def test_a_process_that_is_lost_is_noticed_while_others_start():
    """Each thread has one of its own; if one inherits another's end, its loss stays unseen."""
    for _ in range(12):
        start = time.monotonic()
        with ThreadPoolExecutor(2) as threads:
            lost = threads.submit(apart.call, ends, seconds=1)
            threads.submit(apart.call, time.sleep, 0.2, seconds=1)
            assert isinstance(lost.exception(), apart.Failed)
        assert time.monotonic() - start < 20, "waited for what was lost"


def test_a_file_made_to_fill_the_memory_costs_one_student(hand_in, monkeypatch):
    monkeypatch.setattr(intake.apart, "_MEMORY", 300 * MB)
    monkeypatch.setattr(intake.apart, "_here", type(intake.apart._here)())
    handed = hand_in({EXACT: b'{"cells": [' + b"{}," * (12 * MB) + b"{}]}"})
    assert handed.content is None and "memory" in handed.problem.lower()


def test_what_takes_long_to_set_in_does_so_within_the_limit_of_one_student(hand_in, monkeypatch):
    """Whoever runs it gets it set in."""

    def endless(*_: object) -> None:
        while True:
            pass

    monkeypatch.setattr(intake, "_set_in", endless)
    monkeypatch.setattr(intake, "_SECONDS", 1)
    monkeypatch.setattr(intake.apart, "_here", type(intake.apart._here)())  # a fresh fork
    assert "took more than 1 s" in hand_in({EXACT: notebook()}).problem


# ---------------------------------------------------------------- tables


@pytest.mark.parametrize("text", ["=1", "＝1", "a;=1", 'a;"=1', "a; '＝1", "a;\"\n=cmd|' /C c'!A0"])
def test_no_text_becomes_a_formula_whatever_parts_cells(text):
    for sign in ",;":
        for row in csv.reader(io.StringIO(table.to_csv([[text]])), delimiter=sign):
            assert not [cell for cell in row if re.match(r"[\s\"]*[=＝]", cell)], row


def test_the_median_of_two_lies_between_them(release):
    row = table.Row("a", "graded", 0.0, 40.0, False, "", {}, {}, [], 1.0)
    other = table.Row("b", "graded", 10.0, 40.0, False, "", {}, {}, [], 3.0)
    page = report.page(release, [row, other])
    assert "median 5.0" in page and "2.0 s for the median" in page


def test_the_report_begins_with_tasks_and_says_a_reason_once(release):
    task, names = next((t, n) for t, n in titles.tasks(release).items() if len(n) > 2)
    graded = [name for name in names if name in release.points]
    slow = [f"the test {name} ran for more than 60 seconds" for name in graded]
    said = dict.fromkeys(graded, "expected 1, got 2. Likely cause: a sum for a mean.")
    none = dict.fromkeys(graded, 0.0)
    rows = [table.Row(f"s{i}", "needs review", 0.0, 34.0, True, "", none, said, slow, 1.0)
            for i in range(4)]  # fmt: skip
    page = report.page(release, rows)
    assert re.findall("<h2>(.*)</h2>", page) == ["Tasks", "To review", "Distribution", "Time"]
    lines = page.split("<tr>")
    line = next(line for line in lines if task in line)
    assert "4 × a sum for a mean." in line and line.count("×") == 1
    reasons = next(line for line in lines if "<td>s1" in line)
    assert reasons.count("ran for more") == 1 and all(name in reasons for name in graded[:2])
    bins = report._bins([0.0, 4.5, 33.5, 34.0], 34.0)
    assert bins[:2] == [("0–3", 1), ("4–7", 1)] and bins[-1] == ("32–34", 2)


# ---------------------------------------------------------------- comments by name


def test_a_comment_is_written_once_and_used_by_its_name(course, release, taken, capsys):
    one = result(release, taken(notebook()), "named")
    enter(course, release, one)
    given = {QUESTION: "Well! #units #2 is missing. #nothing C# \\#1 &#62;", "ex01-bce": "#nothing"}
    with gradebook.opened(course) as book:
        for name, text in given.items():
            book.find_comment(name, SET, SET, "named").manual_comment = text
        book.db.commit()
    path = course.root / "comments.toml"
    path.write_text(f'units = "Elsewhere."\n[{SET}]\nunits = "Say the *unit*."')
    publish.publish(course, release, [one])
    said = [line for line in capsys.readouterr().err.splitlines() if "comments.toml" in line]
    assert said == ["#nothing is no name in comments.toml; it is left out of the comments on named"]
    written = [c.get_text().strip() for c in shown(course, "named").find_all(class_="comment")]
    rubric = "the reason: what all outputs of a linear decoder have in common, and what PCA"
    assert written[0].startswith(f"Well! Say the unit. “{rubric} is the best of” is missing.")
    assert written[0].endswith("missing.  C# #1 >") and len(written) == 2, "it is there twice"
    with gradebook.opened(course) as book:
        assert "#units" in book.find_comment(QUESTION, SET, SET, "named").comment
    path.write_text('units = "Now another."')
    publish.publish(course, release, [one])
    assert "Now another." in page(course, "named"), "the page was taken for up to date"
    path.unlink()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("units = 3", "units"), ('"a b" = "x"', "a b"), ('"#a" = "x"', "#a"),
        ("[ex99]\na = 'x'", "no set ex99"), ("units = x", "line 1"), (f"[{SET}.a]\nb = 1", "a is"),
    ],
)  # fmt: skip
def test_comments_with_mistakes_are_refused(text, words, course):
    path = course.root / "comments.toml"
    path.write_text(text)
    with pytest.raises(courses.CourseProblem, match=words):
        comments.read(course, SET)
    path.unlink()


def test_each_task_for_a_person_has_lines_that_comments_can_name():
    for name in exercise_sets.SETS:
        path = COURSE / "exercises" / name / f"{name}.ipynb"
        release = releases.Release(name, nbformat.read(path, as_version=4), {}, {}, (), "")
        by_hand = [n for n, c in release.cells.items() if releases.by_hand(c)]
        asked = {name: titles.rubric(release, name) for name in by_hand}
        assert len(asked) == 2 and all(2 < len(lines) < 6 for lines in asked.values()), name
        assert not titles.rubric(release, release.tests[0])


# ---------------------------------------------------------------- the page

LOUD = "".join(f"![$$\\text{{{i} onerror=alert(1) }}$$](attachment:a.png) " for i in range(3))


@pytest.fixture(scope="module")
def marked(course, release, tmp_path_factory) -> courses.Course:
    """One student's page: a test failed with a message, a question graded, an open task not."""
    content = notebook(
        write(QUESTION, f"Since $a < b$ and\n\n$$\\frac{{1}}{{2}}$$\n\n$\\unknown$ {LOUD}",
              attachments={"a.png": {"image/png": PNG}}),
        beside("ex01-affine", own("wide = '" + "x" * 300 + "'")),
    )  # fmt: skip
    path = tmp_path_factory.mktemp("submitted") / "marked" / EXACT
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    made = opened(intake.collect(path.parents[2], "marked", release, 20 * MB))
    one = result(release, made, "marked")
    one.tasks["ex01-affine-code"] = Task(2, 0.0, "the code h: <b>no</b>\n  expected 1, got 2")
    enter(course, release, one)
    with gradebook.opened(course) as book:
        grade = book.find_grade(QUESTION, SET, SET, "marked")
        grade.manual_score, grade.needs_manual_grade = 3.0, False
        for name, text in (QUESTION, "well seen: $x_1$"), ("ex01-affine", "See *lecture 01*."):
            book.find_comment(name, SET, SET, "marked").manual_comment = text
        book.db.commit()
    publish.publish(course, release, [one])
    return course


def test_the_page_begins_with_points_and_messages_by_task(marked, release):
    """Each task by its name; of a test that failed its message; what a person still has to read."""
    top = shown(marked, "marked").header
    lines = {li.a.get_text(): li for li in top.find_all("li")}
    assert list(lines) == [*titles.tasks(release)] and len(lines) == 9
    assert "Task 1. The two affine maps" in lines
    first, question, last = (lines[t] for t in lines if re.match("Task [189]", t))
    assert first.b.get_text() == "2 of 4" and "The code z: 0 of 2" in " ".join(first.text.split())
    assert first.find(class_="said").get_text() == "the code h: <b>no</b>\n  expected 1, got 2"
    assert "reconstruction" not in first.get_text(), "what passed needs no words"
    assert first.em.get_text() == "lecture 01", "a comment on an answer that tests grade"
    assert question.b.get_text() == "3 of 4" and question.math and "well seen" in question.text
    assert last.b.get_text() == "– of 6" and "still to come" in last.get_text()
    assert "35 of 38 points so far" in " ".join(top.p.get_text().split())
    for link in top.find_all("a"):
        assert shown(marked, "marked").find(id=link["href"][1:]), link


def test_a_formula_is_drawn_and_carries_nothing_in(marked):
    page_ = shown(marked, "marked")
    answer = page_.find(id=QUESTION).find_parent("section")
    assert [m.get_text() for m in answer.find_all("math")][:2] == ["a<b", "12"]
    assert answer.code.get_text() == r"$\unknown$", "what is no formula stays as it was typed"
    assert not re.search(r"\$[^$]+\$", page_.find(id="ex01-tied-task").find_parent("section").text)
    for tag in page_.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")], tag
    assert len(answer.find_all("img")) == 3


def test_the_page_is_whole_without_a_network_in_both_themes_and_on_a_phone(marked, chromium):
    from axe_playwright_python.sync_playwright import Axe

    path = marked.folder("feedback") / "marked" / SET / f"{SET}.html"
    shots, requests = COURSE / "screenshots", []
    shots.mkdir(exist_ok=True)
    for theme in "light", "dark":
        tab = chromium.new_page(viewport={"width": 390, "height": 844}, color_scheme=theme)
        tab.on("request", lambda request: requests.append(request.url))
        tab.goto(path.as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth") == 390, theme
        assert tab.locator("math mfrac").first.bounding_box()["height"] > 20, "it is not drawn"
        tab.screenshot(path=shots / f"feedback-{theme}.png")
        tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        options = {"resultTypes": ["violations"], "preload": False}
        for fault in Axe().run(tab, options=options).response["violations"]:
            assert fault["impact"] not in ("serious", "critical"), (theme, fault)
        tab.close()
    assert not [url for url in requests if not url.startswith(("file:", "data:"))]
