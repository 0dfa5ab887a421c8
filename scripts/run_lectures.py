"""Run lectures from top to bottom and store their outputs.

    python scripts/run_lectures.py [NAME …]     all of them, or those whose file name holds NAME

The committed outputs are those of the real image sets; on a stand-in this stops before it writes.
The picture at the top of a lecture is the output of its cell tagged "ends-here"; it is written to
lectures/images/.
"""

from __future__ import annotations

import base64
import io
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image, ImageChops, ImageStat

COURSE = Path(__file__).resolve().parent.parent
LECTURES = COURSE / "lectures"
FEW = 4.0  # levels of 255 by which colours may be off, on average


def main() -> None:
    wanted = sys.argv[1:] or [""]
    paths = [
        path
        for path in sorted(LECTURES.glob("*.ipynb"))
        if any(name in path.name for name in wanted)
    ]
    if not paths:
        sys.exit(f"No lecture's file name holds {' or '.join(wanted)}.")
    for path in paths:
        start = time.perf_counter()
        run(path)
        print(f"{path.name}: {time.perf_counter() - start:.0f} s", flush=True)


def run(path: Path) -> None:
    """Execute one lecture in a fresh kernel and write it back, with the picture of its end."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=600,
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
        coalesce_streams=True,
    )
    client.execute()
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
