"""How Sphinx builds the site; `make site` calls it through scripts/build_site.py.

Nothing here may point to another server: the site works from the disk, without a network.
"""

import importlib.util
import sys
import tomllib
from pathlib import Path

SITE = Path(__file__).resolve().parent
sys.path.insert(0, str(SITE))
about = tomllib.loads((SITE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = html_title = "Autoencoders, a course in notebooks"
author = "The autoencoder course's authors"
copyright = "the autoencoder course's authors. Code: MIT. Text and figures: CC BY 4.0"
release = about["version"]
language = "en"

extensions = ["myst_nb", "sphinx_design", "sphinx.ext.mathjax", "course_pages"]
myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 3
# The pages show what is stored in the notebooks; nothing is run here.
nb_execution_mode = "off"
# Widgets would fetch their scripts from elsewhere; a static figure stands beside each.
nb_ipywidgets_js = {}

# MathJax as one file, which draws formulas as SVG: fonts would have to be read across folders,
# which some browsers refuse for pages on the disk. Of its package only this file is needed.
packed = importlib.util.find_spec("sphinx-mathjax-offline").submodule_search_locations[0]
html_static_path = ["static", str(Path(packed, "static/mathjax/tex-svg.js"))]
mathjax_path = "tex-svg.js"

html_theme = "sphinx_book_theme"
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system has it
html_css_files = ["course.css"]
html_use_index = False
html_show_search_summary = False  # it would fetch pages, which browsers refuse on the disk
html_theme_options = {
    "logo": {"text": "Autoencoders"},
    "navbar_persistent": [],  # the search button stands in the sidebar
    "home_page_in_toc": True,
    "show_toc_level": 2,
    "use_download_button": True,
    "use_fullscreen_button": False,
    # A button that leads to the repository, once pyproject.toml says where that is.
    "repository_url": about.get("urls", {}).get("Repository", ""),
    "use_repository_button": "urls" in about,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
