"""The set-up: the lists of packages agree, and what is missing is said in one plain sentence."""

from __future__ import annotations

import ast
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
import yaml
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from utils import environment

COURSE = Path(__file__).resolve().parent.parent
CONDA_NAMES = {
    "pytorch": "torch",
    "matplotlib-base": "matplotlib",
    "py-opencv": "opencv-python-headless",
    "jupyter_client": "jupyter-client",
    "jupyter_core": "jupyter-core",
    "jupyter_server": "jupyter-server",
}
GROUPS = ("lab", "grading", "site", "test", "dev")
# folder -> the groups, besides what lectures need, that may be taken for granted there
ROOMS = {
    "utils": (),
    "lectures": (),
    "solutions": ("lab",),
    "scripts": ("lab", "grading", "site"),
    "site": ("site",),
    "grading": ("lab", "grading"),
    "classwork": ("lab", "grading"),
    "tests": GROUPS,
}


def project() -> dict:
    return tomllib.loads((COURSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def wanted(*extras: str) -> dict[str, str]:
    """package -> oldest version, from pyproject.toml: what the course needs, and these extras."""
    of_extras = project()["optional-dependencies"]
    listed = project()["dependencies"] + [line for extra in extras for line in of_extras[extra]]
    return dict(line.split(">=") for line in listed)


def test_conda_and_pip_install_the_same():
    listed = yaml.safe_load((COURSE / "environment.yml").read_text(encoding="utf-8"))[
        "dependencies"
    ]
    from_pip = next(line["pip"] for line in listed if isinstance(line, dict))
    lines = [line for line in listed if isinstance(line, str)] + from_pip
    conda = dict(line.split(">=") for line in lines if ">=" in line)
    assert ">=" + conda.pop("python") == project()["requires-python"]
    named = {CONDA_NAMES.get(name, name): version for name, version in conda.items()}
    assert named == wanted("lab", "grading", "test")
    assert "-e .[site]" in from_pip, "what builds the site comes by pip"


def pinned() -> dict[str, str]:
    """Name and version of each line of constraints.txt."""
    lines = (COURSE / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    return {name.lower().replace("_", "-"): version for name, version in pins.items()}


def test_constraints_cover_every_package():
    exact = pinned()
    for name, oldest in wanted(*GROUPS).items():
        number = [tuple(map(int, re.findall(r"\d+", v)))[:2] for v in (exact[name], oldest)]
        assert number[0] >= number[1], f"{name} is pinned below the oldest supported version"


def test_every_pinned_version_runs_on_the_oldest_python():
    """Some give up the first releases of 3.11, which Debian 12 has (3.11.2), and pip then stops."""
    python = project()["requires-python"].removeprefix(">=") + ".0"
    exact = pinned()
    refuse = [
        f"{package.name} {package.version}: {package.metadata['Requires-Python']}"
        for package in importlib.metadata.distributions()
        if exact.get(package.name.lower().replace("_", "-")) == package.version
        and python not in SpecifierSet(package.metadata.get("Requires-Python", ""))
    ]
    assert not refuse


def test_the_oldest_versions_are_named_for_every_package():
    lines = (COURSE / "tests/constraints-oldest.txt").read_text(encoding="utf-8").splitlines()
    oldest = dict(line.split("==") for line in lines if not line.startswith("#"))
    for name, version in wanted(*GROUPS).items():
        assert (oldest[name] + ".0.0").startswith(version), name
    assert oldest.keys() == wanted(*GROUPS).keys()


def imports(code: str, ours: set[str]) -> set[str]:
    """The packages that a text of Python imports anywhere, but the standard library and ours."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - ours


def code_of(path: Path) -> str:
    if path.suffix == ".py":
        return path.read_text(encoding="utf-8")
    cells = nbformat.read(path, as_version=4).cells
    lines = "\n".join(c.source for c in cells if c.cell_type == "code").splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith(("%", "!")))


@pytest.mark.parametrize("room", ROOMS)
def test_what_is_imported_is_declared(room):
    """What merely comes along with another package may be gone with its next release."""
    files = [p for kind in ("*.py", "*.ipynb") for p in (COURSE / room).rglob(kind)]
    files = [p for p in files if ".ipynb_checkpoints" not in p.parts]
    assert files
    ours = {path.stem for folder in ("site", "tests", "scripts") for path in files_in(folder)}
    ours |= {"utils", "grading", "classwork"}
    ours.add("google")  # Colab's, and imported there alone
    declared = wanted(*ROOMS[room]).keys()
    brought_by = importlib.metadata.packages_distributions()
    undeclared = {
        f"{path.relative_to(COURSE)} imports {name}"
        for path in files
        for name in imports(code_of(path), ours)
        if not declared & {canonicalize_name(package) for package in brought_by.get(name, [])}
    }
    assert not undeclared


def files_in(folder: str) -> list[Path]:
    return list((COURSE / folder).glob("*.py"))


def test_check_knows_every_dependency():
    named = {line.split(">=")[0] for line in project()["dependencies"]}
    assert set(environment.PACKAGES.values()) == named


def test_nothing_large_is_loaded_to_say_what_is_installed():
    """`make lab` does it at each start."""
    code = (
        "import sys; from utils import environment, places; environment.check_installed();"
        "print(environment.versions(), places.find('mnist')); assert 'torch' not in sys.modules"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=COURSE, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "torch " in run.stdout


def test_report_says_what_runs(capsys):
    environment.report()
    printed = capsys.readouterr().out
    assert "torch " in printed and "device: " in printed
    assert "utils.__file__: utils/__init__.py in this course's folder" in printed.replace("\\", "/")


def test_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(
        environment, "find_spec", lambda name: None if name == "sklearn" else object()
    )
    with pytest.raises(environment.EnvironmentProblem, match=r"scikit-learn\. Run `make`"):
        environment.check()


def test_mismatched_torchvision_is_named(monkeypatch):
    def broken(*_):
        raise RuntimeError("operator torchvision::nms does not exist")

    monkeypatch.setattr("torchvision.ops.nms", broken)
    with pytest.raises(environment.EnvironmentProblem, match=r"not a pair .*nms.* Install both"):
        environment.check()


def test_old_python_is_named(monkeypatch):
    monkeypatch.setattr(environment, "OLDEST_PYTHON", (99, 0))
    with pytest.raises(environment.EnvironmentProblem, match=r"is too old: the course needs 99\.0"):
        environment.check()


# ---------------------------------------------------------------- scripts/setup_env.py


@pytest.fixture
def setup_env(script, tmp_path, monkeypatch):
    """The set-up script, on a copy of what it reads; it looks for no tool and installs nothing."""
    module = script("setup_env")
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(COURSE / name, tmp_path)
    monkeypatch.setattr(module, "COURSE", tmp_path)
    monkeypatch.setattr(module, "uv_at_hand", lambda options: "uv")
    monkeypatch.setattr(module, "has_driver", lambda: False)
    monkeypatch.setattr(module, "can_be_had", lambda options, uv, build: True)
    monkeypatch.setattr(module, "enough_space", lambda options, large: None)
    monkeypatch.setattr(sys, "argv", ["setup_env.py"])

    def make_venv(options, uv):
        options.python.parent.mkdir(parents=True, exist_ok=True)
        options.python.touch()

    monkeypatch.setattr(module, "make_venv", make_venv)
    module.done = []
    monkeypatch.setattr(module, "install", lambda *given: module.done.append(given))
    monkeypatch.setattr(module, "check_what_is_there", lambda options: None)
    return module


def set_up(module, monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["setup_env.py", *arguments])
    module.main()


def test_setup_installs_once_and_again_when_the_list_changes(setup_env):
    setup_env.main()
    setup_env.main()
    assert len(setup_env.done) == 1
    with (setup_env.COURSE / "constraints.txt").open("a") as file:
        file.write("# changed\n")
    setup_env.main()
    assert len(setup_env.done) == 2


def test_a_further_group_is_added_and_none_is_lost(setup_env, monkeypatch):
    for groups in ((), ("lab", "test"), ("lab",), ("site",)):
        set_up(setup_env, monkeypatch, *groups)
    installed = [options.groups for options, *_ in setup_env.done]
    assert installed == [["lab"], ["lab", "test"], ["lab", "site", "test"]]


def test_setup_remembers_the_torch_index(setup_env, monkeypatch, capsys):
    set_up(setup_env, monkeypatch, "--torch-index", "somewhere")
    set_up(setup_env, monkeypatch)
    assert len(setup_env.done) == 1, "a plain run keeps what is installed"
    assert "Taking torch from somewhere." in capsys.readouterr().out


def test_a_moved_course_keeps_its_environment_and_is_told(setup_env):
    receipt = setup_env.COURSE / ".venv/.installed"
    receipt.parent.mkdir()
    receipt.write_text("/somewhere/else\nabc\n")
    with pytest.raises(SystemExit, match=r"was moved or renamed after .* /somewhere/else"):
        setup_env.main()
    assert receipt.exists()


def test_a_broken_receipt_means_installing_anew(setup_env):
    setup_env.main()
    (setup_env.COURSE / ".venv/.installed").write_text("")
    setup_env.main()
    assert len(setup_env.done) == 2


def test_setup_that_was_cut_short_is_not_taken_for_done(setup_env, monkeypatch):
    def cut_short(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(setup_env, "install", cut_short)
    with pytest.raises(KeyboardInterrupt):
        setup_env.main()
    assert not (setup_env.COURSE / ".venv/.installed").exists()


def test_setup_says_how_much_space_is_missing(script, monkeypatch, tmp_path):
    module = script("setup_env")
    monkeypatch.setattr(module.shutil, "disk_usage", lambda path: SimpleNamespace(free=0.5e9))
    for large, words in ((True, r"10 GB are needed and 0\.5 GB .* CPU"), (False, r"3 GB are")):
        with pytest.raises(SystemExit, match=words):
            module.enough_space(SimpleNamespace(venv=tmp_path), large)


@pytest.mark.parametrize(
    ("driver", "uv", "index", "words", "build"),
    [
        (False, "uv", True, "No NVIDIA driver was found: taking the CPU build of torch.", "cpu"),
        (True, "uv", True, "driver was found: taking the build of torch that fits it.", "auto"),
        (
            False,
            "uv",
            False,
            "(its index does not answer, or lacks this version): taking the",
            None,
        ),
        (False, None, True, "can't be had (pip can't choose it): taking the usual one", None),
    ],
)
def test_the_build_of_torch_is_chosen_and_said(
    driver, uv, index, words, build, setup_env, monkeypatch, capsys
):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(setup_env, "has_driver", lambda: driver)
    monkeypatch.setattr(setup_env, "can_be_had", lambda *_: index)
    chosen, large = setup_env.choose_torch(SimpleNamespace(torch_index=""), uv)
    assert chosen == (["--torch-backend", build] if build else [])
    assert large == (driver or not build), "whether CUDA comes along"
    assert words in capsys.readouterr().out


def program(folder: Path, does: str) -> str:
    path = folder / "uv"
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.unix
@pytest.mark.parametrize(
    ("does", "works", "words"),
    [
        ("echo 'uv 0.13.9 (x86_64)'", True, ""),
        ("echo 'uv 0.1.2'", False, "is older than 0.8: another uv takes its place."),
        ("exit 3", False, "does not work: another uv takes its place."),
        ("echo 'a program of another kind'", False, "does not work"),
    ],
)
def test_a_uv_that_is_broken_or_old_is_passed_over(does, works, words, script, tmp_path, capsys):
    assert script("setup_env").works(program(tmp_path, does)) is works
    assert words in capsys.readouterr().out


@pytest.mark.unix
def test_an_index_that_does_not_answer_is_not_waited_for(script, tmp_path, monkeypatch):
    module = script("setup_env")
    monkeypatch.setattr(module, "PROBE_SECONDS", 0.5)
    options = SimpleNamespace(python="python", constraints="constraints.txt")
    start = time.monotonic()
    assert not module.can_be_had(options, program(tmp_path, "exec sleep 60"), [])
    assert time.monotonic() - start < 20
    assert module.can_be_had(options, program(tmp_path, "exit 0"), [])
    assert not module.can_be_had(options, program(tmp_path, "exit 1"), [])


@pytest.mark.parametrize("path", ["", os.environ["PATH"]], ids=["without uv", "with it"])
def test_setup_without_network_says_so(path, tmp_path):
    """The real script, the real tools, and an index that refuses the connection."""
    (tmp_path / "scripts").mkdir()
    for name in ("pyproject.toml", "constraints.txt", "scripts/setup_env.py"):
        shutil.copy(COURSE / name, tmp_path / name)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "UV_"))}
    nowhere = "http://127.0.0.1:9/simple"
    env |= {"PIP_INDEX_URL": nowhere, "PIP_CONFIG_FILE": os.devnull, "PATH": path}
    env |= {"UV_DEFAULT_INDEX": nowhere, "UV_CACHE_DIR": str(tmp_path / "cache")}
    run = subprocess.run(
        [sys.executable, tmp_path / "scripts/setup_env.py"],
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode != 0
    assert "The package index can't be reached." in run.stderr, run.stdout + run.stderr
    assert not (tmp_path / ".venv/.installed").exists()
    if not path:
        assert "uv can't be installed here: pip does its work" in run.stdout


@pytest.mark.unix
def test_make_without_a_python_says_so():
    run = subprocess.run(
        ["make", "lab", "PYTHON="], cwd=COURSE, capture_output=True, text=True, timeout=30
    )
    assert run.returncode != 0
    assert "Python 3.11 or newer is needed and was not found" in run.stdout


@pytest.mark.unix
@pytest.mark.parametrize(
    ("goals", "groups"),
    [
        ("lab", "lab"),
        ("site", "lab site"),
        ("grade", "lab grading"),
        ("lab test", "lab grading site test"),
        ("hooks check", "lab grading site test dev"),
    ],
)
def test_make_installs_what_its_goals_need(goals, groups):
    run = subprocess.run(
        ["make", "--dry-run", *goals.split(), "PYTHON=python3"],
        cwd=COURSE,
        capture_output=True,
        text=True,
        timeout=30,
    )
    calls = re.findall(r"setup_env\.py (.*?) --constraints", run.stdout)
    assert len(calls) == 1 and set(calls[0].split()) == set(groups.split())


def test_a_uv_that_fails_hands_over_to_pip(script, monkeypatch, tmp_path, capsys):
    module, tried = script("setup_env"), []

    def run(options, command, index):
        tried.append(command[0])
        return "error: Failed to fetch" if command[0] == "uv" else None

    monkeypatch.setattr(module, "run", run)
    monkeypatch.setattr(module.subprocess, "run", lambda *given, **more: None)
    options = SimpleNamespace(venv=tmp_path, python="python", constraints="constraints.txt")
    module.install(options, "uv", [])
    assert tried == ["uv", "python"], "pip finished what uv could not"
    assert "uv could not install the packages; trying pip" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("× No solution found when resolving dependencies", "No version of a package fits Python"),
        ("error: No space left on device (os error 28)", "The disk filled up"),
    ],
)
def test_what_pip_would_not_mend_is_not_tried_again(said, sentence, script, monkeypatch, tmp_path):
    module = script("setup_env")
    monkeypatch.setattr(module, "run", lambda options, command, index: said)
    options = SimpleNamespace(venv=tmp_path, python="python", constraints="constraints.txt")
    with pytest.raises(SystemExit, match=sentence):
        module.install(options, "uv", [])
