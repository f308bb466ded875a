"""What is fuzzed: each target takes any bytes, and raises where ours does what it must not.

A damaged file may raise any `Exception` in its opener, since the desk takes them all; `caught` is told of each.
"""

import socket
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from types import TracebackType

import msgspec

from fuzz import seeds
from gatepost.message.ambiguity.read import find_ambiguities, read_otherwise
from gatepost.message.attachments.desk import Desk, File, Insides, LimitReachedError, Limits, Opener
from gatepost.message.attachments.kinds import are_at_odds, detect_kinds
from gatepost.message.attachments.opening import load_openers, make_desk
from gatepost.message.attachments.rules import RuleSet
from gatepost.message.message import Message, Part
from gatepost.message.parse import parse_message
from gatepost.message.passwords import MAX_FOUND, MAX_PASSWORD_CHARS, find_passwords
from gatepost.model.contents import OpenedFile, Opening
from gatepost.model.file_kinds import FileKind
from gatepost.model.ports import FileToOpen, Keep
from gatepost.net.sandbox.answers import BadAnswerError, read_answer
from gatepost.net.sandbox.child import encode_answer
from gatepost.net.sandbox.frames import (
    MAX_SHOWN_BYTES,
    MAX_VALUES_BYTES,
    Room,
    decode_kill,
    decode_order,
    decode_word,
    read_frame,
)
from gatepost.screen.kit import build_kit
from gatepost.screen.settings import ScreenSettings
from message.test_clean import check_one

MAX_CPU_S = 5.0  # for what is smaller than MAX_QUICK_BYTES
MAX_QUICK_BYTES = 1_000_000
MAX_PARTS = 20
MEGABYTE = 1024 * 1024
LIMITS = Limits(file_bytes=16 * MEGABYTE, total_bytes=32 * MEGABYTE, files=200)
PASSWORDS = ("secret", "Ladder-88")
NAMES = (
    "", "a", "a.url", "a.lnk", "a.csv", "a.iqy", "a.xls", "a.html", "a.svg", "a.js", "a.hta", "a.co_", "a.gz", "a.tbz2",
    "a.zip", "a.jar", "a.docm", "a.pdf", "a.eml", "a.mht", "a.ics", "a.rtf", "a.one", "a.img", "a.desktop", "a.webloc",
)  # fmt: skip

Note = Callable[[str, str], None]  # the type of an exception, and where in our code it was raised


class TooSlowError(Exception):
    """So few bytes must not take so long."""


@dataclass(frozen=True, slots=True)
class Target:
    """Code that reads what strangers send, and files of the kind that it reads."""

    run: Callable[[bytes], object]
    list_seeds: Callable[[], list[bytes]]


def run_timed(target: Target, content: bytes) -> None:
    """Run a target, and raise TooSlowError where few bytes took many seconds of a core."""
    started_s = time.process_time()
    target.run(content)
    took_s = time.process_time() - started_s
    if took_s > MAX_CPU_S and len(content) < MAX_QUICK_BYTES:
        raise TooSlowError(f"{took_s:.1f} s for {len(content)} bytes")


def build_targets(caught: Note = lambda _kind, _place: None) -> dict[str, Target]:
    """Give all targets by name; those of openers are called as their modules."""
    openers = {opener.__name__.rpartition(".")[2]: opener for opener in _list_openers()}  # type: ignore[attr-defined]
    targets = {
        f"open_{name}": Target(partial(look_inside, opener, caught), partial(_list_seeds_of, opener.OPENS))
        for name, opener in sorted(openers.items())
    }
    mails = partial(_list, seeds.list_mails)
    return targets | {
        "desk": Target(_open_at_desk, _list_all_files),
        "kinds": Target(_detect_kinds, _list_all_files),
        "mail": Target(_read_mail, mails),
        "clean": Target(_clean, mails),
        "passwords": Target(_find_passwords, mails),
        "frames": Target(_read_frames, partial(_list, seeds.list_frames)),
    }


def _list_openers() -> Iterable[Opener]:
    return {id(opener): opener for openers in load_openers().values() for opener in openers}.values()


def _list(list_some: Callable[[], tuple[bytes, ...]]) -> list[bytes]:
    return list(list_some())


def _list_all_files() -> list[bytes]:
    return [*seeds.list_files(), *seeds.list_samples()]


def _list_seeds_of(kinds: frozenset[FileKind]) -> list[bytes]:
    return seeds.choose_files(kinds, seeds.list_files()) + seeds.choose_files(kinds, seeds.list_samples())


def _choose_name(content: bytes) -> str:
    return NAMES[zlib.crc32(content) % len(NAMES)]


@cache
def _load_rules() -> RuleSet:
    return build_kit(ScreenSettings()).rule_book.rules


def look_inside(opener: Opener, caught: Note, content: bytes) -> None:
    """Open with one opener as what the content seems to be, or as any of its kinds."""
    name, kinds = _choose_name(content), sorted(opener.OPENS)
    seeming = [kind for kind in detect_kinds(content, name) if kind in opener.OPENS]
    for kind in seeming or [kinds[len(content) % len(kinds)]]:
        desk = Desk(dict.fromkeys(opener.OPENS, (opener,)), PASSWORDS, LIMITS, rules=_load_rules())
        insides = Insides()
        try:
            opener.look_inside(File("1", name, content, kind), insides, desk)
        except (LimitReachedError, MemoryError, RecursionError):
            insides.opening = Opening.LIMIT
        except Exception as error:  # noqa: BLE001 - as the desk does
            caught(type(error).__name__, _find_place(error.__traceback__))
        _check_insides(insides, desk)
        _check_answer(_describe(name, content, kind, insides), name, content)


def _find_place(trace: TracebackType | None) -> str:
    """Give the innermost place in our own code."""
    place = ""
    while trace is not None:
        code = trace.tb_frame.f_code
        if "/gatepost/" in code.co_filename:
            place = f"{code.co_filename.rpartition('/gatepost/')[2]}:{trace.tb_lineno} {code.co_name}"
        trace = trace.tb_next
    return place


def _check_insides(insides: Insides, desk: Desk) -> None:
    assert 0 <= desk.bytes_left <= LIMITS.total_bytes
    opened = [inner for file in insides.files for inner in file.walk()]
    assert len(opened) <= LIMITS.files
    assert all(file.size_bytes <= LIMITS.file_bytes for file in opened)


def _describe(name: str, content: bytes, kind: FileKind, insides: Insides) -> OpenedFile:
    return OpenedFile(
        "1",
        name,
        kind,
        len(content),
        insides.opening,
        traits=tuple(insides.traits),
        links=tuple(insides.links),
        files=tuple(insides.files),
        shown=tuple(insides.shown),
    )


def _check_answer(opened: OpenedFile, name: str, content: bytes) -> None:
    """Say it to the gate as a child does: the gate must take it for an answer of ours."""
    answer = encode_answer(opened, Room(MAX_VALUES_BYTES, 0, MAX_SHOWN_BYTES))
    read_answer(answer, FileToOpen(opened.path, name, content), Keep.NOTHING)


def _open_at_desk(content: bytes) -> None:
    name = _choose_name(content)
    opened = make_desk(PASSWORDS, Keep.NOTHING, _load_rules()).open("1", name, content)
    _check_answer(opened, name, content)


def _detect_kinds(content: bytes) -> None:
    for name in ("", _choose_name(content)):
        kinds = detect_kinds(content, name)
        assert kinds
        assert len(set(kinds)) == len(kinds)
        are_at_odds(kinds)


def _read_mail(content: bytes) -> None:
    message = parse_message(content)
    _read_whole(message)
    assert all(0 <= sign.span.start <= sign.span.end <= len(content) for sign in find_ambiguities(message))
    for other in read_otherwise(message):
        _read_whole(other)


def _read_whole(message: Message) -> None:
    for part in message.walk():
        _read_part(part, len(message.raw))
    _ = (message.subject, message.from_, message.sender, message.reply_to, message.to, message.cc, message.date)
    _ = (message.message_id, message.text, message.links, message.forms, message.html, message.report, message.defects)


def _read_part(part: Part, most_bytes: int) -> None:
    _ = (part.content, part.text, part.filename, part.disposition, part.is_attachment, part.defects)
    if part.buffer is not None and len(part.buffer) == most_bytes:
        assert 0 <= part.body_span.start <= part.body_span.end <= most_bytes


def _clean(content: bytes) -> None:
    for path in [part.path for part in parse_message(content).walk()][:MAX_PARTS]:
        check_one(content, path, is_sound=False)


def _find_passwords(content: bytes) -> None:
    found = find_passwords(parse_message(content))
    assert len(set(found)) == len(found) <= MAX_FOUND
    assert all(0 < len(password) <= MAX_PASSWORD_CHARS for password in found)


def _read_frames(content: bytes) -> None:
    for keep in Keep:
        try:
            read_answer(content, FileToOpen("2", "a.zip", b""), keep)
        except BadAnswerError:
            continue
    for decode in (decode_order, decode_word, decode_kill):
        try:
            decode(content)
        except (msgspec.MsgspecError, ValueError):
            continue
    assert sum(len(frame) + 4 for frame in _read_stream(content[:65_536])) <= len(content)


def _read_stream(content: bytes) -> Iterator[bytes]:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            theirs.sendall(content)
        try:
            while True:
                yield read_frame(ours, 4_096)
        except (EOFError, ValueError):
            return
