"""The control socket is its owner's alone, answers every command in a sentence, and survives whoever asks badly."""

import asyncio
import os
import socket
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from doubles import FakeClock
from gatepost.flow.desk import Desk
from gatepost.gates.control import (
    MAX_REQUEST_BYTES,
    SOCKET_NAME,
    ControlServer,
    RemoteDesk,
    open_control_socket,
    serve_control,
)
from gatepost.model.errors import BadInput
from gatepost.model.verdict import Action
from gatepost.store.entries import MailEntry, State, encode_entry
from gatepost.store.frames import Kind, build_frame
from gatepost.store.ledger import Ledger
from gatepost.store.settings import StoreSettings
from loops import LOOPS, LoopFactory, run_on_loop
from store_builders import RECEIVED_AT, build_arrival, build_verdict

T = TypeVar("T")
HELD, QUEUED = "a" * 32, "b" * 32
RAW = b"Subject: \xff\x00\r\n\r\nhello\r\n"


def fill(state: Path) -> None:
    content = b""
    for mail_id, action in [(HELD, Action.QUARANTINE), (QUEUED, Action.DELIVER)]:
        arrival = build_arrival(mail_id)
        entry = MailEntry(mail_id, RECEIVED_AT, len(RAW), arrival.envelope, build_verdict(arrival, action))
        content += b"".join(build_frame(Kind.MAIL, encode_entry(entry), RAW))
    (state / "journal" / "0.journal").write_bytes(content)


@asynccontextmanager
async def serving(state: Path) -> AsyncIterator[RemoteDesk]:
    ledger = Ledger(state, FakeClock(), StoreSettings())
    fill(state)
    ledger.take_up()
    async with await serve_control(state, Desk(ledger, FakeClock(), lambda: None)):
        yield RemoteDesk(state)
    ledger.close()


async def in_thread(ask: Callable[..., T], *arguments: object) -> T:
    """The desk at the other end is synchronous, like the terminal."""
    return await asyncio.to_thread(ask, *arguments)


async def send(state: Path, request: bytes) -> bytes:
    reader, writer = await asyncio.open_unix_connection(str(state / SOCKET_NAME))
    try:
        writer.write(request)
        writer.write_eof()
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()


async def ask_for_error(state: Path, request: bytes) -> str:
    error: str = msgspec.json.decode(await send(state, request))["error"]
    return error


@pytest.mark.parametrize("new_loop", LOOPS)
def test_everything_a_desk_can_do_can_be_done_from_afar(tmp_path: Path, new_loop: LoopFactory) -> None:
    async def test() -> None:
        async with serving(tmp_path) as desk:
            assert [row.mail_id for row in await in_thread(desk.list_quarantine)] == [HELD]
            assert [row.mail_id for row in await in_thread(desk.list_queue)] == [QUEUED]
            assert len(await in_thread(desk.list_history, 1)) == 1
            assert await in_thread(desk.list_history, 1, "nobody@") == []
            view = await in_thread(desk.show, HELD[:8])
            assert view.raw == RAW
            assert view.deliveries[0].state is State.QUARANTINED
            assert await in_thread(desk.report, HELD, "anna", "a lottery") == 1
            assert await in_thread(desk.release, HELD, "anna", "known") == 1
            assert await in_thread(desk.retry, HELD, "anna") == 1
            assert await in_thread(desk.cancel, HELD, "anna", "no") == 1
            assert [event.by for event in (await in_thread(desk.show, HELD)).events] == ["anna"] * 4
            with pytest.raises(BadInput, match="is not quarantined"):
                await in_thread(desk.delete, HELD, "anna", "")

    run_on_loop(new_loop, test)


async def test_many_may_ask_at_once_while_others_say_nothing(tmp_path: Path) -> None:
    async with serving(tmp_path) as desk:
        silent = [await asyncio.open_unix_connection(str(tmp_path / SOCKET_NAME)) for _ in range(20)]
        lists = await asyncio.gather(*(in_thread(desk.list_queue) for _ in range(20)))
        assert [len(rows) for rows in lists] == [1] * 20
        for _, writer in silent:
            writer.close()


@pytest.mark.parametrize(
    ("request_line", "says"),
    [
        (b"", "the command is malformed"),
        (b"\n", "the command is malformed"),
        (b"hello\n", "the command is malformed"),
        (b"\xff\xfe\n", "the command is malformed"),
        (b'{"do": 1}\n', "the command is malformed"),
        (b'{"do": "show", "more": 1}\n', "the command is malformed"),
        (b'{"do": "show"}\n', "missing a required argument: 'mail_id'"),
        (b'{"do": "show", "arguments": {"mail_id": "a", "x": "y"}}\n', "got an unexpected keyword argument 'x'"),
        (b'{"do": "show", "arguments": {"mail_id": 7}}\n', "mail_id cannot be 7"),
        (b'{"do": "list_history", "arguments": {"limit": "all"}}\n', "limit cannot be 'all'"),
        (b'{"do": "show", "arguments": {"mail_id": ["a"]}}\n', "the command is malformed"),
        (b'{"do": "__init__"}\n', "'__init__' is not a command"),
        (b'{"do": "_move"}\n', "'_move' is not a command"),
        (b'{"do": "reboot"}\n', "'reboot' is not a command"),
        (b'{"do": "show", "arguments": {"mail_id": "nobody"}}\n', "nobody: no such mail"),
    ],
)
async def test_a_bad_request_is_answered_in_a_sentence_and_changes_nothing(
    tmp_path: Path, request_line: bytes, says: str
) -> None:
    async with serving(tmp_path) as desk:
        assert says in await ask_for_error(tmp_path, request_line)
        assert len(await in_thread(desk.list_queue)) == 1


async def test_a_command_longer_than_any_is_refused(tmp_path: Path) -> None:
    async with serving(tmp_path) as desk:
        with pytest.raises(BadInput, match=r"longer than|gave no answer"):  # it may be told before it has said all
            await in_thread(desk.show, "x" * 4 * MAX_REQUEST_BYTES)
        assert len(await in_thread(desk.list_queue)) == 1


async def test_a_command_that_breaks_inside_is_answered_and_the_next_one_works(tmp_path: Path) -> None:
    async with serving(tmp_path) as desk:
        with pytest.raises(BadInput, match="failed inside gatepost"):
            await in_thread(desk.list_history, 2**70)
        assert len(await in_thread(desk.list_history, 10)) == 2


async def test_trouble_with_the_books_is_told(tmp_path: Path) -> None:
    async with serving(tmp_path) as desk:
        (tmp_path / "journal" / "0.events").mkdir()
        with pytest.raises(BadInput, match="the books could not be written"):
            await in_thread(desk.release, HELD, "anna", "")
        assert len(await in_thread(desk.list_quarantine)) == 1


def test_only_the_owner_can_open_the_socket_from_its_first_moment(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with open_control_socket(tmp_path):
            mode = (tmp_path / SOCKET_NAME).stat().st_mode
    finally:
        os.umask(before)
    assert stat.S_ISSOCK(mode)
    assert mode & 0o777 == 0o600


def test_a_socket_that_a_crash_left_behind_is_replaced(tmp_path: Path) -> None:
    open_control_socket(tmp_path).close()
    with open_control_socket(tmp_path), socket.socket(socket.AF_UNIX) as asker:
        asker.connect(str(tmp_path / SOCKET_NAME))


async def test_a_state_folder_may_lie_deeper_than_a_socket_address_reaches(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a" * 60] * 4)
    deep.mkdir(parents=True)
    assert len(str(deep / SOCKET_NAME)) > 108
    async with serving(deep) as desk:
        assert len(await in_thread(desk.list_queue)) == 1


def test_a_folder_where_no_socket_can_be_leaves_none_open(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        open_control_socket(tmp_path / "none")
    (tmp_path / SOCKET_NAME).mkdir()
    with pytest.raises(OSError, match="directory"):
        open_control_socket(tmp_path)


async def test_a_gate_that_is_not_there_or_leaves_in_the_middle_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="gave no answer"):
        RemoteDesk(tmp_path).list_queue()

    async def leave(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'{"result": [')
        writer.close()

    async with await asyncio.start_unix_server(leave, sock=open_control_socket(tmp_path)):
        with pytest.raises(BadInput, match="gave no answer"):
            await in_thread(RemoteDesk(tmp_path).list_queue)


async def test_who_says_nothing_is_let_go(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, FakeClock(), StoreSettings())
    server = ControlServer(Desk(ledger, FakeClock(), lambda: None), request_timeout_s=0.05)
    async with await asyncio.start_unix_server(server.answer, sock=open_control_socket(tmp_path)):
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / SOCKET_NAME))
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
    ledger.close()


async def test_a_recalled_mail_comes_through_the_socket_as_it_was_kept(tmp_path: Path) -> None:
    async with serving(tmp_path) as desk:
        kept = await in_thread(desk.recall, HELD)
    arrival = build_arrival(HELD)
    assert kept.raw == RAW
    assert kept.entry == MailEntry(
        HELD, RECEIVED_AT, len(RAW), arrival.envelope, build_verdict(arrival, Action.QUARANTINE)
    )
