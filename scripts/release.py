"""Regenerate exercises/ from solutions/ with nbgrader: the same input gives the same bytes.

python scripts/release.py [COURSE_FOLDER]
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

COURSE = Path(__file__).resolve().parent.parent


def release(course: Path) -> None:
    """Release every set in ``course/solutions`` into ``course/exercises``.

    Raises:
        SystemExit: nbgrader refused a set; its own words are printed.
    """
    for folder in sorted(path for path in (course / "solutions").iterdir() if path.is_dir()):
        # --force: without it an existing release is skipped in silence. --no-db: the gradebook
        # belongs to the instructor and to grading, not to the repository.
        command = [sys.executable, "-m", "nbgrader", "generate_assignment", folder.name]
        done = subprocess.run(
            [*command, "--force", "--no-db"], cwd=course, capture_output=True, text=True
        )
        if done.returncode:
            sys.exit(f"nbgrader could not release {folder.name}:\n{done.stderr}")
        print(f"released {folder.name}", flush=True)


if __name__ == "__main__":
    release(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else COURSE)
