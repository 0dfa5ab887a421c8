"""Talk to a kernel in the sandbox: run code in it, collect what it puts out, and never wait for
longer, or take in more, than the limits say."""

from __future__ import annotations

import ast
import base64
import contextlib
import time
import uuid
from dataclasses import dataclass, field

import nbformat
import zmq
from jupyter_client.session import Session

from grading.sandbox import MB, Kernel, KernelDied, Limits

_GRACE = 3  # seconds to answer an interrupt, or to put out what is left
_LARGEST_MESSAGE = 16 * MB
# What a person or a feedback page gets to see. HTML, SVG and JavaScript of a student would run in
# the browser of the person who grades.
_SHOWN = ("text/plain", "image/png", "image/jpeg")


class _Clock:
    """Seconds, of which a pause of this process itself (it was stopped, or starved) is none."""

    def __init__(self) -> None:
        self.now, self._seen = 0.0, time.monotonic()

    def tick(self) -> float:
        """What the time is now; at most one second since it was asked last."""
        seen = time.monotonic()
        self.now += min(seen - self._seen, 1.0)
        self._seen = seen
        return self.now


@dataclass
class Ran:
    """What came of running some code.

    Attributes:
        outputs: as a notebook stores them.
        error: the name and the text of the exception, if one ended it.
        trouble: None, or "time", "output" (stopped, the kernel goes on), "died", "memory" or
            "hung" (the kernel is gone).
        detail: more on the trouble, for people.
        answers: the values of the expressions asked for, as text.
    """

    outputs: list[nbformat.NotebookNode] = field(default_factory=list)
    error: tuple[str, str] | None = None
    trouble: str | None = None
    detail: str = ""
    answers: dict[str, str] = field(default_factory=dict)


class Client:
    """A connection to one kernel.

    Args:
        kernel: a kernel just started.
        limits: of time, memory and output.

    Raises:
        KernelDied: it ended before it answered.
    """

    def __init__(self, kernel: Kernel, limits: Limits) -> None:
        self.kernel, self.limits = kernel, limits
        self.clock = _Clock()  # how long it has been in use
        self._session = Session(key=kernel.connection["key"].encode(), username="grading")
        self._context = zmq.Context()
        self._shell = self._connect("shell", zmq.DEALER)
        self._control = self._connect("control", zmq.DEALER)
        try:
            self._listen()
        except BaseException:
            self.close()
            raise

    def _connect(self, channel: str, kind: int) -> zmq.Socket:
        socket = self._context.socket(kind)
        socket.linger = 0
        socket.maxmsgsize = _LARGEST_MESSAGE
        socket.rcvhwm = 2000
        connection = self.kernel.connection
        socket.connect(f"ipc://{connection['ip']}-{connection[f'{channel}_port']}")
        return socket

    def _listen(self) -> None:
        """Subscribe to what the kernel puts out, and wait until it is heard."""
        self._iopub = self._connect("iopub", zmq.SUB)
        self._iopub.subscribe(b"")
        self._poller = zmq.Poller()
        self._poller.register(self._shell, zmq.POLLIN)
        self._poller.register(self._iopub, zmq.POLLIN)
        deadline = time.monotonic() + 60
        answered = heard = False
        while not (answered and heard):
            self._session.send(self._shell, "kernel_info_request")
            for message in self._receive(0.25):
                answered |= message["header"].get("msg_type") == "kernel_info_reply"
                heard |= message["header"].get("msg_type") == "status"
            if not (answered and heard):
                seen = self.kernel.look()
                if not seen["alive"] or time.monotonic() > deadline:
                    raise KernelDied(
                        f"the kernel did not start ({seen.get('why') or seen['status']})"
                    )

    def _receive(self, wait: float) -> list[dict]:
        """All messages that are there, or that come within ``wait`` seconds."""
        messages = []
        for socket, _ in self._poller.poll(int(wait * 1000)):
            for _ in range(100):
                try:
                    _, message = self._session.recv(socket, zmq.NOBLOCK)
                except Exception:  # malformed on purpose, or signed twice
                    continue
                if message is None:
                    break
                parts = (message.get(p) for p in ("header", "parent_header", "content"))
                if not all(isinstance(part, dict) for part in parts):
                    continue
                message["content"]["on"] = "shell" if socket is self._shell else "iopub"
                messages.append(message)
        return messages

    def run(
        self, code: str, timeout: float, ask: dict[str, str] | None = None, silent: bool = False
    ) -> Ran:
        """Run code, and evaluate expressions after it.

        Args:
            code: what a cell holds.
            timeout: seconds, after which it is interrupted.
            ask: name -> expression, whose value comes back as text.
            silent: leave no trace of it in the notebook's history.
        """
        request = self._session.msg(
            "execute_request",
            {
                "code": code,
                "silent": silent,
                "store_history": not silent,
                "user_expressions": ask or {},
                "allow_stdin": False,
                "stop_on_error": False,
            },
        )
        # An id that nobody could foresee, so that no message can be made for it beforehand.
        request["header"]["msg_id"] = request["msg_id"] = uuid.uuid4().hex
        self._session.send(self._shell, request)
        ran, size = Ran(), 0
        replied = idle = interrupted = False
        looked = self.clock.tick()
        deadline = looked + timeout
        while not (replied and idle):
            for message in self._receive(0.2):
                if message["parent_header"].get("msg_id") != request["msg_id"]:
                    continue
                kind, content = message["header"].get("msg_type"), message["content"]
                if content.pop("on") == "shell":
                    if kind == "execute_reply" and not replied:
                        replied = True
                        # What is still under way on the other channel comes soon or never.
                        deadline = min(deadline, self.clock.now + _GRACE)
                        _take_reply(ran, content)
                elif kind == "status":
                    idle |= content.get("execution_state") == "idle"
                else:
                    size += len(str(content))
                    if size <= self.limits.output:
                        _take_output(ran.outputs, kind, content)
            now = self.clock.tick()
            if now - looked > 1:
                looked = now
                gone = self._gone()
                if gone:
                    ran.trouble, ran.detail = gone
                    return ran
            if size > self.limits.output and ran.trouble is None:
                ran.trouble, ran.detail = "output", f"printed more than {self._mb('output')} MB"
                deadline = now
            if now < deadline:
                continue
            if replied:
                # The end of its output got lost: a message above the limit ends the connection.
                self._iopub.close()
                self._listen()
                break
            if interrupted:
                ran.trouble, ran.detail = "hung", f"{ran.detail} and could not be interrupted"
                return ran
            if ran.trouble is None:
                ran.trouble, ran.detail = "time", f"ran for more than {timeout:g} seconds"
            self._session.send(self._control, "interrupt_request")
            interrupted, deadline = True, now + _GRACE
        return ran

    def _gone(self) -> tuple[str, str] | None:
        seen = self.kernel.look()
        if not seen["alive"]:
            return "died", _ending(seen["status"])
        if seen["memory"] > self.limits.memory:
            return "memory", f"took more than {self._mb('memory')} MB of memory"
        return None

    def _mb(self, limit: str) -> int:
        return getattr(self.limits, limit) // MB

    def close(self) -> None:
        """End the connection and the kernel."""
        self._context.destroy(linger=0)
        self.kernel.stop()


def _take_reply(ran: Ran, content: dict) -> None:
    if content.get("status") != "ok":
        ran.error = (writable(content.get("ename")), writable(content.get("evalue")))
    payload = content.get("payload")
    if any("ask_exit" in str(part) for part in (payload if isinstance(payload, list) else ())):
        # quit() ends the kernel a moment later, which would look like the next cell's doing.
        ran.trouble, ran.detail = "died", "asked its kernel to end"
    answers = content.get("user_expressions")
    for name, answer in (answers if isinstance(answers, dict) else {}).items():
        with contextlib.suppress(Exception):
            ran.answers[name] = writable(ast.literal_eval(answer["data"]["text/plain"]))


def _take_output(outputs: list, kind: str, content: dict) -> None:
    """Add an output. It is made anew: a student's code can send any nonsense as one."""
    new = nbformat.v4.new_output
    if kind == "stream":
        name = "stderr" if content.get("name") == "stderr" else "stdout"
        text = writable(content.get("text"))
        if outputs and outputs[-1].get("name") == name:
            outputs[-1].text += text
        else:
            outputs.append(new("stream", name=name, text=text))
    elif kind == "error":
        lines = content.get("traceback")
        lines = [writable(line) for line in lines] if isinstance(lines, list) else []
        ename, evalue = writable(content.get("ename")), writable(content.get("evalue"))
        outputs.append(new("error", ename=ename, evalue=evalue, traceback=lines))
    elif kind in ("display_data", "execute_result"):
        data = content.get("data")
        shown = {}
        for mime in _SHOWN:
            value = data.get(mime) if isinstance(data, dict) else None
            with contextlib.suppress(ValueError):
                if isinstance(value, str) and mime != "text/plain":
                    # Into a page it goes as it is, between quotes.
                    base64.b64decode("".join(value.split()), validate=True)
                if isinstance(value, str):
                    shown[mime] = writable(value)
        if shown:
            outputs.append(new("display_data", data=shown))


def writable(value: object) -> str:
    """Text that can be written to a file: a lone surrogate can't."""
    return str(value if value is not None else "").encode("utf-8", "replace").decode()


def _ending(status: int) -> str:
    if status > 128:
        names = {137: "was killed", 139: "crashed", 152: "used up its processor time"}
        return names.get(status, f"ended by signal {status - 128}")
    return f"ended its own process with exit status {status}"
