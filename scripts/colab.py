"""Write lectures and exercise sets as Colab opens them, or refresh their badges in the README.

    python scripts/colab.py OUT     each notebook into the folder OUT, for the branch `colab`
    python scripts/colab.py         the badges of README.md, after a change of address or notebooks

A notebook that Colab opens stands alone on a machine without the course. So its first cell installs
the package `utils`, at the tag of this version; a lecture's pictures and links are addresses; its
outputs are left out, since its reader makes them. The cells of a set stay as they were released:
the grader would take them for edited ones. The address of the repository stands in pyproject.toml
and nowhere else; as long as there is none, the README has no badge and nothing can be written.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import nbformat

COURSE = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted([*COURSE.glob("lectures/*.ipynb"), *COURSE.glob("exercises/*/*.ipynb")])
PROJECT = tomllib.loads((COURSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# owner/name on GitHub, "" as long as the course has no address; and the tag of this version
REPOSITORY = PROJECT.get("urls", {}).get("Repository", "").removeprefix("https://github.com/")
TAG = f"v{PROJECT['version']}"
ADDRESS = f"git+https://github.com/{REPOSITORY}@{TAG}"  # what is installed
BADGE = "[![Open in Colab](lectures/images/colab.svg)]"
INSTALL = """\
# Once in each session. Colab has torch and all the rest; --no-deps leaves them as they are.
# Elsewhere, in the grader say, the course is there, and this cell does nothing.
import sys

if "google.colab" in sys.modules:
    %pip install -q --no-deps "{what}"
"""
OF_A_SET = """\
# Run this cell first. There is no Validate here: the cell below the last test, with
# `checks.validate()`, says which tasks pass. To keep your work: File, Save a copy in Drive.
# To hand it in: File, Download, Download .ipynb. The lecture stands at
# {lecture}
"""


def opened_in_colab(name: str) -> str:
    """The address under which Colab opens a notebook, given its file name."""
    return f"https://colab.research.google.com/github/{REPOSITORY}/blob/colab/{name}"


def for_colab(path: Path) -> nbformat.NotebookNode:
    """A notebook as Colab opens it: it installs the course; without outputs, with the same ids."""
    notebook = nbformat.read(path, as_version=4)
    of_a_set = path.parent.name != "lectures"
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        elif not of_a_set:
            cell.source = re.sub(r"(?<=\]\()(?![a-z]+:|#)[^)\s]+", absolute, cell.source)
    first = INSTALL.format(what=f"{PROJECT['name']} @ {ADDRESS}")
    if of_a_set:
        lecture = f"{path.stem.removeprefix('ex')}.ipynb"
        first = OF_A_SET.format(lecture=opened_in_colab(lecture)) + first
    notebook.cells.insert(0, nbformat.v4.new_code_cell(first.rstrip(), id="colab-install"))
    nbformat.validate(notebook)
    return notebook


def absolute(link: re.Match) -> str:
    """The address of what a lecture links to: a lecture, a picture, or another of our files."""
    target = link[0]
    if target.endswith(".ipynb") and "/" not in target:
        return opened_in_colab(target)
    inside = (COURSE / "lectures" / target).resolve().relative_to(COURSE).as_posix()
    if target.endswith(".png"):
        return f"https://raw.githubusercontent.com/{REPOSITORY}/{TAG}/{inside}"
    return f"https://github.com/{REPOSITORY}/blob/{TAG}/{inside}"


def with_badges(page: str) -> str:
    """The README with one badge behind each link of its map to a lecture or a set, or with none."""
    badge = rf"(?: {re.escape(BADGE)}\([^)]*\))?"
    link = re.compile(rf"(\[[^\]]+\]\((?:lectures|exercises/\w+)/(\w+\.ipynb)\)){badge}")
    new = r"\1" + (f" {BADGE}({opened_in_colab('')}" + r"\2)" if REPOSITORY else "")
    return re.sub(r"^\| \[.*", lambda row: link.sub(new, row[0]), page, flags=re.M)


def main() -> None:
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # as utils does
    if len(sys.argv) == 1:
        readme = COURSE / "README.md"
        readme.write_text(with_badges(readme.read_text(encoding="utf-8")), encoding="utf-8")
        return
    if not REPOSITORY:
        sys.exit(
            "The course has no address yet, and Colab needs one. Write it into pyproject.toml: "
            "Repository, below [project.urls]."
        )
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    for path in NOTEBOOKS:
        nbformat.write(for_colab(path), out / path.name)
    print(f"{len(NOTEBOOKS)} notebooks written to {out}, for {REPOSITORY} at {TAG}")


if __name__ == "__main__":
    main()
