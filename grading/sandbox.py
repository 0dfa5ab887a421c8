"""Where student code runs: a bubblewrap sandbox for each worker, and in it a kernel for each
submission behind further walls (``forkserver.py``)."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from grading import forkserver

COURSE = Path(__file__).resolve().parent.parent
# Nobody. As root, bubblewrap needs no user namespace, and the limit on processes needs a real user.
NOBODY = 65534
MB = 2**20
# A virtual environment may lie anywhere, also below /tmp, which a kernel has for itself; in the
# sandbox it has a place of its own. (It finds its packages by the path of its Python.)
_VENV = "/venv"
_IN_VENV = sys.prefix != sys.base_prefix
_PYTHON = f"{_VENV}/bin/{Path(sys.executable).name}" if _IN_VENV else sys.executable


class NoSandbox(Exception):
    """This machine can't isolate student code; the message says what to do."""


class KernelDied(Exception):
    """The kernel is gone; the message says how it ended."""


class SandboxEnded(Exception):
    """The machine failed, not the student: the submission is worth another try."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Times in seconds, sizes in bytes."""

    cell_time: float = 60
    submission_time: float = 600
    memory: int = 3072 * MB
    files: int = 64 * MB  # in each of its three writable folders
    file: int = 64 * MB
    processes: int = 48  # with threads, of which the kernel itself has seven
    output: int = 4 * MB  # what one cell may print before it is stopped
    notebook: int = 20 * MB  # what may be handed in


def require(unsafe: bool) -> None:
    """Make sure that student code can be isolated here.

    Raises:
        NoSandbox: it can't, and ``unsafe`` is false.
    """
    if unsafe and sys.platform != "win32":
        return
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
            "grade in the container (grading/README.md), or, on a machine that holds nothing "
            "else, add --unsafe."
        )
    root = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    as_nobody = root if os.getuid() == 0 else []
    probe = subprocess.run(
        [*_bwrap(Path("/tmp")), *as_nobody, "unshare", "--user", "--mount", "--pid", "--fork",
         "true"],
        capture_output=True,
        text=True,
    )  # fmt: skip
    if probe.returncode:
        said = probe.stderr.strip().splitlines() or ["no reason given"]
        raise NoSandbox(
            f"bubblewrap is here, but may not make namespaces: {said[-1]}. On Ubuntu: `sudo "
            "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`; in a container: start "
            "it with the options in grading/README.md."
        )


def _bwrap(run: Path) -> list[str]:
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
    for path in ("ld.so.cache", "alternatives", "fonts", "localtime"):
        command += ["--ro-bind-try", f"/etc/{path}", f"/etc/{path}"]
    command += ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp"]
    if not Path(sys.base_prefix).is_relative_to("/usr"):
        # The folders above it, which bubblewrap would make for their owner alone.
        for parent in reversed(Path(sys.base_prefix).parents):
            command += ["--dir", str(parent)]
        command += ["--ro-bind", sys.base_prefix, sys.base_prefix]
    if _IN_VENV:
        command += ["--ro-bind", sys.prefix, _VENV]
    command += ["--dir", "/course", "--dir", forkserver.KERNEL, "--dir", forkserver.HOME]
    # The kernel sees this folder as /course: no solutions, no hidden tests, no gradebook.
    command += ["--ro-bind", str(COURSE / "utils"), "/course/utils"]
    command += ["--ro-bind", forkserver.__file__, "/course/forkserver.py"]
    data = os.environ.get("COURSE_DATA", "")
    images = COURSE / "data" if not data else Path(data)
    if data != "stand-in" and images.is_dir():
        command += ["--ro-bind", str(images.resolve()), "/course/data"]
    return [*command, "--bind", str(run), forkserver.RUN, "--chdir", "/tmp"]


def _environment() -> dict[str, str]:
    given = {
        "PATH": f"{Path(_PYTHON).parent}:/usr/bin:/bin",
        "HOME": forkserver.HOME,
        "LANG": "C.UTF-8",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "IPYTHONDIR": f"{forkserver.HOME}/.ipython",
        "NBGRADER_EXECUTION": "autograde",
        # One thread a worker: more of them would only fight over the cores.
        **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    }
    if os.environ.get("COURSE_DATA") == "stand-in":
        given["COURSE_DATA"] = "stand-in"
    return given


class Sandbox:
    """The sandbox of one worker; each ``start`` gives a kernel that nothing was done in yet.

    Args:
        limits: of every kernel in it.
        imports: modules that the set uses, imported once and for all.
        unsafe: run the kernels on the machine as it is, with the rights of the caller.
    """

    def __init__(self, limits: Limits, imports: tuple[str, ...], unsafe: bool = False) -> None:
        self.limits, self.imports, self.unsafe = limits, imports, unsafe
        self._server: subprocess.Popen | None = None
        _sweep()
        # Short: a unix socket's path has 107 bytes at most.
        self._run = Path(tempfile.mkdtemp(prefix=f"grading-{os.getpid()}-", dir="/tmp"))
        self._run.chmod(0o711)
        self._count = 0

    def start(self) -> Kernel:
        """A fresh kernel.

        Raises:
            NoSandbox: the sandbox can't be made here.
            SandboxEnded: it ended just now.
        """
        self._count += 1
        name = f"k{self._count}"
        folder = self._run / name
        folder.mkdir(mode=0o700)
        inside = str(folder) if self.unsafe else forkserver.KERNEL
        connection = {
            "transport": "ipc",
            "ip": f"{inside}/s",
            **{f"{c}_port": i for i, c in enumerate(_CHANNELS, start=1)},
            "key": secrets.token_hex(16),
            "signature_scheme": "hmac-sha256",
        }
        (folder / "kernel.json").write_text(json.dumps(connection))
        if os.getuid() == 0 and not self.unsafe:
            for path in (folder, folder / "kernel.json"):
                os.chown(path, NOBODY, NOBODY)
        if self.unsafe:
            process: _Process | _UnsafeProcess = _UnsafeProcess(folder, self.imports)
        else:
            self._ask("start", name)
            process = _Process(self, name)
        return Kernel(process, folder, {**connection, "ip": f"{folder}/s"})

    def close(self) -> None:
        """End every kernel, and remove what was left of them."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None
        shutil.rmtree(self._run, ignore_errors=True)

    def _ask(self, do: str, name: str) -> dict:
        if self._server is None or self._server.poll() is not None:
            if do != "start":
                raise SandboxEnded("the sandbox ended")
            self._server = self._serve()
        assert self._server.stdout is not None, "it is a pipe"
        try:
            print(json.dumps({"do": do, "name": name}), file=self._server.stdin, flush=True)
            return json.loads(self._server.stdout.readline())
        except (OSError, ValueError):
            self._server.kill()
            self._server.wait()
            raise SandboxEnded("the sandbox ended") from None

    def _serve(self) -> subprocess.Popen:
        limits = {
            **asdict(self.limits),
            "cpu": int(self.limits.submission_time) + 60,
        }
        settings = {
            "user": NOBODY if os.getuid() == 0 else None,
            "course": "/course",
            "imports": self.imports,
            "limits": limits,
        }
        server = subprocess.Popen(
            [
                *_bwrap(self._run),
                _PYTHON,
                "-P",
                "/course/forkserver.py",
                json.dumps(settings),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert server.stdout is not None and server.stderr is not None, "they are pipes"
        if not server.stdout.readline():
            said = server.stderr.read().strip().splitlines()
            raise NoSandbox(
                f"The sandbox could not be started: {said[-1] if said else 'it said nothing'}"
            )
        return server


def _sweep() -> None:
    """Remove the folders of workers that were killed."""
    for folder in Path("/tmp").glob("grading-*-*"):
        pid = folder.name.split("-")[1]
        with contextlib.suppress(OSError):
            if pid.isdigit() and folder.stat().st_uid == os.getuid() and not _alive(int(pid)):
                shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


_CHANNELS = ("shell", "iopub", "stdin", "control", "hb")


@dataclass
class Kernel:
    """One running kernel: its process, and how to connect to it."""

    process: _Process | _UnsafeProcess
    folder: Path
    connection: dict

    def stop(self) -> None:
        """End it with all that it started."""
        with contextlib.suppress(SandboxEnded):
            self.process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def look(self) -> dict:
        """``alive``, exit ``status`` (None while it runs) and ``memory`` in bytes.

        Raises:
            SandboxEnded: nothing is known of it any more.
        """
        seen = self.process.look()
        with contextlib.suppress(OSError):
            seen["why"] = (self.folder / "why").read_text(errors="replace")[:300]
        return seen


@dataclass
class _Process:
    """A kernel in the sandbox."""

    sandbox: Sandbox
    name: str

    def look(self) -> dict:
        return self.sandbox._ask("look", self.name)

    def stop(self) -> None:
        self.sandbox._ask("stop", self.name)


class _UnsafeProcess:
    """A kernel on the machine as it is."""

    def __init__(self, folder: Path, imports: tuple[str, ...]) -> None:
        # Before the seal, as in the sandbox: importing torch changes functions of other modules.
        first = "\n".join(f"import {module}" for module in imports)
        home = folder / "home"
        home.mkdir()
        environment = os.environ | {"PYTHONPATH": str(COURSE), "OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ipykernel_launcher", "-f", folder / "kernel.json",
             "--HistoryManager.enabled=False", f"--IPKernelApp.exec_lines=exec({first!r}, {{}})"],
            cwd=home,
            env=environment | {"NBGRADER_EXECUTION": "autograde"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip

    def look(self) -> dict:
        status = self._process.poll()
        return {"alive": status is None, "status": status, "memory": 0}

    def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, 9)
        self._process.wait()
