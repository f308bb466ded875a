"""A gate of its own for `gatepost demo`: started on free ports in a temporary folder, spoken to by SMTP, stopped.

Fails: BadInput or TryLater with what the gate said when it does not start.
"""

import contextlib
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from gatepost.cli.demo_mails import DOMAIN, Example
from gatepost.gates.control import SOCKET_NAME, RemoteDesk
from gatepost.model.errors import TryLater
from gatepost.store.entries import State
from gatepost.store.rows import DeliveryRow

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 20.0
REPLY_TIMEOUT_S = 30.0
SETTLE_TIMEOUT_S = 15.0
POLL_S = 0.05
MAX_ROWS = 1000
MAX_TOLD_LENGTH = 2000
FIRST_REFUSAL_CODE = 400
GOODBYE_CODE = 221
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer that settled one mail."""

    code: int
    status: str  # 5.7.1 (RFC 3463)
    text: str
    is_about_content: bool

    @classmethod
    def parse(cls, code: int, text: bytes, *, is_about_content: bool) -> Self:
        """Read what smtplib gives."""
        words = text.decode("utf-8", "replace").replace("\n", " ")
        status, _, rest = words.partition(" ")
        return cls(code, status, rest, is_about_content)

    @property
    def is_refusal(self) -> bool:
        """Say whether the mail was not taken (RFC 5321 §4.2.1: 4yz and 5yz)."""
        return self.code >= FIRST_REFUSAL_CODE


@dataclass(frozen=True, slots=True)
class DemoGate:
    """A running gate."""

    state: Path
    maildir: Path
    port: int

    @property
    def desk(self) -> RemoteDesk:
        """Give the way to ask the gate what became of a mail."""
        return RemoteDesk(self.state)

    def send(self, example: Example) -> Reply:
        """Send one example by SMTP and give the reply that settled it."""
        with contextlib.closing(smtplib.SMTP(LOOPBACK, self.port, "demo.sender.example", REPLY_TIMEOUT_S)) as client:
            client.ehlo()
            return _send(client, example)

    def wait_until_settled(self, recipient: str) -> DeliveryRow | None:
        """Give where the mail for one recipient ended; None when the gate knows of none in time."""
        give_up_s = time.monotonic() + SETTLE_TIMEOUT_S
        row = None
        while time.monotonic() < give_up_s:
            row = next((row for row in self.desk.list_history(MAX_ROWS) if row.recipient == recipient), None)
            if row is not None and row.state is not State.QUEUED:
                return row
            time.sleep(POLL_S)
        return row

    def find_delivered(self, mail_id: str) -> Path | None:
        """Give the file that holds a delivered mail."""
        return next(self.maildir.rglob(f"*{mail_id}*"), None)


def recipient_of(example: Example) -> str:
    """Give the address that an example is sent to: one for each, so that its way can be followed."""
    return f"{example.name}@{example.domain}"


def _send(client: smtplib.SMTP, example: Example) -> Reply:
    content = example.build()
    size = example.announced_bytes or len(content)
    for command in (f"MAIL FROM:<{example.mail_from}> SIZE={size}", f"RCPT TO:<{recipient_of(example)}>", "DATA"):
        code, text = client.docmd(command)
        if code >= FIRST_REFUSAL_CODE:
            return Reply.parse(code, text, is_about_content=False)
    client.send(content if example.is_raw else end_with_dot(content))
    reply = client.getreply()
    last = client.docmd("QUIT")
    if last[0] != GOODBYE_CODE:
        reply = last  # not to QUIT, but to a command that was hidden in the mail: the server has obeyed it
    return Reply.parse(*reply, is_about_content=not example.is_raw)


def end_with_dot(content: bytes) -> bytes:
    """Double leading dots and say where the mail ends (RFC 5321 §4.5.2)."""
    return (b"\r\n" + content).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"


@contextlib.contextmanager
def running_gate() -> Iterator[DemoGate]:
    """Start a gate, give it when it listens, stop it and remove its folder at the end."""
    with tempfile.TemporaryDirectory(prefix="gatepost-demo-") as folder:
        Path(folder).chmod(0o711)  # whom root becomes must get through to the state folder
        state = Path(folder) / "state"
        gate = DemoGate(state, state / "Maildir", _find_free_port())
        log = Path(folder) / "gate.log"
        with (
            log.open("wb") as log_stream,
            subprocess.Popen(  # noqa: S603 - our own program with our own words
                _command(gate), stdin=subprocess.DEVNULL, stdout=log_stream, stderr=log_stream
            ) as process,
        ):
            try:
                wait_until_listening(gate, process, log)
                yield gate
            finally:
                _stop(process)


def _command(gate: DemoGate) -> list[str]:
    smtp = f"{LOOPBACK}:{gate.port}"
    options = {"--state": gate.state, "--smtp": smtp, "--domain": DOMAIN, "--workers": 1, "--metrics": ""}
    return [sys.executable, "-m", "gatepost.cli", "serve", *(str(word) for pair in options.items() for word in pair)]


def _find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_listening(gate: DemoGate, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the gate takes mail and commands; raise TryLater with what it said when it ends before."""
    give_up_s = time.monotonic() + START_TIMEOUT_S
    while process.poll() is None and time.monotonic() < give_up_s:
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, gate.port), POLL_S):
            if (gate.state / SOCKET_NAME).exists():
                return
        time.sleep(POLL_S)
    told = log.read_text("utf-8", "replace")[-MAX_TOLD_LENGTH:].strip()
    raise TryLater(f"the demo's gate did not start; it said:\n{told}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
