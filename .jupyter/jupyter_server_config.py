"""JupyterLab's settings for this course: Validate runs beside all else that is asked for.

nbgrader runs a notebook in the server's own thread, so that JupyterLab would answer nothing else.
"""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

from nbgrader.server_extensions.validate_assignment.handlers import ValidateAssignmentHandler
from tornado import web

SCRIPT = Path(__file__).resolve().parent.parent / "scripts/validate.py"


@web.authenticated
async def post(self: ValidateAssignmentHandler) -> None:
    """Answer the button; the notebook's path, below the course's folder, comes with the request."""
    path = self.get_argument("path", None) or self.get_json_body()["path"]
    root = Path(self.root_dir).resolve()
    notebook = (root / path).resolve()
    if not notebook.is_relative_to(root):
        raise web.HTTPError(403, "This notebook is not in the course's folder.")
    run = await asyncio.to_thread(
        subprocess.run, [sys.executable, SCRIPT, notebook], cwd=root, capture_output=True, text=True
    )
    answer = {"success": False, "value": run.stderr[-5_000:]}
    self.finish(run.stdout if run.returncode == 0 else json.dumps(answer))


ValidateAssignmentHandler.post = post
