"""What goes into grading, and what comes of it: a task's score and a submission's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Handed:
    """What one student handed in, as it goes to a worker.

    Attributes:
        student: the name of the folder.
        content: the bytes of a notebook that is ready to run: the set's own, with the student's
            answers and extra cells (marked ``own``) in it; or None.
        problem: why there are none.
        missing: that nothing was handed in at all.
        notes: what was mended.
        review: what a person has to look at.
        unanswered: the cells to fill in that are as they were released.
        when: it was handed in, in UTC.
    """

    student: str
    content: bytes | None = None
    problem: str = ""
    missing: bool = False
    notes: list[str] = field(default_factory=list)
    review: list[str] = field(default_factory=list)
    unanswered: set[str] = field(default_factory=set)
    when: datetime | None = None


@dataclass
class Task:
    """One graded cell.

    Attributes:
        score: None where a person has to give it.
        message: what the student reads.
    """

    points: float
    score: float | None
    message: str = ""


@dataclass
class Result:
    """What came of one submission; ``notes`` and ``review`` are sentences for the instructor."""

    student: str
    status: str  # "graded", "needs review" or "failed"
    notes: list[str] = field(default_factory=list)
    review: list[str] = field(default_factory=list)
    tasks: dict[str, Task] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)
    notebook: str = ""  # as run, in JSON
    seconds: float = 0.0  # that it took, and of these the processor time of the student's processes
    theirs: float = 0.0

    @property
    def score(self) -> float:
        return sum(task.score or 0.0 for task in self.tasks.values())


def failed(handed_in_by: str, why: str) -> Result:
    """The result of a submission of which nothing could be run."""
    return Result(handed_in_by, "failed", notes=[why])
