"""What the grader runs inside a student's kernel. Its text is sent there, anew for each request.

It shares a process with the student's code, so what it says is an alarm and not a proof: code that
took over the interpreter could lie to it. Each request therefore carries a salt or a word that was
not known before, and the answers are compared outside.
"""

from __future__ import annotations

import ast
import builtins
import gc
import hashlib
import json
import linecache
import math
import random
import signal
import sys
import threading
import traceback
import types

# Whose functions and classes a test relies on: patched ones could make a wrong answer pass.
_MODULES = [
    "builtins", "ast", "asyncio.base_events", "collections", "copy", "functools", "gc",
    "hashlib", "hmac", "importlib", "importlib._bootstrap", "inspect", "io", "itertools",
    "json", "json.decoder", "json.encoder", "linecache", "math", "numbers", "operator", "os",
    "random", "re", "signal", "sys", "threading", "traceback", "types", "_thread", "numpy",
    "numpy.linalg", "numpy.random", "numpy.testing", "torch", "torch._C._VariableFunctions",
    "torch._C._linalg", "torch._C._nn", "torch._tensor", "torch.autograd",
    "torch.autograd.functional", "torch.autograd.gradcheck", "torch.distributions", "torch.fft",
    "torch.func", "torch.functional", "torch.linalg", "torch.nn", "torch.nn.functional",
    "torch.nn.init", "torch.nn.modules.module", "torch.nn.utils", "torch.optim",
    "torch.overrides", "torch.random", "torch.special", "torch.testing", "torch.utils.data",
    "utils", "utils.cases", "utils.checks", "utils.classifier", "utils.data", "utils.differences",
    "utils.metrics", "utils.plotting", "utils.standin", "utils.training", "IPython.core.compilerop",
    "IPython.core.displayhook", "IPython.core.displaypub", "IPython.core.formatters",
    "IPython.core.inputtransformer2", "IPython.core.interactiveshell", "IPython.core.ultratb",
    "ipykernel.compiler", "ipykernel.displayhook", "ipykernel.iostream", "ipykernel.ipkernel",
    "ipykernel.kernelapp", "ipykernel.kernelbase", "ipykernel.zmqshell",
    "jupyter_client.session", "tornado.ioloop", "zmq.eventloop.zmqstream", "zmq.sugar.socket",
]  # fmt: skip
# The kernel sets these anew for each cell.
_RESTLESS = {"builtins.input", "sys.excepthook", "sys.displayhook"}
_OURS = ("torch", "utils", "IPython", "ipykernel", "jupyter_client", "zmq")


def seal() -> dict[str, str]:
    """name -> identity of everything that student code has no business changing."""
    seen: dict[str, str] = {}
    known = set(vars(builtins))
    for name in _MODULES:
        owner = sys.modules.get(name)
        if name.endswith("_VariableFunctions"):
            owner = getattr(sys.modules.get("torch._C"), "_VariableFunctions", None)
        if owner is None:
            continue
        seen[name] = str(id(owner))
        for attribute, value in list(getattr(owner, "__dict__", {}).items()):
            if callable(value) or isinstance(value, types.ModuleType):
                late = attribute in known and owner is not builtins
                seen[f"{name}.{attribute}" + ("!" if late else "")] = _identity(value)
            if isinstance(value, type) and value.__module__.partition(".")[0] in _OURS:
                _members(f"{value.__module__}.{value.__qualname__}", value, seen)
    torch = sys.modules.get("torch")
    if torch is not None:
        _members("torch._C.TensorBase", torch._C.TensorBase, seen)
        modes = torch.overrides._get_current_function_mode_stack()
        for mode in modes:
            if type(mode) is not sys.modules["torch.utils._device"].DeviceContext:
                seen["a torch function mode!"] = type(mode).__name__
        if torch._C._len_torch_dispatch_stack():
            seen["a torch dispatch mode!"] = "on"
        todo = [torch.Tensor]
        while todo:
            for child in todo.pop().__subclasses__():
                todo.append(child)
                home = sys.modules.get(child.__module__)
                if child.__module__.partition(".")[0] != "torch" or not _defined_in(home, child):
                    seen[f"the tensor class {child.__qualname__}!"] = str(id(child))
    _interpreter(seen)
    for name in _RESTLESS:
        seen.pop(name, None)
    return seen


def _members(name: str, cls: type, seen: dict[str, str]) -> None:
    for attribute, value in list(vars(cls).items()):
        if attribute in ("__doc__", "__abstractmethods__", "__annotations__", "_abc_impl"):
            continue
        if callable(value) or isinstance(value, (staticmethod, classmethod, property)):
            # An added method can hide an inherited one, so a new name is a change as well.
            seen[f"{name}.{attribute}!"] = _identity(value)


def _identity(value: object) -> str:
    value = getattr(value, "__func__", value) if isinstance(value, staticmethod) else value
    if not isinstance(value, types.FunctionType):
        return str(id(value))
    parts = [id(value), id(value.__code__), id(value.__defaults__)]
    parts += [id(part) for part in (value.__kwdefaults__ or {}).values()]
    for cell in value.__closure__ or ():
        try:
            parts.append(id(cell.cell_contents))
        except ValueError:
            parts.append(0)
    return ",".join(map(str, parts))


def _defined_in(module: types.ModuleType | None, cls: type) -> bool:
    found = module
    for part in cls.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is cls or "<locals>" in cls.__qualname__


def _interpreter(seen: dict[str, str]) -> None:
    """The interpreter's, the shell's and the kernel's hooks."""
    kernel = sys.modules["ipykernel.kernelapp"].IPKernelApp.instance().kernel
    shell = kernel.shell
    seen["sys.settrace!"] = str(sys.gettrace())
    seen["sys.setprofile!"] = str(sys.getprofile())
    seen["sys.meta_path!"] = str([id(finder) for finder in sys.meta_path])
    seen["sys.path_hooks!"] = str([id(hook) for hook in sys.path_hooks])
    seen["gc.callbacks!"] = str([id(callback) for callback in gc.callbacks])
    seen["the handler of SIGINT!"] = str(id(signal.getsignal(signal.SIGINT)))
    seen["an alarm!"] = str(signal.getitimer(signal.ITIMER_REAL)[0] > 0)
    # tqdm keeps a thread to watch its bars, zmq one to free long messages.
    homes = {"tqdm._monitor": "TMonitor", "zmq.utils.garbage": "GarbageCollectorThread"}
    kept = [getattr(sys.modules.get(home), name, None) for home, name in homes.items()]
    usual = sum(type(thread) in kept for thread in threading.enumerate())
    seen["a thread that goes on!"] = str(len(sys._current_frames()) - usual)
    lists = {
        "AST transformers": shell.ast_transformers,
        "input transformers": [
            *shell.input_transformers_post,
            *shell.input_transformer_manager.cleanup_transforms,
            *shell.input_transformer_manager.line_transforms,
            *map(type, shell.input_transformer_manager.token_transformers),
        ],
    }
    for event, callbacks in shell.events.callbacks.items():
        lists[f"callbacks of {event}"] = [
            callback
            for callback in callbacks
            if getattr(callback, "__module__", "").partition(".")[0]
            not in ("matplotlib", "matplotlib_inline")
        ]
    for what, members in lists.items():
        seen[f"the shell's {what}!"] = str([id(getattr(m, "__func__", m)) for m in members])
    for name, owner in {
        "the shell": shell,
        "the kernel": kernel,
        "the kernel's session": kernel.session,
        "the shell's compiler": shell.compile,
        "the shell's display_pub": shell.display_pub,
        "the shell's displayhook": shell.displayhook,
        "the shell's input_transformer_manager": shell.input_transformer_manager,
    }.items():
        seen[f"{name}!"] = f"{id(owner)} {id(type(owner))}"
        for attribute, value in list(vars(owner).items()):
            if isinstance(value, (types.FunctionType, types.MethodType)) and attribute[:2] != "_i":
                value = getattr(value, "__func__", value)
                seen[f"{name}.{attribute}!"] = str(id(value))
    seen["the shell's namespace!"] = f"{id(shell.user_ns)} {type(shell.user_ns) is dict}"


def first_seal() -> str:
    """The seal as JSON, before any student code has run."""
    seen = seal()
    names = types.ModuleType("grading_names")
    vars(names)["all"] = sorted(seen)
    sys.modules["grading_names"] = names
    return json.dumps(seen)


def seal_json() -> str:
    """The seal of now as JSON."""
    return json.dumps(seal())


def digest(salt: str) -> str:
    """The seal of now in one line: of all names that the first one had, and of what was added."""
    seen = seal()
    lines = [f"{name}={seen.pop(name, None)}" for name in sys.modules["grading_names"].all]
    lines += sorted(f"{name}={value}" for name, value in seen.items() if name[-1] == "!")
    return hashlib.sha256("\n".join([salt, *lines]).encode()).hexdigest()


def state(salt: str, seed: int) -> str:
    """Whether all is as it was: the seal's digest, and how right and wrong are told apart."""
    return f"{digest(salt)} {judgement(seed)}"


def judgement(seed: int) -> str:
    """Whether asserts, allclose and the course's own comparisons tell right from wrong: "right"."""
    torch = sys.modules.get("torch")
    draw = random.Random(seed)
    failures = []

    def must_fail(function, *inputs):
        try:
            function(*inputs)
        except AssertionError:
            return
        failures.append(getattr(function, "__name__", "assert"))

    namespace: dict = {}
    exec(compile("def check(a, b):\n    assert a == b", "check", "exec"), namespace)
    number = draw.randint(2, 10**6)
    must_fail(namespace["check"], number, number + 1)
    namespace["check"](number, number)
    if torch is not None:
        x = torch.tensor([[draw.random() + 0.5 for _ in range(3)] for _ in range(2)])
        y = x + draw.choice([-0.25, 0.25])
        namespace["x"], namespace["y"] = x, y
        if torch.allclose(x, y) or not torch.allclose(x, x.clone()) or torch.equal(x, y):
            failures.append("torch.allclose")
        if not (x != y).all() or (x == y).any():
            failures.append("torch.Tensor")
        checks = sys.modules.get("utils.checks")
        if checks is not None:
            must_fail(checks.same, y, x, "it")
            must_fail(checks.same, float(y[0, 0]), float(x[0, 0]), "it")
            must_fail(checks.same, x[0], x, "it")
            must_fail(checks.call, lambda tensor: tensor.add_(1), x.clone())
            checks.same(checks.call(torch.clone, x), x, "it")
    return ", ".join(failures) or "right"


def test(source: str, name: str, imports: str, shared: dict, word: str, seed: int) -> str:
    """Run a test cell; JSON with ``word``, which only its end can tell.

    It runs in a copy of the notebook's names from which shadows are taken: a student's ``range``
    or ``torch`` is theirs to define, but is not what the tests of others mean by these words.
    """
    result: dict = {"word": "", "error": None, "value": None, "kind": "NoneType", "judged": []}
    names = {key: value for key, value in shared.items() if not hasattr(builtins, key)}
    names |= {"__name__": "__main__", "__builtins__": builtins}
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    try:
        result["judged"].append(judgement(seed))
        exec(compile(imports, "imports", "exec"), names)
        before = dict(names)
        body = ast.parse(source).body
        last = body[-1] if body else None
        if isinstance(last, ast.Expr):
            body.pop()
        exec(compile(ast.Module(body, []), name, "exec"), names)
        value = None
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), name, "eval"), names)
        result["kind"] = type(value).__name__
        if (type(value) is int or type(value) is float) and math.isfinite(value):
            result["value"] = float(value)
        shared.update({k: v for k, v in names.items() if k not in before or before[k] is not v})
        result["word"] = word
    except BaseException as error:
        result["error"] = _describe(error, name)
        result["word"] = word
    finally:
        linecache.cache.pop(name, None)
    result["judged"].append(judgement(seed + 1))
    return json.dumps(result)


def _describe(error: BaseException, name: str) -> list[str]:
    try:
        notes = " ".join(map(str, getattr(error, "__notes__", [])))
        text = f"{error} {notes}".strip()[:2000]
    except Exception:
        text = "(an error that can't be printed)"
    try:
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename != name:
            trace = trace.tb_next
        lines = "".join(traceback.format_exception(type(error), error, trace, limit=-8))[-8000:]
    except Exception:
        lines = text
    return [type(error).__name__, text, lines]
