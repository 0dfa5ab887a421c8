"""Where student code runs: a bubblewrap sandbox for each worker, and in it processes for one
submission at a time behind further walls (``forkserver.py``)."""

from __future__ import annotations

import functools
import json
import os
import platform
import shutil
import socket
import struct
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from grading import forkserver
from utils import places

COURSE = Path(__file__).resolve().parent.parent
# Nobody. As root, bubblewrap needs no user namespace, and the limit on processes needs a real user.
NOBODY, _USERS = 65534, 60706  # and the first of 478 that no convention gives away
MB = 2**20
# A virtual environment may lie anywhere, also below /tmp, which a submission has for itself; in the
# sandbox it has a place of its own. (It finds its packages by the path of its Python.)
_VENV = "/venv"
_IN_VENV = sys.prefix != sys.base_prefix
_PYTHON = f"{_VENV}/bin/{Path(sys.executable).name}" if _IN_VENV else sys.executable
_INSIDE = ("__init__", "forkserver", "inside", "wire")  # all of the grader that the sandbox holds


class NoSandbox(Exception):
    """This machine can't isolate student code; the message says what to do."""


class SandboxEnded(Exception):
    """The machine failed, not the student: the submission is worth another try."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use: seconds of processor time, or of doing nothing; bytes."""

    cell_time: float = 60
    submission_time: float = 600
    memory: int = 3072 * MB
    files: int = 64 * MB  # in each of its three writable folders
    file: int = 64 * MB
    processes: int = 128  # with threads, and one that waits for each test
    output: int = 4 * MB  # of text, which one cell may put out before it is stopped
    figures: int = 12 * MB  # of a cell are shown
    notebook: int = 20 * MB  # what may be handed in


def require() -> None:
    """Make sure that student code can be isolated here.

    Raises:
        NoSandbox: it can't.
    """
    if sys.platform != "linux":
        raise NoSandbox(
            "Student code is isolated with bubblewrap, which is for Linux alone. Grade in the "
            "container: `podman build -t course -f Containerfile .`, then see grading/README.md "
            "for how to start it."
        )
    if shutil.which("bwrap") is None:
        raise NoSandbox(
            "bubblewrap is missing, without which student code would run with your own rights. "
            "Install it (Debian, Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap), "
            "or grade in the container (grading/README.md)."
        )
    root = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    as_nobody = root if os.getuid() == 0 else []
    probe = subprocess.run(
        [*_bwrap(), *as_nobody, "unshare", "--user", "--mount", "--pid", "--fork", "true"],
        capture_output=True,
        text=True,
    )
    if probe.returncode:
        said = probe.stderr.strip().splitlines() or ["no reason given"]
        raise NoSandbox(
            f"bubblewrap is here, but may not make namespaces: {said[-1]}. On Ubuntu: `sudo "
            "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`; in a container: start "
            "it with the options in grading/README.md."
        )


def _bwrap() -> list[str]:
    """The sandbox of a worker. Nothing of the course is in it but utils, and images to load."""
    command = ["bwrap", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    if os.getuid() == 0:
        command += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"]
    command += ["--die-with-parent", "--new-session", "--clearenv"]
    for name, value in _environment().items():
        command += ["--setenv", name, value]
    command += ["--ro-bind", "/usr", "/usr"]
    for folder in ("/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        if os.path.islink(folder):
            command += ["--symlink", os.readlink(folder), folder]
        elif os.path.isdir(folder):
            command += ["--ro-bind", folder, folder]
    command += ["--perms", "0755", "--dir", "/etc"]  # else nobody finds the fonts in it
    for path in ("ld.so.cache", "alternatives", "fonts", "localtime"):
        command += ["--ro-bind-try", f"/etc/{path}", f"/etc/{path}"]
    command += ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp"]
    if not Path(sys.base_prefix).is_relative_to("/usr"):
        # The folders above it, which bubblewrap would make for their owner alone.
        for parent in reversed(Path(sys.base_prefix).parents):
            command += ["--perms", "0755", "--dir", str(parent)]
        command += ["--ro-bind", sys.base_prefix, sys.base_prefix]
    if _IN_VENV:
        command += ["--ro-bind", sys.prefix, _VENV]
    for folder in ("/course", "/course/grading", forkserver.HOME):
        command += ["--perms", "0755", "--dir", folder]
    # This folder is all of the course: no solutions, no hidden tests, no gradebook.
    command += ["--ro-bind", str(COURSE / "utils"), "/course/utils"]
    for name in _INSIDE:
        command += ["--ro-bind", *[f"{at}/grading/{name}.py" for at in (COURSE, "/course")]]
    images = COURSE / (places.asked() or "data")
    if places.asked() != "stand-in" and images.is_dir():
        command += ["--ro-bind", str(images.resolve()), "/course/data"]
    return [*command, "--chdir", "/tmp"]


def _environment() -> dict[str, str]:
    given = {
        "PATH": f"{Path(_PYTHON).parent}:/usr/bin:/bin",
        "HOME": forkserver.HOME,
        "LANG": "C.UTF-8",
        "PYTHONPATH": "/course",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "IPYTHONDIR": "/tmp/ipython",
        "NBGRADER_EXECUTION": "autograde",
        "CUDA_VISIBLE_DEVICES": "",
        # One thread a worker: more of them would only fight over the cores.
        **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    }
    if places.asked() == "stand-in":
        given["COURSE_DATA"] = "stand-in"
    return given


def _filter() -> bytes:
    """A seccomp filter that refuses memory which no limit counts (memfd_create, memfd_secret,
    shmget, msgget, semget), and the kernel's keys, which would outlive a submission.

    In the form of ``struct sock_filter`` (man 2 seccomp); the numbers are those of the calls and
    of the architecture in Linux's headers.
    """
    known = {
        "x86_64": (0xC000003E, (319, 447, 29, 68, 64, 248, 249, 250)),
        "aarch64": (0xC00000B7, (279, 447, 194, 186, 190, 217, 218, 219)),
    }
    allow, refuse, end = (0x06, 0, 0, 0x7FFF0000), (0x06, 0, 0, 0x50001), (0x06, 0, 0, 0x80000000)
    steps = [allow]
    if platform.machine() in known:
        architecture, calls = known[platform.machine()]
        steps = [
            (0x20, 0, 0, 4),  # load the architecture
            (0x15, 1, 0, architecture),  # of another one (32 bits)
            end,
            (0x20, 0, 0, 0),  # load the number of the call
            (0x35, 0, 1, 0x40000000),  # one of x32's
            end,
            *((0x15, len(calls) - i, 0, call) for i, call in enumerate(calls)),
            allow,
            refuse,
        ]
    return b"".join(struct.pack("<HBBI", *step) for step in steps)


@functools.cache
def _scope(memory: int, processes: int) -> tuple[str, ...]:
    """What starts a command in a control group of its own, where systemd gives one to this user.

    It counts what no other limit does: memory and processes of all of a submission together.
    """
    if shutil.which("systemd-run") is None:
        return ()
    user = () if os.getuid() == 0 else ("--user",)
    scope = ("systemd-run", *user, "--scope", "--quiet", "--collect",
             "-p", f"MemoryMax={memory}", "-p", "MemorySwapMax=0", "-p", f"TasksMax={processes}",
             "-p", "CPUWeight=50", "--")  # fmt: skip
    try:
        tried = subprocess.run([*scope, "true"], capture_output=True, timeout=10)
    except subprocess.TimeoutExpired:
        return ()
    return () if tried.returncode else scope


class Sandbox:
    """The sandbox of one worker.

    Args:
        limits: of every submission in it.
        imports: modules that the set uses, imported once and for all.
    """

    def __init__(self, limits: Limits, imports: tuple[str, ...]) -> None:
        self.limits, self.imports = limits, imports
        self._server: subprocess.Popen | None = None

    def start(self) -> socket.socket:
        """A connection to a fresh process (``inside.serve``); the one before is ended.

        Raises:
            NoSandbox: the sandbox can't be made here.
            SandboxEnded: it ended just now.
        """
        if self._server is None or self._server.poll() is not None:
            self._serve()
        else:
            self.ask("stop")
        ours, theirs = socket.socketpair()
        with theirs:
            self.ask("start", theirs)
        return ours

    def ask(self, do: str, sent: socket.socket | None = None, **more: int) -> dict:
        """What the forkserver answers to a request.

        Raises:
            SandboxEnded: it is gone.
        """
        request = json.dumps({"do": do, **more}).encode()
        try:
            socket.send_fds(self._line, [request], [sent.fileno()] if sent else [])
            return json.loads(self._answers.readline())
        except (OSError, ValueError):
            self.close()
            raise SandboxEnded("the sandbox ended") from None

    def close(self) -> None:
        """End every process in it."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None
            self._line.close()

    def _serve(self) -> None:
        settings = {
            # One for each worker: descriptors on their way and pages of pipes count by user.
            "user": _USERS + os.getpid() % 478 if os.getuid() == 0 else None,
            "imports": self.imports,
            "limits": asdict(self.limits),
        }
        self._line, theirs = socket.socketpair()
        filter_, written = os.pipe()
        os.write(written, _filter())
        os.close(written)
        # Twice the memory of a submission: the forkserver itself, and what it is about to end.
        scope = _scope(2 * self.limits.memory, self.limits.processes + 64)
        command = [_PYTHON, "-P", "-m", "grading.forkserver", json.dumps(settings)]
        self._server = subprocess.Popen(
            [*scope, *_bwrap(), "--seccomp", str(filter_), *command],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=[filter_],
            text=True,
        )
        theirs.close()
        os.close(filter_)
        self._line.settimeout(120)
        self._answers = self._line.makefile("r")
        assert self._server.stderr is not None, "it is a pipe"
        if not self._answers.readline():
            said = self._server.stderr.read().strip().splitlines()
            self.close()
            raise NoSandbox(
                f"The sandbox could not be started: {said[-1] if said else 'it said nothing'}"
            )


class Clock:
    """How much of its time a submission has used, seen from outside.

    Time of a processor counts, and time in which all of its processes wait. Time in which they
    would go on, but the machine is busy with others, does not; ``starved`` is how much that was.
    ``passed`` is all of the time. What the judge computes to read and to compare what they gave
    is their time, too.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.used = self.starved = self.passed = 0.0
        self._cpu = 0.0
        self.rest()

    def rest(self) -> None:
        """Leave out what passed since the last look: nothing of theirs was waited for."""
        self._seen, self._computed = time.monotonic(), time.thread_time()

    def stop(self) -> None:
        """Count what passed since the last look: something of theirs was waited for until now."""
        self.used += self._since()
        self.rest()

    def _since(self) -> float:
        # A pause of this process itself (it was stopped, or starved) is nobody's time.
        passed, computed = time.monotonic() - self._seen, time.thread_time() - self._computed
        return max(min(passed, 1.0), computed)

    def look(self) -> dict:
        """What the forkserver sees of the submission; notes the time.

        Raises:
            SandboxEnded: nothing is known of it any more.
        """
        seen = self.sandbox.ask("look")
        self.passed += min(time.monotonic() - self._seen, 60.0)
        passed = self._since()
        self.rest()
        self.used += seen.get("took", 0.0)
        if seen["status"] is None:
            cpu, self._cpu = max(0.0, seen["cpu"] - self._cpu), seen["cpu"]
            self.used += cpu if seen["busy"] else max(cpu, passed)
            self.starved += max(0.0, passed - cpu) if seen["busy"] else 0.0
        return seen
