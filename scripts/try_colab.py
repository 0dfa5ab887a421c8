"""Install the course beside Colab's packages, as its notebooks do there, and run exercise sets.

    python scripts/try_colab.py [SET …]     ex01_basic_autoencoder, where none is named

Colab's versions stand in tests/constraints-colab.txt; the first time they are fetched, into
.venv-colab. Then pip is asked what a set's first cell would install, which has to be the course and
nothing else; and the sets run in a kernel there, with their solutions, from that cell to the one
that says which tasks pass. Of Colab itself only the call that hands out the notebook is imitated.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import colab
import nbformat

COURSE = Path(__file__).resolve().parent.parent
VERSIONS = COURSE / "tests" / "constraints-colab.txt"
VENV = COURSE / ".venv-colab"
PYTHON = VENV / "bin" / "python"
HERE = f"git+file://{COURSE}"  # what is committed last
# What Colab's kernel has: its page answers with the notebook, whose texts are lists of lines.
KERNEL = """
import json, sys, types
class _message:
    def blocking_request(kind, timeout_sec):
        return reply
sys.modules["google"] = types.ModuleType("google")
sys.modules["google.colab"] = types.ModuleType("google.colab")
sys.modules["google.colab"]._message = _message
"""
RUN = """
import nbformat, sys
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=600).execute(cwd=sys.argv[2])
print("".join(output.get("text", "") for output in notebook.cells[-1].outputs), end="")
"""


def main() -> None:
    names = sys.argv[1:] or ["ex01_basic_autoencoder"]
    make()
    before = packages()
    course = colab.PROJECT["name"]
    installs = would_install("--no-deps", f"{course} @ {HERE}")
    print(f"Beside Colab's packages pip installs {', '.join(installs)}.")
    if installs != [course]:
        sys.exit("That is more than the course.")
    would = would_install(f"{course} @ {HERE}")
    print(f"Without --no-deps it would be {', '.join(would)}.")
    for name in names:
        said = run(name)
        print(f"{name}: {said}")
        points, _, of = said.split()[:3]
        if points != of:
            sys.exit("The solution does not pass there.")
    after = packages()
    if {name: version for name, version in after.items() if name != course} != before:
        sys.exit(f"Colab's packages were changed: {set(after.items()) ^ set(before.items())}")


def make() -> None:
    """Make the environment, of Python 3.12 where there is one; or take the course out of it."""
    if PYTHON.exists():
        ask(["-m", "pip", "uninstall", "-q", "-y", colab.PROJECT["name"]])
        return
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    if subprocess.run([uv, "venv", "-q", "--python", "3.12", VENV]).returncode:
        print(f"There is no Python 3.12: {sys.version.split()[0]} takes its place.")
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, VENV], check=True)
    install = [uv, "pip", "install", "-q", "--python", str(PYTHON), "-r", str(VERSIONS)]
    if subprocess.run([*install, "--torch-backend", "cpu"], capture_output=True).returncode:
        print("The CPU build of torch can't be had: the usual one is the same version.")
        subprocess.run(install, check=True)


def ask(command: list) -> str:
    """What Python prints there, where nothing of the course's folder is in its way."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with tempfile.TemporaryDirectory() as elsewhere:
        command = [PYTHON, *command]
        run = subprocess.run(
            command, cwd=elsewhere, env=env, stdout=subprocess.PIPE, text=True, check=True
        )
    return run.stdout


def packages() -> dict[str, str]:
    listed = json.loads(ask(["-m", "pip", "list", "--format", "json"]))
    return {package["name"]: package["version"] for package in listed}


def would_install(*what: str) -> list[str]:
    options = ["install", "-q", "--dry-run", "--report", "-"]
    report = json.loads(ask(["-m", "pip", *options, *what]))
    return [part["metadata"]["name"] for part in report["install"]]


def run(name: str) -> str:
    """What the set's own cell below the last test says, with the solution in every answer."""
    opened = colab.for_colab(COURSE / "exercises" / name / f"{name}.ipynb")
    source = nbformat.read(COURSE / "solutions" / name / f"{name}.ipynb", as_version=4)
    solution = {cell.id: cell.source for cell in source.cells if cell.metadata.nbgrader.solution}
    reply = json.loads(nbformat.writes(opened))
    run, kernel = nbformat.v4.new_notebook(), KERNEL + f"reply = {{'ipynb': {reply!r}}}"
    run.cells.append(nbformat.v4.new_code_cell(kernel))
    for cell in opened.cells:
        cell.source = solution.get(cell.id, cell.source.replace(colab.ADDRESS, HERE))
        if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("grade"):
            run.cells.append(cell)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{name}.ipynb")
        nbformat.write(run, path)
        return ask(["-c", RUN, path, folder])


if __name__ == "__main__":
    main()
