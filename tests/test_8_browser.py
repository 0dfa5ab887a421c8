"""A student's first hours, in a real browser: README, lecture 00, exercise set 01, lecture 05.

It happens in a copy of the course, so that nothing the student does touches the repository. The
tests follow one another in one JupyterLab; each leaves a picture in screenshots/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from running_lab import SHORT, RunningLab, Student, make_lab

pytestmark = pytest.mark.linux

COURSE = Path(__file__).resolve().parent.parent
SET = "ex01_basic_autoencoder"
RIGHT = """def autoencode(x, W_h, b_h, W_x, b_x):
    z = torch.tanh(x @ W_h.T + b_h)
    return z, torch.tanh(z @ W_x.T + b_x)"""
WRONG = """def squared_error(x, x_hat):
    return ((x - x_hat) ** 2).mean()"""


@pytest.fixture(scope="module")
def lab(chromium, copy, tmp_path_factory) -> Iterator[RunningLab]:
    """`make lab` in the copy."""
    with make_lab(cwd=copy, home=tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(scope="module")
def student(chromium, lab, copy) -> Iterator[Student]:
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(SHORT)
    student = Student(page, copy)
    page.goto(f"http://127.0.0.1:{lab.port}/lab/tree/README.md?token={lab.token}")
    yield student
    page.close()


def test_readme_opens_and_shows_its_pictures(student):
    readme = student.page.locator(".jp-MarkdownViewer")
    readme.locator("h1").wait_for()
    student.page.wait_for_function(
        "[...document.querySelectorAll('.jp-MarkdownViewer img')].every(i => i.naturalWidth)"
    )
    assert readme.locator("h1").inner_text() == "Autoencoders, a course in notebooks"
    assert readme.locator("img").count() >= 2
    student.photograph("1_readme")


def pictures(cells: list) -> int:
    """How many pictures stand among the outputs of some cells."""
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return sum("image/png" in output.get("data", {}) for output in outputs)


def test_lecture_00_runs_from_top_to_bottom_and_draws(student):
    name = "lectures/00_introduction.ipynb"
    student.page.locator(".jp-MarkdownViewer a", has_text="00 Introduction").first.click()
    student.cell("import matplotlib").wait_for()
    student.run_all()
    run = [c for c in student.saved(name).cells if c.cell_type == "code"]
    assert [c.execution_count for c in run] == list(range(1, len(run) + 1))
    assert not [o for c in run for o in c.outputs if o.output_type == "error"]
    assert pictures(run) == pictures(nbformat.read(COURSE / name, as_version=4).cells) > 0
    picture = student.cell("def picture(ax, image").locator("img")
    student.show(picture)
    assert picture.evaluate("image => image.naturalWidth") > 300
    student.photograph("2_lecture_00")


def test_validate_names_the_wrong_answer_and_its_cause(student):
    for name in ("my_work", SET, f"{SET}.ipynb"):
        student.page.locator(".jp-DirListing-itemText").get_by_text(name, exact=True).dblclick()
    student.cell("def autoencode(").wait_for()
    student.kernel_is("idle")
    for start, answer in (("def autoencode(", RIGHT), ("def squared_error(", WRONG)):
        student.answer(start, answer)
    results = student.validate()
    failed = results.locator("pre")
    said = failed.all_inner_texts()
    assert any('run("ex01-squared-' in text for text in said)
    assert not any('run("ex01-affine-' in text for text in said), "the right answer passed"
    message = next(i for i, text in enumerate(said) if "\nLikely cause: " in text)
    assert "\nLikely cause: you averaged over the pixels too" in said[message]
    assert "Traceback" not in said[message], "the message alone is shown"
    student.show(failed.nth(message), block="end")
    student.photograph("3_validate")
    results.get_by_text("Ok", exact=True).click()


def test_latent_slider_of_lecture_05_moves_the_picture(student, copy):
    # A slider turns alike however well the model is trained; what it is worth is tested elsewhere.
    lecture = copy / "lectures/05_perturbing_latents.ipynb"
    notebook = nbformat.reads(
        re.sub(r"epochs=\d+", "epochs=1", lecture.read_text(encoding="utf-8")), as_version=4
    )
    last = next(c for c in notebook.cells if "ipywidgets.interact(show" in c.source)
    del notebook.cells[notebook.cells.index(last) + 1 :]
    made = re.compile("^(import|judge =|def stack|levels =)|plane = Autoencoder", re.M)  # it uses
    notebook.cells = [
        c for c in notebook.cells if c.cell_type == "markdown" or c is last or made.search(c.source)
    ]
    nbformat.write(notebook, lecture)
    student.page.locator(".lm-TabBar-tab", has_text="README.md").click()
    student.page.locator(".jp-MarkdownViewer a", has_text="05 Moving in the latent").first.click()
    student.cell("import matplotlib").wait_for()
    student.run_all()
    cell = student.cell("ipywidgets.interact(show")
    handle, picture = cell.locator(".noUi-handle").first, cell.locator("img")
    student.show(picture)
    before = picture.get_attribute("src")
    student.photograph("4_slider_before")
    track = cell.locator(".noUi-target").first.bounding_box()
    handle.hover()
    student.page.mouse.down()
    student.page.mouse.move(track["x"] + 0.9 * track["width"], track["y"], steps=5)
    student.page.mouse.up()
    student.page.wait_for_function(  # each move puts a new picture in the old one's place
        "([cell, before]) => { const i = cell.querySelector('img'); return i && i.src != before }",
        arg=[cell.element_handle(), before],
    )
    student.photograph("5_slider_after")


def test_console_stayed_silent(student):
    assert not student.complaints
