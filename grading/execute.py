"""Run one submission and score it: each task gets what it deserves, whatever the others do."""

from __future__ import annotations

import ast
import contextlib
import json
import marshal
import random
import secrets
import time
from hashlib import sha256
from pathlib import Path

import nbformat

from grading import intake
from grading.kernel import Client, Ran, writable
from grading.release import Release, is_answer, is_test
from grading.results import Result, Task, failed
from grading.sandbox import KernelDied, Sandbox, SandboxEnded

# Compiled here, since it is sent with each request; the kernel is of the same Python.
_INKERNEL = marshal.dumps(
    compile((Path(__file__).parent / "inkernel.py").read_text("utf-8"), "grading", "exec")
)
_CHECK_TIME = 30  # seconds for the grader's own code in a kernel
_NO_MEMORY = "had no memory left"


def grade(student: str, content: bytes, notes: list[str], release: Release, sandbox: Sandbox
          ) -> Result:  # fmt: skip
    """Grade one submission.

    Args:
        student: whose it is.
        content: the notebook's bytes.
        notes: what was mended in finding it.
        release: the set.
        sandbox: where it runs.

    Raises:
        SandboxEnded: the machine failed; nothing is known of the submission.
    """
    start = time.monotonic()
    try:
        taken = intake.set_in(content, release)
    except intake.Unreadable as error:
        return failed(student, f"the notebook {error}")
    run = _Run(taken, release, sandbox)
    try:
        run.all()
    except KernelDied as error:
        run.review.append(f"stopped early: {error}")
    result = run.result(student)
    result.notes = notes + result.notes
    result.seconds = round(time.monotonic() - start, 2)
    return result


class _Tampered(Exception):
    """The seal is broken; the message says what was changed."""


class _Ended(_Tampered):
    """The kernel is gone, though the cell had seemed to come to its end."""


class _Run:
    """One submission on its way through one kernel, or several where cells end them."""

    def __init__(self, taken: intake.Intake, release: Release, sandbox: Sandbox) -> None:
        self.cells = taken.notebook.cells
        self.notebook, self.notes = taken.notebook, taken.notes
        self.review, self.unanswered = taken.review, taken.unanswered
        self.release, self.sandbox, self.limits = release, sandbox, sandbox.limits
        self.skip: dict[int, str] = {}  # cells that are not run again, and why
        self.scores: dict[int, Task] = {}
        self.lost: dict[int, int] = {}  # answer -> kernels that its tests have cost
        self.slow: set[int] = set()  # answers whose tests ran out of time
        self.traces: dict[str, str] = {}
        self.tampered = False
        self.careful = False  # look after each cell, and not only after the tests of a task
        self.used = 0.0  # seconds, in kernels that have ended

    def all(self) -> None:
        """Run every cell, in as many kernels as it takes."""
        while not self._through():
            if self.used > self.limits.submission_time:
                self.review.append(
                    f"stopped after {self.limits.submission_time:g} seconds; tasks without a "
                    "message were not reached"
                )
                return

    def _through(self) -> bool:
        """Run what is left in a fresh kernel; whether the end was reached."""
        client = self._client()
        try:
            self.seal = json.loads(self._inside(client, "first_seal"))
            answer, group = -1, []
            for i, cell in enumerate(self.cells):
                if cell.cell_type != "code" or not cell.source.strip():
                    continue
                if is_test(cell):
                    if i not in self.scores:
                        group.append(i)
                        if not self._run_test(client, i, answer):
                            # What passed before it was not looked at yet; it runs again.
                            for earlier in group[:-1]:
                                self.scores.pop(earlier, None)
                            return False
                    continue
                if group and not self._intact(client, group, answer):
                    return False
                group = []
                if is_answer(cell) or cell.metadata.get("own"):
                    answer = i if is_answer(cell) else answer
                    if i not in self.skip and not self._run_theirs(client, i):
                        return False
                else:
                    self._run_plain(client, i)
                if self.used + client.clock.now > self.limits.submission_time:
                    return False
            return not group or self._intact(client, group, answer)
        finally:
            self.used += client.clock.now
            client.close()

    def _client(self) -> Client:
        try:
            return Client(self.sandbox.start(), self.limits)
        except (KernelDied, SandboxEnded):
            pass  # once may be bad luck
        try:
            return Client(self.sandbox.start(), self.limits)
        except KernelDied as error:
            raise SandboxEnded(str(error)) from None

    # ------------------------------------------------------------ one cell

    def _run_plain(self, client: Client, i: int) -> None:
        ran = client.run(self.cells[i].source, self.limits.cell_time)
        self.cells[i].outputs = ran.outputs
        if ran.trouble or ran.error:
            why = ran.detail or ": ".join(ran.error or ())
            self.review.append(f"the set's own cell {self._name(i)} failed ({why})")
        if ran.trouble in ("died", "memory", "hung"):
            raise KernelDied(f"nothing can run after {self._name(i)}")

    def _run_theirs(self, client: Client, i: int) -> bool:
        """Run a student's cell; whether the kernel can go on."""
        cell = self.cells[i]
        ran = client.run(cell.source, self._time(client))
        if not cell.outputs:
            cell.outputs = ran.outputs
        if ran.trouble in ("time", "output"):
            self._note(i, ran)
            self.skip[i] = ran.detail  # not again, should the notebook be run a second time
        elif ran.trouble:
            self._blank(i, f"This cell {ran.detail}. It was left out.")
            self.review.append(f"{self._name(i)} {ran.detail}; graded without it")
            return False
        if not self.careful:
            return True
        try:
            self._check(client)
        except _Ended as ending:
            self._blank(i, f"After this cell the kernel {ending}. It was left out.")
            self.review.append(f"after {self._name(i)} the kernel {ending}; graded without it")
            return False
        except _Tampered as change:
            self._blank(i, f"This cell changed what it must not ({change}). It was left out.")
            self.review.append(f"tampering: {self._name(i)} changed {change}; graded without it")
            self.tampered = True
            return False
        return True

    def _run_test(self, client: Client, i: int, answer: int) -> bool:
        """Run a test cell and score it; whether the kernel can go on."""
        cell, name = self.cells[i], self._name(i)
        points = float(cell.metadata.nbgrader.points)
        word, variable = secrets.token_hex(16), f"_{secrets.token_hex(8)}"
        # Once a task has used up the time of a cell, its other tests get little.
        short = max(2.0, self.limits.cell_time / 10)
        timeout = min(self._time(client), short) if answer in self.slow else self._time(client)
        imports = "\n".join(_imports(c) for c in self.cells[:i] if not _theirs(c))
        seed = random.SystemRandom().getrandbits(32)
        given = f"{cell.source!r}, {name!r}, {imports!r}, get_ipython().user_ns, {word!r}, {seed}"
        code = _call("test", variable, given)
        ran = client.run(code, timeout, {"told": variable})
        if _no_memory(ran):
            ran.trouble, ran.detail = "memory", _NO_MEMORY
        cell.outputs = [o for o in ran.outputs if o.output_type != "error"]
        if ran.trouble in ("died", "memory") and not self.careful:
            self.careful = True  # it may have been a cell before
            return False
        if ran.trouble:
            task = Task(points, 0.0, f"The test {ran.detail}.")
            if ran.trouble == "time":
                task.message += " Is there an endless loop?"
            elif ran.trouble != "output":
                self.review.append(f"in the test {name} the kernel {ran.detail}")
            self.slow.add(answer)
        else:
            noticed = len(self.review)
            task = self._judge(name, points, ran, word)
            if self.tampered and not self.careful:
                # Once more, to see which cell it is.
                self.careful, self.tampered = True, False
                del self.review[noticed:]
                return False
        self.scores[i] = task
        self._show(i, task, ran)
        if ran.trouble in (None, "time", "output"):
            return True
        self.lost[answer] = self.lost.get(answer, 0) + 1
        if self.lost[answer] > 1 and answer >= 0:
            self._blank(answer, "The tests of this cell ended the kernel twice. It was left out.")
        return False

    def _judge(self, name: str, points: float, ran: Ran, word: str) -> Task:
        """The score of a test that came to an end, from what only its end could know."""
        try:
            told = json.loads(ran.answers["told"])
            honest = told["word"] == word
            kind, text, trace = map(writable, told["error"] or ("", "", ""))
            value = None if told["value"] is None else float(told["value"])
            judged, result = told["judged"], str(told["kind"])[:60]
        except Exception:  # whatever a student's code may have put in its place
            honest = False
        if not honest:
            self.review.append(f"the test {name} was ended before its end")
            return Task(points, 0.0, "The test was ended before its end.")
        if judged != ["right", "right"]:
            self.review.append(f"tampering: during {name} wrong results passed for right ones")
            self.tampered = True
            return Task(points, 0.0, "No points: what tests rely on was changed.")
        if kind:
            if kind in ("SystemExit", "GeneratorExit"):
                self.review.append(f"in the test {name} the answer tried to leave ({kind})")
            self.traces[name] = trace[:8000]
            return Task(points, 0.0, f"{kind[:100]}: {text[:2000]}".strip(": "))
        if result == "NoneType":
            return Task(points, points)
        if value is None:
            self.review.append(f"the test {name} gave a {result} in place of a number")
            return Task(points, 0.0, "The test did not give a score; a person looks at it.")
        score = min(max(value, 0.0), points)
        return Task(points, score, "" if score == points else "Some of the test's parts failed.")

    def _intact(self, client: Client, group: list[int], answer: int) -> bool:
        """Whether the tests just run leave everything as it was; else they earn nothing."""
        try:
            self._check(client)
        except _Tampered as change:
            if not self.careful:
                # Once more, to see which cell it is.
                self.careful = True
                for i in group:
                    del self.scores[i]
                return False
            for i in group:
                task = Task(float(self.cells[i].metadata.nbgrader.points), 0.0,
                            "No points: the answer changed what tests rely on.")  # fmt: skip
                self.scores[i] = task
                self._show(i, task, Ran())
            where = self._name(answer) if answer >= 0 else "a cell"
            if isinstance(change, _Ended):
                self.review.append(f"after the tests of {where} the kernel {change}")
            else:
                self.review.append(f"tampering: {where} changed {change} when it was tested")
                self.tampered = True
            if answer >= 0:
                self._blank(answer, f"This answer changed what it must not ({change}).")
            return False
        return True

    # ------------------------------------------------------------ the seal

    def _check(self, client: Client) -> None:
        """Make sure that everything is as it was before the student's code.

        Raises:
            _Tampered: it is not.
        """
        salt, seed = secrets.token_hex(16), random.SystemRandom().getrandbits(32)
        told = self._inside(client, "state", f"{salt!r}, {seed}").partition(" ")
        lines = [salt, *(f"{name}={self.seal[name]}" for name in sorted(self.seal))]
        if told[0] != sha256("\n".join(lines).encode()).hexdigest():
            try:
                now = json.loads(self._inside(client, "seal_json"))
                changed = [n for n in self.seal if now.get(n) != self.seal[n]]
                changed += [n for n in now if n not in self.seal and n.endswith("!")]
            except (ValueError, AttributeError):
                changed = []
            names = list(dict.fromkeys(name.rstrip("!") for name in changed))
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            raise _Tampered(", ".join(names[:3]) + more or "how the kernel answers")
        if told[2] != "right":
            raise _Tampered(told[2] or "how the kernel answers")

    def _inside(self, client: Client, function: str, arguments: str = "") -> str:
        """What a function of ``inkernel`` returns; empty where it did not come to its end."""
        variable = f"_{secrets.token_hex(8)}"
        code = _call(function, variable, arguments)
        ran = client.run(code, _CHECK_TIME, {"told": variable}, silent=True)
        if ran.trouble in ("died", "memory", "hung"):
            raise _Ended(ran.detail)
        if _no_memory(ran):
            raise _Ended(_NO_MEMORY)
        return ran.answers.get("told", "")

    # ------------------------------------------------------------ what people see

    def result(self, student: str) -> Result:
        tasks = {}
        by_name = {self._name(i): task for i, task in self.scores.items()}
        for name, points in self.release.points.items():
            if name in by_name:
                tasks[name] = by_name[name]
            elif name in self.release.tests:
                tasks[name] = Task(points, 0.0, "This test was not reached.")
            elif name in self.unanswered:
                tasks[name] = Task(points, 0.0, "No answer was given.")
            else:
                tasks[name] = Task(points, None)
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
            tampered=self.tampered,
        )

    def _time(self, client: Client) -> float:
        left = self.limits.submission_time - self.used - client.clock.now
        return max(1.0, min(self.limits.cell_time, left))

    def _name(self, i: int) -> str:
        meta = self.cells[i].metadata.get("nbgrader", {})
        return meta.get("grade_id") or f"the student's cell {i + 1}"

    def _note(self, i: int, ran: Ran) -> None:
        self.notes.append(f"{self._name(i)} {ran.detail}")

    def _blank(self, i: int, why: str) -> None:
        self.skip[i] = why
        self.cells[i].outputs = [_error("LeftOut", why)]

    def _show(self, i: int, task: Task, ran: Ran) -> None:
        if not task.message:
            return
        kind, _, text = task.message.partition(": ")
        trace = self.traces.get(self._name(i), task.message)
        self.cells[i].outputs.append(_error(kind if text else "NoPoints", text or kind, trace))


def _error(kind: str, text: str, trace: str = "") -> nbformat.NotebookNode:
    return nbformat.v4.new_output(
        "error", ename=kind, evalue=text, traceback=(trace or text).splitlines()
    )


def _no_memory(ran: Ran) -> bool:
    """Whether the grader's own code found no memory (a student's may raise what it likes)."""
    return ran.trouble is None and ran.error is not None and ran.error[0] == "MemoryError"


def _theirs(cell: nbformat.NotebookNode) -> bool:
    return bool(cell.cell_type != "code" or is_answer(cell) or cell.metadata.get("own"))


def _imports(cell: nbformat.NotebookNode) -> str:
    """The import statements of one of the set's own cells."""
    with contextlib.suppress(SyntaxError):
        body = ast.parse(cell.source).body
        return "\n".join(
            ast.unparse(n) for n in body if isinstance(n, (ast.Import, ast.ImportFrom))
        )
    return ""


def _call(function: str, variable: str, arguments: str = "") -> str:
    """Code that calls one of the functions of ``inkernel`` and leaves none of them behind."""
    space = f"_{secrets.token_hex(8)}"
    return (
        f"{space} = {{'__name__': 'grading'}}\n"
        f"exec(__import__('marshal').loads({_INKERNEL!r}), {space})\n"
        f"{variable} = {space}[{function!r}]({arguments})\n"
        f"del {space}"
    )
