"""What all tests share, and the tables that the run prints at its end."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import matplotlib
import pytest

COURSE = Path(__file__).resolve().parent.parent
matplotlib.use("Agg")

TABLES = pytest.StashKey[dict[str, list[str]]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TABLES] = {}


@pytest.fixture
def table(request: pytest.FixtureRequest):
    """``table(title, line)`` adds a line to a table that is printed after the run."""
    tables = request.config.stash[TABLES]
    return lambda title, line: tables.setdefault(title, []).append(line)


@pytest.fixture(scope="session")
def script() -> Callable[[str], ModuleType]:
    """``script(name)``: scripts/<name>.py as a module, loaded anew."""

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(name, COURSE / f"scripts/{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture(scope="module")
def selected(request: pytest.FixtureRequest) -> Callable[[Callable], list[dict]]:
    """``selected(test)``: the parameters with which this run has selected a test."""
    items = request.session.items
    return lambda test: [i.callspec.params for i in items if i.originalname == test.__name__]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for title, lines in terminalreporter.config.stash[TABLES].items():
        terminalreporter.section(title)
        terminalreporter.write("\n".join(lines) + "\n")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI nothing may skip: a skipped test proves nothing there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter.stats.get("skipped") and exitstatus == 0:
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
    for dataset in data._TORCHVISION.values():
        monkeypatch.setattr(dataset, "mirrors", ["http://127.0.0.1:9/"])
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


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    """The system's Chromium or Chrome, as playwright drives it; it opens no window.

    The tests that use it come last: from then on an event loop runs in this thread, which
    others, such as nbclient's, would refuse to share.
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
