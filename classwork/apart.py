"""Calls that come to an end, each in a process that may be lost.

What parses a student's text may take hours, or all memory, if the text was made for that.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

_MEMORY = 4 * 2**30  # bytes, beyond what the process has at its start
_fork = multiprocessing.get_context("fork")
_here = threading.local()  # each thread has a process of its own, which serves many calls
_starting = threading.Lock()


class Failed(Exception):
    """There is no answer; the message says why."""


def call(function: Callable, *arguments: Any, seconds: float) -> Any:
    """What a function returns.

    Args:
        seconds: of computing, after which it is ended.

    Raises:
        Failed: it was ended, or raised.
    """
    process, pipe = getattr(_here, "helper", None) or _start()
    _here.helper = None  # until it has answered
    try:
        pipe.send((function, arguments, seconds))
        if not pipe.poll(30 * seconds):  # it waits for something, or the machine is overloaded
            raise EOFError
        good, answer = pipe.recv()
    except (EOFError, OSError):
        process.join(1)
        slow = process.exitcode in (None, -signal.SIGPROF)
        why = f"took more than {seconds:g} s" if slow else "ended its process"
        _end(process, pipe)
        raise Failed(f"it {why}") from None
    except BaseException:  # Ctrl-C: what it answers later must not be taken for another answer
        _end(process, pipe)
        raise
    _here.helper = process, pipe
    if not good:
        raise Failed(answer)
    return answer


def _start() -> tuple[Any, Connection]:
    # One forked meanwhile would keep the other end open, and this one's end would not be noticed.
    with _starting:
        ours, theirs = _fork.Pipe()
        process = _fork.Process(target=_serve, args=(ours, theirs), daemon=True)
        process.start()
        theirs.close()
    return process, ours


def _end(process: Any, pipe: Connection) -> None:
    process.kill()
    process.join()
    pipe.close()


def _serve(ours: Connection, pipe: Connection) -> None:
    import resource  # not on Windows, where a run stops before it comes here

    ours.close()  # or this process would not notice that the other one is gone
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the other one
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + _MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    while True:
        try:
            function, arguments, seconds = pipe.recv()
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, seconds)  # ends this process, whatever it is at
        try:
            answer = True, function(*arguments)
        except Exception as error:
            answer = False, f"{type(error).__name__}: {error}"[:300]
        pipe.send(answer)
        signal.setitimer(signal.ITIMER_PROF, 0)
