"""Build the site into _site/html from the lectures and exercises as they are stored.

    python scripts/build_site.py [FOLDER] [--solutions]     into FOLDER in place of _site

Runs no notebook and needs no network. The sources are copied together first, because Sphinx wants
them in one folder, and the course's folder holds much that is no page. Solutions are among them
only where they are asked for.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from pathlib import Path

import nbformat
from sphinx.cmd.build import main as sphinx

COURSE = Path(__file__).resolve().parent.parent
PAGES = (
    "lectures/*.ipynb",
    "lectures/images/*.png",
    "exercises/*/*.ipynb",
)
# What the front page says of solutions, once they are among the pages.
CONTENTS = """
```{toctree}
:hidden:
:caption: Solutions
:glob:

solutions/*/*
```
"""


def build(folder: Path, solutions: bool = False) -> Path:
    """Build the site under ``folder`` and return its front page.

    Args:
        solutions: with a page of solutions for each set.

    Raises:
        SystemExit: Sphinx found a fault, or warned of one; its own words are printed.
    """
    source, html = folder / "source", folder / "html"
    for old in (source, html):
        shutil.rmtree(old, ignore_errors=True)
    gather(source, solutions)
    # Everything anew (-E): Sphinx does not see when the course's own extension changes.
    options = ["-q", "-W", "--keep-going", "-E", "-j", "auto", "-c", COURSE / "site"]
    options += ["-d", folder / "doctrees", source, html]
    if sphinx([str(option) for option in options]):
        sys.exit("The site was not built; the lines above say why.")
    return html / "index.html"


def gather(source: Path, solutions: bool) -> None:
    """Copy what pages are made of into one folder."""
    found = [(path, path.relative_to(COURSE)) for p in PAGES for path in COURSE.glob(p)]
    found += [(path, Path(path.name)) for path in (COURSE / "site").glob("*.md")]
    for path, place in found:
        (source / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, source / place)
    if not solutions:
        return
    for path in sorted(COURSE.glob("solutions/*/*.ipynb")):
        place = source / path.relative_to(COURSE)
        place.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(solved(nbformat.read(path, as_version=4), path.parent.name), place)
    with (source / "index.md").open("a", encoding="utf-8") as front:
        front.write(CONTENTS)


def solved(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """A set for readers: its tasks with their hints, each followed by the solution.

    Args:
        notebook: from solutions/; it is changed. Tests stay out, the visible ones too.
        name: of the set.
    """
    title, *cells = notebook.cells
    heading, recap = title.source.split("\n")[0], title.source.split("**Recap.**")[1]
    title.source = (
        f"{heading.replace('Exercise set', 'Solutions of set')}\n\n"
        f"The tasks of [the set](../../exercises/{name}/{name}.ipynb), each with its hints and a "
        "solution. The hints say why it is as it is; other solutions are as good.\n\n"
        f"**Recap.**{recap.split('| task')[0]}"
    )
    kept = [title]
    for cell in cells:
        answers = cell.metadata.nbgrader.solution
        if answers and cell.cell_type == "markdown":
            cell.source = f"**An answer.** {cell.source}"
        elif answers:
            cell.source = re.sub(r"^ *### (BEGIN|END) SOLUTION\n?", "", cell.source, flags=re.M)
            cell.source = f"# A solution.\n{cell.source}".rstrip()
        elif cell.cell_type == "code" and not cell.id.endswith("-setup"):
            continue
        kept.append(cell)
    notebook.cells = kept
    return notebook


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=COURSE / "_site")
    parser.add_argument("--solutions", action="store_true", help="a page of solutions for each set")
    options = parser.parse_args()
    page = build(options.folder.resolve(), options.solutions)
    print(f"The site's front page: {page.as_uri()}")
