"""Is everything installed, and does it fit together?  Run as ``python -m utils.environment``.

Imports nothing but the standard library before it has looked, so that it can say what is missing.
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
    "cv2": "opencv-python-headless",
    "tqdm": "tqdm",
    "ipywidgets": "ipywidgets",
    "jupyterlab": "jupyterlab",
    "nbgrader": "nbgrader",
    "distributed": "distributed",
}


class EnvironmentProblem(RuntimeError):
    """Something is missing or does not fit; the message says what it is and what to do."""


def check() -> None:
    """Raise EnvironmentProblem, naming the thing and the remedy, unless the course can run."""
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


def report() -> None:
    """Print what the course runs on: versions, device, and which ``utils`` is imported."""
    check()
    import torch

    import utils
    from utils.training import pick_device

    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES.values())
    here = Path(utils.__file__).resolve()
    course = here.parent.parent
    inside = course in (Path.cwd().resolve(), *Path.cwd().resolve().parents)
    where = f"{here.relative_to(course)} in this course's folder" if inside else str(here)
    print(f"Python {platform.python_version()} on {platform.system()} ({platform.machine()})")
    print(versions)
    print(f"device: {pick_device()}, {torch.get_num_threads()} CPU threads")
    print(f"utils.__file__: {where}")


if __name__ == "__main__":
    try:
        report()
    except EnvironmentProblem as problem:
        sys.exit(f"The course can't run yet. {problem}")
