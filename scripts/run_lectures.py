"""Run lectures from top to bottom and store their outputs.

    python scripts/run_lectures.py [NAME …] [--stand-in]

All of them, or those whose file name holds NAME. The committed outputs are those of the real image
sets; on a stand-in this stops before it writes. The picture at the top of a lecture is the output
of its cell tagged "ends-here"; it is written to lectures/images/.

Then the lecture runs once more, on the drawn images, where its claims have to hold, too. That it
did is noted in the notebook, with a fingerprint of all that bears on it; as long as that fits, the
tests need not do it again. With --stand-in nothing else is done or stored.
"""

from __future__ import annotations

import argparse
import ast
import base64
import copy
import io
import os
import sys
import time
import tomllib
from hashlib import sha256
from importlib import metadata
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image, ImageChops, ImageStat

COURSE = Path(__file__).resolve().parent.parent
LECTURES = COURSE / "lectures"
FEW = 4.0  # levels of 255 by which colours may be off, on average
WITHOUT = "without-images"  # the tag of cells that never see MNIST or Fashion-MNIST
SEEN = "ran_on_stand_ins"  # in a lecture's metadata: the fingerprint of what ran there


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", default=[""])
    parser.add_argument("--stand-in", action="store_true", help="on the drawn images alone")
    asked = parser.parse_args()
    paths = [
        path
        for path in sorted(LECTURES.glob("*.ipynb"))
        if any(name in path.name for name in asked.names)
    ]
    if not paths:
        sys.exit(f"No lecture's file name holds {' or '.join(asked.names)}.")
    for path in paths:
        start = time.perf_counter()
        if not asked.stand_in:
            run(path)
        run_on_stand_ins(path)
        print(f"{path.name}: {time.perf_counter() - start:.0f} s", flush=True)


def execute(notebook: nbformat.NotebookNode, **environment: str) -> None:
    """Run a lecture in a fresh kernel, in which these variables are set, too."""
    client = NotebookClient(
        notebook,
        timeout=600,
        resources={"metadata": {"path": str(LECTURES)}},
        record_timing=False,
        coalesce_streams=True,
    )
    client.execute(env=os.environ | environment)


def run_on_stand_ins(path: Path) -> None:
    """Run what a lecture does with images on the drawn ones, and note in it that this was seen."""
    notebook = nbformat.read(path, as_version=4)
    execute(with_images(notebook), COURSE_DATA="stand-in")
    notebook.metadata[SEEN] = fingerprint(notebook)
    nbformat.write(notebook, path)


def with_images(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A copy without the cells that would only do once more what they did on the real sets."""
    seeing = copy.deepcopy(notebook)
    seeing.cells = [c for c in seeing.cells if WITHOUT not in c.metadata.get("tags", ())]
    return seeing


def fingerprint(notebook: nbformat.NotebookNode) -> str:
    """Names all that bears on a lecture's run on the drawn images: its code, the modules of utils
    that it imports, with those that these import, stored weights, and versions of packages."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    cells = [[cell.source, WITHOUT in cell.metadata.get("tags", ())] for cell in code]
    utils = COURSE / "utils"
    files, new = {utils / "__init__.py"}, {source for source, _ in cells}
    while new:
        found = {utils / f"{name}.py" for text in new for name in of_utils(text)} - files
        files |= found
        new = {file.read_text(encoding="utf-8") for file in found}
    files |= set((utils / "weights").iterdir())
    project = tomllib.loads((COURSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages = [package.split(">=")[0] for package in project["dependencies"]]
    # Torch's versions name their build, too: 2.15.0+cpu.
    versions = [metadata.version(package).split("+")[0] for package in packages]
    digest = sha256(repr((cells, versions)).encode())
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def of_utils(code: str) -> set[str]:
    """The modules of utils that some code imports."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.ImportFrom):
            continue
        if node.module == "utils":
            found |= {name.name for name in node.names}
        elif node.module and node.module.startswith("utils."):
            found.add(node.module.split(".")[1])
    return found


def run(path: Path) -> None:
    """Execute one lecture on the real sets and write it back, with the picture of its end."""
    notebook = nbformat.read(path, as_version=4)
    execute(notebook)
    if "the course's stand-in for it" in nbformat.writes(notebook):
        sys.exit(f"{path.name} ran on a stand-in; its outputs are not stored. Set COURSE_DATA.")
    # What the kernel says about itself changes from machine to machine.
    notebook.metadata.language_info = {"name": "python"}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = smaller(output.data["image/png"])
    nbformat.write(notebook, path)
    images = path.parent / "images"
    images.mkdir(exist_ok=True)
    (images / f"{path.stem}.png").write_bytes(ending(notebook))


def smaller(png: str) -> str:
    """A figure (base64) in its own 256 best colours: half the bytes, no difference to the eye.

    Where 256 are too few, as for a row of new faces, it keeps all of its colours.
    """
    figure = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    fewer = figure.quantize(256, dither=Image.Dither.NONE)
    off = ImageStat.Stat(ImageChops.difference(figure, fewer.convert("RGB"))).mean
    packed = io.BytesIO()
    (fewer if sum(off) < 3 * FEW else figure).save(packed, "PNG", optimize=True)
    return base64.b64encode(packed.getvalue()).decode()


def ending(notebook: nbformat.NotebookNode) -> bytes:
    """The last PNG of the cell tagged "ends-here"."""
    for cell in notebook.cells:
        if "ends-here" in cell.metadata.get("tags", []):
            pictures = [
                o.data["image/png"] for o in cell.outputs if "image/png" in o.get("data", {})
            ]
            return base64.b64decode(pictures[-1])
    raise LookupError('the lecture has no cell tagged "ends-here"')


if __name__ == "__main__":
    main()
