"""What all tests share, and the tables that the run prints at its end.

`make test` runs them with pytest-xdist in one process more than there are cores, one core each.
The tests of a file share a process, in their order, since many share a fixture that takes long to
make; `group` says which files are taken apart.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import matplotlib
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

COURSE = Path(__file__).resolve().parent.parent
matplotlib.use("Agg")
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ["OMP_NUM_THREADS"] = "1"  # read when torch is imported, here and in all children
# nbgrader calls alembic by its bare name, which lies beside the interpreter.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

TABLES: dict[str, set[str]] = {}  # title -> lines, in the process that prints


def pytest_xdist_auto_num_workers() -> int:
    """For `-n auto`: one more than there are cores, since many tests wait, for a browser, a server
    or a clock; but at most four: each holds torch and image sets."""
    return min(4, 1 + (os.cpu_count() or 1))


# Each of these takes long and shares nothing with the rest of its file.
TABLES_OF_SETS = "test_each_answer_in_mistakes_py_is_what_its_heading_says"
APART = (
    TABLES_OF_SETS,
    *("test_lecture_runs_on_the_real_sets", "test_lecture_runs_on_the_stand_ins"),
    "test_solution_runs_on_the_real_sets",
    *("test_nbgrader_gives_what_is_deserved", "test_validate_tells_a_student_what_is_wrong"),
)
# What others wait for begins first, then what takes longest: no core is to wait at the end.
FIRST = (
    TABLES_OF_SETS,
    "test_7_grading",
    "test_8_browser",
    *APART,
    "test_9_site",
)


def group(nodeid: str) -> str:
    """The name of what shares a process with a test."""
    file, _, test = nodeid.partition("::")
    name, _, case = test.partition("[")
    if name in APART:
        return nodeid
    return Path(file).stem + (case[:4] if "test_5_exercises" in file else "")  # of one set: ex01


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def turn(item: pytest.Item) -> int:
        name = item.originalname if item.originalname in APART else item.path.stem
        return FIRST.index(name) if name in FIRST else len(FIRST)

    items.sort(key=turn)


class ByGroup(LoadScopeScheduling):
    """Hands out groups whole. (xdist's own, by a mark, does nothing with pytest 9.2.)"""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByGroup:
    config.option.loadscopereorder = False  # not by how many tests a group has
    return ByGroup(config, log)


@pytest.fixture
def table(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """``table(title, line)`` adds a line to a table that is printed after the run."""
    return lambda title, line: request.node.user_properties.append(("table", (title, line)))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """What a test noted comes with its report, from whichever process ran it."""
    for name, value in report.user_properties:
        if name == "table":
            title, line = value
            TABLES.setdefault(title, set()).add(line)


@pytest.fixture(scope="session")
def script() -> Callable[[str], ModuleType]:
    """``script(name)``: scripts/<name>.py as a module, loaded anew."""

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(name, COURSE / f"scripts/{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for title, lines in TABLES.items():
        terminalreporter.section(title)
        terminalreporter.write("\n".join(sorted(lines)) + "\n")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI nothing may skip: a skipped test proves nothing there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter and reporter.stats.get("skipped")  # xdist's workers have no reporter
    if os.environ.get("CI") and skipped and exitstatus == 0:
        reporter.write_line("\nA test was skipped; with CI set that counts as a failure.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def fresh_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator:
    """``utils.data`` as on a new machine: no COURSE_DATA, an empty data/, no Debian package, and
    mirrors that refuse every connection."""
    from utils import data

    def forget() -> None:
        for cached in (data._locate, data._read, data._draw):
            cached.cache_clear()

    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.setattr(data, "DATA_FOLDER", tmp_path / "data")
    monkeypatch.setattr(data, "DEBIAN_FOLDER", tmp_path / "debian")
    for name in data._TITLE:
        monkeypatch.setattr(data._torchvision(name), "mirrors", ["http://127.0.0.1:9/"])
    forget()
    yield data
    forget()


@pytest.fixture(scope="session")
def real_sets() -> None:
    """The real image sets are here: found, or downloaded now."""
    from utils import data

    for name in data._TITLE:
        if data.load(name, "test").is_standin:
            pytest.skip(
                f"the real {data._TITLE[name]} is not here and could not be fetched; connect to "
                "the network, or set COURSE_DATA to a folder that holds it"
            )


@pytest.fixture(scope="session")
def tracked() -> list[Path]:
    """The files that git tracks."""
    listed = subprocess.run(
        ["git", "ls-files"],
        cwd=COURSE,
        capture_output=True,
        text=True,
        check=True,
    )
    return [COURSE / line for line in listed.stdout.splitlines() if (COURSE / line).is_file()]


@pytest.fixture(scope="module")
def copy(tracked: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What git tracks, elsewhere: nothing that a test does there touches the developer's own."""
    folder = tmp_path_factory.mktemp("course")
    for file in tracked:
        target = folder / file.relative_to(COURSE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    return folder


@pytest.fixture(scope="module")
def chromium() -> Iterator:
    """The system's Chromium or Chrome, as playwright drives it; it opens no window.

    A module has its own: while it is open an event loop runs in this thread, which nbclient's, for
    one, would refuse to share.
    """
    places = (
        *("chromium", "chromium-browser", "google-chrome"),
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    )
    path = next(filter(None, map(shutil.which, places)), None)
    if not path:
        pytest.skip(
            "no Chromium is installed; on Debian and Ubuntu: apt-get install chromium; elsewhere "
            "install Chrome in its usual place"
        )
    from playwright.sync_api import sync_playwright

    # Chromium's sandbox refuses to run as root, as in a container.
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"] if root else []
        )
        yield browser
        browser.close()
