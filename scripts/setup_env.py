"""Make .venv and install the course into it, unless that is done.  Standard library only.

    python scripts/setup_env.py [--constraints FILE] [--torch-index ADDRESS]

Works on Linux, macOS and Windows. What was installed is written to .venv/.installed, so that a
second run costs nothing and needs no network, and a changed list of packages is noticed.
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
    receipt = what_belongs(options)
    if PYTHON.exists() and RECEIPT.is_file() and RECEIPT.read_text() == receipt:
        return
    enough_space(options)
    make_venv()
    install(options)
    RECEIPT.write_text(receipt)


def what_belongs(options: argparse.Namespace) -> str:
    """A fingerprint of everything that decides what is installed, and where."""
    lists = [COURSE / "pyproject.toml", COURSE / options.constraints]
    content = b"".join(path.read_bytes() for path in lists) + options.torch_index.encode()
    return f"{COURSE}\n{hashlib.sha256(content).hexdigest()}\n"


def enough_space(options: argparse.Namespace) -> None:
    need = SPACE_WITH_CUDA if sys.platform == "linux" and not options.torch_index else SPACE
    if installed("torch"):
        need = 1  # an update, or a run that was cut short: most of it is there
    free = shutil.disk_usage(COURSE).free / 1e9
    if free < need:
        remedy = "Free some"
        if need == SPACE_WITH_CUDA:
            remedy += ", or install the CPU-only torch, which needs less (README, 'CPU only')"
        stop(f"Not enough disk space: {need} GB are needed and {free:.1f} GB are free. {remedy}.")


def installed(package: str) -> bool:
    return any(VENV.glob(f"[Ll]ib*/**/site-packages/{package}"))


def make_venv() -> None:
    moved = RECEIPT.is_file() and RECEIPT.read_text().splitlines()[0] != str(COURSE)
    runs = (
        PYTHON.exists()
        and not subprocess.run([PYTHON, "-m", "pip", "-V"], capture_output=True).returncode
    )
    if runs and not moved:
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
    command += ["--log", PIP_LOG, "-c", options.constraints, "-e", ".[test]"]
    if options.torch_index:
        # First torch and its partner from the given index alone, so that the two are a pair.
        pair = [*command[:-2], "--index-url", options.torch_index, "torch", "torchvision"]
        run_pip(pair)
    run_pip(command)
    PIP_LOG.unlink(missing_ok=True)


def run_pip(command: list) -> None:
    if subprocess.run(command, cwd=COURSE).returncode == 0:
        return
    log = PIP_LOG.read_text(errors="replace") if PIP_LOG.is_file() else ""
    unreachable = ("NewConnectionError", "NameResolutionError", "ConnectTimeout", "ProxyError")
    if any(word in log for word in unreachable):
        stop(
            "The package index can't be reached. The first set-up needs the network (after it, "
            "everything works without). Check the connection or the proxy, then run the same "
            "command again: it goes on where it stopped."
        )
    if "No space left" in log:
        stop("The disk filled up during the installation. Free some space and run it again.")
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
