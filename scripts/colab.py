"""Write the lectures as Colab opens them, or refresh their badges in the README.

    python scripts/colab.py OUT     each lecture into the folder OUT, for the branch `colab`
    python scripts/colab.py         the badges of README.md, after a change of address or lectures

A notebook that Colab opens stands alone on a machine without the course. So its first cell installs
the package `utils`, at the tag of this version; its pictures and links are addresses; its outputs
are left out, since its reader makes them. The address of the repository stands in pyproject.toml
and nowhere else; as long as there is none, the README has no badge and nothing can be written.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import nbformat

COURSE = Path(__file__).resolve().parent.parent
LECTURES = sorted((COURSE / "lectures").glob("*.ipynb"))
PROJECT = tomllib.loads((COURSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# owner/name on GitHub, "" as long as the course has no address; and the tag of this version
REPOSITORY = PROJECT.get("urls", {}).get("Repository", "").removeprefix("https://github.com/")
TAG = f"v{PROJECT['version']}"
BADGE = "[![Open in Colab](lectures/images/colab.svg)]"


def opened_in_colab(name: str) -> str:
    """The address under which Colab opens a lecture, given its file name."""
    return f"https://colab.research.google.com/github/{REPOSITORY}/blob/colab/{name}"


def for_colab(path: Path) -> nbformat.NotebookNode:
    """A lecture as Colab opens it: installs, no outputs, no relative links, the same cell ids."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        else:
            cell.source = re.sub(r"(?<=\]\()(?![a-z]+:|#)[^)\s]+", absolute, cell.source)
    source = (
        "# Once in each session. Colab has torch and all the rest; --no-deps leaves them as they "
        f'are.\n%pip install -q --no-deps "{PROJECT["name"]} @ '
        f'git+https://github.com/{REPOSITORY}@{TAG}"'
    )
    notebook.cells.insert(0, nbformat.v4.new_code_cell(source, id="colab-install"))
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
    """The README with one badge behind each link of its table to a lecture, or with none."""
    badge = rf"(?: {re.escape(BADGE)}\([^)]*\))?"
    row = re.compile(rf"^(\| \[[^\]]+\]\(lectures/([^)]+)\)){badge}", re.M)
    if not REPOSITORY:
        return row.sub(r"\1", page)
    return row.sub(lambda found: f"{found[1]} {BADGE}({opened_in_colab(found[2])})", page)


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
    for path in LECTURES:
        nbformat.write(for_colab(path), out / path.name)
    print(f"{len(LECTURES)} lectures written to {out}, for {REPOSITORY} at {TAG}")


if __name__ == "__main__":
    main()
