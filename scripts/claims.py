"""Run lectures with every seed moved, and count how often each of their claims holds.

    python scripts/claims.py [NAME …] [--moves 10] [--threads 1] [--stand-in] [--jobs 2]

A lecture states what it showed as assertions. Each is tried here by itself: one that fails is
counted and the run goes on. A move of k adds 1,000 k to every seed that the lecture, or what it
imports, sets: of models, of the order of batches, of noise, of drawn images. What is printed for
each claim: in how many runs it held, its smallest margin (of a comparison; relative to the larger
of its two sides), and the values and the run in which that was seen.

Ends with status 1 if a claim fell.
"""

from __future__ import annotations

import argparse
import ast
import json
import math
import operator
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any

LECTURES = Path(__file__).resolve().parent.parent / "lectures"
STARTS = 3  # how often a kernel that dies at its start is started
STEP = 1_000  # what a move of one adds to a seed
MARK = "claims: "  # what the line of results in a notebook's output begins with
FIXED = "="
_MEASURED = {"Lt": operator.lt, "LtE": operator.le, "Gt": operator.gt, "GtE": operator.ge}
_OTHERS = {"Eq": operator.eq, "NotEq": operator.ne}


# ------------------------------------------------------------------ what runs in the kernel


@dataclass
class Claim:
    """One assertion, and what became of it in one run.

    Attributes:
        words: the message that the lecture gives it.
        held: whether it was true each time that it was reached.
        margin: the smallest margin of its comparisons, relative to the larger side; negative where
            it was false, infinite where nothing was compared.
        seen: the two values with that margin, or the error that came instead of an answer.
    """

    words: str
    held: bool = True
    margin: float = math.inf
    seen: str = ""

    def compare(self, operators: str, *values: Any) -> bool:
        """A chain of comparisons, ``a < b < c``, with the margin of each noted.

        An operator between two numbers that stand in the lecture is FIXED; its margin says nothing.
        """
        truth = True
        for name, (a, b) in zip(operators.split(), pairwise(values), strict=True):
            truth &= bool((_MEASURED | _OTHERS)[name.lstrip(FIXED)](a, b))
            if name in _MEASURED:
                low, high = (float(a), float(b)) if name.startswith("L") else (float(b), float(a))
                margin = (high - low) / (max(abs(low), abs(high)) or 1.0)
                if margin < self.margin or math.isnan(margin):
                    self.margin, self.seen = margin, f"{low:.4g} < {high:.4g}"
        return truth


CLAIMS: dict[str, Claim] = {}


class Tried:
    """``with Tried(text, words) as claim: claim.held &= …``; an error is noted and swallowed."""

    def __init__(self, text: str, words: str) -> None:
        self.claim = CLAIMS.setdefault(text, Claim(words))

    def __enter__(self) -> Claim:
        return self.claim

    def __exit__(self, kind: type | None, error: BaseException | None, _: object) -> bool:
        if isinstance(error, Exception):
            self.claim.held, self.claim.seen = False, f"{type(error).__name__}: {error}"
        return kind is None or isinstance(error, Exception)


class Softened(ast.NodeTransformer):
    """Turns each ``assert`` of a cell into a ``Tried``, and moves each ``random_state``."""

    def __init__(self, move: int) -> None:
        self.move = move

    def visit_Assert(self, node: ast.Assert) -> ast.With:
        words = node.msg.value if isinstance(node.msg, ast.Constant) else ""
        text = ast.unparse(node.test)
        frame = ast.parse(f"with __tried__({text!r}, {words!r}) as __claim__: __claim__.held &= 0")
        block = frame.body[0]
        assert isinstance(block, ast.With) and isinstance(block.body[0], ast.AugAssign)
        test = ast.Call(ast.Name("bool", ast.Load()), [self.measured(node.test)], [])
        block.body[0].value = test
        return ast.fix_missing_locations(ast.copy_location(block, node))

    def measured(self, test: ast.expr) -> ast.expr:
        """The test with those comparisons measured that it needs to be true, every one of them."""
        names = {*_MEASURED, *_OTHERS}
        if isinstance(test, ast.Compare) and {type(op).__name__ for op in test.ops} <= names:
            pairs = zip(test.ops, pairwise([test.left, *test.comparators]), strict=True)
            operators = ast.Constant(
                " ".join(
                    FIXED * all(map(is_number, pair)) + type(op).__name__ for op, pair in pairs
                )
            )
            compare = ast.Attribute(ast.Name("__claim__", ast.Load()), "compare", ast.Load())
            return ast.Call(compare, [operators, test.left, *test.comparators], [])
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
            test.values = [self.measured(value) for value in test.values]
        elif (
            isinstance(test, ast.Call)
            and isinstance(test.func, ast.Name)
            and test.func.id == "all"
            and isinstance(test.args[0], ast.GeneratorExp)
        ):
            test.args[0].elt = self.measured(test.args[0].elt)
        return test

    def visit_keyword(self, node: ast.keyword) -> ast.keyword:
        seed = node.value.value if isinstance(node.value, ast.Constant) else None
        if node.arg == "random_state" and isinstance(seed, int):
            node.value = ast.copy_location(ast.Constant(seed + self.move), node.value)
        self.generic_visit(node)
        return node


def is_number(node: ast.expr) -> bool:
    """Whether an expression, such as 784 / 4, names and calls nothing."""
    return not any(isinstance(part, ast.Name | ast.Call) for part in ast.walk(node))


def watch(shell: Any, move: int, threads: int) -> None:
    """Make a notebook's kernel ready: seeds moved, assertions softened, so many threads."""
    import torch

    class Generator(torch.Generator):
        def manual_seed(self, seed: int) -> torch.Generator:
            return super().manual_seed(seed + move)

    def manual_seed(seed: int, original: Callable = torch.manual_seed) -> torch.Generator:
        return original(seed + move)

    torch.set_num_threads(threads)
    vars(torch).update(Generator=Generator, manual_seed=manual_seed)
    shell.ast_transformers.append(Softened(move))
    shell.user_ns["__tried__"] = Tried


def tell() -> None:
    """Print what became of each claim, for ``run`` to read."""
    print(MARK + json.dumps({text: asdict(claim) for text, claim in CLAIMS.items()}))


# ------------------------------------------------------------------ what runs the notebooks


@dataclass
class Run:
    """One run of one lecture: its claims by their text, or the error at which it stopped."""

    lecture: str
    move: int
    claims: dict[str, Claim] = field(default_factory=dict)
    error: str = ""
    seconds: float = 0.0


def run(path: Path, move: int, threads: int, standin: bool) -> Run:
    """Execute a lecture in a fresh kernel, without drawing its figures; write nothing."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError

    notebook = nbformat.read(path, as_version=4)
    folder = str(Path(__file__).resolve().parent)
    first = f"import sys; sys.path.append({folder!r})\nimport claims as __claims__\n"
    first += f"__claims__.watch(get_ipython(), {STEP * move}, {threads})"
    cells = [c for c in notebook.cells if c.cell_type == "code"]
    notebook.cells = [
        nbformat.v4.new_code_cell(first),
        *cells,
        nbformat.v4.new_code_cell("__claims__.tell()"),
    ]
    place = {"metadata": {"path": str(path.parent)}}
    env = os.environ | {"MPLBACKEND": "agg", "OMP_NUM_THREADS": str(threads)}
    if standin:
        env["COURSE_DATA"] = "stand-in"
    start, done = time.perf_counter(), Run(path.stem, move)
    try:
        # A kernel's warning that its ports aren't encrypted would come before each line.
        quiet = ["--IPKernelApp.log_level=ERROR"]
        client = NotebookClient(notebook, timeout=1_800, resources=place, extra_arguments=quiet)
        for attempts_left in reversed(range(STARTS)):
            try:
                client.execute(env=env)
                break
            except RuntimeError:
                # Kernels that start at the same moment can choose the same port; one of them dies.
                if notebook.cells[0].execution_count or not attempts_left:
                    raise
        printed = "".join(o.get("text", "") for o in notebook.cells[-1].outputs)
        told = json.loads(printed.partition(MARK)[2])
        done.claims = {text: Claim(**claim) for text, claim in told.items()}
    except CellExecutionError as error:
        done.error = f"{error.ename}: {error.evalue}"
    except (CellTimeoutError, RuntimeError) as error:
        done.error = str(error).strip().splitlines()[-1]
    done.seconds = time.perf_counter() - start
    return done


def all_runs(
    paths: list[Path], moves: range, threads: int, standin: bool, jobs: int
) -> Iterator[Run]:
    """Each lecture at each move, several side by side, as they come to their end."""
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        yield from (
            future.result()
            for future in as_completed(
                pool.submit(run, path, move, threads, standin) for move in moves for path in paths
            )
        )


def report(lecture: str, runs: list[Run]) -> int:
    """Print a lecture's claims, those that fell first; how many fell."""
    print(f"\n{lecture}: {len(runs)} runs")
    for broken in (r for r in runs if r.error):
        print(f"  move {broken.move} stopped: {broken.error}")
    texts = list(dict.fromkeys(text for r in runs for text in r.claims))
    rows = []
    for text in texts:
        mine = [(r.claims[text], r.move) for r in runs if text in r.claims]
        held = sum(claim.held for claim, _ in mine)
        worst, move = min(mine, key=lambda pair: (pair[0].held, pair[0].margin))
        margin = "" if math.isinf(worst.margin) else f"{worst.margin:8.1%}"
        seen = f"   [{worst.seen}, move {move}]" if worst.seen else ""
        said = f"{worst.words}: " if worst.words else ""
        rows.append((held, f"  {held:2}/{len(runs)} {margin:>9}  {said}{text}{seen}"))
    for _, line in sorted(rows, key=lambda row: row[0]):
        print(line)
    return sum(held < len(runs) for held, _ in rows) + any(r.error for r in runs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="lectures whose file name holds one of these")
    parser.add_argument("--moves", default="10", help="how many (10: 1 to 10), or which (4-6)")
    parser.add_argument("--threads", type=int, default=1, help="of torch, in each run")
    parser.add_argument("--stand-in", action="store_true", help="on the drawn images")
    parser.add_argument("--jobs", type=int, help="runs side by side; cores / threads if left out")
    options = parser.parse_args()
    first, _, last = options.moves.rpartition("-")
    moves = range(int(first or 1), int(last) + 1)
    names = options.names or [""]
    paths = [p for p in sorted(LECTURES.glob("*.ipynb")) if any(n in p.name for n in names)]
    if not paths or not moves:
        parser.error(f"no lecture's file name holds {' or '.join(names)}, or there is no move")
    jobs = options.jobs or max(1, (os.cpu_count() or 1) // options.threads)
    by_lecture: dict[str, list[Run]] = {path.stem: [] for path in paths}
    for done in all_runs(paths, moves, options.threads, options.stand_in, jobs):
        by_lecture[done.lecture].append(done)
        fell = [claim.words or text for text, claim in done.claims.items() if not claim.held]
        said = done.error or ("fell: " + "; ".join(fell) if fell else "all hold")
        print(f"{done.lecture}, move {done.move}, {done.seconds:.0f} s: {said}", flush=True)
    fallen = sum(report(lecture, runs) for lecture, runs in by_lecture.items())
    count = sum(len({t for r in runs for t in r.claims}) for runs in by_lecture.values())
    kind = "stand-ins" if options.stand_in else "real sets"
    print(f"\n{count} claims on the {kind}, threads: {options.threads}; fell: {fallen}")
    sys.exit(fallen > 0)


if __name__ == "__main__":
    main()
