"""The container, built and used: `make test-container`, which `make test` does not run.

It takes podman, a quarter of an hour and 20 GB of disk. What it starts is written in the first
lines of Containerfile and in .devcontainer/. Where the base image can't be pulled, but Debian's
packages can, it is made of those: that needs root and mmdebstrap.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import socket
import subprocess
from pathlib import Path

import nbformat
import pytest
from classroom import Classroom
from running_lab import RunningLab

COURSE = Path(__file__).resolve().parent.parent
RECIPE = (COURSE / "Containerfile").read_text(encoding="utf-8")
DEV = json.loads((COURSE / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
BASE = re.search(r"^FROM (\S+) AS", RECIPE, re.M)[1]
SET = "ex01_basic_autoencoder"
CERTIFICATES = "/usr/local/share/ca-certificates"
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"


def in_the_recipe(command: str) -> list[str]:
    """The words of the one command in the first lines that begins like this."""
    told = re.sub(r"\\\n#", " ", RECIPE.split("\nFROM ")[0])
    (line,) = re.findall(rf"^#\s+({command}\s[^\n]+)$", told, re.M)
    return shlex.split(line)


def run(command: list[str], **options) -> str:
    ran = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )
    assert ran.returncode == 0, ran.stdout[-3_000:]
    return ran.stdout


def podman(*arguments: str) -> bool:
    return subprocess.run(["podman", *arguments], capture_output=True).returncode == 0


def bootstrap() -> None:
    """The base image out of Debian's packages, as its makers do it. A network that needs
    certificates of its own needs them in there, too."""
    suite = re.search(r"debian:(\w+)-slim$", BASE)[1]
    command = ["mmdebstrap", "--variant=minbase", suite, "-"]
    changes = []
    if any(Path(CERTIFICATES).glob("*.crt")):
        parent = str(Path(CERTIFICATES).parent)
        command.insert(1, f"--customize-hook=copy-in {CERTIFICATES} {parent}")
        changes = [f"--change=ENV {name}={BUNDLE}" for name in ("SSL_CERT_FILE", "PIP_CERT")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as made:
        run(["podman", "import", *changes, "-", BASE], stdin=made.stdout)
    assert made.returncode == 0


@pytest.fixture(scope="module")
def image(copy) -> str:
    """The course's image, by the first command of the recipe."""
    if not (podman("image", "exists", BASE) or podman("pull", BASE)):
        bootstrap()
    build = in_the_recipe("podman build")
    run(build, cwd=copy)
    return build[build.index("-t") + 1]


def test_make_lab_answers(image):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = in_the_recipe("podman run --rm -it -p")
    command[command.index("8888:8888")] = f"127.0.0.1:{port}:8888"
    command.remove("-it")  # nobody sits there
    command[2:2] = ["--cidfile", cid := f"/tmp/autoencoder-course-{port}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        lab = RunningLab(process, wait=120)
        lab.port = port  # inside it is another
        assert f"New in my_work: {SET}/{SET}.ipynb" in lab.printed
        found = [entry["name"] for entry in lab.ask(f"api/contents/my_work/{SET}")["content"]]
        assert found == [f"{SET}.ipynb"]
    finally:
        run(["podman", "stop", "--time", "5", Path(cid).read_text()])
        process.wait(30)
        Path(cid).unlink()


def test_a_submission_is_graded(image, copy):
    """One of two, whose score is known: all answers but one are right."""
    room = Classroom(SET)
    wrong = {"ex01-squared": "def squared_error(x, x_hat):\n    return ((x - x_hat) ** 2).mean()"}
    for name, given in (("ada", {}), ("ben", wrong)):
        folder = copy / "submitted" / name / SET
        folder.mkdir(parents=True)
        nbformat.write(room.filled_in(given), folder / f"{SET}.ipynb")
    if (COURSE / ".grading/tables").is_dir():  # else they are computed, which takes longer
        shutil.copytree(COURSE / ".grading/tables", copy / ".grading/tables")
    command = in_the_recipe("podman run --rm -it --security-opt")
    command.remove("-it")
    command[-1] = SET
    run([word.replace("$PWD", str(copy)) for word in command])
    rows = (copy / f"grades/{SET}/grades.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [row.split(",")[:4] for row in rows[1:]] == [
        ['"ada"', f'"{SET}"', '"graded"', f'"{room.total:g}"'],
        ['"ben"', f'"{SET}"', '"graded"', f'"{room.total - room.worth("ex01-squared"):g}"'],
    ]


def test_the_dev_container_sets_itself_up(image, copy):
    """An editor builds the recipe's first stage, then runs one command in the checkout."""
    where = copy / ".devcontainer"
    stage = ["--target", DEV["build"]["target"], "-f", where / DEV["build"]["dockerfile"]]
    run(["podman", "build", "-t", "autoencoder-dev", *stage, where / DEV["build"]["context"]])
    there = [
        "podman",
        "run",
        "--rm",
        "-v",
        f"{copy}:/workspaces/course",
        "-w",
        "/workspaces/course",
    ]
    script = f"{DEV['postCreateCommand']} && .venv/bin/python -m utils.environment"
    assert "torch" in run([*there, "autoencoder-dev", "sh", "-c", script])
