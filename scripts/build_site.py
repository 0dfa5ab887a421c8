"""Build the site into _site/html from the lectures and exercises as they are stored.

    python scripts/build_site.py [FOLDER]     into FOLDER in place of _site

Runs no notebook and needs no network. The sources are copied together first, because Sphinx wants
them in one folder, and the course's folder holds much that is no page.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from sphinx.cmd.build import main as sphinx

COURSE = Path(__file__).resolve().parent.parent
PAGES = (
    "lectures/*.ipynb",
    "lectures/images/*.png",
    "exercises/*/*.ipynb",
)


def build(folder: Path) -> Path:
    """Build the site under ``folder`` and return its front page.

    Raises:
        SystemExit: Sphinx found a fault, or warned of one; its own words are printed.
    """
    source, html = folder / "source", folder / "html"
    for old in (source, html):
        shutil.rmtree(old, ignore_errors=True)
    found = [(path, path.relative_to(COURSE)) for p in PAGES for path in COURSE.glob(p)]
    found += [(path, Path(path.name)) for path in (COURSE / "site").glob("*.md")]
    for path, place in found:
        (source / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, source / place)
    # Everything anew (-E): Sphinx does not see when the course's own extension changes.
    options = ["-q", "-W", "--keep-going", "-E", "-j", "auto", "-c", COURSE / "site"]
    options += ["-d", folder / "doctrees", source, html]
    if sphinx([str(option) for option in options]):
        sys.exit("The site was not built; the lines above say why.")
    return html / "index.html"


if __name__ == "__main__":
    page = build(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else COURSE / "_site")
    print(f"The site's front page: {page.as_uri()}")
