"""Plays every dialog of this folder against the machine, whole and byte by byte, and through the gate's socket."""

import asyncio
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from certificates import build_client_context, build_server_context
from doubles import FakeReception
from gatepost.gates import smtp_replies
from gatepost.gates.settings import SmtpSettings
from gatepost.gates.smtp_hall import build_profile
from gatepost.model.ports import Admission
from gatepost.wire.smtp.events import Event, MailReceived, RcptTo
from gatepost.wire.smtp.server import SmtpServer
from loops import LOOPS, LoopFactory, run_on_loop
from smtp_gates import HOST_NAME, Scene, open_scene

ANSWER_TIMEOUT_S = 10.0

_REPEAT = re.compile(r"\{(.+?)\*(\d+)\}")


@dataclass
class Script:
    """One dialog: settings, then steps of (kind, text)."""

    settings: SmtpSettings
    admissions: dict[str, Admission]
    steps: list[tuple[str, str]]


@dataclass
class Mail:
    """A mail that was taken, in the words of a dialog."""

    envelope: str
    raw: bytes


def read_script(path: Path) -> Script:
    values: dict[str, object] = {}
    admissions: dict[str, Admission] = {}
    steps: list[tuple[str, str]] = []
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("SET "):
            name, _, value = line.removeprefix("SET ").partition("=")
            values[name] = msgspec.json.decode(value)
        elif line.startswith("ADMIT "):
            _, address, answer = line.split(" ")
            admissions[address] = Admission[answer]
        elif line and not line.startswith("#"):
            kind, _, text = line.partition(" ")
            steps.append((kind, text))
    return Script(msgspec.convert(values, SmtpSettings), admissions, steps)


def client_bytes(kind: str, text: str) -> bytes:
    text = _REPEAT.sub(lambda match: match[1] * int(match[2]), text)
    if kind == "C:":
        return text.encode() + b"\r\n"
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape").encode("latin-1")


@dataclass
class MachinePlayer:
    """The machine with the shortest possible caller around it."""

    script: Script
    cut_bytes: int
    replies: deque[str] = field(default_factory=deque)
    mails: deque[Mail] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.reception = FakeReception(admissions=self.script.admissions)
        self.machine = SmtpServer(build_profile(self.script.settings, HOST_NAME, tls_is_offered=True))
        self.machine.greet()
        self._hear()

    async def send(self, data: bytes) -> None:
        for start in range(0, len(data), self.cut_bytes):
            self.machine.receive(data[start : start + self.cut_bytes])
            while (event := self.machine.next_event()) is not None:
                self._decide(event)
            self._hear()

    async def read_line(self) -> str:
        return self.replies.popleft() if self.replies else "(nothing)"

    async def expect_quiet(self) -> None:
        assert not self.replies

    async def expect_closed(self) -> None:
        assert not self.replies
        assert self.machine.is_closed

    async def start_tls(self) -> None:
        self.machine.tls_started()

    def _hear(self) -> None:
        text = self.machine.bytes_to_send().decode("ascii")
        self.replies.extend(text.split("\r\n")[:-1])

    def _decide(self, event: Event) -> None:
        if isinstance(event, RcptTo):
            self.machine.reply(smtp_replies.ADMISSION_REPLIES[self.reception.judge_recipient(event.address)])
        elif isinstance(event, MailReceived):
            recipients = " ".join(f"<{address}>" for address in event.recipients)
            self.mails.append(Mail(f"{event.protocol} <{event.mail_from or ''}> -> {recipients}", event.raw))
            mail_id = self.reception.make_mail_id()
            self.machine.reply(smtp_replies.build_verdict_reply(self.reception.verdict, mail_id))
        else:
            self.machine.accept()


class SocketPlayer:
    """A client on a real connection to the gate."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, reception: FakeReception) -> None:
        self._reader = reader
        self._writer = writer
        self._reception = reception
        self._played = 0

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def read_line(self) -> str:
        line = await asyncio.wait_for(self._reader.readline(), ANSWER_TIMEOUT_S)
        return line.decode("ascii").removesuffix("\r\n") if line else "(closed)"

    async def expect_quiet(self) -> None:
        """Silence cannot be proven on a socket; the next expected line shows what came too early."""

    async def expect_closed(self) -> None:
        assert await asyncio.wait_for(self._reader.read(), ANSWER_TIMEOUT_S) == b""

    async def start_tls(self) -> None:
        await self._writer.start_tls(build_client_context(), server_hostname=HOST_NAME)

    @property
    def mails(self) -> deque[Mail]:
        """The mails that were taken since the last look."""
        arrivals = self._reception.arrivals[self._played :]
        self._played += 1
        return deque(
            Mail(
                f"{arrival.envelope.protocol} <{arrival.envelope.mail_from or ''}> -> "
                + " ".join(f"<{address}>" for address in arrival.envelope.recipients),
                arrival.raw,
            )
            for arrival in arrivals
        )


async def play(script: Script, player: MachinePlayer | SocketPlayer) -> None:
    for steps in group_steps(script.steps):
        kind, text = steps[0]
        if kind in {"C:", "C>"}:
            await player.send(b"".join(client_bytes(*step) for step in steps))
        elif kind == "M:":
            expect_mail(player.mails.popleft(), steps)
        elif kind == "S:":
            expect_line(await player.read_line(), text)
        elif kind == "QUIET":
            await player.expect_quiet()
        elif kind == "TLS":
            await player.start_tls()
        elif kind == "CLOSED":
            await player.expect_closed()
        else:
            pytest.fail(f"a dialog has no line of kind {kind}")


def group_steps(steps: list[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """Put together what the client says at once, and a mail with its lines."""
    group: list[tuple[str, str]] = []
    for kind, text in steps:
        joins = bool(group) and ((kind[0] == "C" and kind != "CLOSED" and group[0][0] in {"C:", "C>"}) or kind == "M|")
        if group and not joins:
            yield group
            group = []
        group.append((kind, text))
    yield group


def expect_line(line: str, expected: str) -> None:
    if expected.endswith("..."):
        assert line[: len(expected) - 3] == expected[:-3]
    else:
        assert line == expected


def expect_mail(mail: Mail, steps: list[tuple[str, str]]) -> None:
    assert mail.envelope == steps[0][1]
    lines = b"".join(client_bytes("C>", text) + b"\r\n" for _, text in steps[1:])
    assert mail.raw == lines


DIALOGS = sorted(Path(__file__).parent.glob("*.txt"))


@pytest.mark.parametrize("path", DIALOGS, ids=lambda path: path.stem)
@pytest.mark.parametrize("cut_bytes", [1_000_000, 1], ids=["whole", "byte by byte"])
def test_the_machine_speaks_as_the_dialog_says(path: Path, cut_bytes: int) -> None:
    script = read_script(path)
    if cut_bytes == 1 and "injection" in path.stem:
        return  # what follows STARTTLS in the same packet is the point there
    player = MachinePlayer(script, cut_bytes)
    asyncio.run(play(script, player))
    assert not player.replies
    assert not player.mails


@pytest.mark.parametrize("path", DIALOGS, ids=lambda path: path.stem)
@pytest.mark.parametrize("new_loop", LOOPS)
def test_the_gate_speaks_as_the_dialog_says(path: Path, new_loop: LoopFactory) -> None:
    async def play_through_gate() -> None:
        script = read_script(path)
        reception = FakeReception(admissions=script.admissions)
        async with open_scene(Scene(script.settings, reception, tls=build_server_context(HOST_NAME))) as scene:
            client = await scene.connect()
            await play(script, SocketPlayer(client.reader, client.writer, reception))
            client.close()

    run_on_loop(new_loop, play_through_gate)
