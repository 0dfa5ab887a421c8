"""Make .venv and install the course into it, unless that is done.  Standard library only.

    python scripts/setup_env.py [--constraints FILE] [--torch-index ADDRESS]

Works on Linux, macOS and Windows. What was installed is written to .venv/.installed, so that a
second run costs nothing and needs no network, and a changed list of packages is noticed. The
torch index of the first run is remembered.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

COURSE = Path(__file__).resolve().parent.parent
VENV = COURSE / ".venv"
RECEIPT = VENV / ".installed"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PIP_LOG = COURSE / ".pip.log"
# GB, measured: the usual torch for Linux brings CUDA (6 GB installed, 3 GB of downloads).
SPACE_WITH_CUDA, SPACE = 10, 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--constraints", default="constraints.txt", help="exact versions")
    parser.add_argument("--torch-index", default="", help="another index to take torch from")
    options = parser.parse_args()
    if sys.version_info < (3, 11):  # noqa: UP036  this very script may be run by an older one
        stop(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    where, fingerprint, torch_index = read_receipt()
    options.torch_index = options.torch_index or torch_index
    if PYTHON.exists() and (where, fingerprint) == (str(COURSE), what_belongs(options)):
        return
    if where and where != str(COURSE):
        stop(
            f"The course was moved or renamed after its set-up in {where}, and .venv does not "
            "work elsewhere. Move it back, or delete .venv and run this again (with a network)."
        )
    if not os.access(COURSE, os.W_OK):
        stop(f"{COURSE} can't be written. Move the course to a folder of yours.")
    enough_space(options)
    make_venv()
    RECEIPT.unlink(missing_ok=True)
    install(options)
    receipt = [str(COURSE), what_belongs(options), options.torch_index]
    RECEIPT.write_text("\n".join(receipt), encoding="utf-8")


def read_receipt() -> tuple[str, str, str]:
    """Where .venv was made, the fingerprint of what is in it, the torch index; else empty."""
    lines = RECEIPT.read_text(encoding="utf-8").split("\n") if RECEIPT.is_file() else []
    return (lines[0], lines[1], lines[2]) if len(lines) == 3 else ("", "", "")


def what_belongs(options: argparse.Namespace) -> str:
    """A fingerprint of everything that decides what is installed."""
    constraints = COURSE / options.constraints
    if not constraints.is_file():
        stop(f"There is no file of constraints {options.constraints}.")
    content = (COURSE / "pyproject.toml").read_bytes() + constraints.read_bytes()
    return hashlib.sha256(content + options.torch_index.encode()).hexdigest()


def enough_space(options: argparse.Namespace) -> None:
    need = SPACE_WITH_CUDA if sys.platform == "linux" and not options.torch_index else SPACE
    if any(VENV.glob("[Ll]ib*/**/site-packages/torch")):
        need = 1  # an update, or a run that was cut short: most of it is there
    free = shutil.disk_usage(COURSE).free / 1e9
    if free < need:
        remedy = "Free some"
        if need == SPACE_WITH_CUDA:
            remedy += ", or install the CPU-only torch, which needs less (README, 'CPU only')"
        stop(f"Not enough disk space: {need} GB are needed and {free:.1f} GB are free. {remedy}.")


def make_venv() -> None:
    """Make .venv, or keep one that works and is of this Python."""
    version = f"import pip, sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    if (
        PYTHON.exists()
        and not subprocess.run([PYTHON, "-c", version], capture_output=True).returncode
    ):
        return
    print("Making .venv …", flush=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True
    )
    if made.returncode:
        stop(
            "Python could not make a virtual environment. On Debian and Ubuntu install the "
            f"package python3-venv, then try again.\n{made.stdout}{made.stderr}"
        )


def install(options: argparse.Namespace) -> None:
    print("Installing the course's packages into .venv (once; some minutes) …", flush=True)
    PIP_LOG.unlink(missing_ok=True)
    command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--retries", "2"]
    command += ["--log", PIP_LOG, "-c", options.constraints]
    if options.torch_index:
        # First torch and its partner, from that index alone, so that the two are a pair; what
        # they need in turn comes with the rest.
        index = ["--no-deps", "--index-url", options.torch_index]
        run_pip([*command, *index, "torch", "torchvision"])
    run_pip([*command, "-e", ".[test,site]"])
    PIP_LOG.unlink(missing_ok=True)


def run_pip(command: list) -> None:
    if subprocess.run(command, cwd=COURSE).returncode == 0:
        return
    log = PIP_LOG.read_text(encoding="utf-8", errors="replace") if PIP_LOG.is_file() else ""
    if "No space left" in log:
        stop("The disk filled up during the installation. Free some space and run it again.")
    unreachable = ("NewConnectionError", "NameResolutionError", "ConnectTimeout", "ProxyError")
    broken_off = ("ReadTimeoutError", "ProtocolError", "IncompleteRead")
    if any(word in log for word in unreachable + broken_off):
        stop(
            "The package index can't be reached. The first set-up needs the network (after it, "
            "everything works without). Check the connection or the proxy, then run the same "
            "command again: it goes on where it stopped."
        )
    if "No matching distribution" in log:
        stop(
            f"No version of a package fits Python {sys.version.split()[0]} here (the line above "
            "names it). A Python of last year is the safe choice: make lab PYTHON=python3.12"
        )
    stop(f"pip could not install the packages; the lines above say why, {PIP_LOG.name} has all.")


def stop(sentence: str) -> None:
    sys.exit(f"\nSet-up stopped. {sentence}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        stop("Interrupted; the same command goes on from here.")
