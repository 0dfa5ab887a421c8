"""make lab: the reader's copies are laid out and never touched; Lab answers, with Validate."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from jupyter_core.paths import ENV_CONFIG_PATH
from jupyter_server.extension.config import ExtensionConfigManager
from running_lab import make_lab

COURSE = Path(__file__).resolve().parent.parent
SET = "ex01_basic_autoencoder"


@pytest.fixture(scope="module")
def lab(script):
    return script("lab")


@pytest.fixture
def released(tmp_path) -> Path:
    folder = tmp_path / "exercises"
    for name in ("ex01", "ex02"):
        (folder / name).mkdir(parents=True)
        (folder / name / f"{name}.ipynb").write_text("first release")
    return folder


def test_sets_are_copied_where_they_are_missing(lab, released, tmp_path):
    mine = tmp_path / "my_work"
    assert lab.lay_out(released, mine) == [
        "New in my_work: ex01/ex01.ipynb",
        "New in my_work: ex02/ex02.ipynb",
    ]
    assert (mine / "ex01/ex01.ipynb").read_text() == "first release"
    assert lab.lay_out(released, mine) == [], "a second start has nothing to do or say"


def test_filled_in_work_is_never_touched(lab, released, tmp_path):
    mine = tmp_path / "my_work"
    lab.lay_out(released, mine)
    work = mine / "ex01/ex01.ipynb"
    work.write_text("my answers")
    assert lab.lay_out(released, mine) == []
    (released / "ex01/ex01.ipynb").write_text("second release")
    for _ in range(2):
        said = lab.lay_out(released, mine)
        assert len(said) == 1 and "newer release of ex01/ex01.ipynb" in said[0]
        assert work.read_text() == "my answers"
    (mine / "ex01/mine.ipynb").write_bytes(work.read_bytes())
    work.unlink()
    assert lab.lay_out(released, mine) == ["New in my_work: ex01/ex01.ipynb"]
    assert work.read_text() == "second release"
    assert (mine / "ex01/mine.ipynb").read_text() == "my answers"
    assert lab.lay_out(released, mine) == []


def test_a_lost_or_broken_record_costs_nobody_their_work(lab, released, tmp_path):
    mine = tmp_path / "my_work"
    lab.lay_out(released, mine)
    (mine / "ex01/ex01.ipynb").write_text("my answers")
    (mine / lab.RECORD).write_text("{ not json")
    assert lab.lay_out(released, mine) == []
    assert (mine / "ex01/ex01.ipynb").read_text() == "my answers"


@pytest.mark.parametrize("record", ["[]", "[1]", "null", ""])
def test_any_record_is_survived(record, lab, released, tmp_path):
    mine = tmp_path / "my_work"
    lab.lay_out(released, mine)
    (mine / lab.RECORD).write_text(record)
    assert lab.lay_out(released, mine) == []


def test_a_release_copied_by_hand_is_not_called_old(lab, released, tmp_path):
    mine = tmp_path / "my_work"
    lab.lay_out(released, mine)
    (released / "ex01/ex01.ipynb").write_text("second release")
    (mine / "ex01/ex01.ipynb").write_text("second release")
    assert lab.lay_out(released, mine) == []


def test_a_copy_that_breaks_off_leaves_nothing(lab, released, tmp_path, monkeypatch):
    def half(source, target):
        Path(target).write_text("fir")
        raise OSError(28, "No space left on device")

    mine = tmp_path / "my_work"
    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space left"):
        patch.setattr(lab.shutil, "copyfile", half)
        lab.lay_out(released, mine)
    assert not (mine / "ex01/ex01.ipynb").exists()
    lab.lay_out(released, mine)
    assert (mine / "ex01/ex01.ipynb").read_text() == "first release"


def test_checkpoints_are_not_released(lab, released, tmp_path):
    (released / "ex01/.ipynb_checkpoints").mkdir()
    (released / "ex01/.ipynb_checkpoints/ex01-checkpoint.ipynb").write_text("old")
    lab.lay_out(released, tmp_path / "my_work")
    assert not list((tmp_path / "my_work").rglob("*checkpoint*"))


def test_no_display_means_no_browser(lab, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not lab.has_browser()


def test_a_python_without_jupyterlab_is_told(lab, monkeypatch):
    monkeypatch.setattr(lab, "find_spec", lambda name: None if name == "jupyterlab" else object())
    monkeypatch.setattr(sys, "argv", ["lab.py"])
    with pytest.raises(SystemExit, match=r"JupyterLab is not installed .* Run `make lab`"):
        lab.main()


def test_sets_that_are_here_are_found_without_loading_torch(tmp_path):
    """A start takes no longer than JupyterLab; torch alone would take as long again."""
    for below in ("MNIST/raw", "FashionMNIST/raw"):
        (tmp_path / below).mkdir(parents=True)
        (tmp_path / below / "t10k-labels-idx1-ubyte.gz").touch()
    code = "import runpy, sys; runpy.run_path('scripts/lab.py')['find_data']();"
    run = subprocess.run(
        [sys.executable, "-c", f"{code} print('torch' in sys.modules)"],
        cwd=COURSE,
        env=os.environ | {"COURSE_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert run.stdout.splitlines() == [
        "MNIST: in the folder in COURSE_DATA.",
        "Fashion-MNIST: in the folder in COURSE_DATA.",
        "False",
    ], run.stderr


def test_a_course_data_that_is_passed_over_is_said(lab, monkeypatch, tmp_path, capsys):
    from utils import places

    (tmp_path / "MNIST/raw").mkdir(parents=True)
    (tmp_path / "MNIST/raw/t10k-labels-idx1-ubyte.gz").touch()
    find = places.find
    monkeypatch.setattr(places, "find", lambda name: find(name, tmp_path))
    monkeypatch.setattr(places, "TITLES", {"mnist": "MNIST"})
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "nowhere"))
    lab.find_data()
    said = capsys.readouterr().out
    assert "nowhere (COURSE_DATA); looking elsewhere. There is no such folder." in said
    assert "MNIST: in data/." in said


def test_a_file_that_hides_a_package_is_named_at_the_start(lab, monkeypatch, tmp_path, capsys):
    (tmp_path / "my_work/ex01").mkdir(parents=True)
    (tmp_path / "my_work/ex01/utils.py").touch()
    monkeypatch.setattr(lab, "MY_WORK", tmp_path / "my_work")
    monkeypatch.setattr(lab, "RELEASED", tmp_path / "exercises")
    monkeypatch.setattr(lab, "find_data", lambda: None)
    monkeypatch.setattr(lab, "open_lab", lambda *_: 0)
    monkeypatch.setattr(sys, "argv", ["lab.py"])
    with pytest.raises(SystemExit):
        lab.main()
    said = capsys.readouterr().out
    assert f"WARNING: {tmp_path / 'my_work/ex01/utils.py'} hides the package utils from" in said


def test_a_kernel_of_another_python_does_not_win(lab, monkeypatch, tmp_path):
    """One in the reader's home, named as ours is, would come first outside of an environment."""
    kernel = tmp_path / "kernels/python3/kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text('{"argv": ["another"], "display_name": "", "language": "python"}')
    look = (
        "import sys; sys.base_prefix = sys.prefix; from jupyter_client import kernelspec;"
        "print(kernelspec.get_kernel_spec('python3').argv[0])"
    )
    popen, said = subprocess.Popen, []

    def ask(command, **given):
        given["stdout"] = subprocess.PIPE
        process = popen([sys.executable, "-c", look], **given)
        said.append(process.communicate()[0].decode().strip())
        return process

    monkeypatch.delenv("JUPYTER_PREFER_ENV_PATH", raising=False)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(lab.subprocess, "Popen", ask)
    lab.open_lab(8888, False, False)
    assert said and said != ["another"]


# ---------------------------------------------------------------- the real thing


@pytest.fixture(scope="module")
def running(copy, tmp_path_factory):
    """`make lab` with an empty HOME, no display, and its port already taken by somebody else."""
    home = tmp_path_factory.mktemp("home")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with make_lab(f"PORT={port}", cwd=copy, home=home) as lab:
            assert lab.port != port, "the taken port was passed over"
            yield lab


@pytest.mark.unix
def test_lab_answers_with_the_course(running):
    names = {entry["name"] for entry in running.ask("api/contents")["content"]}
    assert {"README.md", "lectures", "exercises", "my_work", "solutions"} <= names
    assert "utils.__file__: utils/__init__.py in this course's folder" in running.printed
    sets = {entry["name"] for entry in running.ask("api/contents/my_work")["content"]}
    assert SET in sets


@pytest.mark.unix
def test_lab_offers_validate_and_nothing_that_needs_an_exchange(running):
    request = urllib.request.Request(
        f"http://127.0.0.1:{running.port}/lab", headers={"Authorization": f"token {running.token}"}
    )
    with urllib.request.urlopen(request, timeout=60) as reply:
        page = reply.read().decode()
    config = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.S)[1])
    off = config["disabledExtensions"]
    for name in ("assignment-list", "course-list", "formgrader", "create-assignment"):
        assert f"@jupyter/nbgrader:{name}" in off
    assert "@jupyter/nbgrader:validate-assignment" not in off
    assert (
        "nbgrader.server_extensions.validate_assignment | extension was success" in running.printed
    )
    assert "server_extensions.assignment_list" not in running.printed


@pytest.mark.parametrize("exchange", [False, True])
def test_one_switch_turns_the_exchange_on(lab, exchange):
    folders = [*lab.config_path(exchange).split(os.pathsep), *ENV_CONFIG_PATH]
    on = ExtensionConfigManager(read_config_path=folders).get_jpserver_extensions()
    ours = {name.split(".")[-1]: on[name] for name in on if name.startswith("nbgrader.")}
    assert ours.pop("validate_assignment")
    assert ours == dict.fromkeys(("assignment_list", "course_list", "formgrader"), exchange)


@pytest.mark.unix
def test_validate_button_answers_about_a_students_copy(running, copy):
    """What the button asks the server for, on a copy with one wrong answer and no other."""
    work = copy / "my_work/test_of_validate.ipynb"
    notebook = nbformat.read(COURSE / "exercises" / SET / f"{SET}.ipynb", as_version=4)
    answer = next(c for c in notebook.cells if c.id == "ex01-squared")
    answer.source = "def squared_error(x, x_hat):\n    return ((x - x_hat) ** 2).mean()"
    nbformat.write(notebook, work)
    asked = ThreadPoolExecutor().submit(
        running.ask, "assignments/validate", path=f"my_work/{work.name}"
    )
    while not asked.done():  # JupyterLab goes on while a set runs
        start = time.monotonic()
        running.ask("api/status")
        assert time.monotonic() - start < 5
        time.sleep(0.5)
    reply = asked.result()
    assert reply["success"], reply
    failed = reply["value"]["failed"]
    errors = [cell["error"] for cell in failed]
    assert any("you averaged over the pixels too" in error for error in errors)
    assert sum("NotImplementedError" in error for error in errors) >= 8
    assert failed[0]["source"].startswith("# So far 0 of 34 points from tests; 14 tests fail.\n\n")
    assert "# Task 2. Two losses: 3 points\n# The squared error" in "\n".join(
        cell["source"] for cell in failed
    )


@pytest.mark.unix
@pytest.mark.parametrize(
    ("split", "file", "words"),
    [(True, "notes.py", "ex01-squared stands there 2 times"), (False, "utils.py", "hides the")],
)
def test_validate_says_in_a_sentence_what_is_in_its_way(split, file, words, running, copy):
    notebook = nbformat.read(COURSE / "exercises" / SET / f"{SET}.ipynb", as_version=4)
    if split:
        answer = next(c for c in notebook.cells if c.id == "ex01-squared")
        notebook.cells.append(nbformat.v4.new_code_cell("1", metadata=answer.metadata))
    folder = copy / "my_work" / file[:-3]
    folder.mkdir()
    nbformat.write(notebook, folder / "work.ipynb")
    (folder / file).touch()
    reply = running.ask("assignments/validate", path=f"my_work/{folder.name}/work.ipynb")
    assert not reply["success"] and words in reply["value"] and "Traceback" not in reply["value"]


@pytest.mark.unix
def test_validate_stays_in_the_course(running):
    with pytest.raises(urllib.error.HTTPError, match="403"):
        running.ask("assignments/validate", path="../elsewhere.ipynb")
