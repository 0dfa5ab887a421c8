"""Open JupyterLab on the course: check the environment, find the data, lay out the exercises.

    python scripts/lab.py [--port 8888] [--no-browser] [--exchange]

Nothing large is loaded on the way, torch least of all: a reader waits for each second of it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import webbrowser
from importlib.util import find_spec
from pathlib import Path

COURSE = Path(__file__).resolve().parent.parent
RELEASED = COURSE / "exercises"
MY_WORK = COURSE / "my_work"
# Which release each of the reader's copies came from: file -> SHA-256.
RECORD = ".released.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8888, help="the next free one if it is taken")
    parser.add_argument("--no-browser", action="store_true", help="print the address only")
    parser.add_argument(
        "--exchange", action="store_true", help="nbgrader's lists of assignments and courses too"
    )
    options = parser.parse_args()
    try:
        from utils import environment
    except ModuleNotFoundError:
        sys.exit(
            "The course is not installed in this Python. Run `make lab`, or "
            "`pip install -e '.[lab]'` in the course's folder."
        )
    try:
        environment.check_installed()
        print(environment.versions())
    except environment.EnvironmentProblem as problem:
        sys.exit(f"The course can't run yet. {problem}")
    if find_spec("jupyterlab") is None:
        sys.exit("JupyterLab is not installed in this Python. Run `make lab`.")
    find_data()
    try:
        for line in lay_out(RELEASED, MY_WORK):
            print(line)
    except OSError as problem:
        print(
            f"WARNING: the exercises could not be laid out in my_work/ ({problem}). Make it "
            "writable, or move what is in the way."
        )
    for folder in (MY_WORK, *sorted(MY_WORK.glob("*/"))):
        for line in environment.hidden_by(folder):
            print(line)
    print("Opening JupyterLab; Ctrl-C here ends it.", flush=True)
    browser = not options.no_browser and has_browser()
    sys.exit(open_lab(options.port, browser, options.exchange))


def find_data() -> None:
    """Say where both sets lie; fetch them where they are missing, so that no notebook waits."""
    from utils import places

    for name, title in places.TITLES.items():
        found = places.find(name)
        if places.asked() == "stand-in":
            print(f"{title}: the course's stand-in, as COURSE_DATA asks.")
        elif found is not None:
            if said := places.passed_over(name, found):
                print(f"WARNING: {said}")
            print(f"{title}: in {found[1]}.")
        else:
            from utils import data

            try:
                data.load(name, "test")
            except data.DataError as problem:
                print(f"WARNING: {problem}")


def lay_out(released: Path, my_work: Path) -> list[str]:
    """Copy each released file that the reader does not have yet; touch nothing that is there.

    Args:
        released: the folder of released sets, one folder each.
        my_work: the reader's folder, made if it is missing.

    Returns:
        What was done and what the reader should know, a line each.

    Raises:
        OSError: my_work can't be written, or something else stands where a folder belongs.
    """
    record_file = my_work / RECORD
    try:
        record = dict(json.loads(record_file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        record = {}
    before, lines = dict(record), []
    for source in sorted(path for path in released.glob("*/**/*") if path.is_file()):
        name = source.relative_to(released).as_posix()
        if "/." in f"/{name}":
            continue  # .ipynb_checkpoints and the like
        target, digest = my_work / name, sha256(source)
        if not (target.exists() or target.is_symlink()):
            target.parent.mkdir(parents=True, exist_ok=True)
            # Whole or not at all: half a copy would be taken for the reader's work.
            part = target.with_name(f".{target.name}.part")
            shutil.copyfile(source, part)
            os.replace(part, target)
            record[name] = digest
            lines.append(f"New in my_work: {name}")
        elif target.is_file() and sha256(target) == digest:
            record[name] = digest
        elif record.setdefault(name, digest) != digest:
            lines.append(
                f"There is a newer release of {name} in exercises/. Your copy in my_work/ is as "
                "you left it. To work on the new one, rename yours and run make lab again."
            )
    if record != before:
        text = json.dumps(record, indent=1, sort_keys=True) + "\n"
        record_file.write_text(text, encoding="utf-8")
    return lines


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def has_browser() -> bool:
    """Whether a browser could open here: a display, and a program that webbrowser knows."""
    if sys.platform == "linux" and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def config_path(exchange: bool) -> str:
    """Where Jupyter looks for settings: the course's own come first.

    Args:
        exchange: whether nbgrader's lists of assignments and courses, and Formgrader, are on. They
            need the exchange folder of a hub and report an error where there is none.
    """
    folders = [] if exchange else [str(COURSE / ".jupyter" / "no_exchange")]
    folders += [str(COURSE / ".jupyter"), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    return os.pathsep.join(filter(None, folders))


def open_lab(port: int, browser: bool, exchange: bool) -> int:
    """Run JupyterLab in the course's folder until it ends; its exit status."""
    command = [sys.executable, "-m", "jupyterlab", f"--port={port}", "--port-retries=50"]
    command += [f"--ServerApp.root_dir={COURSE}", "--LabApp.default_url=/lab/tree/README.md"]
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # Jupyter refuses to run as root without it
    env = os.environ | {"JUPYTER_CONFIG_PATH": config_path(exchange)}
    # A kernel of this Python, even where the reader has one of another Python in their home.
    env.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    # nbgrader calls programs of its own environment by their bare names.
    env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), env.get("PATH", "")])
    command.append("--ServerApp.answer_yes=True")
    with subprocess.Popen(command, cwd=COURSE, env=env) as lab:
        while True:
            try:
                return lab.wait()
            except KeyboardInterrupt:
                continue  # Ctrl-C reached Jupyter too, which now ends its kernels and itself


if __name__ == "__main__":
    main()
