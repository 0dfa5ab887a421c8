"""utils.tables: what is bold, what is written, in HTML and in plain text."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from IPython.core.formatters import DisplayFormatter

from utils.tables import table

ROWS = {
    "PCA": {"error": 17.9, "parameters": 47_040, "note": "exact"},
    "autoencoder": {"error": 9.456, "parameters": 47_854, "note": None},
    784: {"error": 9.461},
}


def bold(shown) -> list[str]:
    return re.findall("<strong>(.*?)</strong>", shown._repr_html_())


def test_plain_text_is_aligned_and_stars_the_best():
    shown = table(ROWS, "Squared error", best={"error": "low", "parameters": "low"}, corner="model")
    assert str(shown).splitlines() == [
        "Squared error",
        "model         error    parameters    note",
        "PCA           17.90        47,040*   exact",
        "autoencoder    9.46*       47,854",
        "784            9.46*",
        "* the best, or tied with it",
    ]
    assert bold(shown) == ["47,040", "9.46", "9.46"], "what reads the same is as good"
    assert str(table({"a": {"b": 1.0}})) == "       b\na   1.00"


def test_notebook_gets_both():
    data, _ = DisplayFormatter().format(table(ROWS, best={"error": "low"}))
    assert (
        data["text/html"].startswith('<table class="dataframe">') and "9.46*" in data["text/plain"]
    )


def test_numbers_are_right_aligned_and_words_left():
    html = table(ROWS, corner="model")._repr_html_()
    for side, text in (("right", "17.90"), ("right", "47,040"), ("left", "exact")):
        assert f'<td style="text-align: {side}">{text}</td>' in html
    assert '<th scope="col" style="text-align: right">error</th>' in html
    assert '<th scope="col" style="text-align: left">note</th>' in html
    name = '<th scope="row" style="text-align: left; font-weight: normal">PCA</th>'
    assert name in html, "bold is for the best"
    assert not re.search(r"#[0-9a-f]{3}|background|(?<!-)color: (?!inherit)", html), "any theme"


@pytest.mark.parametrize(
    ("values", "aim", "winners"),
    [
        ([(1.0, 0.3), (1.49, 0.4), (1.51, 0.4)], "low", ["1.00 ± 0.30", "1.49 ± 0.40"]),
        ([(1.0, 0.3), (1.49, 0.4), (1.51, 0.4)], "high", ["1.49 ± 0.40", "1.51 ± 0.40"]),
        ([(1.0, 0.3), (2.0, 0.4), 1.2], "low", ["1.00 ± 0.30", "1.20"]),
        ([float("nan"), None, "diverged", -3.0], "high", ["-3.00"]),
        ([float("inf"), float("inf"), 30.0], "high", ["inf", "inf"]),
        (["diverged", None], "low", []),
    ],
)
def test_ties_are_bold_too(values, aim, winners):
    rows = {i: {"x": value} for i, value in enumerate(values)}
    assert bold(table(rows, best={"x": aim})) == winners


def test_values_of_numpy_and_torch_and_formats_of_their_own():
    rows = {"a": {"x": torch.tensor(0.25), "n": np.int64(1000), "y": (np.float32(2), 0.5), "z": 3}}
    shown = str(table(rows, formats={"x": "{:.1%}", "z": "{:.1f}"}))
    assert shown.splitlines()[1].split("   ")[1:] == ["25.0%", "1,000", "2.00 ± 0.50", "3.0"]
    assert "1e+03" in str(table(rows, formats="{:.0e}")), "one format for all is for ints too"


def test_html_is_escaped():
    html = table({"<i>": {"a & b": "<b>x</b>"}}, "1 < 2", corner="<")._repr_html_()
    assert "<i>" not in html and "<b>" not in html
    for text in ("&lt;i&gt;", "a &amp; b", "&lt;b&gt;x&lt;/b&gt;", "1 &lt; 2"):
        assert text in html


@pytest.mark.parametrize(
    ("rows", "options", "error", "words"),
    [
        ({}, {}, ValueError, "at least one row"),
        ({"a": {}}, {}, ValueError, "at least one row"),
        (ROWS, {"best": {"eror": "low"}}, ValueError, "No row has a column 'eror'; there are"),
        (ROWS, {"formats": {"seed": "{}"}}, ValueError, "No row has a column 'seed'"),
        (ROWS, {"best": {"error": "least"}}, ValueError, '"low" or "high"; got \'least\''),
        ({"a": {"x": [1, 2]}}, {}, TypeError, r"a pair of numbers was expected; got \[1, 2\]"),
        ({"a": {"x": torch.ones(2)}}, {}, TypeError, "a pair of numbers was expected"),
    ],
)
def test_errors_say_what_was_expected(rows, options, error, words):
    with pytest.raises(error, match=words):
        table(rows, **options)
