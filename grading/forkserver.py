"""Runs inside bubblewrap: a process that has imported everything once, and forks a process for each
submission into walls of its own.

Importing torch is most of what a small notebook costs, so it happens once for a worker and not once
for a submission. No student code ever runs in this process. A submission's process gets its own
user, mount, process, IPC and network namespaces: it sees neither this process, nor what another
submission left behind, and whatever it starts dies with it.

It is started as ``python -m grading.forkserver '<JSON>'`` with a socket as its standard input, and
speaks in lines of JSON, one request, one answer; it knows one submission at a time.

    {"do": "start"}, and a socket with it  ->  {"pid": 7}       forks a process that serves it
    {"do": "look"}      ->  {"status": null, "memory": 9, "cpu": 0.5, "busy": true}
    {"do": "time"}      ->  the same, but for memory and busy, which take longer
    {"do": "interrupt"} ->  {}             as Ctrl-C
    {"do": "end", "pid": 12}  ->  {}       ends one of its processes, by its number inside
    {"do": "stop"}      ->  {}             ends all of them
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import gc
import importlib
import json
import os
import re
import signal
import socket
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

if os.name == "posix":  # elsewhere this file is read for its names alone
    import resource

    _libc = ctypes.CDLL(None, use_errno=True)

HOME = "/home/student"

_NEWNS, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = (1 << n for n in (17, *range(26, 31)))
_RDONLY, _NOSUID, _NODEV, _REC, _PRIVATE = 1, 2, 4, 16384, 1 << 18
_PDEATHSIG, _SET_DUMPABLE, _SECCOMP = 1, 4, 22


def main() -> None:
    """Serve until the worker closes its end."""
    settings = json.loads(sys.argv[1])
    if settings["user"] is not None:
        # Started by root: become a user without rights for good. RLIMIT_NPROC, which stops a fork
        # bomb, does not bind root.
        os.setgroups([])
        os.setresgid(*[settings["user"]] * 3)
        os.setresuid(*[settings["user"]] * 3)
        # The change made /proc/self root's, which is where a user namespace is set up.
        _libc.prctl(_SET_DUMPABLE, 1)
    worker = socket.socket(fileno=os.dup(0))
    quiet = os.open(os.devnull, os.O_RDWR)
    os.dup2(quiet, 0)
    os.dup2(quiet, 1)  # what an import may print goes nowhere
    warm_up(settings["imports"])
    os.dup2(quiet, 2)
    gc.collect()
    gc.freeze()  # so that no collection in a child touches, and thereby copies, all of this
    worker.sendall(b"{}\n")
    child, status = 0, None
    while True:
        message, sockets, *_ = socket.recv_fds(worker, 4096, 1)
        if not message:
            return
        request, answer = json.loads(message), {}
        if request["do"] == "start":
            status, child = None, os.fork()
            if child == 0:
                worker.close()
                _child(sockets[0], settings["limits"])
            os.close(sockets[0])
        elif request["do"] in ("look", "time"):
            if status is None and (ended := os.waitpid(child, os.WNOHANG))[0]:
                status = os.waitstatus_to_exitcode(ended[1])
            answer = {"status": status}
            if status is None:
                answer |= _measures(child, request["do"] == "look")
        elif request["do"] == "stop":
            if status is None:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
            status = 0
        elif status is None:
            _signal(child, request.get("pid"))
        worker.sendall(json.dumps(answer).encode() + b"\n")


def _tree(pid: int) -> Iterator[int]:
    """A process and all below it, as far as they still are there."""
    yield pid
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                yield from _tree(int(child))


def _measures(child: int, memory_too: bool) -> dict:
    """What a submission's processes use: bytes, of shared pages their part; seconds of processor
    time; and whether one of them would go on if others, not their own, did not have all
    processors. What it takes to see all that is their time, too: they can make it long."""
    memory, ticks, theirs, start = 0, 0, 0, time.thread_time()
    running = int(Path("/proc/loadavg").read_text().split()[3].partition("/")[0])
    for pid in _tree(child):
        with contextlib.suppress(OSError):  # a process may end while it is looked at
            ticks += sum(map(int, _stat(f"{pid}")[11:15]))  # of one that has ended, too
            if not memory_too:
                continue
            theirs += sum(
                _stat(f"{pid}/task/{task}")[0] == b"R" for task in os.listdir(f"/proc/{pid}/task")
            )
            if _stat(f"{pid}")[0] == b"Z":  # its first thread has ended, others may go on
                tasks = Path(f"/proc/{pid}/task").glob("*/statm")
                pages = [int(of.read_text().split()[1]) for of in tasks]
                memory += max(pages, default=0) * resource.getpagesize()
                continue
            try:
                rolled = Path(f"/proc/{pid}/smaps_rollup").read_text()
                memory += int(rolled.partition("\nPss:")[2].split()[0]) * 1024
            except PermissionError:  # it has forbidden that (PR_SET_DUMPABLE)
                status = Path(f"/proc/{pid}/status").read_bytes()
                sizes = re.findall(rb"^Rss(?:Anon|Shmem):\s+(\d+) kB", status, re.M)
                memory += 1024 * sum(map(int, sizes))
    others = running - 1 - theirs  # without this process
    busy = theirs > 0 and others >= (os.cpu_count() or 1)
    cpu, took = ticks / os.sysconf("SC_CLK_TCK"), time.thread_time() - start
    return {"memory": memory, "cpu": cpu, "busy": busy, "took": took}


def _stat(process: str) -> list[bytes]:
    """What stands in /proc/…/stat behind the name, which may hold anything."""
    return Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()


def _signal(child: int, inside: int | None) -> None:
    """End a process by its number in its own namespace; interrupt the first one without it."""
    for depth, pid in enumerate(_tree(child)):
        with contextlib.suppress(OSError):
            if inside is None and depth == 2:  # behind the walls, and process 1
                os.kill(pid, signal.SIGINT)
            elif inside is not None:
                status = Path(f"/proc/{pid}/status").read_bytes()
                if int(status.partition(b"\nNSpid:")[2].split(b"\n")[0].split()[-1]) == inside:
                    os.kill(pid, signal.SIGKILL)


def warm_up(modules: list[str]) -> None:
    """Import what the set's notebook will, and set off what torch puts off until first use.

    What can't be imported is left out: the cell that needs it will say so.
    """
    import torch

    from grading import inside

    for module in modules:
        with contextlib.suppress(Exception):
            importlib.import_module(module)
    weight = torch.nn.Parameter(torch.ones(2, 2))
    (weight @ weight).sum().backward()
    torch.optim.Adam([weight]).step()
    torch.optim.SGD([weight]).step()
    inside.warm_up()
    if "matplotlib" in sys.modules:
        figure = importlib.import_module("matplotlib.figure").Figure()
        figure.add_subplot().set_title("text")  # finds the fonts
        importlib.import_module("matplotlib.backends.backend_agg").FigureCanvasAgg(figure).draw()


# ---------------------------------------------------------------- in the child


def _child(number: int, limits: dict) -> None:
    """Build the walls, then serve the judge. Never returns."""
    code = 1
    try:
        code = _walls(number, limits)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.write(number, f"{type(error).__name__}: {error}".encode()[:300])
    finally:
        os._exit(code)


def _walls(number: int, limits: dict) -> int:
    _libc.prctl(_PDEATHSIG, signal.SIGKILL)
    os.setsid()
    # Of the pages in use now: the libraries that all share are not the student's.
    address_space = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    uid, gid = os.getuid(), os.getgid()
    _call("unshare", _NEWUSER | _NEWNS | _NEWIPC | _NEWPID | _NEWNET | _NEWUTS)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"1000 {uid} 1")
    Path("/proc/self/gid_map").write_text(f"1000 {gid} 1")
    _mount(None, "/", None, _REC | _PRIVATE)
    small = f"size={limits['files']},nr_inodes=20000,mode=700"
    for folder in ("/tmp", HOME, "/dev/shm"):
        _mount("tmpfs", folder, "tmpfs", _NOSUID | _NODEV, small)
    # Of the system's there are only so many for all.
    _mount("devpts", "/dev/pts", "devpts", _NOSUID, "newinstance,ptmxmode=0666,max=16")
    # It would show this sandbox's other processes.
    _mount("tmpfs", "/proc", "tmpfs", _NOSUID | _NODEV | _RDONLY, "size=4k,mode=755")
    first = os.fork()
    if first == 0:
        _first_process(number, limits, address_space)
    os.close(number)
    code = os.waitstatus_to_exitcode(os.waitpid(first, 0)[1])
    return code if code >= 0 else 128 - code


def _first_process(number: int, limits: dict, address_space: int) -> None:
    """Process 1 of the new namespace: all others in it end when it does. Never returns."""
    code = 1
    try:
        _libc.prctl(_PDEATHSIG, signal.SIGKILL)
        _drop_capabilities()
        served = os.fork()
        if served == 0:
            _serve(number, limits, address_space)
        os.close(number)
        with contextlib.suppress(ChildProcessError):  # until none is left
            while True:
                pid, status = os.wait()
                if pid == served:
                    code = os.waitstatus_to_exitcode(status)
                    code = code if code >= 0 else 128 - code
    finally:
        os._exit(code)


def _serve(number: int, limits: dict, address_space: int) -> None:
    from grading import inside, wire

    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # the grader's own may ignore it
    os.nice(10)  # so that a crowd of processes can't keep the grader from ending it
    for limit, value in (
        (resource.RLIMIT_AS, address_space + limits["memory"]),
        (resource.RLIMIT_FSIZE, limits["file"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    _forbid_walls()
    with contextlib.suppress(wire.Broken):
        inside.serve(wire.Line(socket.socket(fileno=number)), HOME)
    os._exit(0)


def _drop_capabilities() -> None:
    class Header(ctypes.Structure):
        _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))

    _call("capset", ctypes.byref(Header(0x20080522, 0)), (ctypes.c_uint32 * 6)())


def _forbid_walls() -> None:
    """Refuse from here on what leads behind the walls: namespaces and mounts (in a user namespace
    of its own, a process gets memory of the kernel that no limit counts), looking into other
    processes, io_uring, sockets of families that no network namespace holds back, and what tells
    one sandbox which of the shared files another one opens, locks or has read.

    The form of the filter is that of sandbox.py.
    """
    # clone, socket, fcntl; then unshare, setns, mount, ptrace, process_vm_writev, io_uring_setup,
    # fanotify_init, flock, mincore, fadvise64, preadv2, cachestat, inotify_init1, inotify_init
    first = {"x86_64": (56, 41, 72), "aarch64": (220, 198, 25)}
    others = {
        "x86_64": (272, 308, 165, 101, 311, 425, 300, 73, 27, 221, 327, 451, 294, 253),
        "aarch64": (97, 268, 40, 117, 271, 425, 262, 32, 232, 223, 286, 451, 26),
    }
    if (machine := os.uname().machine) not in first:
        return
    (clone, sockets, fcntl), calls = first[machine], others[machine]
    families = socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK
    n, allow, refuse = len(calls), (0x06, 0, 0, 0x7FFF0000), (0x06, 0, 0, 0x50000 | errno.EPERM)
    number, argument = (0x20, 0, 0, 0), (0x20, 0, 0, 16)  # load it
    steps = [
        number,
        (0x15, 0, 9, fcntl),
        (0x20, 0, 0, 24),  # its command: 5 to 7, 36 to 38 are locks, 1024 to 1026 leases and news
        (0x35, 5, 0, 1027),
        (0x35, 5, 0, 1024),
        (0x35, 3, 0, 39),
        (0x35, 3, 0, 36),
        (0x35, 1, 0, 8),
        (0x35, 1, 0, 5),
        allow,
        refuse,
        number,
        (0x15, 0, 1, 435),  # clone3: there is none, so that the C library takes clone
        (0x06, 0, 0, 0x50000 | errno.ENOSYS),
        (0x15, 0, 3, clone),
        argument,
        (0x45, n + 9, 0, _NEWUSER),
        allow,
        (0x15, 0, 6, sockets),
        argument,
        *((0x15, n + 4 - i, 0, family) for i, family in enumerate(families)),
        refuse,
        *((0x15, n - i, 0, call) for i, call in enumerate(calls)),
        allow,
        refuse,
    ]
    packed = b"".join(struct.pack("<HBBI", *step) for step in steps)
    program = ctypes.create_string_buffer(packed, len(packed))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))

    given = Program(len(steps), ctypes.addressof(program))
    _call("prctl", _SECCOMP, 2, ctypes.byref(given), 0, 0)


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str = "") -> None:
    words = (value if value is None else value.encode() for value in (source, target, kind))
    _call("mount", *words, ctypes.c_ulong(flags), data.encode() or None)


def _call(function: str, *arguments: object) -> None:
    if getattr(_libc, function)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{function}{arguments}: {os.strerror(number)}")


if __name__ == "__main__":
    main()
