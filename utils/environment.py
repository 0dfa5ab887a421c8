"""Is everything installed, and does it fit together?  Run as ``python -m utils.environment``.

Imports nothing but the standard library before it has looked, so that it can say what is missing.
It asks for what lectures and exercises import; who grades a class or builds the site needs more.
"""

from __future__ import annotations

import platform
import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

OLDEST_PYTHON = (3, 11)
# import name -> the name under which it is installed
PACKAGES = {
    "torch": "torch",
    "torchvision": "torchvision",
    "numpy": "numpy",
    "sklearn": "scikit-learn",
    "matplotlib": "matplotlib",
    "matplotlib_inline": "matplotlib-inline",
    "cv2": "opencv-python-headless",
    "PIL": "pillow",
    "tqdm": "tqdm",
    "IPython": "ipython",
    "ipywidgets": "ipywidgets",
}


class EnvironmentProblem(RuntimeError):
    """Something is missing or does not fit; the message says what it is and what to do."""


def check_installed() -> None:
    """Raise EnvironmentProblem, naming what is missing and the remedy; costs a few milliseconds."""
    if sys.version_info < OLDEST_PYTHON:
        raise EnvironmentProblem(
            f"Python {platform.python_version()} is too old: the course needs "
            f"{'.'.join(map(str, OLDEST_PYTHON))} or newer. Install one and run make again."
        )
    missing = [installed for name, installed in PACKAGES.items() if find_spec(name) is None]
    if missing:
        raise EnvironmentProblem(
            f"Not installed: {', '.join(missing)}. Run `make` in the course's folder, or "
            "`pip install -e .` in your own environment."
        )


def hidden_by(folder: Path) -> list[str]:
    """A line for each file of a folder that a notebook there imports in place of a package."""
    names = ("utils", *PACKAGES)
    return [
        f"WARNING: {path} hides the package {name} from the notebooks beside it, and their imports "
        f"fail (\"'{name}' is not a package\"). Rename that file, and restart the kernel."
        for name in names
        if (path := folder / f"{name}.py").is_file()
    ]


def check() -> None:
    """As ``check_installed``, and torch is loaded, to see that torchvision fits: some seconds."""
    check_installed()
    try:
        import torch
    except (ImportError, OSError) as error:
        raise EnvironmentProblem(
            f"torch is installed but can't be loaded ({error}). Reinstall it and its partner: "
            "`pip install --force-reinstall torch torchvision`."
        ) from error
    try:
        from torchvision.ops import nms

        nms(torch.zeros(1, 4), torch.ones(1), 0.5)  # runs the compiled part, which must fit torch
    except (RuntimeError, ImportError, AttributeError) as error:
        raise EnvironmentProblem(
            f"torch {metadata.version('torch')} and torchvision {metadata.version('torchvision')} "
            f"are not a pair ({str(error).splitlines()[0]}). Install both together, from one "
            "source: `pip install --upgrade --force-reinstall torch torchvision`."
        ) from error


def versions() -> str:
    """What is installed and which ``utils`` is imported, in three lines; nothing is loaded."""
    import utils

    here = Path(utils.__file__).resolve()
    course = here.parent.parent
    inside = course in (Path.cwd().resolve(), *Path.cwd().resolve().parents)
    where = f"{here.relative_to(course)} in this course's folder" if inside else str(here)
    return (
        f"Python {platform.python_version()} on {platform.system()} ({platform.machine()})\n"
        + ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES.values())
        + f"\nutils.__file__: {where}"
    )


def report() -> None:
    """Check, then print what the course runs on: versions, ``utils``, and the device."""
    check()
    import torch

    from utils.training import pick_device

    print(versions())
    print(f"device: {pick_device()}, {torch.get_num_threads()} CPU threads")


if __name__ == "__main__":
    try:
        report()
    except EnvironmentProblem as problem:
        sys.exit(f"The course can't run yet. {problem}")
