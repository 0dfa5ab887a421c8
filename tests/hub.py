"""A class on a hub: HUB.md's own files and commands, from release to feedback, in a browser.

`make test-hub` runs it; `make test` does not. It needs Linux, root, Chromium, git, npm, sudo and a
network (Debian, Ubuntu: `apt-get install chromium git npm sudo`). The hub stands on a machine
within this one: /etc, /home, /opt and other folders are its own, so that accounts, sudo's rules and
all processes end with it. What people share there, /opt/tljh/user, is kept in .venv-hub.

It is not The Littlest JupyterHub, which no package index has, but what that is made of, put
together in the same way. What differs:

- people log in as `jupyter-ada`, not as `ada`, and without a password;
- node's proxy stands in for traefik, and a server is a plain process, not systemd's: nothing holds
  it to `mem_limit`;
- one environment holds the hub and what people share, and its Python is the system's, not conda's;
- `tljh-config` is not there, and the commands that call it are not run;
- the image sets are taken from where they lie on this machine, if they do.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from classroom import Classroom
from running_lab import LONG, SHORT, Student

from utils import places

COURSE = Path(__file__).resolve().parent.parent
PAGE = (COURSE / "HUB.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`(/[^`\n]+)`\n\n```\w+\n(.*?)^```$", PAGE, re.M | re.S))
*BOXES, RETURN = re.findall(r"^```bash\n(.*?)^```$", PAGE, re.M | re.S)
COMMANDS = "".join(box for box in BOXES if "tljh-config" not in box)
SET = "ex01_basic_autoencoder"
NOTEBOOK = f"autoencoder-course/my_work/{SET}/{SET}.ipynb"
TEACHER, ADA, BEN = PEOPLE = ("jupyter-teacher", "jupyter-ada", "jupyter-ben")
WRONG = {"ex01-squared": "def squared_error(x, x_hat):\n    return ((x - x_hat) ** 2).mean()"}
SHARED = "/opt/tljh/user"
HUB_SETTINGS = """
from glob import glob

c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{}"
c.JupyterHub.hub_port = {}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{}"
c.JupyterHub.spawner_class = "localprocess"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.Spawner.start_timeout = c.Spawner.http_timeout = 300  # on a busy machine, too
for path in sorted(glob("/opt/tljh/config/jupyterhub_config.d/*.py")):
    load_subconfig(path)
"""
# What The Littlest JupyterHub puts there, and the course's packages, sooner than pip would.
SET_UP = f"""
cd {COURSE}
PATH=$PATH:{{bin}} /usr/bin/python3 scripts/setup_env.py lab --venv {SHARED}
cd {SHARED}
rm -rf etc/jupyter/labconfig etc/jupyter/*.json  # the switches of the last run
[ -e bin/jupyterhub ] || bin/pip install -c {COURSE}/constraints.txt "jupyterhub>=5.2,<6"
[ -e bin/configurable-http-proxy ] || npm install -g --prefix . configurable-http-proxy@5
"""
# As it writes it.
SUDOERS = """%jupyterhub-admins ALL = (ALL) NOPASSWD: ALL
Defaults exempt_group = jupyterhub-admins
"""


def told(verb: str) -> str:
    """The command of nbgrader that section 7 gives for a step."""
    (command,) = re.findall(rf"`(nbgrader {verb} [^`]+)`", PAGE.split("## 7.")[1])
    return command


class Machine:
    """A machine within this one, with folders and processes of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree("/etc", folder / "etc", symlinks=True)
        for name in ("home", "srv", "var/log", "var/mail", "opt/tljh/user"):
            (folder / name).mkdir(parents=True)
        shared = COURSE / ".venv-hub"
        shared.mkdir(exist_ok=True)
        own = ("/etc", "/home", "/srv", "/var/log", "/var/mail", "/opt")
        mounts = [f"mount --bind {folder}{name} {name}" for name in own]
        mounts += [f"mount --bind {shared} {SHARED}", "echo up", "exec sleep infinity"]
        apart = ("unshare", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child")
        self.inner = subprocess.Popen(
            [*apart, "sh", "-ec", "\n".join(mounts)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.inner.stdout.readline() == "up\n", "mounts need root"
        children = Path(f"/proc/{self.inner.pid}/task/{self.inner.pid}/children")
        self.first = children.read_text().strip()

    def home(self, who: str) -> Path:
        """Somebody's home, seen from outside."""
        return self.folder / "home" / who

    def command(self, who: str, script: str) -> list[str]:
        home = "/root" if who == "root" else f"/home/{who}"
        path = f"{SHARED}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return [
            *("nsenter", "--target", self.first, "--mount", "--pid"),
            *(
                "runuser",
                "-u",
                who,
                "--",
                "env",
                "-C",
                home,
                "-u",
                "PYTHONPATH",
                "-u",
                "VIRTUAL_ENV",
            ),
            *(
                f"HOME={home}",
                f"USER={who}",
                f"LOGNAME={who}",
                f"PATH={path}",
                "bash",
                "-ec",
                script,
            ),
        ]

    def run(self, who: str, script: str) -> str:
        """What somebody's commands print; they must all succeed."""
        run = subprocess.run(
            self.command(who, script), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert run.returncode == 0, f"{script}\n{run.stdout[-3_000:]}"
        return run.stdout

    def write(self, path: str, content: str, owner: str = "root") -> None:
        self.run(owner, f"mkdir -p {Path(path).parent}; cat > {path} <<'END'\n{content}END")

    def account(self, who: str) -> None:
        """An account as The Littlest JupyterHub makes it, at the first login."""
        self.run("root", f"useradd --create-home --shell /bin/bash {who}; chmod o-rwx /home/{who}")


@pytest.fixture(scope="module")
def machine(copy, tmp_path_factory) -> Iterator[Machine]:
    """A machine set up as HUB.md says, by its commands, before anybody has logged in."""
    folder = tmp_path_factory.mktemp("machine")
    machine = Machine(folder)
    try:
        machine.run("root", SET_UP.format(bin=Path(sys.executable).parent))
        shutil.copytree(copy, folder / "opt/course")
        machine.run(
            "root",
            "git config --system safe.directory '*'; cd /opt/course; chmod -R a+rX .\n"
            "git init -q; git add .\n"
            "git -c user.name=ada -c user.email=ada@localhost commit -qm 'The course'\n"
            "groupadd jupyterhub-admins",
        )
        machine.write("/etc/sudoers.d/jupyterhub-admins", SUDOERS)
        machine.account(TEACHER)
        machine.run("root", f"gpasswd --add {TEACHER} jupyterhub-admins")
        clone, rest = COMMANDS.replace("<the address of this repository>", "/opt/course").split(
            "cd ~/autoencoder-course\n"
        )
        machine.run(TEACHER, clone)
        for name, folder in (("mnist", "MNIST"), ("fashion", "FashionMNIST")):
            if found := places.find(name):
                data = machine.home(TEACHER) / f"autoencoder-course/data/{folder}/raw"
                shutil.copytree(found[0], data, copy_function=shutil.copyfile)
        machine.run("root", f"chown -R {TEACHER}: /home/{TEACHER}")
        machine.run(TEACHER, f"cd ~/autoencoder-course\n{rest}")
        for path, content in FILES.items():
            machine.write(path, content, TEACHER if TEACHER in path else "root")
        for who in (ADA, BEN):
            machine.account(who)
        yield machine
    finally:
        machine.inner.kill()
        machine.inner.wait(30)


@pytest.fixture(scope="module")
def address(machine) -> Iterator[str]:
    """Where the hub answers, once it does."""
    with socket.socket() as a, socket.socket() as b, socket.socket() as c:
        for port in (ports := (a, b, c)):
            port.bind(("127.0.0.1", 0))
        ports = [port.getsockname()[1] for port in ports]
    machine.write("/opt/tljh/hub/jupyterhub_config.py", HUB_SETTINGS.format(*ports))
    script = "cd /opt/tljh/hub; exec jupyterhub -f jupyterhub_config.py > hub.log 2>&1"
    subprocess.Popen(machine.command("root", script))  # ends with the machine
    address = f"http://127.0.0.1:{ports[0]}"
    for _ in range(120):
        time.sleep(0.5)
        try:
            urllib.request.urlopen(f"{address}/hub/health", timeout=5)
            break
        except OSError:
            continue
    else:
        pytest.fail((machine.folder / "opt/tljh/hub/hub.log").read_text())
    yield address


@pytest.fixture(scope="module")
def visit(chromium, machine, address) -> Iterator[dict[str, Student]]:
    """Everybody at JupyterLab, in a browser of their own, each as the hub let them in."""
    people = {}
    for who in PEOPLE:
        page = chromium.new_context(viewport={"width": 1400, "height": 1000}).new_page()
        page.set_default_timeout(SHORT)
        page.goto(address)
        page.fill("#username_input", who)
        page.click("#login_submit")
        page.wait_for_url(f"**/user/{who}/lab/tree/autoencoder-course/README.md", timeout=LONG)
        people[who] = Student(page, machine.home(who))
    yield people
    for person in people.values():
        person.page.context.close()


def listed(student: Student, part: str, text: str):
    """A button or link of the list of assignments."""
    return student.page.locator(f"#{part}_assignments_list").get_by_text(text, exact=True)


def test_the_readme_is_shown_as_a_page(visit):
    for who, person in visit.items():
        person.page.locator(".jp-MarkdownViewer h1").wait_for()
        person.photograph(f"hub_1_{who}")


def test_the_teacher_alone_has_formgrader(visit, address):
    for who, person in visit.items():
        person.page.locator(".lm-MenuBar-itemLabel").get_by_text("Nbgrader", exact=True).click()
        items = person.page.locator(".lm-Menu-itemLabel")
        items.get_by_text("Assignment List", exact=True).wait_for()
        offered = set(filter(None, items.all_inner_texts()))
        more = (
            {"Formgrader", "Formgrader (local)", "Create assignment"} if who == TEACHER else set()
        )
        assert offered == {"Assignment List"} | more
        person.page.keyboard.press("Escape")
        answer = person.page.request.get(f"{address}/user/{who}/formgrader")
        assert answer.status == (200 if who == TEACHER else 404)


def test_a_released_set_can_be_fetched(machine, visit):
    machine.run(TEACHER, f"cd autoencoder-course; {told('release_assignment')}")
    for who in (ADA, BEN):
        visit[who].choose("Nbgrader", "Assignment List")
        listed(visit[who], "released", "Fetch").click()
        listed(visit[who], "fetched", "Submit").wait_for()
        fetched = (machine.home(who) / NOTEBOOK).read_bytes()
        assert fetched == (COURSE / f"exercises/{SET}/{SET}.ipynb").read_bytes()


def test_validate_says_what_is_wrong(visit, machine):
    room = Classroom(SET)
    for who, given in ((ADA, {}), (BEN, WRONG)):
        student = visit[who]
        listed(student, "fetched", SET).first.click()  # opens the list of its notebooks
        listed(student, "fetched", SET).last.click()
        student.kernel_is("idle")
        for name in room.answers:
            answer = given.get(name, room.solutions[name])
            student.answer(re.search(r"^(def|class) \w+", answer, re.M)[0], answer)
        results = student.validate()
        student.photograph(f"hub_2_{who}")
        said = results.locator("pre").all_inner_texts()
        points = room.total - (room.worth("ex01-squared") if given else 0)
        failed = f"# So far {points:g} of {room.total:g} points from tests;"
        assert any(failed in text for text in said) == bool(given)
        # What a person grades is still as it was released.
        assert any('run("ex01-' in text for text in said) == bool(given)
        results.get_by_text("Ok", exact=True).click()
        student.saved(NOTEBOOK)


def test_students_reach_nothing_of_each_other(machine, visit):
    for who in (ADA, BEN):
        visit[who].page.locator(".lm-TabBar-tab", has_text="Assignments").click()
        listed(visit[who], "fetched", "Submit").click()
        listed(visit[who], "submitted", SET).wait_for()
    exchange = "/srv/course/exchange"
    # A submission's name ends in random letters, and names there can't be listed.
    for attempt in (
        f"ls {exchange}/autoencoders/inbound",
        f"mv {exchange}/autoencoders {exchange}/mine",
        f"echo > {exchange}/autoencoders/outbound/{SET}/{SET}.ipynb",
        f"ls /home/{BEN}",
        "ls ~jupyter-teacher/autoencoder-course",
        "sudo -n true",
    ):
        with pytest.raises(AssertionError, match=r"denied|not permitted|password is required"):
            machine.run(ADA, attempt)


def test_the_teacher_grades_and_looks(machine, visit, copy, address):
    """`copy` is the machine of its own, on which work is graded."""
    course = machine.home(TEACHER) / "autoencoder-course"
    machine.run(TEACHER, f"cd autoencoder-course; {told('collect')}")
    shutil.copytree(course / "submitted", copy / "submitted")
    if (COURSE / ".grading/tables").is_dir():  # else they are computed, which takes longer
        shutil.copytree(COURSE / ".grading/tables", copy / ".grading/tables")
    command = [sys.executable, "-m", "grading", "run", SET]
    run = subprocess.run(command, cwd=copy, env=os.environ | {"PYTHONPATH": ""}, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    assert run.returncode == 0, run.stdout
    for name in ("autograded", "feedback"):
        shutil.copytree(copy / name, course / name)
    shutil.copy(copy / "gradebook.db", course)
    machine.run("root", f"chown -R {TEACHER}: /home/{TEACHER}")
    page = visit[TEACHER].page
    page.goto(f"{address}/user/{TEACHER}/formgrader/gradebook/{SET}/{SET}")
    rows = page.locator("tbody tr", has_text="Submission #")
    rows.first.wait_for()
    room = Classroom(SET)
    assert rows.count() == 2
    page.goto(f"{address}/user/{TEACHER}/formgrader/manage_submissions/{SET}")
    page.locator("tbody tr", has_text=ADA).wait_for()
    right, wrong = room.total, room.total - room.worth("ex01-squared")
    for who, score in ((ADA, right), (BEN, wrong)):
        assert f"{score:g} / " in page.locator("tbody tr", has_text=who).inner_text()
    visit[TEACHER].photograph("hub_3_formgrader")


def test_feedback_is_read_by_its_student(machine, visit):
    machine.run(TEACHER, RETURN)
    student = visit[BEN]
    student.page.locator("#refresh_assignments_list").click()
    listed(student, "submitted", "Fetch Feedback").click()
    link = student.page.locator("#submitted_assignments_list a", has_text="feedback")
    link.wait_for()
    link.click()  # shows its folder
    student.page.locator(".jp-DirListing-itemText", has_text=".html").dblclick()
    shown = student.page.frame_locator(".jp-HTMLViewer iframe")
    shown.get_by_text("averaged over the pixels").first.wait_for()
    student.photograph("hub_4_feedback")
