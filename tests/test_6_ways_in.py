"""The ways in other than `make lab`: Colab, containers, a hub; and what the pages promise."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import nbformat
import pytest
import yaml
from IPython.core.inputtransformer2 import TransformerManager
from traitlets.config import Config

COURSE = Path(__file__).resolve().parent.parent
SET = "ex01_basic_autoencoder"
VERSION = tomllib.loads((COURSE / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "version"
]


def text(name: str) -> str:
    return (COURSE / name).read_text(encoding="utf-8")


# ---------------------------------------------------------------- Colab


def make_colab(course: Path, *out: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, course / "scripts/colab.py", *out]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """A copy of the course after somebody has written down where it lives."""
    course = tmp_path_factory.mktemp("published")
    for name in ("lectures", "exercises", "scripts"):
        shutil.copytree(COURSE / name, course / name)
    shutil.copy(COURSE / "README.md", course)
    address = '# [project.urls]\n# Repository = "https://github.com/OWNER/autoencoder-course"\n'
    project = text("pyproject.toml")
    assert address in project
    written = address.replace("# ", "").replace("OWNER", "ada")
    (course / "pyproject.toml").write_text(project.replace(address, written), encoding="utf-8")
    return course


@pytest.fixture(scope="module")
def for_colab(tmp_path_factory, published) -> Path:
    """What the release puts on the branch `colab`."""
    out = tmp_path_factory.mktemp("colab")
    run = make_colab(published, out)
    assert run.returncode == 0, run.stderr
    return out


LECTURES = sorted((COURSE / "lectures").glob("*.ipynb"))
SETS = sorted((COURSE / "exercises").glob("*/*.ipynb"))
each_set = pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)


def opened(path: Path, for_colab: Path) -> tuple[nbformat.NotebookNode, nbformat.NotebookNode]:
    """A notebook, and the same as Colab opens it, whose first cell installs the course."""
    ours, theirs = (nbformat.read(p, as_version=4) for p in (path, for_colab / path.name))
    nbformat.validate(theirs)
    first = theirs.cells.pop(0)
    assert first.cell_type == "code" and "autoencoder-course @ git+https://" in first.source
    calls: list[str] = []
    code = TransformerManager().transform_cell(first.source)
    for there in ([], ["google.colab"]):  # elsewhere nothing is installed, above all in the grader
        shell = SimpleNamespace(run_line_magic=lambda *words: calls.append(" ".join(words)))
        with mock.patch.dict(sys.modules, dict.fromkeys(there)):
            exec(code, {"get_ipython": lambda shell=shell: shell})
        assert len(calls) == len(there)
    address = f"git+https://github.com/ada/autoencoder-course@v{VERSION}"
    assert calls == [f'pip install -q --no-deps "autoencoder-course @ {address}"']
    return ours, theirs


@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
def test_colab_opens_a_lecture_that_stands_alone(path, for_colab):
    ours, theirs = opened(path, for_colab)
    rest = theirs.cells
    assert [c.id for c in rest] == [c.id for c in ours.cells]
    code = [c for c in theirs.cells if c.cell_type == "code"]
    assert not [c for c in code if c.outputs or c.execution_count]
    assert [c.source for c in rest if c.cell_type == "code"] == [
        c.source for c in ours.cells if c.cell_type == "code"
    ]
    words = "\n".join(c.source for c in rest if c.cell_type == "markdown")
    assert not re.findall(r"\]\((?![a-z]+:|#)[^)]+\)", words), "a link that leads nowhere in Colab"
    image = f"/v{VERSION}/lectures/images/{path.stem}.png)"
    assert image in words, "the picture at the top comes from the same tag"


@each_set
def test_colab_opens_a_set_that_the_grader_knows_again(path, for_colab):
    first = nbformat.read(for_colab / path.name, as_version=4).cells[0].source
    lecture = f"/ada/autoencoder-course/blob/colab/{path.stem.removeprefix('ex')}.ipynb"
    assert lecture in first and (for_colab / lecture.split("/")[-1]).exists()
    ours, theirs = opened(path, for_colab)
    assert theirs.cells == ours.cells


def test_badges_come_with_an_address_and_go_with_it(published):
    page = published / "README.md"
    plain = page.read_text(encoding="utf-8")
    assert "colab" not in plain, "the course has no address yet, and a badge would lead nowhere"
    assert make_colab(published).returncode == 0
    with_badges = page.read_text(encoding="utf-8")
    for path in LECTURES + SETS:
        address = f"https://colab.research.google.com/github/ada/autoencoder-course/blob/colab/{path.name}"
        assert with_badges.count(f"[![Open in Colab](lectures/images/colab.svg)]({address})") == 1
    shutil.copy(COURSE / "pyproject.toml", published / "without.toml")
    (published / "pyproject.toml").rename(published / "with.toml")
    (published / "without.toml").rename(published / "pyproject.toml")
    assert make_colab(published).returncode == 0
    (published / "with.toml").rename(published / "pyproject.toml")
    assert page.read_text(encoding="utf-8") == plain


def test_without_an_address_nothing_is_written_for_colab(tmp_path):
    run = make_colab(COURSE, tmp_path / "out")
    assert run.returncode != 0 and "The course has no address yet" in run.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["Learning [2026]", "Machine%20Learning"])
def test_a_release_says_in_which_folder_nbgrader_can_not_work(name, script, tmp_path):
    course = tmp_path / name
    course.mkdir()
    shutil.copy(COURSE / "nbgrader_config.py", course)
    with pytest.raises(SystemExit, match=re.escape(name) + ".* Rename that folder"):
        script("release").release(course)


def test_versions_agree():
    assert yaml.safe_load(text("CITATION.cff"))["version"] == VERSION


def test_package_lists_all_that_lectures_import():
    """Without network no wheel can be built; so this compares lists, as setuptools reads them."""
    built = tomllib.loads(text("pyproject.toml"))["tool"]["setuptools"]
    assert "utils" in built["packages"]
    for package in built["packages"]:
        files = [p for p in (COURSE / package).iterdir() if p.is_file() and p.suffix != ".py"]
        data = built["package-data"].get(package, [])
        left_out = [p.name for p in files if p.suffix != ".md" and p.name not in data]
        assert not left_out, f"{package} would be installed without {left_out}"


# ---------------------------------------------------------------- a hub

# The files that HUB.md prints whole: `path`, then its text in a box.
BOX = r"^`(/[^`\n]+)`\n\n```{}\n(.*?)^```$"
HUB_FILES, HUB_SWITCHES = (
    dict(re.findall(BOX.format(kind), text("HUB.md"), re.M | re.S)) for kind in ("python", "json")
)
HUB, EVERYBODY, TEACHER = sorted(HUB_FILES, key=lambda p: ("/opt" not in p, "/etc" not in p))


@pytest.fixture
def server(script, tmp_path) -> Path:
    """A machine set up as HUB.md says, below a folder of its own."""
    for name in ("etc/jupyter", "etc/skel/autoencoder-course", "srv/course/exchange"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "home/jupyter-teacher/.jupyter").mkdir(parents=True)
    mode = re.search(r"^chmod (\d+) /srv/course/exchange$", text("HUB.md"), re.M)[1]
    assert mode[0] == "1", "or any student can move the course's folder away"
    (tmp_path / "srv/course/exchange").chmod(int(mode, 8))
    for name in (EVERYBODY, TEACHER):
        moved = re.sub(r'"(/(?:srv|home|etc)/)', rf'"{tmp_path}\1', HUB_FILES[name])
        (tmp_path / name[1:]).write_text(moved, encoding="utf-8")
    course = tmp_path / "home/jupyter-teacher/autoencoder-course"
    student = tmp_path / "home/jupyter-ada/autoencoder-course"
    for folder in (course, student):
        shutil.copytree(COURSE / "exercises" / SET, folder / "exercises" / SET)
        (folder / "my_work").mkdir()
    for name in (f"solutions/{SET}", "classwork", "grading", "utils"):  # the teacher's is a clone
        shutil.copytree(COURSE / name, course / name)
    shutil.copy(COURSE / "nbgrader_config.py", course)
    shown = script("student").LEFT_OUT.sub(b"", (COURSE / "nbgrader_config.py").read_bytes())
    (tmp_path / "etc/skel/autoencoder-course/nbgrader_config.py").write_bytes(shown)
    return tmp_path


def run_as(server: Path, who: str, *command: str) -> str:
    """Run an nbgrader command as a person of the hub; what it logged. For students the button in
    the list of assignments does it, in their folder of assignments."""
    home = server / "home" / f"jupyter-{who}"
    env = os.environ | {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / ".jupyter"),
        "JUPYTER_CONFIG_PATH": str(server / "etc/jupyter"),
    }
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command],
        cwd=home / "autoencoder-course" / ("" if who == "teacher" else "my_work"),
        env=env,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert "not recognized" not in run.stderr, "nbgrader does not know a setting of HUB.md"
    return run.stderr


@pytest.mark.unix
def test_a_set_goes_through_the_exchange_and_back(server):
    run_as(server, "teacher", "release_assignment", SET)
    run_as(server, "ada", "fetch_assignment", SET)
    fetched = server / "home/jupyter-ada/autoencoder-course/my_work" / SET / f"{SET}.ipynb"
    assert fetched.read_bytes() == (COURSE / "exercises" / SET / f"{SET}.ipynb").read_bytes()
    run_as(server, "ada", "submit", SET)
    run_as(server, "teacher", "collect", SET)
    collected = server / "home/jupyter-teacher/autoencoder-course/submitted"
    assert [p.name for p in collected.glob(f"*/{SET}/*.ipynb")] == [f"{SET}.ipynb"]


@pytest.mark.unix
def test_formgrader_is_off_for_all_and_on_for_the_instructor(tmp_path):
    """The commands of HUB.md, in an environment of its own, then what a server there would load."""
    off = re.findall(r"^sudo -E jupyter (.* disable .*nbgrader.*)$", text("HUB.md"), re.M)
    program = f"""
import json, sys
sys.prefix = {str(tmp_path / "env")!r}
from jupyter_server.extension import serverextension
from jupyter_server.extension.config import ExtensionConfigManager
from jupyterlab import labextensions
from jupyterlab_server.config import get_page_config
from jupyter_core.paths import jupyter_config_path
for line in {off!r}:
    kind, _, rest = line.replace("server extension", "server").partition(" ")
    sys.argv = [kind, *rest.split()]
    (labextensions if kind == "labextension" else serverextension).main()
on = ExtensionConfigManager(read_config_path=jupyter_config_path()).get_jpserver_extensions()
print(json.dumps([get_page_config([])["disabledExtensions"], [name for name in on if on[name]]]))
"""

    def loaded(who: str) -> tuple[set[str], set[str]]:
        home = {"HOME": str(tmp_path / who), "JUPYTER_PREFER_ENV_PATH": "0"}
        env = {k: v for k, v in os.environ.items() if not k.startswith("JUPYTER_")} | home
        run = subprocess.run(
            [sys.executable, "-c", program], env=env, capture_output=True, text=True
        )
        assert run.returncode == 0, run.stderr
        disabled, on = json.loads(run.stdout.splitlines()[-1])
        return {name.split(":")[-1] for name in disabled}, set(on)

    listed = Path("etc/jupyter/jupyter_server_config.d/nbgrader.json")  # as installed: all on
    (tmp_path / "env" / listed).parent.mkdir(parents=True)
    shutil.copy(Path(sys.prefix) / listed, tmp_path / "env" / listed)
    (tmp_path / "home/jupyter-ada").mkdir(parents=True)
    for name, content in HUB_SWITCHES.items():
        (tmp_path / name[1:]).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name[1:]).write_text(content, encoding="utf-8")
    disabled, on = loaded("home/jupyter-ada")
    assert disabled == {"formgrader", "create-assignment", "course-list"}
    assert "nbgrader.server_extensions.formgrader" not in on
    disabled, on = loaded("home/jupyter-teacher")
    assert disabled == {"course-list"} and "nbgrader.server_extensions.formgrader" in on


def test_the_hubs_settings_are_as_jupyterhub_reads_them():
    c = Config()
    exec(compile(HUB_FILES[HUB], HUB, "exec"), {"c": c})
    assert set(c) == {"Spawner"}
    assert set(c.Spawner) == {"environment", "default_url", "mem_limit"}
    assert c.Spawner.environment["COURSE_DATA"] in text("HUB.md").split("## 4.")[0]
    for module in re.findall(r"nbgrader\.server_extensions\.\w+", text("HUB.md")):
        assert importlib.util.find_spec(module)


# ---------------------------------------------------------------- containers


def test_containers_are_made_of_the_same_files():
    dev = json.loads(text(".devcontainer/devcontainer.json"))
    recipe = (COURSE / ".devcontainer" / dev["build"]["dockerfile"]).resolve()
    assert recipe == COURSE / "Containerfile"
    assert dev["postCreateCommand"] == "make setup"
    lines = recipe.read_text(encoding="utf-8")
    assert f" AS {dev['build']['target']}\n" in lines and "make setup WITH" in lines
    before = lines.split("make setup WITH")[0]
    copied = " ".join(re.findall(r"^COPY (.+) \S+$", before, re.M)).split()
    assert not [name for name in copied if not (COURSE / name).exists()]
    project = tomllib.loads(text("pyproject.toml"))
    needed = {project["project"]["readme"], *project["project"]["license-files"]}
    needed |= {"pyproject.toml", "constraints.txt", "Makefile", "scripts"}
    assert needed | set(project["tool"]["setuptools"]["packages"]) <= set(copied)


# ---------------------------------------------------------------- what the README dates


def dated(path: str) -> tuple[dict[str, str], str]:
    """The versions of a file of constraints, and the day in its heading."""
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)$", text(path), re.M))
    return pins, re.search(r"on (\d{4}-\d\d-\d\d)\.", text(path))[1]


def test_last_verified_is_what_the_constraints_say():
    pins, day = dated("constraints.txt")
    assert (
        f"Last verified with torch {pins['torch']} and torchvision {pins['torchvision']} on {day};"
    ) in text("README.md")
    pins, day = dated("tests/constraints-oldest.txt")
    assert (
        f"oldest versions allowed, torch {pins['torch']} and torchvision {pins['torchvision']} "
        f"among them (`tests/constraints-oldest.txt`), lectures, sets and `utils` were last "
        f"verified on {day}."
    ) in text("README.md")
