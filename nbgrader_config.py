"""nbgrader's settings for this course; its commands are run from this folder."""

# left out for students
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # where ``classwork`` is
from classwork.tabulate import Tabulate

# until here
c = get_config()  # noqa: F821  nbgrader provides it

# An endless loop costs its own cell only.
c.ExecutePreprocessor.timeout = 60
c.ExecutePreprocessor.interrupt_on_timeout = True
# How long to wait for the last of a cell's output; the usual 4 s are short on a busy machine.
c.ExecutePreprocessor.iopub_timeout = 30
# left out for students

c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
# A release computes what the tests compare with from the set's mistakes.py, which stays here.
c.GenerateAssignment.preprocessors.insert(0, Tabulate)
c.Tabulate.store = str(Path(__file__).parent / ".grading" / "tables")
c.CourseDirectory.ignore.append("mistakes.py")
# until here
