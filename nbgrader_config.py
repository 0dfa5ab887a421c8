"""nbgrader's settings for this course; its commands are run from this folder."""

c = get_config()  # noqa: F821  nbgrader provides it

c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
# An endless loop costs its own cell only.
c.ExecutePreprocessor.timeout = 60
c.ExecutePreprocessor.interrupt_on_timeout = True
# How long to wait for the last of a cell's output; the usual 4 s are short on a busy machine.
c.ExecutePreprocessor.iopub_timeout = 30
