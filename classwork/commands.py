"""Grade what students handed in.

    python -m grading collect …    take in what Canvas, Moodle, mails or a memory stick hold
    python -m grading run SET      grade a class (a run that was stopped goes on where it was)
    python -m grading check SET    what Validate says of a student's copy; status 1 if a test fails
    python -m grading report SET   write tables, report and feedback again, with scores by hand

grading/README.md has the whole way, from the release to what students get back.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from classwork.course import Course, CourseProblem, load
from classwork.journal import Busy, Journal
from grading.sandbox import Limits, NoSandbox


def main() -> int:
    """Run one of the commands; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m grading",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    collect = commands.add_parser("collect", help="take in what was handed in")
    what = "a folder, a zip file or mails, as they are"
    collect.add_argument("sources", metavar="FOLDER-or-ZIP", type=Path, nargs="+", help=what)
    what = "the class: grades as Canvas or Moodle export them, or Moodle's grading worksheet"
    collect.add_argument("--students", metavar="EXPORT.csv", type=Path, help=what)
    run = commands.add_parser("run", help="grade a class")
    run.add_argument("--submitted", type=Path, help="folder of what was handed in")
    run.add_argument("--workers", type=int, default=2, help="processes on this machine")
    run.add_argument("--scheduler", help="address of a running Dask cluster, tls://…")
    for name, what in (("ca", "authority"), ("cert", "certificate"), ("key", "key")):
        run.add_argument(f"--tls-{name}", type=Path, help=f"file of the {what} for --scheduler")
    run.add_argument("--insecure", action="store_true", help="a --scheduler without TLS")
    run.add_argument("--cell-time", type=float, default=Limits.cell_time, help="seconds")
    run.add_argument("--submission-time", type=float, default=Limits.submission_time)
    check = commands.add_parser("check", help="validate a student's own copy")
    check.add_argument("--notebook", type=Path, help="default: my_work/SET/SET.ipynb")
    report = commands.add_parser("report", help="write tables, report and feedback again")
    for command in (run, check, report):
        command.add_argument("set", metavar="SET", help="such as ex04_denoising")
    options = parser.parse_args()
    try:
        does = {"collect": _collect, "run": _run, "check": _check, "report": _report}
        return does[options.command](options)
    except (CourseProblem, NoSandbox, Busy) as problem:
        print(problem, file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped. What is graded is kept; the same command goes on.", file=sys.stderr)
        return 130
    return 2


def _collect(options: argparse.Namespace) -> int:
    from classwork.collect import collect

    collect(Course.at(Path.cwd()), options.sources, options.students)
    return 0


def _run(options: argparse.Namespace) -> int:
    from classwork import comments, deadlines
    from classwork.publish import publish
    from classwork.run import run
    from grading import workers
    from grading.sandbox import require

    course = Course.at(Path.cwd())
    release = load(course, options.set)
    deadlines.read(course)  # rather now than after an hour
    comments.read(course, release.name)
    scheduler = None
    if options.scheduler:
        files = options.tls_ca, options.tls_cert, options.tls_key
        scheduler = workers.Scheduler(options.scheduler, *files, options.insecure)
    else:
        require()
    limits = Limits(cell_time=options.cell_time, submission_time=options.submission_time)
    submitted = options.submitted or course.folder("submitted")
    try:
        results = run(course, release, submitted, limits, options.workers, scheduler)
    except workers.ClusterProblem as problem:
        raise CourseProblem(str(problem)) from None
    folder = publish(course, release, results)
    _summary(results, folder)
    return 0


def _report(options: argparse.Namespace) -> int:
    from classwork.publish import publish

    course = Course.at(Path.cwd())
    results = Journal(course, options.set).last_run()
    if not results:
        raise CourseProblem(f"{options.set} has not been graded yet: python -m grading run it.")
    _summary(results, publish(course, load(course, options.set), results))
    return 0


def _summary(results: list, folder: Path) -> None:
    counts: dict[str, int] = {}
    for result in results:
        counts[result.status] = counts.get(result.status, 0) + 1
    print(", ".join(f"{count} {status}" for status, count in sorted(counts.items())))
    print(f"grades.csv, report.html, alike.html, canvas.csv and moodle.csv are in {folder}")


def _check(options: argparse.Namespace) -> int:
    from collections import Counter

    import nbformat
    from nbconvert.filters import strip_ansi
    from nbgrader.validator import Validator

    from grading.release import is_test
    from utils import environment

    path = options.notebook or Path("my_work") / options.set / f"{options.set}.ipynb"
    if not path.is_file():
        raise CourseProblem(f"There is no notebook {path}; name another with --notebook.")
    for line in environment.hidden_by(path.parent):
        print(line)
    twice, found = [], {}
    try:
        cells = [c for c in nbformat.read(path, as_version=4).cells if "nbgrader" in c.metadata]
        counts = Counter(c.metadata.nbgrader.grade_id for c in cells)
        twice = [name for name, count in counts.items() if count > 1]
        if not twice:  # which nbgrader calls corrupted metadata
            found = Validator().validate(str(path.resolve()))
    except Exception as error:
        raise CourseProblem(f"{path} can't be run: {type(error).__name__}: {error}") from None

    def first_line(source: str) -> str:
        return (source.strip().splitlines() or ["(empty now)"])[0]

    for name in twice:
        if len({c.source for c in cells if c.metadata.nbgrader.grade_id == name}) > 1:
            happened = "was split into several (Edit, Split Cell). Select its parts, and merge them"
            print(f"The cell {name} {happened} (Edit, Merge Selected Cells); then check again.")
        else:
            print(f"The cell {name} was copied. Delete the copy; then check again.")
    for cell in found.get("failed", []):
        message = strip_ansi(cell["raw_error"]).strip().splitlines()[-30:]
        print("\n    ".join([first_line(cell["source"]), *message]), end="\n\n")
    changed = {cell["source"] for cell in found.get("changed", [])}
    for cell in cells:
        if not (cell.metadata.nbgrader.get("locked") and cell.source.strip() in changed):
            continue
        kind = "A text" if cell.cell_type == "markdown" else "A cell that is not for answers"
        kind = "A test" if is_test(cell) else kind
        print(f"{kind} was changed: {first_line(cell.source)} ({cell.metadata.nbgrader.grade_id})")
    for cell in found.get("type_changed", []):  # nbgrader's old type is what the cell is now
        print(
            f"A cell was {cell['new_type']} and is {cell['old_type']} now: "
            f"{first_line(cell['source'])}"
        )
    if "changed" in found or "type_changed" in found:
        print("Undo this and check again: no test's result is shown before. The grader undoes it.")
    if twice or any(found.values()):
        return 1
    print("All tests pass.")
    return 0
