"""The site: built without a network, sound on the disk, and looked at page by page in Chromium.

Every page is opened once from the disk, as a reader would; what is seen there is judged in several
tests. Screenshots stay in screenshots/site/.
"""

from __future__ import annotations

import importlib
import io
import re
import subprocess
import sys
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import nbformat
import pytest
from exercise_sets import SETS
from PIL import Image

COURSE = Path(__file__).resolve().parent.parent
SHOTS = COURSE / "screenshots/site"
LECTURES = sorted((COURSE / "lectures").glob("*.ipynb"))
NOTEBOOKS = [*LECTURES, *sorted((COURSE / "exercises").glob("*/*.ipynb"))]
TERMS = tomllib.loads((COURSE / "site/glossary.toml").read_text(encoding="utf-8"))["term"]
# The builder, in a process in which any connection is an error.
BUILD = """
import runpy, socket, sys
def refuse(*_): raise OSError("the site's build wants a network")
socket.getaddrinfo = socket.socket.connect = socket.socket.connect_ex = refuse
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
SCREENS = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
PHOTOGRAPHED = ("index", "glossary", "05_perturbing_latents", "ex01_basic_autoencoder")


def page_of(notebook: Path) -> str:
    return notebook.relative_to(COURSE).with_suffix(".html").as_posix()


PAGES = ["index.html", "glossary.html", "search.html", *map(page_of, NOTEBOOKS)]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: Path(page).stem)
each_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
each_term = pytest.mark.parametrize("term", TERMS, ids=lambda term: term["en"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built site. Sphinx's warnings are errors here, as everywhere."""
    folder = tmp_path_factory.mktemp("site")
    run = subprocess.run(
        [sys.executable, "-c", BUILD, COURSE / "scripts/build_site.py", folder],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stderr == ""
    return folder / "html"


# ---------------------------------------------------------------- on the disk


class Found(HTMLParser):
    """A page's anchors, its links, what it loads, and its pictures' texts."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.pictures: list[str] = []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attributes}
        self.anchors |= {has[name] for name in ("id", "name") if name in has}
        if tag == "img":
            self.pictures.append(has.get("alt", ""))
        for name in ("src", "srcset", "data", "poster"):
            if has.get(name):
                self.loads.append(has[name])
        if "href" in has:
            # What a <link> names is loaded, but for those that only name a neighbour.
            neighbours = ("next", "prev", "search", "index", "author", "copyright", "canonical")
            loads = tag == "link" and has.get("rel") not in neighbours
            (self.loads if loads else self.links).append(has["href"])


@pytest.fixture(scope="module")
def found(site: Path) -> dict[Path, Found]:
    return {file: Found(file) for file in site.rglob("*.html") if "_static" not in file.parts}


def test_every_notebook_has_its_page(found, site):
    assert {site / page for page in PAGES} == set(found)


def test_every_link_and_anchor_resolves(found):
    broken = []
    for file, page in found.items():
        for link in page.links + page.loads:
            if re.match(r"[a-z]+:", link):
                continue
            place, _, anchor = link.partition("#")
            target = (file.parent / unquote(place.split("?")[0])).resolve() if place else file
            anchors = found[target].anchors if target in found else set()
            if not target.is_file() or (anchor and unquote(anchor) not in anchors):
                broken.append(f"{file.name}: {link}")
    assert not broken


def test_nothing_is_loaded_from_elsewhere(found, site):
    elsewhere = re.compile(r"\s*(https?:)?//")
    loads = [f"{f.name}: {what}" for f, page in found.items() for what in page.loads]
    loads += [
        f"{style.name}: {what}"
        for style in site.rglob("*.css")
        for what in re.findall(
            r"(?:url\(|@import)\s*['\"]?([^'\")\s]+)", style.read_text(encoding="utf-8")
        )
    ]
    assert len(loads) > 100, "the search knows what to look for"
    assert not [line for line in loads if elsewhere.match(line.split(": ", 1)[1])]


def test_every_picture_has_its_text(found, site):
    """A figure of a lecture has the text that its cell holds."""
    for file, page in found.items():
        assert all(page.pictures), f"a picture without a text in {file.name}"
    for lecture in LECTURES:
        pictures = found[site / page_of(lecture)].pictures
        cells = nbformat.read(lecture, as_version=4).cells
        texts = [c.metadata.get("mystnb", {}).get("image", {}).get("alt") for c in cells]
        missing = [text for text in texts if text and text not in pictures]
        assert sum(map(bool, texts)) >= 5 and not missing, missing


@each_notebook
def test_notebook_can_be_downloaded(notebook, found, site):
    page = site / page_of(notebook)
    links = [link for link in found[page].links if link.endswith(".ipynb") and ":" not in link]
    assert len(links) == 1
    assert (page.parent / links[0]).read_bytes() == notebook.read_bytes()


def test_no_page_links_to_a_place_that_is_not_there_yet(found, site):
    """pyproject.toml has no address; a reader would land nowhere."""
    for page in PAGES:
        links = found[site / page].links
        assert not [link for link in links if "colab" in link or "/OWNER/" in link], page


def test_notebooks_open_in_colab_once_the_course_has_an_address(monkeypatch):
    monkeypatch.syspath_prepend(COURSE / "site")
    pages = importlib.import_module("course_pages")
    for name, address, buttons in (
        ("lectures/01_basic", "https://github.com/ada/course", 1),
        ("exercises/01_basic/01_basic", "https://github.com/ada/course", 1),
        ("solutions/01_basic/01_basic", "https://github.com/ada/course", 0),
        ("lectures/01_basic", "", 0),
    ):
        context = {"theme_repository_url": address, "header_buttons": []}
        pages.add_colab_button(None, name, "", context, None)
        urls = [button["url"] for button in context["header_buttons"]]
        colab = "https://colab.research.google.com/github/ada/course/blob/colab/01_basic.ipynb"
        assert urls == [colab] * buttons


def test_pages_of_solutions_are_made_where_they_are_asked_for_alone(script, tmp_path):
    builder = script("build_site")
    for asked in (False, True):
        builder.gather(tmp_path / str(asked), solutions=asked)
    pages = {file.relative_to(tmp_path / "True") for file in tmp_path.glob("True/**/*.ipynb")}
    plain = {file.relative_to(tmp_path / "False") for file in tmp_path.glob("False/**/*.ipynb")}
    assert plain == {notebook.relative_to(COURSE) for notebook in NOTEBOOKS}
    assert pages - plain == {Path(f"solutions/{name}/{name}.ipynb") for name in SETS}
    contents = [tmp_path / name / "index.md" for name in ("False", "True")]
    assert ["solutions/*/*" in file.read_text(encoding="utf-8") for file in contents] == [0, 1]


@pytest.mark.parametrize("name", SETS)
def test_page_of_solutions_shows_hints_and_solutions_and_no_test(name, script):
    path = COURSE / f"solutions/{name}/{name}.ipynb"
    ours = nbformat.read(path, as_version=4).cells
    page = script("build_site").solved(nbformat.read(path, as_version=4), name)
    text = "\n".join(cell.source for cell in page.cells)
    assert page.cells[0].source.startswith("# Solutions of set ")
    for cell in ours:
        graded = cell.metadata.nbgrader
        if graded.solution and cell.cell_type == "code":
            inside = re.findall(r"### BEGIN SOLUTION\n(.*?)\n *### END SOLUTION", cell.source, re.S)
            assert inside and all(part in text for part in inside)
        elif graded.solution or (cell.cell_type == "markdown" and cell is not ours[0]):
            assert cell.source in text, "tasks with their hints, questions with their answers"
    assert "hint" in page.cells[0].source and "Hint 3" in text
    for word in ("def test(case)", "cases.load", 'run("ex', "BEGIN ", "validate()"):
        assert not [c for c in page.cells if c.cell_type == "code" and word in c.source], word


def test_pages_follow_each_other(found, site):
    """Previous and next lead from the front page through every notebook to the glossary."""
    order = ["index.html", *map(page_of, NOTEBOOKS), "glossary.html"]
    for page, following in pairwise(order):
        text = (site / page).read_text(encoding="utf-8")
        after = re.search(r'class="right-next"\s+href="([^"]+)"', text)
        assert after, f"{page} has no next page"
        assert (site / page).parent.joinpath(after[1]).resolve() == (site / following).resolve()
        text = (site / following).read_text(encoding="utf-8")
        before = re.search(r'class="left-prev"\s+href="([^"]+)"', text)
        assert (site / following).parent.joinpath(before[1]).resolve() == (site / page).resolve()


# ---------------------------------------------------------------- the glossary


def letters(text: str) -> str:
    return "".join(c for c in text if unicodedata.category(c) in ("Lo", "Lu", "Ll", "Lm"))


def test_glossary_is_large_enough_and_names_each_term_once():
    names = [term["en"].lower() for term in TERMS]
    assert len(names) >= 60 and len(names) == len(set(names))


@each_term
def test_term_is_explained_where_the_course_introduces_it(term):
    assert set(term) == {"en", "means", "lecture", "ar", "he", "fa", "pl"}
    assert all(value == value.strip() != "" for value in term.values())
    assert term["means"].endswith((".", ".)"))
    cells = nbformat.read(COURSE / f"lectures/{term['lecture']}.ipynb", as_version=4).cells
    text = "\n".join(c.source for c in cells if c.cell_type == "markdown")
    assert term["en"].lower() in text.lower(), f"lecture {term['lecture']} does not hold the term"


@each_term
def test_rendering_is_in_its_own_script(term):
    assert set(term["pl"]) <= set(
        "abcdefghijklmnopqrstuvwxyząćęłńóśźżABCDEFGHIJKLMNOPQRSTUVWXYZ, -"
    )
    assert all("\u05d0" <= c <= "\u05ea" for c in letters(term["he"]))
    for language in ("ar", "fa"):
        assert all("\u0620" <= c <= "\u06d3" for c in letters(term[language]))
    # The two share a script, and neither writes these letters of the other's.
    assert not set(term["ar"]) & set("پچژگکی"), "a Persian letter in the Arabic"
    assert not set(term["fa"]) & set("ةكيى"), "an Arabic letter in the Persian"


def test_renderings_stand_on_the_page_with_language_and_direction(site):
    text = (site / "glossary.html").read_text(encoding="utf-8")
    for term in TERMS:
        for language, direction in {"ar": "rtl", "he": "rtl", "fa": "rtl", "pl": "ltr"}.items():
            assert f'<span lang="{language}" dir="{direction}">{term[language]}</span>' in text


# ---------------------------------------------------------------- in the browser

# Syntax colours and formulas repeat a few patterns thousands of times, and axe looks at each; one
# of every kind of token is enough, and a formula's strokes are no text.
THIN = """() => {
    const seen = new Set();
    for (const span of document.querySelectorAll('.highlight pre span')) {
        const kind = span.closest('.highlight').parentElement.className + ' ' + span.className;
        if (seen.has(kind)) span.replaceWith(span.textContent);
        seen.add(kind);
    }
    document.querySelectorAll('mjx-container svg').forEach(svg => svg.replaceChildren());
}"""
# Text outside code in which a formula was left as it was typed.
RAW_MATHS = r"""() => {
    const walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
    const found = [];
    while (walk.nextNode()) {
        const text = walk.currentNode;
        if (text.parentElement.closest('pre, code, script, style, mjx-container')) continue;
        if (/\$[^$]+\$|\\[(\[]|\\(frac|hat|sum|log)/.test(text.data)) found.push(text.data);
    }
    return found;
}"""


@pytest.fixture(scope="module")
def visit(chromium, site) -> Iterator[Callable[[str], SimpleNamespace]]:
    """``visit(page)``: what is seen on a page; each is opened once."""
    from axe_playwright_python.sync_playwright import Axe

    seen: dict[str, SimpleNamespace] = {}
    SHOTS.mkdir(parents=True, exist_ok=True)

    def axe(tab, **options) -> list[str]:
        # Without preload: axe would fetch style sheets, which browsers refuse on the disk.
        options = {"resultTypes": ["violations"], "preload": False, **options}
        report = Axe().run(tab, options=options).response
        return [
            f"{fault['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
            for fault in report["violations"]
            if fault["impact"] in ("serious", "critical")
            for node in fault["nodes"]
        ]

    def look(page: str) -> SimpleNamespace:
        errors, requests = [], []
        tab = chromium.new_page(viewport=SCREENS["desk"], color_scheme="light")
        tab.on("console", lambda m: m.type in ("error", "warning") and errors.append(m.text))
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.on("request", lambda request: requests.append(request.url))
        tab.goto((site / page).as_uri())
        tab.add_style_tag(content="* { transition: none !important }")
        drawn = (
            "MathJax.startup.promise.then(() => document.querySelectorAll('mjx-container').length)"
        )
        result = SimpleNamespace(
            errors=errors,
            requests=requests,
            formulas=tab.locator("main .math").count(),
            drawn=tab.evaluate(f"window.MathJax ? {drawn} : 0"),
            undrawn=tab.locator("mjx-merror, [data-mjx-error]").count(),
            raw=tab.evaluate(RAW_MATHS),
        )
        photographed = Path(page).stem in PHOTOGRAPHED

        def shoot(name: str) -> None:
            if photographed:
                tab.screenshot(path=SHOTS / f"{Path(page).stem}-{name}.png")

        shoot("light")
        tab.set_viewport_size(SCREENS["phone"])
        result.width = tab.evaluate("document.documentElement.scrollWidth")
        shoot("phone")
        tab.set_viewport_size(SCREENS["desk"])
        tab.emulate_media(color_scheme="dark")
        tab.wait_for_selector("html[data-theme=dark]", state="attached", timeout=5_000)
        shoot("dark")
        tab.evaluate(THIN)
        # What differs between the themes is colour.
        result.dark = axe(tab, runOnly={"type": "rule", "values": ["color-contrast"]})
        tab.emulate_media(color_scheme="light")
        tab.wait_for_selector("html[data-theme=light]", state="attached", timeout=5_000)
        result.light = axe(tab)
        tab.close()
        return result

    def once(page: str) -> SimpleNamespace:
        if page not in seen:
            seen[page] = look(page)
        return seen[page]

    yield once


@each_page
def test_page_opens_without_error_and_without_network(page, visit):
    seen = visit(page)
    assert not seen.errors
    assert not [url for url in seen.requests if not url.startswith(("file:", "data:", "blob:"))]


@each_page
def test_maths_is_drawn(page, visit):
    seen = visit(page)
    assert seen.drawn == seen.formulas and not seen.undrawn and not seen.raw
    if page.startswith("lectures/"):
        assert seen.formulas


@each_page
def test_axe_finds_nothing_serious_in_either_theme(page, visit):
    seen = visit(page)
    assert not seen.light
    assert not seen.dark


@each_page
def test_page_fits_a_phone(page, visit):
    assert visit(page).width <= SCREENS["phone"]["width"]


@pytest.fixture
def tab(chromium, site) -> Iterator:
    page = chromium.new_page(viewport=SCREENS["desk"])
    yield page
    page.close()


def test_front_page_has_a_card_with_a_picture_for_each_lecture(tab, site):
    tab.goto((site / "index.html").as_uri())
    cards = tab.locator(".sd-card")
    assert cards.count() == len(LECTURES)
    for card, lecture in zip(cards.all(), LECTURES, strict=True):
        title = nbformat.read(lecture, as_version=4).cells[0].source.splitlines()[0]
        assert card.locator(".sd-card-title").inner_text() == title.removeprefix("# ")
        picture = card.locator("img")
        assert picture.evaluate("p => p.complete && p.naturalWidth") > 100
        assert len(picture.get_attribute("alt")) > 60
        assert "running" in card.locator(".sd-card-footer").inner_text()
        assert card.locator("a").get_attribute("href") == page_of(lecture)


def test_figures_are_not_changed_by_the_dark_theme(tab, site):
    """They bring their own white ground, on which they were drawn to be read."""
    tab.emulate_media(color_scheme="dark")
    tab.goto((site / page_of(LECTURES[5])).as_uri())
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"
    pictures = tab.locator("main .cell_output img")
    assert pictures.count() >= 5
    for picture in pictures.all():
        assert picture.evaluate("p => getComputedStyle(p).filter") == "none"
        shown = Image.open(io.BytesIO(picture.screenshot())).convert("RGB")
        assert min(shown.getpixel((3, 3))) > 240, "the corner of a figure is white on the screen"


def test_site_can_be_used_with_the_keyboard_alone(tab, site):
    tab.goto((site / page_of(LECTURES[1])).as_uri())
    tab.keyboard.press("Tab")
    focused = tab.locator(":focus")
    assert "skip" in focused.inner_text().lower(), "the first stop leads past the sidebar"
    assert focused.is_visible()
    tab.keyboard.press("Enter")
    assert tab.url.endswith("#main-content")
    tab.keyboard.press("Tab")
    assert tab.locator("main :focus").count() == 1, "what follows is in the page's own part"
    stops = []
    for _ in range(12):
        tab.keyboard.press("Tab")
        stops.append(tab.evaluate("document.activeElement.closest('article') !== null"))
    assert any(stops), "a few stops later a link of the text"
    assert tab.evaluate("document.documentElement.dataset.mode") == "auto"
    tab.locator("main button.theme-switch-button").focus()
    for key in ("Enter", "Tab", "Tab", "Tab", "Enter"):  # open, the system's, light, dark, choose
        tab.keyboard.press(key)
    assert tab.evaluate("document.documentElement.dataset.mode") == "dark"


def test_search_finds_from_the_disk(tab, site):
    tab.goto((site / "index.html").as_uri())
    tab.keyboard.press("Control+k")
    tab.keyboard.type("contractive")
    tab.keyboard.press("Enter")
    results = tab.locator("#search-results li a")
    results.first.wait_for()
    tab.get_by_text("Search finished").wait_for()
    found = " ".join(link.get_attribute("href") for link in results.all())
    assert "lectures/06_contractive.html" in found
