"""Spread submissions over processes and machines with Dask."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator

from distributed import Client, LocalCluster, as_completed, get_worker

from grading import execute
from grading.intake import Handed
from grading.release import Release, code_key
from grading.results import Result, failed
from grading.sandbox import Limits, NoSandbox, Sandbox, require

_here = threading.local()
_open: list[Sandbox] = []


class ClusterProblem(Exception):
    """The cluster can't be used as it is; the message says what to do."""


def spread(
    submissions: Iterable[Handed],
    release: Release,
    limits: Limits,
    workers: int,
    scheduler: str | None,
    unsafe: bool,
) -> Iterator[tuple[Handed, Result, bool]]:
    """Grade submissions; results come in the order in which they are ready.

    Args:
        workers: processes on this machine, unless a scheduler is given.
        scheduler: address of a running Dask cluster, whose workers have this course installed.

    Yields:
        The submission, its result, and whether the result stands (False: the machine failed, and
        it is worth another try).

    Raises:
        ClusterProblem: the scheduler can't be reached, or a worker has another state of the course.
        NoSandbox: a worker can't isolate student code.
    """
    if scheduler:
        try:
            client = Client(scheduler, timeout="20s", set_as_default=False)
        except (OSError, ValueError) as problem:
            raise ClusterProblem(f"No scheduler answers at {scheduler}: {problem}") from None
        with client:
            yield from _spread(client, submissions, release, limits, unsafe)
        return
    with (
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            memory_limit=0,  # kernels have limits of their own
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield from _spread(client, submissions, release, limits, unsafe)


def _spread(
    client: Client,
    submissions: Iterable[Handed],
    release: Release,
    limits: Limits,
    unsafe: bool,
) -> Iterator[tuple[Handed, Result, bool]]:
    try:
        client.wait_for_workers(1, timeout=60)
    except TimeoutError:
        raise ClusterProblem("The scheduler has no worker. Start one: see README.md.") from None
    shared = client.scatter(release, broadcast=True, hash=False)
    key = code_key()
    waiting, todo = {}, iter(submissions)
    arriving = as_completed(loop=client.loop)

    def hand_out() -> None:
        handed = next(todo, None)
        if handed is not None:
            future = client.submit(
                _grade_here, handed, shared, limits, unsafe, key, pure=False, retries=1
            )
            waiting[future] = handed
            arriving.add(future)

    # A few at a time for each thread, so that hundreds of notebooks are not all on their way.
    for _ in range(3 * sum(client.nthreads().values())):
        hand_out()
    for future in arriving:
        handed = waiting.pop(future)
        error = future.exception()
        hand_out()
        if isinstance(error, (NoSandbox, ClusterProblem)):
            raise error
        if error is None:
            yield handed, future.result(), True
        else:
            why = f"the grader could not finish it ({type(error).__name__}: {error}); run it again"
            yield handed, failed(handed.student, why), False
        future.release()
    client.run(_close_sandboxes)


def _grade_here(handed: Handed, release: Release, limits: Limits, unsafe: bool, key: str) -> Result:
    """In a worker: grade one submission in this thread's sandbox."""
    if code_key() != key:
        raise ClusterProblem(
            f"The worker {get_worker().address} has another state of this course. Bring grading/ "
            "and utils/ there to the same state as here, and start it again."
        )
    if handed.content is None:  # it went away since the run began
        return failed(handed.student, handed.problem)
    mark = (release.key, limits, unsafe)
    if getattr(_here, "mark", None) != mark or _here.sandbox not in _open:
        require(unsafe)
        _here.sandbox, _here.mark = Sandbox(limits, release.imports, unsafe), mark
        _open.append(_here.sandbox)
    return execute.grade(handed.student, handed.content, handed.notes, release, _here.sandbox)


def _close_sandboxes() -> None:
    """In a worker: end what it started. A later run in the same worker starts anew."""
    while _open:
        _open.pop().close()
