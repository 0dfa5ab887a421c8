"""Write the student edition: the course without solutions, hidden tests, mistakes and the grader.

    python scripts/student.py

build/student/ gets a folder and a zip of the same files. They are taken from the last commit, so
that nothing is given out that lies in an instructor's folder by chance: an exercise filled in to
try it, a file that git does not know. Of each file, what stands between a comment "left out for
students" and a comment "until here" stays here too. Standard library only.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from contextlib import suppress
from pathlib import Path

COURSE = Path(__file__).resolve().parent.parent
NAME = "autoencoder-course"
# What students read, and what `make lab` needs.
TAKEN = (
    *("README.md", "LICENSE", "LICENSE-TEXT", "CITATION.cff", "lectures", "exercises", "utils"),
    *("Makefile", "pyproject.toml", "constraints.txt", "environment.yml", "nbgrader_config.py"),
    *("scripts/setup_env.py", "scripts/lab.py", "scripts/progress.py", "scripts/validate.py"),
    *(".jupyter", ".gitignore"),
)
LEFT_OUT = re.compile(
    rb"^[^\w\n]*left out for students[^\w\n]*\n.*?^[^\w\n]*until here[^\w\n]*\n", re.M | re.S
)


def git(*arguments: str) -> bytes:
    """What git says in the course's folder.

    Raises:
        SystemExit: it is not installed, or can't answer; its own words are printed.
    """
    try:
        run = subprocess.run(["git", *arguments], cwd=COURSE, capture_output=True)
    except FileNotFoundError:
        sys.exit("The student edition is taken from the last commit, and git is not installed.")
    if run.returncode:
        sys.exit(f"The student edition is taken from the last commit. {run.stderr.decode()}")
    return run.stdout


def edition() -> dict[str, bytes]:
    """The files of the student edition: path -> content."""
    packed = io.BytesIO(git("archive", "--format=tar", "HEAD", "--", *TAKEN))
    with tarfile.open(fileobj=packed) as tar:
        files = {member.name: tar.extractfile(member) for member in tar.getmembers()}
    return {name: LEFT_OUT.sub(b"", file.read()) for name, file in sorted(files.items()) if file}


def write(files: dict[str, bytes], out: Path) -> None:
    """Write the edition into ``out``, as a folder and as a zip: the same bytes each time.

    Raises:
        SystemExit: ``out`` holds something that an earlier run did not write there.
    """
    if changed := not_ours(out):
        sys.exit(
            f"{out} is not as it was written: somebody has made, changed or deleted {changed[0]}. "
            "Nothing is overwritten. Move the folder away or delete it, then run this again."
        )
    new = out.with_name(f"{out.name}.new")  # takes its place once it is whole
    shutil.rmtree(new, ignore_errors=True)
    for name, content in files.items():
        path = new / NAME / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    with zipfile.ZipFile(new / f"{NAME}.zip", "w") as packed:
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"{NAME}/{name}")  # always of 1980
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # on Windows, too
            packed.writestr(entry, content, zipfile.ZIP_DEFLATED)
    shutil.rmtree(out, ignore_errors=True)
    new.rename(out)


def not_ours(out: Path) -> list[str]:
    """What is not as an earlier run left it in its folder; the zip there says what it wrote."""
    there = {path.relative_to(out).as_posix(): path for path in out.rglob("*") if path.is_file()}
    packed, wrote = there.pop(f"{NAME}.zip", ""), {}
    with suppress(OSError, zipfile.BadZipFile), zipfile.ZipFile(packed) as archive:
        wrote = {name: archive.read(name) for name in archive.namelist()}
    changed = [name for name in there.keys() & wrote if there[name].read_bytes() != wrote[name]]
    return sorted(changed) or sorted(there.keys() ^ wrote)


def main() -> None:
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # as utils does
    files, out = edition(), COURSE / "build" / "student"
    write(files, out)
    size = (out / f"{NAME}.zip").stat().st_size / 1e6
    print(f"{len(files)} files in {out / NAME}, and as {NAME}.zip ({size:.1f} MB) beside it.")
    print("Give out these, not the repository: it holds every solution.")
    if changed := git("status", "--porcelain", "--", *TAKEN).decode():
        print(f"They are those of the last commit, without what you have changed since:\n{changed}")


if __name__ == "__main__":
    main()
