"""Runs inside bubblewrap: a process that has imported everything once, and forks a kernel for each
submission into walls of its own.

Importing torch is most of what a small notebook costs, so it happens once for a worker and not once
for a submission. No student code ever runs in this process. A kernel gets its own user, mount,
process, IPC and network namespaces: it sees neither this process, nor what another submission
left behind, and whatever it starts dies with it.

Standard library alone at the top, since this file is all of ``grading`` that the sandbox holds.
It is started as ``python forkserver.py '<JSON>'`` and speaks lines of JSON: one request on stdin,
one answer on stdout.

    {"do": "start", "name": "k1"}  ->  {"ok": true}        forks the kernel of /run/grading/k1
    {"do": "look",  "name": "k1"}  ->  {"alive": false, "status": -9, "rss": 0}
    {"do": "stop",  "name": "k1"}  ->  {"ok": true}
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import signal
import sys
import time
from pathlib import Path

if os.name == "posix":  # elsewhere this file is read for its names alone
    import resource

    _libc = ctypes.CDLL(None, use_errno=True)

RUN = "/run/grading"  # on the host: the worker's folder of connection files
KERNEL = "/run/kernel"  # in a kernel's own view: its connection file and its sockets, nothing else
HOME = "/home/student"

_NEWNS, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = (
    0x00020000,
    0x04000000,
    0x08000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
_RDONLY, _NOSUID, _NODEV, _REMOUNT, _BIND, _REC, _PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
_PDEATHSIG, _SET_DUMPABLE = 1, 4


def main() -> None:
    settings = json.loads(sys.argv[1])
    if settings["user"] is not None:
        # Started by root: become a user without rights for good. RLIMIT_NPROC, which stops a fork
        # bomb, does not bind root.
        os.setgroups([])
        os.setresgid(*[settings["user"]] * 3)
        os.setresuid(*[settings["user"]] * 3)
        # The change made /proc/self root's, which is where a user namespace is set up.
        _libc.prctl(_SET_DUMPABLE, 1)
    sys.path.append(settings["course"])
    # Answers go out on a copy of stdout; what an import may print goes nowhere.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    quiet = os.open(os.devnull, os.O_RDWR)
    os.dup2(quiet, 1)
    missing = warm_up(settings["imports"])
    print(json.dumps({"missing": missing}), file=answers)
    children: dict[str, int] = {}
    ended: dict[str, int] = {}
    for line in sys.stdin:
        request = json.loads(line)
        name = request["name"]
        if request["do"] == "start":
            pid = os.fork()
            if pid == 0:
                _child(name, settings)
            children[name] = pid
            answer = {"ok": True}
        elif request["do"] == "look":
            answer = _look(name, children, ended)
        else:
            pid = children.pop(name)
            if ended.pop(name, None) is None:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            answer = {"ok": True}
        print(json.dumps(answer), file=answers)


def _look(name: str, children: dict[str, int], ended: dict[str, int]) -> dict:
    if name not in ended:
        pid, status = os.waitpid(children[name], os.WNOHANG)
        if pid:
            ended[name] = os.waitstatus_to_exitcode(status)
    if name in ended:
        return {"alive": False, "status": ended[name], "memory": 0}
    return {"alive": True, "status": None, "memory": _memory(children[name])}


def _memory(pid: int) -> int:
    """Bytes that a process and all below it hold; pages shared by several count in part."""
    total, todo = 0, [pid]
    while todo:
        pid = todo.pop()
        with contextlib.suppress(OSError):
            # A process may end while it is looked at.
            rolled = Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += int(rolled.partition("\nPss:")[2].split()[0]) * 1024
            for task in os.listdir(f"/proc/{pid}/task"):
                todo += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())
    return total


def warm_up(modules: list[str]) -> list[str]:
    """Import what the set's notebook will, and set off what torch puts off until first use.

    Returns:
        What could not be imported, each with the reason; a cell that needs it will say so again.

    What is imported here costs no submission any time, and the seal (``seal.py``) can tell a late
    import from a patch. There is no backward pass: its threads would not survive a fork.
    """
    missing = []
    for module in ["ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", *modules]:
        try:
            importlib.import_module(module)
        except Exception as error:
            missing.append(f"{module}: {error}")
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)
        with contextlib.suppress(ImportError):
            importlib.import_module("torch._dynamo")
        weight = torch.nn.Parameter(torch.zeros(2, 2))
        weight.grad = torch.zeros(2, 2)
        torch.optim.Adam([weight]).step()
        torch.optim.SGD([weight]).step()
    if "matplotlib" in sys.modules:
        # Finds the fonts. pyplot must wait for the kernel, where its figures are shown.
        agg = importlib.import_module("matplotlib.backends.backend_agg")
        figure = importlib.import_module("matplotlib.figure").Figure()
        figure.add_subplot().set_title("text")
        agg.FigureCanvasAgg(figure).draw()
    return missing


# ---------------------------------------------------------------- in the child


def _child(name: str, settings: dict) -> None:
    """Build the walls, then become the kernel. Never returns."""
    code = 1
    try:
        code = _walls(name, settings)
    except BaseException as error:
        with contextlib.suppress(OSError):
            Path(f"{RUN}/{name}/why").write_text(f"{type(error).__name__}: {error}")
    finally:
        os._exit(code)


def _walls(name: str, settings: dict) -> int:
    _libc.prctl(_PDEATHSIG, signal.SIGKILL)
    os.setsid()
    os.closerange(3, 1024)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    limits = settings["limits"]
    # Of the pages in use now: the libraries that all kernels share are not the student's.
    address_space = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    uid, gid = os.getuid(), os.getgid()
    _call("unshare", _NEWUSER | _NEWNS | _NEWIPC | _NEWPID | _NEWNET | _NEWUTS)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"1000 {uid} 1")
    Path("/proc/self/gid_map").write_text(f"1000 {gid} 1")
    _mount(None, "/", None, _REC | _PRIVATE)
    _mount(f"{RUN}/{name}", KERNEL, None, _BIND)
    small = f"size={limits['files']},nr_inodes=20000,mode=700"
    for folder in ("/tmp", HOME, "/dev/shm"):
        _mount("tmpfs", folder, "tmpfs", _NOSUID | _NODEV, small)
    # The folder of all kernels, and /proc, which would show this sandbox's other processes.
    for folder in (RUN, "/proc"):
        _mount("tmpfs", folder, "tmpfs", _NOSUID | _NODEV | _RDONLY, "size=4k,mode=755")
    first = os.fork()
    if first == 0:
        os._exit(_first_process(limits, address_space))
    return _exit_code(first)


def _first_process(limits: dict, address_space: int) -> int:
    """Process 1 of the new namespace: all others in it end when it does."""
    _libc.prctl(_PDEATHSIG, signal.SIGKILL)
    bound, tell = os.pipe()
    kernel = os.fork()
    if kernel == 0:
        os.close(bound)
        try:
            _become_kernel(limits, address_space, tell)
        except BaseException as error:
            # Before the kernel is up this is ours to explain; later the folder is read-only.
            with contextlib.suppress(OSError):
                Path(f"{KERNEL}/why").write_text(f"{type(error).__name__}: {error}")
        finally:
            os._exit(1)
    os.close(tell)
    if os.read(bound, 1):
        # The sockets are there. From now on nothing can be written to this folder of the host's.
        _mount(None, KERNEL, None, _REMOUNT | _BIND | _RDONLY | _NOSUID | _NODEV)
        _drop_capabilities()
        Path(HOME, ".ready").touch()
    while True:
        pid, status = os.wait()
        if pid == kernel:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _become_kernel(limits: dict, address_space: int, tell: int) -> None:
    os.setsid()
    os.nice(10)  # so that a crowd of processes can't keep the grader from ending it
    _drop_capabilities()
    for limit, value in (
        (resource.RLIMIT_AS, address_space + limits["memory"]),
        (resource.RLIMIT_CPU, limits["cpu"]),
        (resource.RLIMIT_FSIZE, limits["file"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    os.chdir(HOME)
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance(connection_file=f"{KERNEL}/kernel.json")
    app.initialize(["--HistoryManager.enabled=False"])
    os.write(tell, b".")
    os.close(tell)
    while not os.path.exists(f"{HOME}/.ready"):
        time.sleep(0.005)
    os.unlink(f"{HOME}/.ready")
    app.start()


def _exit_code(pid: int) -> int:
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return code if code >= 0 else 128 - code


def _drop_capabilities() -> None:
    class Header(ctypes.Structure):
        _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))

    _call("capset", ctypes.byref(Header(0x20080522, 0)), (ctypes.c_uint32 * 6)())


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str = "") -> None:
    words = (value if value is None else value.encode() for value in (source, target, kind))
    _call("mount", *words, ctypes.c_ulong(flags), data.encode() or None)


def _call(function: str, *arguments: object) -> None:
    if getattr(_libc, function)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{function}{arguments}: {os.strerror(number)}")


if __name__ == "__main__":
    main()
