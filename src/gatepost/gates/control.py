"""The keeper's control socket: a person's commands, one JSON line each, one JSON line back.

Trust: only the owner of the state folder can open the socket (mode 0600 in a folder of mode 0700).
Fails: a bad request is answered with one sentence; the connection then ends.
"""

import asyncio
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from gatepost.flow.desk import Desk, MailView
from gatepost.model.errors import BadInput, GatepostError
from gatepost.store.rows import DeliveryRow

SOCKET_NAME = "control.sock"
MAX_REQUEST_BYTES = 2**16
ANSWER_TIMEOUT_S = 30.0
T = TypeVar("T")


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One command: the name of a Desk method and its arguments."""

    do: str
    arguments: dict[str, str | int] = {}


class Answer(msgspec.Struct, frozen=True):
    """What came of it: `result`, or `error` in one sentence."""

    result: msgspec.Raw = msgspec.Raw(b"null")
    error: str = ""


_COMMANDS = frozenset({"list_quarantine", "list_queue", "list_history", "show", "release", "delete", "retry", "cancel"})


class ControlServer:
    """Answers commands with what the desk says."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one command and close."""
        try:
            line = await asyncio.wait_for(reader.readline(), ANSWER_TIMEOUT_S)
            writer.write(msgspec.json.encode(self._obey(line)) + b"\n")
            await writer.drain()
        except (TimeoutError, ValueError, ConnectionError):
            pass  # the asker went away, or wrote more than a command
        finally:
            writer.close()

    def _obey(self, line: bytes) -> Answer:
        try:
            request = msgspec.json.decode(line, type=Request)
            if request.do not in _COMMANDS:
                return Answer(error=f"{request.do!r} is not a command")
            result = getattr(self._desk, request.do)(**request.arguments)
        except GatepostError as error:
            return Answer(error=error.public)
        except (msgspec.MsgspecError, TypeError) as error:
            return Answer(error=f"the command is malformed: {error}")
        return Answer(msgspec.Raw(msgspec.json.encode(result)))


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
    (state / SOCKET_NAME).unlink(missing_ok=True)
    with short_path(state) as path:
        listener.bind(path)
    (state / SOCKET_NAME).chmod(0o600)
    listener.listen()
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

    def list_history(self, limit: int) -> list[DeliveryRow]:
        """Give the newest deliveries in whatever state."""
        return self._ask("list_history", list[DeliveryRow], limit=limit)

    def show(self, mail_id: str) -> MailView:
        """Give one mail whole."""
        return self._ask("show", MailView, mail_id=mail_id)

    def release(self, mail_id: str, by: str, reason: str) -> int:
        """Put a quarantined mail into the queue."""
        return self._ask("release", int, mail_id=mail_id, by=by, reason=reason)

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
        answer = msgspec.json.decode(self._exchange(command, arguments), type=Answer)
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
