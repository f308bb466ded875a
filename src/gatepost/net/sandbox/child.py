"""A child of the nursery: locked down, it opens one file after the other, and answers with plain values.

Trust: what it opens is a stranger's and may take it over; so it has nothing, and nobody believes more than its values.
Fails: it ends. The nursery makes another one, and tells the gate how it ended.
"""

import contextlib
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NoReturn, Protocol

from gatepost.message.attachments.desk import MAX_TRAITS, UNSEEN
from gatepost.model.contents import NOT_KEPT, OpenedFile, Opening, Trait
from gatepost.model.file_kinds import PROGRAMS
from gatepost.model.ports import Keep
from gatepost.net.sandbox.frames import (
    MAX_ORDER_BYTES,
    Born,
    Failed,
    Limits,
    Room,
    count_shown,
    decode_order,
    encode,
    pack_answer,
    read_bytes,
    read_frame,
    write_frame,
)
from gatepost.net.sandbox.limits import end_order, limit_order
from gatepost.net.sandbox.lockdown import ESSENTIAL, Measure, lock_child

EXIT_DONE, EXIT_NOT_LOCKED, EXIT_NO_MEMORY, EXIT_BROKE = 0, 70, 71, 72
MAX_REASON_CHARS = 300
MARK_BYTES = 64  # in which it is told that something of a file is left out
KNOWN_BAD = ("signature.", "yara.")  # what traits begin with that say which file it is


class Desk(Protocol):
    """Opens the files of one mail (message/attachments/desk.py)."""

    def open(self, path: str, name: str, content: bytes, declared_type: str = "") -> OpenedFile:
        """Open one part of the mail."""
        ...


MakeDesk = Callable[[tuple[str, ...], Keep], Desk]


@dataclass(frozen=True, slots=True)
class Birth:
    """What a child is made of."""

    serial: int
    channel: socket.socket  # of the nursery; the child gives the gate its stream by it, and closes it
    ready: int  # a pipe on which the child tells the nursery that it is ready; it closes it, too
    folder: Path
    limits: Limits
    nursery: int
    measures: frozenset[Measure]  # what the nursery has done already
    make_desk: MakeDesk


def live(birth: Birth) -> NoReturn:
    """Live a child's life in a process that was just forked."""
    code = EXIT_NOT_LOCKED
    try:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        sock = _become_ready(birth)
        code = EXIT_BROKE
        _serve(sock, birth)
        code = EXIT_DONE
    except MemoryError:
        code = EXIT_NO_MEMORY
    except BaseException as error:  # noqa: BLE001 - told by the code; what is raised over a file is a stranger's word
        if code == EXIT_NOT_LOCKED:
            _tell_failure(birth, error)
    finally:
        os._exit(code)


def _tell_failure(birth: Birth, error: BaseException) -> None:
    with contextlib.suppress(OSError):
        birth.channel.send(encode(Failed(birth.serial, f"{type(error).__name__}: {error}"[:MAX_REASON_CHARS])))


def _become_ready(birth: Birth) -> socket.socket:
    """Lock down, then give the gate its end of a new stream; nothing else stays open."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    tempfile.tempdir = str(birth.folder)
    kept = {0, 1, 2, ours.fileno(), theirs.fileno(), birth.channel.fileno(), birth.ready}
    for number in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208 - numbers, not paths
        if number not in kept:
            _close(number)
    measures = birth.measures | lock_child(birth.limits, birth.folder, birth.nursery)
    if ESSENTIAL - measures:
        raise PermissionError(f"this machine does not give {', '.join(sorted(ESSENTIAL - measures))}")
    os.write(birth.ready, b".")
    os.close(birth.ready)
    word = encode(Born(birth.serial, os.getpid(), tuple(sorted(measures))))
    socket.send_fds(birth.channel, [word], [theirs.fileno()])
    birth.channel.close()
    theirs.close()
    return ours


def _close(number: int) -> None:
    try:
        os.close(number)
    except OSError:  # the folder's own, which is gone when its list is read
        return


def _serve(sock: socket.socket, birth: Birth) -> None:
    """Open what comes, until the gate closes the stream."""
    keep = Keep.NOTHING
    desk = birth.make_desk((), keep)
    while True:
        try:
            order = decode_order(read_frame(sock, MAX_ORDER_BYTES))
        except EOFError:
            return
        limit_order(order.deadline_s)
        content = read_bytes(sock, order.size_bytes)
        if order.is_first:
            keep = Keep[order.keep]
            desk = birth.make_desk(order.passwords, keep)
        opened = desk.open(order.path, order.name, content, order.declared_type)
        write_frame(sock, encode_answer(opened, order.room))
        del content, opened  # not kept while nothing is to do
        end_order()
        _empty(birth.folder)


def _empty(folder: Path) -> None:
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            Path(entry.path).unlink()


def encode_answer(opened: OpenedFile, room: Room) -> bytes:
    """Write an answer that is never too large: what is inside is left out where it would be, the gravest at last."""
    opened = _keep_shown(_keep_contents(opened, [room.content_bytes]), [room.shown_bytes])
    keep_gravest = partial(_keep_gravest, room.values_bytes)
    for simplify in (_leave, _without_surrogates, keep_gravest, _without_insides, _without_traits):
        opened = simplify(opened)
        try:
            values = encode(_without_contents(opened))
        except UnicodeEncodeError:
            continue
        if len(values) <= room.values_bytes:
            contents = [each.content for each in opened.walk()] if room.content_bytes else []
            return pack_answer(values, contents, _number_shown(opened))
    raise MemoryError


def _keep_contents(opened: OpenedFile, room: list[int]) -> OpenedFile:
    """Leave out the bytes of files for which there is no room any more; `room` is what is left of it."""
    if len(opened.content) > room[0]:
        opened = replace(opened, content=b"", traits=(*opened.traits[: MAX_TRAITS - 1], Trait(NOT_KEPT)))
    room[0] -= len(opened.content)
    return replace(opened, files=tuple(_keep_contents(inner, room) for inner in opened.files))


def _keep_shown(opened: OpenedFile, room: list[int]) -> OpenedFile:
    """Leave out what is shown where there is no room for it any more; nobody sees it then."""
    size_bytes = count_shown(opened.shown)
    if size_bytes > room[0]:
        opened = replace(_tell_limit(opened), shown=())
        size_bytes = 0
    room[0] -= size_bytes
    return replace(opened, files=tuple(_keep_shown(inner, room) for inner in opened.files))


def _number_shown(opened: OpenedFile) -> list[tuple[int, bytes]]:
    return [(number, entity) for number, each in enumerate(opened.walk()) for entity in each.shown]


def _without_contents(opened: OpenedFile) -> OpenedFile:
    return replace(opened, content=b"", shown=(), files=tuple(map(_without_contents, opened.files)))


def _leave(opened: OpenedFile) -> OpenedFile:
    return opened


def _without_surrogates(opened: OpenedFile) -> OpenedFile:
    """Replace what no UTF-8 can say; names of files in old archives have it."""
    return replace(
        opened,
        name=_clean(opened.name),
        traits=tuple(replace(trait, text=_clean(trait.text)) for trait in opened.traits),
        links=tuple(replace(link, url=_clean(link.url)) for link in opened.links),
        files=tuple(map(_without_surrogates, opened.files)),
    )


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _keep_gravest(room_bytes: int, opened: OpenedFile) -> OpenedFile:
    """Keep the gravest of what is inside first, each with the files around it, as far as there is room."""
    kept: set[int] = set()
    for chain in sorted(_list_chains((opened,)), key=lambda chain: _grade(chain[-1])):
        added = [each for each in chain if id(each) not in kept]
        size_bytes = sum(len(encode(replace(each, content=b"", shown=(), files=()))) + MARK_BYTES for each in added)
        if size_bytes <= room_bytes:
            room_bytes -= size_bytes
            kept.update(map(id, added))
    return _keep_only(kept, opened, opened.path)


def _list_chains(chain: tuple[OpenedFile, ...]) -> Iterator[tuple[OpenedFile, ...]]:
    """Give each file with those around it, the outermost first."""
    yield chain
    for inner in chain[-1].files:
        yield from _list_chains((*chain, inner))


def _grade(file: OpenedFile) -> int:
    """Give 0 for what is known to be bad or shown as the mail's own, 1 for programs, 2 for all others."""
    if file.shown or any(trait.code.startswith(KNOWN_BAD) for trait in file.traits):
        return 0
    return 1 if file.kind in PROGRAMS else 2


def _keep_only(kept: set[int], opened: OpenedFile, path: str) -> OpenedFile:
    """Leave out all other files inside; a path tells positions, so those behind them move up."""
    inners = [inner for inner in opened.files if id(inner) in kept]
    mark = "." if ":" in path else ":"
    files = tuple(_keep_only(kept, inner, f"{path}{mark}{number}") for number, inner in enumerate(inners, 1))
    return replace(_tell_limit(opened) if len(files) < len(opened.files) else opened, path=path, files=files)


def _tell_limit(opened: OpenedFile) -> OpenedFile:
    unseen = Trait(UNSEEN)
    others = tuple(trait for trait in opened.traits if trait != unseen)[: MAX_TRAITS - 1]
    return replace(opened, opening=Opening.LIMIT, traits=(*others, unseen))


def _without_insides(opened: OpenedFile) -> OpenedFile:
    return replace(_tell_limit(opened), links=(), shown=(), files=())


def _without_traits(opened: OpenedFile) -> OpenedFile:
    return replace(opened, traits=(Trait(UNSEEN),))
