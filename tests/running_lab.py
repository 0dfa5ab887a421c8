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
