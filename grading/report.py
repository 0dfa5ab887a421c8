"""What the instructor reads: how the class did, where, and what went wrong most often."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from jinja2 import Environment, FileSystemLoader

from grading.release import Release
from grading.table import Row

_BINS = 10


@dataclass
class _Task:
    name: str
    points: float
    share: float | None  # of the points, over those who were graded
    full: int
    none: int
    messages: list[tuple[str, int]]


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
        review=[row for row in table if row.needs_review],
        missing=[row.student for row in table if row.status == "missing"],
        by_hand=sum(any(v is None for v in row.tasks.values()) for row in graded),
        maximum=sum(release.points.values()),
        mean=sum(scores) / len(scores) if scores else 0.0,
        median=median(scores or [0.0]),
        bins=_bins(scores, sum(release.points.values())),
        tasks=[_task(name, release, graded) for name in release.points],
        total_time=sum(times),
        median_time=median(times or [0.0]),
        slowest=sorted(graded, key=lambda row: -row.seconds)[:5],
    )


def _bins(scores: list[float], maximum: float) -> list[tuple[str, int]]:
    counts = [0] * _BINS
    for score in scores:
        counts[min(int(_BINS * score / maximum), _BINS - 1)] += 1
    edges = [maximum * i / _BINS for i in range(_BINS + 1)]
    return [(f"{edges[i]:g}–{edges[i + 1]:g}", count) for i, count in enumerate(counts)]


def _task(name: str, release: Release, graded: list[Row]) -> _Task:
    points = release.points[name]
    scores = (row.tasks.get(name) for row in graded)
    given = [score for score in scores if score is not None]
    said = Counter(_essence(row.messages[name]) for row in graded if name in row.messages)
    return _Task(
        name,
        points,
        sum(given) / (points * len(given)) if given and points else None,
        sum(score >= points for score in given),
        sum(score == 0 for score in given),
        said.most_common(3),
    )


def _essence(message: str) -> str:
    """What two students with the same misconception read alike."""
    cause = message.partition("Likely cause: ")[2]
    text = cause or message
    text = text.partition(" This happened in ")[0]
    return re.sub(r"-?\d+(\.\d+)?(e[-+]?\d+)?", "…", text)[:240].strip()
