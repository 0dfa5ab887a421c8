"""make student: what a class is given works on its own, and holds nothing that must stay hidden."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from exercise_sets import SETS, secrets, visible
from running_lab import make_lab
from test_3_hygiene import LINK

SET = "ex01_basic_autoencoder"
SCRIPTS = [f"scripts/{name}.py" for name in ("setup_env", "lab", "progress", "validate")]
TOP = (
    *("README.md", "LICENSE", "LICENSE-TEXT", "CITATION.cff", "lectures", "exercises", "utils"),
    *("Makefile", "pyproject.toml", "constraints.txt", "environment.yml", "nbgrader_config.py"),
    *("scripts", ".jupyter", ".gitignore"),
)
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def student(copy, script) -> ModuleType:
    """scripts/student.py on a copy of the course whose last commit is what lies here now."""
    quiet = ("-c", "user.name=A", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    for command in ("init -q", "add -A", "commit -q --no-verify -m all"):
        subprocess.run(["git", *quiet, *command.split()], cwd=copy, check=True)
    module = script("student")
    module.COURSE = copy
    return module


@pytest.fixture(scope="module")
def made(student) -> Path:
    """The folder in which `make student` leaves its folder and its zip."""
    student.main()
    return student.COURSE / "build" / "student"


@pytest.fixture(scope="module")
def files(made, student) -> Files:
    """What is in the zip, which is what is in the folder."""
    with zipfile.ZipFile(made / f"{student.NAME}.zip") as packed:
        zipped = {name: packed.read(name) for name in packed.namelist()}
    folder = made / student.NAME
    there = {p.relative_to(made).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    assert {name: path.read_bytes() for name, path in there.items()} == zipped
    return {name.removeprefix(f"{student.NAME}/"): zipped[name] for name in zipped}


# ---------------------------------------------------------------- what is in it


def test_a_class_gets_these_files_as_they_are(files, copy, student):
    assert {name.split("/")[0] for name in files} == set(TOP)
    scripts = {name for name in files if name.startswith("scripts/")}
    assert scripts == set(SCRIPTS)
    assert {name.split("/")[1] for name in files if name.startswith("exercises/")} == set(SETS)
    assert not [name for name in files if re.search("mistakes|test_|__pycache__", name)]
    shortened = [name for name in files if files[name] != (copy / name).read_bytes()]
    assert sorted(shortened) == ["Makefile", "README.md", "constraints.txt", "nbgrader_config.py"]
    for name in shortened:
        source = (copy / name).read_bytes()
        assert source.count(b"left out for students") == len(student.LEFT_OUT.findall(source))


def text(files: Files) -> str:
    """All text of all files; the notebooks without their pictures, of which there is much."""
    whole = "\n".join(content.decode("utf-8", "ignore") for content in files.values())
    return re.sub(r'"image/png": "[^"]*"', "", whole)


@pytest.fixture(scope="module")
def lines(copy) -> set[str]:
    """Lines of solutions, hidden tests, mistakes and the grader that nobody is shown elsewhere."""
    shown = "\n".join(map(visible, SETS))
    of_sets = {line for line in set().union(*map(secrets, SETS)) if line not in shown}
    parts = [p for folder in ("grading", "classwork") for p in (copy / folder).glob("*.*")]
    grader = "\n".join(path.read_text(encoding="utf-8") for path in parts)
    hidden = of_sets | {line.strip() for line in grader.splitlines() if len(line.strip()) > 25}
    # A few lines of what everybody gets, such as an import or what a lecture teaches, stand in an
    # answer or in the grader too.
    given = ("lectures/*.ipynb", "utils/*.py", *SCRIPTS)
    files = [path for pattern in given for path in copy.glob(pattern)]
    public = text({path.name: path.read_bytes() for path in files})
    hidden -= holds(public, hidden)
    assert len(of_sets) > 4000 and len(of_sets - hidden) < 0.01 * len(of_sets)
    return hidden


def forms(line: str) -> set[str]:
    """A line as it stands in a text, and in a notebook's JSON."""
    return {line, json.dumps(line, ensure_ascii=False)[1:-1], json.dumps(line)[1:-1]}


def holds(whole: str, lines: Iterable[str]) -> set[str]:
    """Those of the lines that stand in a text, in any of their forms."""
    # Its words rule nearly all out, so that few are searched for; of a line, the first and the last
    # may be parts of longer ones.
    words = set(whole.split())
    return {
        line
        for line in lines
        if any(words.issuperset(form.split()[1:-1]) and form in whole for form in forms(line))
    }


def leaked(files: Files, lines: set[str]) -> list[str]:
    return sorted(holds(text(files), lines))


def test_no_file_holds_a_solution_a_hidden_test_a_mistake_or_grading_code(files, lines):
    assert not leaked(files, lines)
    words = r"BEGIN SOLUTION|END SOLUTION|HIDDEN TESTS|left out for students|until here"
    assert not re.findall(words, text(files))


PLACES = ("README.md", "lectures/01_basic_autoencoder.ipynb", "utils/cases.py", ".gitignore")


@pytest.mark.parametrize("place", PLACES)
def test_the_search_finds_what_is_put_into_a_file(place, files, lines, copy):
    sources = (f"solutions/{SET}/{SET}.ipynb", f"solutions/{SET}/mistakes.py")
    for name in (*sources, "grading/sandbox.py", "classwork/intake.py"):
        content = files[place] + (copy / name).read_bytes()
        assert len(leaked({place: content}, lines)) > 50, name
    for line in sorted(lines)[::1000]:
        for form in forms(line):
            assert line in leaked({place: files[place] + form.encode()}, lines)


def test_links_lead_to_what_is_there(files):
    pages = {name: content.decode() for name, content in files.items() if name.endswith(".md")}
    for name in (name for name in files if name.endswith(".ipynb")):
        cells = nbformat.reads(files[name].decode(), as_version=4).cells
        pages[name] = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    for name, page in pages.items():
        for _, target in LINK.findall(page):
            if not re.match(r"[a-z]+:|#", target):
                there = os.path.normpath(os.path.join(os.path.dirname(name), target.split("#")[0]))
                assert there in files, f"{name} links to {target}, which students do not get"


def test_pages_do_not_speak_of_what_is_not_there(files):
    for name in ("README.md", "Makefile", "constraints.txt", "nbgrader_config.py"):
        page = files[name].decode()
        left_out = r"solutions|mistakes\.py|grading|classwork|tests/|site/|CONTRIBUTING|HUB"
        assert not re.findall(left_out, page)
        assert set(re.findall(r"`make (\w+)", page)) <= {"lab", "progress", "test"}
    assert "make test" not in files["README.md"].decode()


# ---------------------------------------------------------------- how it is written


def test_the_same_bytes_come_again(made, student, files, monkeypatch, tmp_path):
    before = (made / f"{student.NAME}.zip").read_bytes()
    student.main()  # over its own
    assert (made / f"{student.NAME}.zip").read_bytes() == before
    monkeypatch.setattr("time.time", lambda: 2e9)
    student.write(student.edition(), tmp_path / "out")
    assert (tmp_path / "out" / f"{student.NAME}.zip").read_bytes() == before
    assert [path.name for path in made.parent.iterdir()] == ["student"], "nothing is left over"


def test_what_is_not_committed_is_not_given_out(student, made, copy, capsys):
    """An instructor opens a set in exercises/ and fills it in; Jupyter saves it."""
    before, tried = student.edition(), copy / f"exercises/{SET}/{SET}.ipynb"
    released = tried.read_bytes()
    own = tried.with_name("my_solution.ipynb")
    try:
        tried.write_bytes(released.replace(b"raise NotImplementedError()", b"return 1"))
        own.write_text("{}")
        assert student.edition() == before
        student.main()
        said = capsys.readouterr().out
        assert (
            f" M exercises/{SET}/{SET}.ipynb" in said and f"?? exercises/{SET}/{own.name}" in said
        )
    finally:
        tried.write_bytes(released)
        own.unlink()


def test_a_folder_that_somebody_has_changed_is_left_alone(student, tmp_path):
    out = tmp_path / "student"
    folder, packed = out / student.NAME, out / f"{student.NAME}.zip"
    student.write({"a.txt": b"1", "b/c.txt": b"2"}, out)

    def change(path: Path, content: bytes | None) -> None:
        was = path.read_bytes() if path.exists() else None
        for now in (content, was):
            path.unlink(missing_ok=True)
            if now is not None:
                path.write_bytes(now)
            if now != was:
                before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
                with pytest.raises(SystemExit, match=r"Nothing is overwritten\. Move"):
                    student.write({"a.txt": b"3"}, out)
                assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before

    change(folder / "a.txt", b"mine")
    change(folder / "b/c.txt", None)
    change(folder / "b/mine.txt", b"mine")
    change(out / "notes.txt", b"mine")
    change(packed, None)
    change(packed, b"not a zip")
    student.write({"a.txt": b"3"}, out)  # as it was: ours to replace
    assert [p.name for p in folder.rglob("*")] == ["a.txt"]


def test_without_git_it_says_what_it_needs(student, monkeypatch, tmp_path):
    monkeypatch.setattr(student, "COURSE", tmp_path)
    with pytest.raises(
        SystemExit, match=r"taken from the last commit.*(?s:.*)not a git repository"
    ):
        student.edition()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="git is not installed"):
        student.edition()


# ---------------------------------------------------------------- it works


@pytest.fixture(scope="module")
def unpacked(made, student, tmp_path_factory) -> Path:
    """The zip as a student unpacks it."""
    folder = tmp_path_factory.mktemp("unpacked")
    shutil.unpack_archive(made / f"{student.NAME}.zip", folder)
    return folder / student.NAME


@pytest.mark.unix
def test_make_sets_up_what_a_reader_needs_and_knows_no_other_goal(unpacked):
    def make(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(["make", *arguments], cwd=unpacked, capture_output=True, text=True)

    assert "scripts/setup_env.py lab --constraints" in make("-n").stdout
    for goal in ("test", "release", "grade", "student", "claims", "site"):
        assert "No rule to make target" in make("-n", goal).stderr


@pytest.mark.unix
def test_make_lab_opens_the_course_and_validates_a_set(unpacked, tmp_path):
    with make_lab("PORT=8899", cwd=unpacked, home=tmp_path) as lab:
        assert "utils.__file__: utils/__init__.py in this course's folder" in lab.printed
        assert "my_work" in {entry["name"] for entry in lab.ask("api/contents")["content"]}
        reply = lab.ask("assignments/validate", path=f"my_work/{SET}/{SET}.ipynb")
        assert "Exception while loading config file" not in lab.printed
    assert reply["success"], reply
    errors = [cell["error"] for cell in reply["value"]["failed"]]
    assert sum("NotImplementedError" in error for error in errors) >= 8
    assert not any("ModuleNotFoundError" in error for error in errors)
