"""Make .venv and install the course into it, unless that is done.  Standard library only.

    python scripts/setup_env.py [GROUP …] [--constraints FILE] [--torch-index ADDRESS]

A group is one of pyproject.toml's optional dependencies; without any it is `lab`, what a reader
needs. Works on Linux, macOS and Windows, with uv where it can be had and with pip where not. What
was installed is written to .venv/.installed, so that a second run costs nothing and needs no
network, a changed list of packages is noticed, and a further group is added to those that are
there. The torch index of the first run is remembered.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

COURSE = Path(__file__).resolve().parent.parent
BIN, EXE = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
# From here on uv has all the options below.
OLDEST_UV = (0, 8)
PROBE_SECONDS = 15  # how long uv may take to find out whether a build of torch can be had
# GB, measured: the usual torch for Linux brings CUDA (6 GB installed, 3 GB of downloads).
SPACE_WITH_CUDA, SPACE = 10, 3


class Receipt(NamedTuple):
    """What an environment holds, and where it was made."""

    course: str = ""
    fingerprint: str = ""
    torch_index: str = ""
    groups: str = ""


def main() -> None:
    # As utils does, which is not installed yet.
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("groups", nargs="*", default=["lab"], help="of pyproject.toml")
    parser.add_argument("--constraints", default="constraints.txt", help="exact versions")
    parser.add_argument("--torch-index", default="", help="another index to take torch from")
    parser.add_argument("--venv", type=Path, default=".venv", help="another environment")
    options = parser.parse_args()
    if sys.version_info < (3, 11):  # noqa: UP036  this very script may be run by an older one
        stop(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    options.venv = COURSE / options.venv
    options.python = options.venv / BIN / f"python{EXE}"
    before = read_receipt(options.venv)
    options.torch_index = options.torch_index or before.torch_index
    fingerprint, there = what_belongs(options), set(before.groups.split())
    current = options.python.exists() and before[:2] == (str(COURSE), fingerprint)
    if current and there.issuperset(options.groups):
        return
    if before.course and before.course != str(COURSE):
        stop(
            f"The course was moved or renamed after its set-up in {before.course}, and "
            f"{options.venv.name} does not work elsewhere. Move it back, or delete "
            f"{options.venv.name} and run this again (with a network)."
        )
    if not os.access(COURSE, os.W_OK):
        stop(f"{COURSE} can't be written. Move the course to a folder of yours.")
    options.groups = sorted(there.union(options.groups))
    uv = uv_at_hand(options)
    make_venv(options, uv)
    (options.venv / ".installed").unlink(missing_ok=True)
    uv = uv or uv_from_pip(options)
    build, large = ([], False) if current else choose_torch(options, uv)
    enough_space(options, large)
    install(options, uv, build)
    check_what_is_there(options)
    receipt = Receipt(str(COURSE), fingerprint, options.torch_index, " ".join(options.groups))
    (options.venv / ".installed").write_text("\n".join(receipt), encoding="utf-8")


def read_receipt(venv: Path) -> Receipt:
    """What the last run wrote; empty where there was none, or one that can't be read."""
    file = venv / ".installed"
    lines = file.read_text(encoding="utf-8").split("\n") if file.is_file() else []
    return Receipt(*lines[:4])


def what_belongs(options: argparse.Namespace) -> str:
    """A fingerprint of everything but the groups that decides what is installed."""
    constraints = COURSE / options.constraints
    if not constraints.is_file():
        stop(f"There is no file of constraints {options.constraints}.")
    content = (COURSE / "pyproject.toml").read_bytes() + constraints.read_bytes()
    return hashlib.sha256(content + options.torch_index.encode()).hexdigest()


def enough_space(options: argparse.Namespace, large: bool) -> None:
    need = SPACE_WITH_CUDA if large else SPACE
    if any(options.venv.glob("[Ll]ib*/**/site-packages/torch")):
        need = 1  # an update, or a run that was cut short: most of it is there
    free = shutil.disk_usage(COURSE).free / 1e9
    if free < need:
        remedy = "Free some"
        if need == SPACE_WITH_CUDA:
            remedy += ", or choose the CPU build of torch, which needs less (README, 'torch')"
        stop(f"Not enough disk space: {need} GB are needed and {free:.1f} GB are free. {remedy}.")


# ---------------------------------------------------------------- the tools


def uv_at_hand(options: argparse.Namespace) -> str | None:
    """A uv that works: the one on the PATH, or one from an earlier set-up."""
    places = (shutil.which("uv"), shutil.which(uv_inside(options)))
    return next((uv for uv in places if uv and works(uv)), None)


def uv_inside(options: argparse.Namespace) -> str:
    return str(options.venv / BIN / f"uv{EXE}")


def works(uv: str) -> bool:
    """Whether this uv runs and is new enough; if not, it is said."""
    try:
        asked = subprocess.run([uv, "--version"], capture_output=True, timeout=20)
        version = re.match(rb"uv (\d+)\.(\d+)", asked.stdout)
    except (OSError, subprocess.TimeoutExpired):
        version = None
    if version and tuple(map(int, version.groups())) >= OLDEST_UV:
        return True
    oldest = ".".join(map(str, OLDEST_UV))
    fault = f"is older than {oldest}" if version else "does not work"
    print(f"{uv} {fault}: another uv takes its place.", flush=True)
    return False


def make_venv(options: argparse.Namespace, uv: str | None) -> None:
    """Make the environment, or keep one that works and is of this Python."""
    version = f"import sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    if (
        options.python.exists()
        and not subprocess.run([options.python, "-c", version], capture_output=True).returncode
    ):
        return
    print(f"Making {options.venv.name} …", flush=True)
    ways = [[sys.executable, "-m", "venv", "--clear", options.venv]]
    if uv:  # in no time, and on a Debian without python3-venv too
        ways.insert(0, [uv, "venv", "--clear", "--python", sys.executable, options.venv])
    for way in ways:
        made = subprocess.run(way, capture_output=True, text=True, errors="replace")
        if made.returncode == 0:
            return
    stop(
        "Python could not make a virtual environment. On Debian and Ubuntu install the "
        f"package python3-venv, then try again.\n{made.stdout}{made.stderr}"
    )


def pip(options: argparse.Namespace) -> list:
    return [options.python, "-m", "pip", "install", "--disable-pip-version-check", "--retries", "2"]


def uv_from_pip(options: argparse.Namespace) -> str | None:
    """uv, installed into the environment; None where that fails."""
    command = [*pip(options), "-q", "-c", options.constraints, "uv"]
    failed = subprocess.run(command, cwd=COURSE, capture_output=True).returncode
    if not failed and works(uv_inside(options)):
        return uv_inside(options)
    print("uv can't be installed here: pip does its work, and takes longer.", flush=True)
    return None


def choose_torch(options: argparse.Namespace, uv: str | None) -> tuple[list, bool]:
    """Which build of torch to take, said in one line.

    Returns:
        uv's arguments for it, and whether it brings CUDA along.
    """
    if options.torch_index:
        print(f"Taking torch from {options.torch_index}.", flush=True)
        return [], False
    linux, driver = sys.platform == "linux", has_driver()
    if not (linux or driver):
        return [], False  # the usual torch of macOS and Windows is without CUDA
    found = "An NVIDIA driver was found" if driver else "No NVIDIA driver was found"
    wanted = "the build of torch that fits it" if driver else "the CPU build of torch"
    if not uv:
        why = "pip can't choose it"
    elif can_be_had(options, uv, build := ["--torch-backend", "auto" if driver else "cpu"]):
        print(f"{found}: taking {wanted}.", flush=True)
        return build, driver
    else:
        why = "its index does not answer, or lacks this version"
    usual = "with CUDA" if linux else "without CUDA"
    print(f"{found}, but {wanted} can't be had ({why}): taking the usual one, {usual}.", flush=True)
    return [], linux


def has_driver() -> bool:
    """Whether this machine has NVIDIA's driver."""
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def can_be_had(options: argparse.Namespace, uv: str, build: list) -> bool:
    """Whether uv finds torch and torchvision in that build, soon; nothing is installed."""
    command = [uv, "pip", "install", "--dry-run", "--reinstall", "--no-deps", *build]
    command += ["--python", options.python, "-c", options.constraints, "torch", "torchvision"]
    env = os.environ | {"UV_HTTP_TIMEOUT": "5", "UV_HTTP_RETRIES": "0"}
    try:
        asked = subprocess.run(
            command, cwd=COURSE, env=env, capture_output=True, timeout=PROBE_SECONDS
        )
    except subprocess.TimeoutExpired:
        return False
    return asked.returncode == 0


# ---------------------------------------------------------------- installing


def install(options: argparse.Namespace, uv: str | None, build: list) -> None:
    print(f"Installing the course's packages into {options.venv.name} …", flush=True)
    if uv:
        by_uv = [uv, "pip", "install", "--python", options.python, *build]
        # As pip does: where Python may not write, each start would compile all of torch anew.
        by_uv.append("--compile-bytecode")
        said = run(options, by_uv, "--default-index")
        if said is None:
            return
        explain(said)
        print("\nuv could not install the packages; trying pip, which takes longer …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", options.venv])  # brings pip
    said = run(options, pip(options), "--index-url")
    if said is not None:
        explain(said)
        stop("The packages could not be installed; the lines above say why.")


def run(options: argparse.Namespace, command: list, index: str) -> str | None:
    """Install everything with one of the two tools, and show what it says.

    Args:
        command: the tool, up to and with the word "install".
        index: its option for an index in place of the usual one.

    Returns:
        None, or, if it failed, all that it said.
    """
    command = [*command, "-c", options.constraints]
    # Once everything is there, `pip` is what a reader looks for in an environment.
    todo = [[*command, "-e", f".[{','.join(options.groups)}]", "pip"]]
    if options.torch_index:
        # First torch and its partner, from that index alone, so that the two are a pair; what
        # they need in turn comes with the rest.
        todo.insert(0, [*command, "--no-deps", index, options.torch_index, "torch", "torchvision"])
    for step in todo:
        said = ""
        with subprocess.Popen(
            step,
            cwd=COURSE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as tool:
            assert tool.stdout is not None, "it is a pipe"
            for line in tool.stdout:
                said += line
                if not line.startswith(" + "):  # uv's list of all that is there now
                    print(line, end="", flush=True)
        if tool.returncode:
            return said
    return None


def check_what_is_there(options: argparse.Namespace) -> None:
    """Stop unless torch loads and torchvision fits it; each later start trusts that it does."""
    run = subprocess.run([options.python, "-m", "utils.environment"], cwd=COURSE)
    if run.returncode:
        stop("The packages are there, but do not work together; the line above says why.")


def explain(said: str) -> None:
    """Stop, in a sentence, where the cause is known and another tool would not mend it."""
    if "No space left" in said:
        stop("The disk filled up during the installation. Free some space and run it again.")
    unreachable = ("NewConnectionError", "NameResolutionError", "ConnectTimeout", "ProxyError")
    broken_off = ("ReadTimeoutError", "ProtocolError", "IncompleteRead")
    if any(word in said for word in unreachable + broken_off):  # pip's words; uv has others
        stop(
            "The package index can't be reached. The first set-up needs the network (after it, "
            "everything works without). Check the connection or the proxy, then run the same "
            "command again: it goes on where it stopped."
        )
    if "No matching distribution" in said or "No solution found" in said:
        stop(
            f"No version of a package fits Python {sys.version.split()[0]} here (the lines above "
            "name it). A Python of last year is the safe choice: make lab PYTHON=python3.12"
        )


def stop(sentence: str) -> None:
    sys.exit(f"\nSet-up stopped. {sentence}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        stop("Interrupted; the same command goes on from here.")
