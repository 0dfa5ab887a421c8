"""Tables of measured values: HTML in a notebook, plain text elsewhere, the best value in bold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from math import hypot, isnan
from numbers import Integral, Real
from typing import Any

TWO_DECIMALS = "{:.2f}"


@dataclass(repr=False)
class Table:
    """Let a cell end with it, ``display`` it, or ``print`` it."""

    caption: str
    cells: list[list[str]]  # the head first; in each row its name first
    best: set[tuple[int, int]]  # (row, column) of the cells in bold
    words: set[int]  # the columns that hold text, not numbers

    def __repr__(self) -> str:
        """Aligned plain text; a star stands for bold."""
        room = {j for _, j in self.best}
        rows = [
            [
                text + "*" * ((i, j) in self.best) + " " * (j in room and (i, j) not in self.best)
                for j, text in enumerate(row)
            ]
            for i, row in enumerate(self.cells)
        ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [self.caption] if self.caption else []
        for row in rows:
            padded = [
                f"{text:{'<' if j in self.words else '>'}{widths[j]}}" for j, text in enumerate(row)
            ]
            lines.append("   ".join(padded).rstrip())
        return "\n".join([*lines, "* the best, or tied with it"] if self.best else lines)

    def _repr_html_(self) -> str:
        def cell(i: int, j: int, text: str) -> str:
            side = "left" if j in self.words else "right"
            tag = "td" if i and j else 'th scope="row"' if i else 'th scope="col"'
            weight = "; font-weight: normal" if i and not j else ""  # bold is for the best
            text = f"<strong>{escape(text)}</strong>" if (i, j) in self.best else escape(text)
            return f'<{tag} style="text-align: {side}{weight}">{text}</{tag[:2]}>'

        rows = [
            "<tr>" + "".join(cell(i, j, text) for j, text in enumerate(row)) + "</tr>"
            for i, row in enumerate(self.cells)
        ]
        style = "caption-side: top; text-align: left; color: inherit"
        top = [f'<caption style="{style}">{escape(self.caption)}</caption>'] * bool(self.caption)
        head = ["<thead>", rows[0], "</thead>", "<tbody>"]
        # The class of pandas' tables, for which themes, light and dark, have a style.
        start = '<table class="dataframe">'
        return "\n".join([start, *top, *head, *rows[1:], "</tbody>", "</table>"])


def table(
    rows: Mapping[Any, Mapping[Any, Any]],
    caption: str = "",
    formats: str | Mapping[Any, str] = TWO_DECIMALS,
    best: Mapping[Any, str] | None = None,
    corner: str = "",
) -> Table:
    """A table of measured values: HTML in a notebook, aligned plain text elsewhere.

    Args:
        rows: row name -> {column name -> value}. A value is a number, a text, None (an empty cell)
            or a pair (mean, standard error), written "mean ± error". A row may lack columns.
        caption: above the table: what was measured, in which unit.
        formats: of every number, or column name -> format. Without one of its own, a number gets
            two decimals, an int none.
        best: column name -> "low" or "high". The best value of that column is bold, and so is each
            that reads the same; of pairs, each whose difference to the best is within the standard
            error of that difference, √(a² + b²) for independent errors a and b.
        corner: what stands over the row names.

    Raises:
        ValueError: no row has a value; ``formats`` or ``best`` names a column that no row has;
            ``best`` asks for neither "low" nor "high".
        TypeError: a value of another kind.
    """
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    best = best or {}
    own: Mapping[Any, str] = {} if isinstance(formats, str) else formats
    usual = formats if isinstance(formats, str) else TWO_DECIMALS
    if not columns:
        raise ValueError("A table needs at least one row with one value.")
    if unknown := [column for column in [*best, *own] if column not in columns]:
        raise ValueError(f"No row has a column {unknown[0]!r}; there are {columns}.")
    cells = [[corner, *map(str, columns)]]
    for name, row in rows.items():
        cells.append([str(name), *(_written(row.get(c), own.get(c, usual)) for c in columns)])
    bold, words = set(), {0}
    for j, column in enumerate(columns, 1):
        values = [row.get(column) for row in rows.values()]
        if all(isinstance(value, str | None) for value in values):
            words.add(j)
        if column in best:
            bold |= {(i, j) for i in _winners(values, [row[j] for row in cells], best[column])}
    return Table(caption, cells, bold, words)


def _written(value: Any, form: str) -> str:
    if isinstance(value, str | None):
        return value or ""
    if isinstance(value, tuple) and len(value) == 2:
        return " ± ".join(_written(part, form) for part in value)
    value = value.item() if getattr(value, "shape", None) == () else value  # a tensor, an array
    if not isinstance(value, Real):
        raise TypeError(f"A number, a text, None or a pair of numbers was expected; got {value!r}.")
    return (
        f"{value:,}" if isinstance(value, Integral) and form == TWO_DECIMALS else form.format(value)
    )


def _winners(values: list[Any], texts: list[str], aim: str) -> list[int]:
    """The rows of the best value and of those tied with it; ``texts`` begins with the head's."""
    if aim not in ("low", "high"):
        raise ValueError(f'The best value of a column is "low" or "high"; got {aim!r}.')
    known: dict[int, tuple[float, float]] = {}
    for i, value in enumerate(values, 1):
        mean, error = value if isinstance(value, tuple) else (value, 0.0)
        if not isinstance(mean, str | None) and not isnan(mean):
            known[i] = float(mean), float(error)
    if not known:
        return []
    top = (min if aim == "low" else max)(known, key=lambda i: known[i][0])
    m, e = known[top]
    return [
        i
        for i, (mean, error) in known.items()
        if texts[i] == texts[top] or abs(mean - m) <= hypot(error, e)
    ]
