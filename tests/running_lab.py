"""JupyterLab as a student starts it, for the tests that ask it and those that look at it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import expect

SHORT, LONG = 60_000, 600_000  # ms: for the page to follow, and for a notebook to run
SCREENSHOTS = Path(__file__).resolve().parent.parent / "screenshots"


class RunningLab:
    """JupyterLab as `make lab` started it: its address and token read off what it printed."""

    def __init__(self, process: subprocess.Popen, wait: float) -> None:
        self.process, self.printed = process, ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        deadline = time.monotonic() + wait
        while time.monotonic() < deadline and process.poll() is None:
            found = re.search(r"http://127\.0\.0\.1:(\d+)/\S*\?token=(\w+)", self.printed)
            if found:
                self.port, self.token = int(found[1]), found[2]
                return
            time.sleep(0.2)
        raise AssertionError(f"JupyterLab printed no address:\n{self.printed}")

    def _read(self) -> None:
        for line in self.process.stdout:
            self.printed += line

    def ask(self, where: str, **form: str) -> dict:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{where}",
            data=urllib.parse.urlencode(form).encode() if form else None,
            headers={"Authorization": f"token {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=120) as reply:
            return json.load(reply)


@contextmanager
def make_lab(*arguments: str, cwd: Path, home: Path) -> Iterator[RunningLab]:
    """`make lab` in a copy of the course, with a HOME of its own and no display, until the block
    ends. The copy has no .venv; the Python that runs the test serves for it."""
    arguments += ("-o", "setup", f"RUN={sys.executable}")
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    process = subprocess.Popen(
        ["make", "lab", *arguments],
        cwd=cwd,
        env=env | {"HOME": str(home), "BROWSER": "true", "PYTHONPATH": str(cwd)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield RunningLab(process, wait=120)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


class Student:
    """One browser window on JupyterLab, and what its console complained about."""

    def __init__(self, page, copy: Path) -> None:
        self.page, self.copy, self.complaints = page, copy, []
        page.on("console", lambda said: said.type == "error" and self.complain(said.text))
        page.on("pageerror", lambda error: self.complain(str(error)))
        page.on("response", lambda r: r.status >= 400 and self.complain(f"{r.status} {r.url}"))

    def complain(self, text: str) -> None:
        self.complaints.append(text)

    @property
    def notebook(self):
        """The notebook in front."""
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    def photograph(self, name: str) -> None:
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def show(self, part, block: str = "center") -> None:
        """Scroll until a part stays in view: cells above it grow once they are seen."""
        self.page.wait_for_function(
            """([part, block]) => {
                const {top, bottom} = part.getBoundingClientRect();
                const seen = block == "end" ? bottom : top;
                if (seen > 0 && seen < innerHeight) return true;
                part.scrollIntoView({block});
            }""",
            arg=[part.element_handle(), block],
            polling=500,
        )

    def choose(self, menu: str, item: str) -> None:
        self.page.locator(".lm-MenuBar-itemLabel").get_by_text(menu, exact=True).click()
        self.page.locator(".lm-Menu-itemLabel").get_by_text(item, exact=True).click()

    def cell(self, text: str):
        """The first code cell that holds a text."""
        return self.notebook.locator(".jp-CodeCell", has_text=text).first

    def answer(self, cell: str, answer: str) -> None:
        """Write something in place of what stands in a cell."""
        self.cell(cell).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(answer)

    def validate(self):
        """Press the button; what comes up, which stays there."""
        self.notebook.locator(".jp-Toolbar").get_by_text("Validate", exact=True).click()
        results = self.page.locator(".jp-Dialog", has_text="Validation Results")
        results.wait_for(timeout=LONG)
        return results

    def kernel_is(self, state: str, within: int = SHORT) -> None:
        indicator = f".jp-Notebook-ExecutionIndicator[data-status={state}]"
        self.notebook.locator(indicator).wait_for(timeout=within)

    def run_all(self) -> None:
        """Clear what is stored, so that each picture is a new one, and run from top to bottom."""
        self.kernel_is("idle")
        self.choose("Edit", "Clear Outputs of All Cells")
        last = self.notebook.locator(".jp-CodeCell .jp-InputPrompt").last
        expect(last).to_have_text("[ ]:", timeout=SHORT)
        self.choose("Run", "Run All Cells")
        # "busy" can be over before a crowded page shows it; a prompt keeps its star or number.
        expect(last).not_to_have_text("[ ]:", timeout=SHORT)
        self.kernel_is("idle", within=LONG)

    def saved(self, path: str) -> nbformat.NotebookNode:
        """The notebook in front as it lies on the disk after a press on Save."""
        self.notebook.locator("[data-jp-item-name=save]").click()
        self.page.locator(".lm-TabBar-tab.jp-mod-current:not(.jp-mod-dirty)").first.wait_for()
        return nbformat.read(self.copy / path, as_version=4)
