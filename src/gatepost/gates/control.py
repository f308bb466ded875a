"""The keeper's control socket: a person's commands, one JSON line each, one JSON line back.

Trust: only the owner of the state folder can open the socket (mode 0600 in a folder of mode 0700).
Fails: a bad request is answered with one sentence; the connection then ends. The asker gets BadInput with it.
"""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from inspect import signature
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import structlog

from gatepost.flow.desk import Desk, MailView
from gatepost.model.errors import BadInput, GatepostError
from gatepost.store.entries import StoredMail
from gatepost.store.rows import DeliveryRow

SOCKET_NAME = "control.sock"
MAX_REQUEST_BYTES = 2**16
REQUEST_TIMEOUT_S = 5.0  # programs ask, not fingers
ANSWER_TIMEOUT_S = 30.0
T = TypeVar("T")

log = structlog.get_logger()


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One command: the name of a Desk method and its arguments."""

    do: str
    arguments: dict[str, str | int] = {}


class Answer(msgspec.Struct, frozen=True):
    """What came of it: `result`, or `error` in one sentence."""

    result: msgspec.Raw = msgspec.Raw(b"null")
    error: str = ""


_COMMANDS = frozenset(
    {
        "list_quarantine",
        "list_queue",
        "list_history",
        "show",
        "recall",
        "release",
        "release_again",
        "report",
        "delete",
        "retry",
        "cancel",
    }
)


class ControlServer:
    """Answers commands with what the desk says."""

    def __init__(self, desk: Desk, request_timeout_s: float = REQUEST_TIMEOUT_S) -> None:
        self._desk = desk
        self._request_timeout_s = request_timeout_s

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one command and close."""
        try:
            answer = await self._take_command(reader)
            writer.write(msgspec.json.encode(answer) + b"\n")
            await asyncio.wait_for(writer.drain(), ANSWER_TIMEOUT_S)
        except (TimeoutError, ConnectionError):
            pass  # the asker went away, or never asked
        finally:
            writer.close()

    async def _take_command(self, reader: asyncio.StreamReader) -> Answer:
        try:
            line = await asyncio.wait_for(reader.readline(), self._request_timeout_s)
        except ValueError:
            return Answer(error=f"the command is longer than {MAX_REQUEST_BYTES} bytes")
        try:
            return self._obey(line)
        except Exception:  # a bug in one command must not leave the asker without an answer
            log.exception("command_broke")
            return Answer(error="the command failed inside gatepost; its log says more")

    def _obey(self, line: bytes) -> Answer:
        try:
            request = msgspec.json.decode(line, type=Request)
            if request.do not in _COMMANDS:
                return Answer(error=f"{request.do!r} is not a command")
            command = getattr(self._desk, request.do)
            _check_arguments(command, request.arguments)
        except (msgspec.MsgspecError, TypeError) as error:
            return Answer(error=f"the command is malformed: {error}")
        try:
            return Answer(msgspec.Raw(msgspec.json.encode(command(**request.arguments))))
        except GatepostError as error:
            return Answer(error=error.public)


def _check_arguments(command: Callable[..., object], arguments: Mapping[str, str | int]) -> None:
    asked_for = signature(command)
    asked_for.bind(**arguments)
    for name, value in arguments.items():
        if type(value) is not asked_for.parameters[name].annotation:
            raise TypeError(f"{name} cannot be {value!r}")


@contextmanager
def short_path(state: Path) -> Iterator[str]:
    """Give the socket's path in a form that fits the 107 bytes of a Unix address, however deep the folder lies."""
    folder = os.open(state, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{SOCKET_NAME}"
    finally:
        os.close(folder)


def open_control_socket(state: Path) -> socket.socket:
    """Make the socket, which only our own user may open; raises OSError."""
    listener = socket.socket(socket.AF_UNIX)
    try:
        os.fchmod(listener.fileno(), 0o600)  # before it has a name: there is no moment when others could open it
        (state / SOCKET_NAME).unlink(missing_ok=True)
        with short_path(state) as path:
            listener.bind(path)
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


async def serve_control(state: Path, desk: Desk) -> asyncio.AbstractServer:
    """Listen for commands."""
    answer = ControlServer(desk).answer
    return await asyncio.start_unix_server(answer, sock=open_control_socket(state), limit=MAX_REQUEST_BYTES)


class RemoteDesk:
    """The desk of a running gate, through its control socket. Raises BadInput with the keeper's own sentence."""

    def __init__(self, state: Path) -> None:
        self._state = state

    def list_quarantine(self) -> list[DeliveryRow]:
        """Give what waits in quarantine, newest first."""
        return self._ask("list_quarantine", list[DeliveryRow])

    def list_queue(self) -> list[DeliveryRow]:
        """Give what waits to be delivered, newest first."""
        return self._ask("list_queue", list[DeliveryRow])

    def list_history(self, limit: int, about: str = "") -> list[DeliveryRow]:
        """Give the newest deliveries in whatever state; `about` is a part of an address."""
        return self._ask("list_history", list[DeliveryRow], limit=limit, about=about)

    def show(self, mail_id: str) -> MailView:
        """Give one mail whole."""
        return self._ask("show", MailView, mail_id=mail_id)

    def recall(self, mail_id: str) -> StoredMail:
        """Give a kept mail as it was accepted."""
        return self._ask("recall", StoredMail, mail_id=mail_id)

    def release(self, mail_id: str, by: str, reason: str, form: str = "") -> int:
        """Put a quarantined mail into the queue, as it came or cleaned."""
        return self._ask("release", int, mail_id=mail_id, by=by, reason=reason, form=form)

    def release_again(self, mail_id: str, by: str, reason: str, form: str = "") -> int:
        """Do the same, also for those who have got the cleaned form."""
        return self._ask("release_again", int, mail_id=mail_id, by=by, reason=reason, form=form)

    def report(self, mail_id: str, by: str, reason: str) -> int:
        """Say that a quarantined mail is unwanted."""
        return self._ask("report", int, mail_id=mail_id, by=by, reason=reason)

    def delete(self, mail_id: str, by: str, reason: str) -> int:
        """Destroy a quarantined mail."""
        return self._ask("delete", int, mail_id=mail_id, by=by, reason=reason)

    def retry(self, mail_id: str, by: str) -> int:
        """Try a queued mail again now."""
        return self._ask("retry", int, mail_id=mail_id, by=by)

    def cancel(self, mail_id: str, by: str, reason: str) -> int:
        """Take a mail out of the queue."""
        return self._ask("cancel", int, mail_id=mail_id, by=by, reason=reason)

    def _ask(self, command: str, answer_type: type[T], **arguments: str | int) -> T:
        try:
            answer = msgspec.json.decode(self._exchange(command, arguments), type=Answer)
        except (OSError, msgspec.DecodeError) as error:
            raise BadInput(f"the gate on {self._state} gave no answer ({error}); ask again in a moment") from error
        if answer.error:
            raise BadInput(answer.error)
        return msgspec.json.decode(answer.result, type=answer_type)

    def _exchange(self, command: str, arguments: Mapping[str, Any]) -> bytes:
        request = msgspec.json.encode(Request(command, dict(arguments))) + b"\n"
        with socket.socket(socket.AF_UNIX) as channel:
            channel.settimeout(ANSWER_TIMEOUT_S)
            with short_path(self._state) as path:
                channel.connect(path)
            channel.sendall(request)
            with channel.makefile("rb") as answer:
                return answer.readline()
