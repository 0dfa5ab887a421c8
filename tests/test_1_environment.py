"""The set-up: the lists of packages agree, and what is missing is said in one plain sentence."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from utils import environment

COURSE = Path(__file__).resolve().parent.parent
CONDA_NAMES = {
    "pytorch": "torch",
    "matplotlib-base": "matplotlib",
    "py-opencv": "opencv-python-headless",
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
    assert named == wanted("test")
    assert "-e .[site]" in from_pip, "what builds the site comes by pip"


def pinned() -> dict[str, str]:
    """Name and version of each line of constraints.txt."""
    lines = (COURSE / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    return {name.lower().replace("_", "-"): version for name, version in pins.items()}


def test_constraints_cover_every_package():
    exact = pinned()
    for name, oldest in wanted("test", "site").items():
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
        and python not in SpecifierSet(package.metadata["Requires-Python"] or "")
    ]
    assert not refuse


def test_check_knows_every_dependency():
    named = {line.split(">=")[0] for line in project()["dependencies"]}
    assert set(environment.PACKAGES.values()) == named


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
    """The set-up script, on a copy of what it reads."""
    module = script("setup_env")
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(COURSE / name, tmp_path)
    monkeypatch.setattr(module, "COURSE", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "RECEIPT", tmp_path / ".venv/.installed")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv/python")
    monkeypatch.setattr(sys, "argv", ["setup_env.py"])
    return module


def test_setup_installs_once_and_again_when_the_list_changes(setup_env, monkeypatch):
    done = []

    def make_venv():
        setup_env.VENV.mkdir(exist_ok=True)
        setup_env.PYTHON.touch()

    monkeypatch.setattr(setup_env, "make_venv", make_venv)
    monkeypatch.setattr(setup_env, "enough_space", lambda options: None)
    monkeypatch.setattr(setup_env, "install", lambda options: done.append(options))
    setup_env.main()
    setup_env.main()
    assert len(done) == 1
    with (setup_env.COURSE / "constraints.txt").open("a") as file:
        file.write("# changed\n")
    setup_env.main()
    assert len(done) == 2


def test_setup_remembers_the_torch_index(setup_env, monkeypatch):
    done = []
    monkeypatch.setattr(setup_env, "make_venv", lambda: setup_env.VENV.mkdir(exist_ok=True))
    monkeypatch.setattr(setup_env, "enough_space", lambda options: None)
    monkeypatch.setattr(setup_env, "install", lambda options: done.append(options.torch_index))
    monkeypatch.setattr(sys, "argv", ["setup_env.py", "--torch-index", "somewhere"])
    setup_env.main()
    setup_env.PYTHON.touch()
    monkeypatch.setattr(sys, "argv", ["setup_env.py"])
    setup_env.main()
    assert done == ["somewhere"], "a plain run keeps what is installed"


def test_a_moved_course_keeps_its_environment_and_is_told(setup_env, monkeypatch):
    setup_env.VENV.mkdir()
    setup_env.RECEIPT.write_text("/somewhere/else\nabc\n")
    with pytest.raises(SystemExit, match=r"was moved or renamed after .* /somewhere/else"):
        setup_env.main()
    assert setup_env.RECEIPT.exists()


def test_a_broken_receipt_means_installing_anew(setup_env):
    setup_env.VENV.mkdir()
    setup_env.RECEIPT.write_text("")
    assert setup_env.read_receipt() == ("", "", "")


def test_setup_that_was_cut_short_is_not_taken_for_done(setup_env, monkeypatch):
    monkeypatch.setattr(setup_env, "make_venv", lambda: setup_env.VENV.mkdir(exist_ok=True))
    monkeypatch.setattr(setup_env, "enough_space", lambda options: None)

    def cut_short(options):
        raise KeyboardInterrupt

    monkeypatch.setattr(setup_env, "install", cut_short)
    with pytest.raises(KeyboardInterrupt):
        setup_env.main()
    assert not setup_env.RECEIPT.exists()


def test_setup_says_how_much_space_is_missing(setup_env, monkeypatch):
    monkeypatch.setattr(setup_env.shutil, "disk_usage", lambda path: SimpleNamespace(free=0.5e9))
    with pytest.raises(SystemExit, match=r"GB are needed and 0\.5 GB are free"):
        setup_env.main()


def test_setup_without_network_says_so(tmp_path):
    """The real script, the real pip, and an index that refuses the connection."""
    (tmp_path / "scripts").mkdir()
    for name in ("pyproject.toml", "constraints.txt", "scripts/setup_env.py"):
        shutil.copy(COURSE / name, tmp_path / name)
    env = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")}
    env |= {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull}
    run = subprocess.run(
        [sys.executable, tmp_path / "scripts/setup_env.py"],
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode != 0
    assert "The package index can't be reached." in run.stderr, run.stdout + run.stderr
    assert not (tmp_path / ".venv/.installed").exists()


@pytest.mark.unix
def test_make_without_a_python_says_so():
    run = subprocess.run(
        ["make", "lab", "PYTHON="], cwd=COURSE, capture_output=True, text=True, timeout=30
    )
    assert run.returncode != 0
    assert "Python 3.11 or newer is needed and was not found" in run.stdout
