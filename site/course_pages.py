"""What the site makes of the notebooks and the glossary: a Sphinx extension of the course's own.

- ``{lecture-cards}``: the front page's cards, read off the lectures;
- ``{course-glossary}``: the page of terms, read off glossary.toml;
- widgets, which need a running kernel, give way to a word; an exercise's tests fold away;
- each lecture and each set gets a button that opens it in Colab.
"""

from __future__ import annotations

import json
import re
import tomllib
from html import escape
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

SITE = Path(__file__).resolve().parent
WIDGET = "application/vnd.jupyter.widget-view+json"
# code -> name in English, direction of writing
LANGUAGES = {
    "ar": ("Arabic", "rtl"),
    "he": ("Hebrew", "rtl"),
    "fa": ("Persian", "rtl"),
    "pl": ("Polish", "ltr"),
}
BOXES = {
    "Predict before you run.": "predict",
    "What to notice.": "notice",
    "Check the source.": "check",
}


def glossary() -> list[dict]:
    """The terms of glossary.toml, in alphabetical order."""
    terms = tomllib.loads((SITE / "glossary.toml").read_text(encoding="utf-8"))["term"]
    return sorted(terms, key=lambda term: term["en"].lower())


def summary(lecture: Path) -> dict[str, str]:
    """Title, picture, its text, what is done and the times, read off a lecture's first cells."""
    cells = nbformat.read(lecture, as_version=4).cells
    text = "\n\n".join(c.source for c in cells[:3] if c.cell_type == "markdown")
    wanted = {
        "title": r"^# (.+)$",
        "alt": r"!\[([^\]]+)\]",
        "picture": r"!\[[^\]]+\]\(([^)]+)\)",
        "will": r"^\*\*You will\*\* (.+)$",
        "read": r"Reading: (.+?)\.",
        "run": r"Running: (?:about )?(.+?)(?: on two CPU cores)?\.",
    }
    found = {name: re.search(pattern, text, re.M) for name, pattern in wanted.items()}
    missing = [name for name, match in found.items() if not match]
    if missing:
        raise ValueError(f"{lecture.name} does not say its {' and '.join(missing)}")
    return {name: match[1].strip() for name, match in found.items()}


class LectureCards(SphinxDirective):
    """A card for every lecture that there is."""

    def run(self) -> list[nodes.Node]:
        lines = [":::::{grid} 1 1 2 2", ":gutter: 3", ""]
        for path in sorted(Path(self.env.srcdir, "lectures").glob("*.ipynb")):
            about = summary(path)
            will = about["will"][0].upper() + about["will"][1:]
            lines += [
                f"::::{{grid-item-card}} {about['title']}",
                f":link: lectures/{path.stem}",
                ":link-type: doc",
                f":img-top: lectures/{about['picture']}",
                f":img-alt: {json.dumps(about['alt'], ensure_ascii=False)}",
                will,
                ":::{card-footer}",
                f"Reading {about['read']}, running {about['run']}",
                ":::",
                "::::",
            ]
        return self.parse_text_to_nodes("\n".join([*lines, ":::::"]))


class CourseGlossary(SphinxDirective):
    """The terms, their meaning, where they come in, and their names in four languages."""

    def run(self) -> list[nodes.Node]:
        lines = [":::{glossary}"]
        for term in glossary():
            number = term["lecture"][:2]
            where = f"[Lecture {number}](lectures/{term['lecture']}.ipynb)"
            named = "".join(
                f'<li><span class="language">{name}</span> '
                f'<span lang="{code}" dir="{direction}">{escape(term[code])}</span></li>'
                for code, (name, direction) in LANGUAGES.items()
            )
            lines += [
                term["en"],
                f"  {term['means']} {where}.",
                "",
                f'  <ul class="renderings">{named}</ul>',
                "",
            ]
        return self.parse_text_to_nodes("\n".join([*lines, ":::"]))


def prepare_notebook(app: Sphinx, docname: str, source: list[str]) -> None:
    """Change what the page is made of; the file that readers download stays as it is."""
    if app.env.doc2path(docname).suffix != ".ipynb":
        return
    notebook = json.loads(source[0])
    notebook["metadata"].pop("widgets", None)
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            # A figure is shown at half its pixels; on a phone its height has to follow its width.
            output.get("metadata", {}).get("image/png", {}).pop("height", None)
            if WIDGET in output.get("data", {}):
                output["data"] = {"text/markdown": "*Sliders stand here when the notebook runs.*"}
            if html := output.get("data", {}).get("text/html"):
                # A table wider than the page scrolls (course.css): with the keyboard, too.
                html = "".join(html).replace("<table ", '<table tabindex="0" ')
                output["data"]["text/html"] = html
        if "hide-input" in cell["metadata"].get("tags", []):  # a test of an exercise set
            # Its first line is a comment that names what it tests.
            name = "".join(cell["source"]).partition("\n")[0].strip("# .")
            cell["metadata"]["mystnb"] = {
                "code_prompt_show": f"Show the test: {name}",
                "code_prompt_hide": f"Hide the test: {name}",
            }
    source[0] = json.dumps(notebook)


def finish_page(app: Sphinx, doctree: nodes.document) -> None:
    """Give the boxes their looks."""
    for node in doctree.findall(nodes.block_quote):
        text = " ".join(node.astext().split())
        if words := next(filter(text.startswith, BOXES), ""):
            node["classes"] += ["box", f"box-{BOXES[words]}"]


def add_colab_button(app: Sphinx, pagename: str, template: str, context: dict, doctree) -> None:
    """Open a lecture or a set in Colab, from the branch whose copies install the course's package.

    The theme's own button would open it from elsewhere, where it does not find ``utils``. No button
    as long as pyproject.toml says nothing of where the course lives.
    """
    folder, _, name = pagename.rpartition("/")
    repository = context["theme_repository_url"].removeprefix("https://github.com/")
    if repository and folder.startswith(("lectures", "exercises")):
        context["header_buttons"].insert(
            0,
            {
                "type": "link",
                "url": f"https://colab.research.google.com/github/{repository}/blob/colab/{name}.ipynb",
                "tooltip": "Open in Colab",
                "icon": "fas fa-rocket",
                "label": "open-in-colab",
            },
        )


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("lecture-cards", LectureCards)
    app.add_directive("course-glossary", CourseGlossary)
    app.connect("source-read", prepare_notebook)
    app.connect("doctree-read", finish_page)
    app.connect("html-page-context", add_colab_button, priority=900)  # after the theme's own
    return {"parallel_read_safe": True, "parallel_write_safe": True}
