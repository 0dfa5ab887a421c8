"""Run one submission and score it: each task gets what it deserves, whatever the others do."""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass, field

import nbformat

from grading import outputs, wire
from grading.judge import Judge, Remote
from grading.release import Release, by_hand, is_answer, is_test
from grading.results import Handed, Result, Task, failed
from grading.sandbox import MB, Clock, Sandbox, SandboxEnded
from utils import cases

_GRACE = 3  # seconds to answer an interrupt
_LOOK = 0.5  # seconds between two looks at a submission that is at work
_WALL = 10  # times the limit, in time of any kind: the end of what nothing else would end
_STARVED = 0.3  # of its time waiting for a processor, and what it did may be another's doing
_NOT_MADE_HERE = (
    "Here this cell did not come to its end. What follows, down to the end of the cell, was stored "
    "in the notebook that was handed in; it was not computed here."
)


def grade(handed: Handed, release: Release, sandbox: Sandbox, tests: Judge) -> Result:
    """Grade one submission.

    Args:
        handed: whose it is, and a notebook that is ready to run.
        release: the set, and ``tests`` of it.
        sandbox: where it runs.

    Raises:
        SandboxEnded: the machine failed; nothing is known of the submission.
    """
    start = time.monotonic()
    if handed.content is None:  # it went away since the run began
        return failed(handed.student, handed.problem)
    shown: dict[int, list] = {}
    for again in (True, True, False):
        run = _Run(handed, handed.content, release, sandbox, tests, shown, again)
        run.all()
        if not (again and run.perhaps_starved):
            break
    result = run.result(handed.student)
    result.seconds = round(time.monotonic() - start, 2)
    result.theirs = round(run.theirs, 2)
    return result


class _Trouble(Exception):
    """A process used more than its share, or is gone; the message says how it ended.

    Attributes:
        late: it was for time.
        told: what a page says: the status with which a process ends could be a hidden number.
    """

    def __init__(self, text: str, late: bool = False, told: str = "") -> None:
        super().__init__(text)
        self.late, self.told = late, told or text


class _Watch:
    """Called while something is waited for; gives up on what uses too much.

    Args:
        clock: of the submission.
        seconds: of its time, from now.
        interrupt: first try as Ctrl-C does.
    """

    def __init__(self, clock: Clock, seconds: float, interrupt: bool) -> None:
        self.clock, self.seconds, self.interrupt = clock, seconds, interrupt
        self.late = f"ran for more than {seconds:g} seconds of processor time"
        self.interrupted = False
        self._looked, self._start = time.monotonic(), clock.used
        self._end = clock.passed + _WALL * (seconds + _GRACE)
        clock.rest()

    def __call__(self) -> None:
        if time.monotonic() - self._looked < _LOOK:
            return
        self._looked = time.monotonic()
        seen, limits = self.clock.look(), self.clock.sandbox.limits
        if seen["status"] is not None:
            raise _Trouble(_ending(seen["status"]), told="ended its process")
        if seen["memory"] > 1.25 * limits.memory:  # all together; one alone runs into its own limit
            raise _Trouble(f"took more than {limits.memory // MB} MB of memory")
        used = self.clock.used - self._start
        if self.clock.passed > self._end:
            raise _Trouble("came to no end on a busy machine", late=True)
        if used > self.seconds and not self.interrupt:
            raise _Trouble(self.late, late=True)
        if used > self.seconds + _GRACE:
            raise _Trouble(f"{self.late} and could not be interrupted", late=True)
        if used > self.seconds and not self.interrupted:
            self.interrupted = True
            self.clock.sandbox.ask("interrupt")


@dataclass
class _Waiting:
    """A copy of a submission's process, which waits for the cases of some tests."""

    line: wire.Line
    pid: int  # as it sees itself
    threads: bool  # whether the process had some, which a copy has not
    tests: list[int] = field(default_factory=list)


class _Run:
    """One submission on its way through one process, or several where cells end them."""

    def __init__(self, handed: Handed, content: bytes, release: Release, sandbox: Sandbox,
                 tests: Judge, shown: dict[int, list], again: bool) -> None:  # fmt: skip
        self.notebook = nbformat.reads(content.decode(), as_version=4)
        self.cells, self.shown = self.notebook.cells, shown  # cell -> what it has put out first
        self.again = again  # it can be run once more
        self.left = 2 * outputs.PAGE  # characters of outputs that are held; more is never shown
        self.stored: dict[int, list] = {}  # cell -> the outputs that it was handed in with
        for i, cell in enumerate(self.cells):
            if cell.cell_type == "code":
                self.stored[i], cell.outputs = cell.outputs, []
        self.notes, self.review = [*handed.notes], [*handed.review]
        self.unanswered = handed.unanswered
        self.release, self.sandbox, self.limits = release, sandbox, sandbox.limits
        self.tests = tests
        self.skip: set[int] = set()  # cells that are not run again
        self.scores: dict[str, Task] = {}
        self.slow: set[int] = set()  # answers whose tests ran out of time
        # Seconds, in processes that have ended.
        self.used = self.starved = self.theirs = self.passed = 0.0
        self.late = False
        self.clock = Clock(sandbox)  # of the process at work

    @property
    def perhaps_starved(self) -> bool:
        """Whether it ran out of time on a machine that was busy with others."""
        starved = self.starved + self.clock.starved
        return self.late and starved > _STARVED * (starved + self.used + self.clock.used)

    def all(self) -> None:
        """Run every cell, in as many processes as it takes, then the tests."""
        while not self._through():
            if self._over():
                self.review.append(
                    f"stopped after {self.limits.submission_time:g} seconds; tasks without a "
                    "message were not reached"
                )
                return

    def _through(self) -> bool:
        """Run what is left in a fresh process; whether the end was reached."""
        self.waiting: list[_Waiting] = []
        line = self._line()
        try:
            fresh = True  # whether something was run since a copy of the process was made
            for i, cell in enumerate(self.cells):
                if cell.cell_type != "code" or not cell.source.strip() or i in self.skip:
                    continue
                try:
                    if not is_test(cell):
                        self._run(line, i)
                        fresh = True
                    elif self._name(i) not in self.scores:
                        if fresh:
                            self.waiting.append(self._stay(line))
                            fresh = False
                        self.waiting[-1].tests.append(i)
                except (_Trouble, wire.Broken) as trouble:
                    self._leave_out(i, trouble)
                    return False
                if self._over():
                    return False
            if self.again and self.perhaps_starved:
                return True
            # A cell that runs again after a test may know hidden inputs (what is in the kernel's
            # cache of files outlives a process): a page shows what it came to before.
            for i, cell in enumerate(self.cells):
                self.shown.setdefault(i, [*cell.get("outputs", [])])
            # A test that ends its process leaves the next ones of the same copy to another run.
            return all([all(self._judge(i, copy) for i in copy.tests) for copy in self.waiting])
        finally:
            self.theirs += self.sandbox.ask("time").get("cpu", 0.0)
            self.used += self.clock.used
            self.starved += self.clock.starved
            self.passed += self.clock.passed
            self.clock = Clock(self.sandbox)
            for copy in self.waiting:
                copy.line.connection.close()
            line.connection.close()

    def _line(self) -> wire.Line:
        try:
            return wire.Line(self.sandbox.start(), lambda: None)
        except SandboxEnded:  # once may be bad luck
            return wire.Line(self.sandbox.start(), lambda: None)

    # ------------------------------------------------------------ one cell

    def _run(self, line: wire.Line, i: int) -> None:
        """Run a cell that is no test.

        Raises:
            _Trouble, Broken: the process is gone.
        """
        cell, theirs = self.cells[i], self._theirs(i)
        watch = line.waiting = _Watch(self.clock, self._time(), interrupt=True)
        room, figures = self.limits.output, max(0, min(self.limits.figures, self.left))
        line.say({"do": "cell", "code": cell.source, "room": room, "figures": figures})
        told, _ = line.hear(text=6 * room + figures + MB)  # JSON takes up to six bytes a letter
        new = outputs.anew(told.get("outputs"), min(room + figures + MB, self.left))
        self.left -= 0 if i in self.shown else len(str(new))
        self.clock.stop()  # what it takes to read them is their time, too
        error = told.get("error")
        if watch.interrupted:
            new.append(_error("Stopped", f"This cell {watch.late}. It was stopped."))
        else:
            self.shown.setdefault(i, new)
        cell.outputs = [*self.shown.get(i, new)]
        if watch.interrupted:
            self.late, self.skip = True, self.skip | {i}
            # Where a person reads it anyway, training may well take longer.
            (self.notes if by_hand(cell) else self.review).append(f"{self._name(i)} {watch.late}")
            time.sleep(0.2)
            if self.clock.look().get("busy"):  # it has left something that goes on
                raise _Trouble(watch.late, late=True)
        elif error == "Full":
            self.skip |= {i}
            self.notes.append(f"{self._name(i)} printed more than {self.limits.output // MB} MB")
        elif error and not theirs:
            self.review.append(f"the set's own cell {self._name(i)} failed ({wire.name_of(error)})")

    def _stay(self, line: wire.Line) -> _Waiting:
        """Have a copy of the process as it is now wait for the cases of tests."""
        ours, theirs = socket.socketpair()
        line.waiting = _Watch(self.clock, self._time(), interrupt=False)
        with theirs:
            line.say({"do": "stay"})
            with contextlib.suppress(OSError):  # it has closed its end, which is noticed below
                socket.send_fds(line.connection, [b"."], [theirs.fileno()])
        told, _ = line.hear(MB)
        self.clock.stop()
        pid = told.get("pid")
        pid = pid if isinstance(pid, int) and 0 < pid < 2**22 else 0  # where numbers end on Linux
        return _Waiting(wire.Line(ours, lambda: None), pid, told.get("threads") is True)

    def _judge(self, i: int, copy: _Waiting) -> bool:
        """Run a test and score it; whether the process can go on."""
        if self._long_over():
            return False
        cell, name, line = self.cells[i], self._name(i), copy.line
        points = float(cell.metadata.nbgrader.points)
        answer = max((j for j in range(i) if is_answer(self.cells[j])), default=-1)
        # Once a task has used up the time of a cell, its other tests get little.
        seconds = min(self._time(), max(2.0, self.limits.cell_time / 10) if answer in self.slow
                      else self.limits.cell_time)  # fmt: skip
        line.waiting = _Watch(self.clock, seconds, interrupt=False)
        case, kind, alive = Remote(line), "Wrong", True
        try:
            self.tests.run(name, case)
            self.scores[name] = Task(points, points)
            return True
        except _Trouble as trouble:
            text = f"The test {trouble.told}."
            if trouble.late:
                text += (
                    " Is there an endless loop?"
                    if not copy.threads
                    else " The notebook had started threads: they don't run while it is tested."
                )
                self.late = True
                self.slow.add(answer)
            self.review.append(f"the test {name} {trouble}")
            alive = False
        except wire.Broken as broken:
            text = f"The process of the test {broken}."
            self.review.append(f"the process of the test {name} {broken}")
            alive = False
        except cases.Wrong as wrong:
            text = wire.text_of(wrong)
        except Exception as error:
            if not case.raised(error):
                why = wire.text_of(f"{type(error).__name__}: {error}")[:300]
                self.review.append(f"the test {name} failed itself ({why})")
                error = RuntimeError("This test failed itself.")  # its words may tell an input
            kind = type(error).__name__
            text = wire.text_of(" ".join([str(error), *getattr(error, "__notes__", [])]))
        text = text[:4000]
        self.scores[name] = Task(points, 0.0, text if kind == "Wrong" else f"{kind}: {text}")
        cell.outputs = [_error(kind, text)]
        self.clock.stop()
        if not alive:
            self.sandbox.ask("end", pid=copy.pid)
        return alive

    def _leave_out(self, i: int, trouble: Exception) -> None:
        """Go on without the cell that ended the process, or after which it ended."""
        how = str(trouble)
        if isinstance(trouble, wire.Broken) and how == "ended":
            for copy in self.waiting:
                copy.line.connection.close()
            for _ in range(10):  # it takes a moment until this is seen
                status = self.clock.look()["status"]
                if status is not None:
                    how = _ending(status)
                    break
                time.sleep(0.1)
            else:
                how = "ended its process"
        self.late |= isinstance(trouble, _Trouble) and trouble.late
        # It is skipped already where it was stopped, and has gone on all the same.
        theirs = [j for j in range(i + 1) if self._theirs(j) and (j == i or j not in self.skip)]
        if not theirs:
            raise SandboxEnded(f"the set's own cell {self._name(i)} {how}")
        i = theirs[-1]
        self.skip.add(i)
        left_out = _error("LeftOut", f"This cell {how}. It was left out.")
        self.cells[i].outputs = [*self.shown.get(i, [left_out])]
        self.review.append(f"{self._name(i)} {how}; graded without it")

    # ------------------------------------------------------------ what people see

    def result(self, student: str) -> Result:
        """What came of it, and the notebook as it was run."""
        tasks = {}
        for name, points in self.release.points.items():
            if name in self.scores:
                tasks[name] = self.scores[name]
            elif name in self.release.tests:
                tasks[name] = Task(points, 0.0, "This test was not reached.")
            elif name in self.unanswered:
                tasks[name] = Task(points, 0.0, "No answer was given.")
            else:
                tasks[name] = Task(points, None)
        self._add_stored()
        for i in outputs.shorten(self.notebook):
            self.review.append(f"{self._name(i)} is longer than what is shown and compared")
        for cell in self.cells:
            cell.metadata.pop("own", None)
        return Result(
            student,
            "needs review" if self.review else "graded",
            self.notes,
            list(dict.fromkeys(self.review)),
            tasks,
            sorted(self.unanswered),
            nbformat.writes(self.notebook),
        )

    def _add_stored(self) -> None:
        """Behind what a cell gave here, where it came to no end: what it gave at the student's."""
        for i, stored in self.stored.items():
            given = self.cells[i].outputs
            ended = i in self.shown and not any(map(_is_error, given))
            if self._theirs(i) and not ended and not all(map(_is_error, stored)):
                given += [outputs.said(_NOT_MADE_HERE), *stored]

    def _theirs(self, i: int) -> bool:
        cell = self.cells[i]
        own = is_answer(cell) or bool(cell.metadata.get("own"))
        return cell.cell_type == "code" and bool(cell.source.strip()) and own

    def _over(self) -> bool:
        """Whether the submission has had all the time that it gets."""
        return self.used + self.clock.used > self.limits.submission_time or self._long_over()

    def _long_over(self) -> bool:
        """Whether it has had three times that, in time of any kind, on a busy machine."""
        return self.passed + self.clock.passed > 3 * self.limits.submission_time

    def _time(self) -> float:
        left = self.limits.submission_time - self.used - self.clock.used
        return max(1.0, min(self.limits.cell_time, left))

    def _name(self, i: int) -> str:
        meta = self.cells[i].metadata.get("nbgrader", {})
        return meta.get("grade_id") or f"the student's cell {i + 1}"


def _error(kind: str, text: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_output("error", ename=kind, evalue=text, traceback=text.splitlines())


def _is_error(output: nbformat.NotebookNode) -> bool:
    return output.output_type == "error"


def _ending(status: int) -> str:
    if status > 128:
        names = {137: "was killed", 139: "crashed"}
        return names.get(status, f"ended by signal {status - 128}")
    return f"ended its own process with exit status {status}"
