"""Spread submissions over processes of this machine, or with Dask over several machines."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import signal
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

import torch

from grading import execute
from grading.judge import Judge
from grading.release import Release, code_key
from grading.results import Handed, Result, failed
from grading.sandbox import Limits, NoSandbox, Sandbox, SandboxEnded, require

Graded = tuple[Handed, Result, bool]
_PDEATHSIG = 1


class ClusterProblem(Exception):
    """The cluster can't be used as it is; the message says what to do."""


@dataclass(frozen=True)
class Scheduler:
    """A running Dask cluster, whose workers have this course installed.

    Attributes:
        address: tls://HOST:PORT; tcp:// only where ``insecure``.
        authority, certificate, key: files of TLS.
    """

    address: str
    authority: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    insecure: bool = False


def spread(
    submissions: Iterable[Handed],
    release: Release,
    limits: Limits,
    workers: int,
    scheduler: Scheduler | None,
) -> Iterator[Graded]:
    """Grade submissions; results come in the order in which they are ready.

    Args:
        workers: processes on this machine, unless a scheduler is given.

    Yields:
        The submission, its result, and whether the result stands (False: the machine failed, and
        it is worth another try).

    Raises:
        ClusterProblem: the scheduler can't be reached, or a worker has another state of the course.
        NoSandbox: a worker can't isolate student code.
    """
    if scheduler:
        return _with_dask(submissions, release, limits, scheduler)
    return _here(submissions, release, limits, workers)


class _Box:
    """What grades, in one process: a sandbox, and the judge's tests."""

    def __init__(self, release: Release, limits: Limits) -> None:
        require()
        torch.set_num_threads(1)  # more of them would only fight over the cores
        self.release = release
        self.sandbox, self.tests = Sandbox(limits, release.imports), Judge(release)

    def grade(self, handed: Handed) -> Result:
        return execute.grade(handed, self.release, self.sandbox, self.tests)


def _unfinished(handed: Handed, error: object) -> Graded:
    why = f"the grader could not finish it ({error}); run it again"
    return handed, failed(handed.student, why), False


# ---------------------------------------------------------------- on this machine


@dataclass
class _Worker:
    process: multiprocessing.process.BaseProcess
    line: Connection
    handed: Handed | None = None


def _here(
    submissions: Iterable[Handed], release: Release, limits: Limits, count: int
) -> Iterator[Graded]:
    # A fork has imported torch already, and opens no port.
    context = multiprocessing.get_context("fork")

    def start() -> _Worker:
        line, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, release, limits), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, line)

    workers = [start() for _ in range(count)]
    todo, again = iter(submissions), list[Handed]()
    second: set[str] = set()  # students whose submissions are tried again
    try:
        while True:
            for i, worker in enumerate(workers):
                if worker.handed is None:
                    handed = again.pop() if again else next(todo, None)
                    if handed is None:
                        continue
                    if not worker.process.is_alive():
                        workers[i] = worker = start()
                    worker.handed = handed
                    with contextlib.suppress(OSError):  # seen below
                        worker.line.send(handed)
            busy = [worker for worker in workers if worker.handed is not None]
            if not busy:
                return
            ready = wait([worker.line for worker in busy])
            for worker in (worker for worker in busy if worker.line in ready):
                handed, worker.handed = worker.handed, None
                assert handed is not None, "so it is busy"
                try:
                    told = worker.line.recv()
                except (EOFError, OSError):
                    worker.process.kill()
                    worker.process.join()
                    told = SandboxEnded("its process ended")
                if isinstance(told, Result):
                    yield handed, told, True
                elif isinstance(told, NoSandbox):
                    raise told
                elif handed.student in second:
                    yield _unfinished(handed, told)
                else:
                    second.add(handed.student)
                    again.append(handed)
    finally:
        for worker in workers:
            worker.process.kill()
            worker.process.join()


def _work(line: Connection, release: Release, limits: Limits) -> None:
    """In a worker: grade what comes, and end with the process that began it."""
    ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that began it
    box = None
    while True:
        handed = line.recv()
        try:
            box = box or _Box(release, limits)
            told: object = box.grade(handed)
        except Exception as error:  # one must never stop the others
            known = isinstance(error, (NoSandbox, SandboxEnded))
            told = error if known else SandboxEnded(f"{type(error).__name__}: {error}")
        line.send(told)


# ---------------------------------------------------------------- on several

_boxes: dict[tuple[str, Limits], _Box] = {}


def _with_dask(
    submissions: Iterable[Handed], release: Release, limits: Limits, scheduler: Scheduler
) -> Iterator[Graded]:
    from distributed import Client, as_completed
    from distributed.security import Security

    security = None
    if not scheduler.insecure:
        files = (scheduler.authority, scheduler.certificate, scheduler.key)
        if not scheduler.address.startswith("tls://") or None in files:
            raise ClusterProblem(
                "Whoever reaches a scheduler without TLS can run code as you do. Give a tls:// "
                "address with --tls-ca, --tls-cert and --tls-key (grading/README.md), or, on a "
                "network that nobody else uses, --insecure."
            )
        security = Security(
            tls_ca_file=str(scheduler.authority),
            tls_client_cert=str(scheduler.certificate),
            tls_client_key=str(scheduler.key),
            require_encryption=True,
        )
    try:
        client = Client(scheduler.address, timeout="20s", set_as_default=False, security=security)
    except (OSError, ValueError, TypeError) as problem:
        raise ClusterProblem(f"No scheduler answers at {scheduler.address}: {problem}") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=60)
        except TimeoutError:
            raise ClusterProblem(
                "The scheduler has no worker. Start one: see grading/README.md."
            ) from None
        shared = client.scatter(release, broadcast=True, hash=False)
        waiting, todo = {}, iter(submissions)
        arriving = as_completed(loop=client.loop)

        def hand_out() -> None:
            handed = next(todo, None)
            if handed is not None:
                future = client.submit(
                    _grade_there, handed, shared, limits, code_key(), pure=False, retries=1
                )
                waiting[future] = handed
                arriving.add(future)

        # A few at a time for each thread, so that hundreds are not all on their way.
        for _ in range(3 * sum(client.nthreads().values())):
            hand_out()
        for future in arriving:
            handed, error = waiting.pop(future), future.exception()
            hand_out()
            if isinstance(error, (NoSandbox, ClusterProblem)):
                raise error
            if error is None:
                yield handed, future.result(), True
            else:
                yield _unfinished(handed, f"{type(error).__name__}: {error}")
            future.release()
        client.run(_close)


def _grade_there(handed: Handed, release: Release, limits: Limits, key: str) -> Result:
    """In a worker of one thread: grade one submission."""
    if code_key() != key:
        raise ClusterProblem(
            "A worker has another state of this course, or other versions of its packages. Bring "
            "it to the same state as here, and start it again."
        )
    mark = (release.key, limits)
    if mark not in _boxes:
        _close()
        _boxes[mark] = _Box(release, limits)
    return _boxes[mark].grade(handed)


def _close() -> None:
    """In a worker: end what it started. A later run in the same worker starts anew."""
    while _boxes:
        _boxes.popitem()[1].sandbox.close()
