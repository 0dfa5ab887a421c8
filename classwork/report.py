"""What the instructor reads: how the class did, where, and what went wrong most often."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from jinja2 import Environment, FileSystemLoader

from classwork import titles
from classwork.intake import few
from classwork.table import Row
from grading.release import Release

_BINS = 10  # at most, or one more


@dataclass
class _Task:
    """A task, or a test of one: how those who were graded did."""

    name: str
    points: float
    share: float | None  # of the points
    full: int
    none: int
    messages: list[tuple[str, int]]
    parts: list[_Task]


def page(release: Release, table: list[Row]) -> str:
    """The report as one HTML file that needs nothing else."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True
    )
    graded = [row for row in table if row.score is not None]
    scores = [row.score for row in graded if row.score is not None]
    times = [row.seconds for row in graded]
    return environment.get_template("report.html.j2").render(
        name=release.name,
        table=table,
        graded=graded,
        review=[
            (row, _once(release, row.review or [row.message])) for row in table if row.needs_review
        ],
        missing=[row.student for row in table if row.status == "missing"],
        by_hand=sum(any(v is None for v in row.tasks.values()) for row in graded),
        maximum=sum(release.points.values()),
        mean=sum(scores) / len(scores) if scores else 0.0,
        median=median(scores or [0.0]),
        bins=_bins(scores, sum(release.points.values())),
        tasks=[
            _task(title, names, release, graded) for title, names in titles.tasks(release).items()
        ],
        total_time=sum(times),
        median_time=median(times or [0.0]),
        slowest=sorted(graded, key=lambda row: -row.seconds)[:5],
    )


def _bins(scores: list[float], maximum: float) -> list[tuple[str, int]]:
    """How many reached how many whole points; what lies between counts as the lower."""
    most = max(1, round(maximum))
    edges = [*range(0, most, -(-most // _BINS))]
    counts = [0] * len(edges)
    for score in scores:
        counts[max(i for i, edge in enumerate(edges) if edge <= score)] += 1
    ends = [edge - 1 for edge in edges[1:]] + [most]
    labels = [
        f"{edge}–{end}" if edge < end else f"{end}" for edge, end in zip(edges, ends, strict=True)
    ]
    return [*zip(labels, counts, strict=True)]


def _task(title: str, names: list[str], release: Release, graded: list[Row]) -> _Task:
    names = [name for name in names if name in release.points]
    points = sum(release.points[name] for name in names)
    rows = [[row.tasks.get(name) for name in names] for row in graded]
    given = [sum(filter(None, scores)) for scores in rows if None not in scores]
    said = Counter(
        essence
        for row in graded
        for essence in {_essence(row.messages[name]) for name in names if name in row.messages}
    )
    parts = names if len(names) > 1 else []
    return _Task(
        title,
        points,
        sum(given) / (points * len(given)) if given and points else None,
        sum(score >= points for score in given),
        sum(score == 0 for score in given),
        said.most_common(3),
        [_task(titles.called(release, name), [name], release, graded) for name in parts],
    )


def _once(release: Release, reasons: list[str]) -> list[str]:
    """Each reason once, with the cells that it holds for."""
    names = sorted(release.cells, key=len, reverse=True)
    cell = re.compile("|".join([*map(re.escape, names), r"the student's cell \d+"]))
    found: dict[str, list[str]] = {}
    for reason in reasons:
        where = cell.search(reason)
        said = reason.replace(where[0], "\0", 1) if where else reason
        found.setdefault(said, []).extend([where[0]] if where else [])
    return [said.replace("\0", few(list(dict.fromkeys(cells)))) for said, cells in found.items()]


def _essence(message: str) -> str:
    """What two students with the same misconception read alike."""
    cause = message.partition("Likely cause: ")[2]
    text = cause or message
    text = text.partition(" This happened in ")[0]
    return re.sub(r"-?\d+(\.\d+)?(e[-+]?\d+)?", "…", text)[:240].strip()
