"""The sandbox as the judgement sees it: files of a mail go in, what is in them comes out, by the deadline.

Trust: the files are a stranger's, and so may be the answers.
Fails: never. A file that nobody could open comes back with the reason for `opening`, and a trait `opening.*` in words.
"""

import hashlib
import os
import signal
import threading
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence

from gatepost.message.attachments.desk import MAX_NAME_CHARS, MAX_PASSWORDS
from gatepost.model.contents import NO_CONTENTS, Contents, OpenedFile, Opening, Trait
from gatepost.model.file_kinds import FileKind
from gatepost.model.ports import Counters, FileToOpen, Keep, OpenOrder
from gatepost.net.sandbox.answers import BUSY, DOWN, BadAnswerError, read_answer
from gatepost.net.sandbox.child import EXIT_NO_MEMORY
from gatepost.net.sandbox.frames import (
    LEAST_VALUES_BYTES,
    MAX_SHOWN_BYTES,
    MAX_VALUES_BYTES,
    Died,
    Order,
    Room,
    count_shown,
    encode,
    read_frame,
    write_bytes,
    write_frame,
)
from gatepost.net.sandbox.handle import ChildHandle, NurseryGoneError, Report
from gatepost.net.sandbox.home import MEGABYTE, Home
from gatepost.net.sandbox.line import Place
from gatepost.net.sandbox.settings import OpenSettings

DESKS = "gatepost.net.sandbox.desks:prepare_desks"
GIVEN_UP = "opening.given-up"  # the files before it have used up what there was for this mail
GONE = "gone"  # how a child ended of which nobody can tell it
MAX_DEATHS = 3  # of children, for one mail: what is left of it then stays closed
DEATH_WAIT_S = 1.0  # until the nursery tells how a child ended
FULL_SHARE = 0.8  # of its memory: a child that died with that much died of it
_KEPT_FILES = {Keep.NOTHING: 0, Keep.UNLOCKED: 1, Keep.ALL: 4}  # whose bytes come back, each as large as files may be
MAX_TYPE_CHARS, MAX_PASSWORD_CHARS = 200, 200


def report_nothing(_event: str, **_words: object) -> None:
    """Tell nobody: the library has no log."""


class Sandbox:
    """Opens files in children of a nursery, started with the first order or by `start`; any thread may ask."""

    def __init__(
        self,
        settings: OpenSettings,
        report: Report = report_nothing,
        counters: Counters | None = None,
        desks: str = DESKS,
        rules: bytes = b"",
    ) -> None:
        """Take settings, whom to tell, and YARA's rules as RuleSet.pack gives them."""
        self.settings = settings
        self._report = report
        self._counters = counters
        self._counting = threading.Lock()
        self._home = Home(settings, report, desks, rules)
        weakref.finalize(self, Home.close, self._home)

    def start(self) -> None:
        """Start the nursery, so that the first mail need not wait for it; does not wait itself."""
        try:
            self._home.nursery()
        except NurseryGoneError:
            return

    def close(self) -> None:
        """End the nursery and its children; files of later orders stay closed."""
        self._home.close()

    def open(self, order: OpenOrder) -> Contents:
        """Open all files, each in its turn; blocks for `[open] wait_s` and `deadline_s` at the longest."""
        if not order.files:
            return NO_CONTENTS
        line = self._home.line
        place = line.enter(order.network)
        if place is None:
            self._count({"sandbox_wait_ms_total": round(self.settings.wait_s * 1000), "sandbox_put_off_total": 1})
            return Contents(tuple(_leave_closed(file, Opening.TOO_SLOW, BUSY) for file in order.files))
        try:
            files = self._open(order, place)
        finally:
            line.leave(place)
        self._count(_measure(files, place))
        return Contents(tuple(files))

    def _open(self, order: OpenOrder, place: Place) -> list[OpenedFile]:
        files: list[OpenedFile] = []
        try:
            files.extend(_Round(order, self.settings, self._home, self._report, place).run())
        except Exception as error:  # noqa: BLE001 - a mail is judged with closed files rather than not at all
            self._report("sandbox_broke", error=type(error).__name__)
        files += [_leave_closed(file, Opening.CRASHED, DOWN) for file in order.files[len(files) :]]
        return files

    def _count(self, numbers: Mapping[str, int]) -> None:
        if self._counters is None:
            return
        with self._counting:
            for name, number in numbers.items():
                self._counters.add(name, number)


def _measure(files: Sequence[OpenedFile], place: Place) -> Mapping[str, int]:
    codes = [{trait.code for trait in file.traits} for file in files]
    return {
        "files_opened_total": len(files),
        "files_broke_sandbox_total": sum(1 for each in codes if "opening.died" in each),
        "sandbox_wait_ms_total": round(place.waited_s * 1000),
        "sandbox_recalled_total": int(place.is_recalled),
        "sandbox_put_off_total": int(any(BUSY in each for each in codes)),
    }


class _ChildGoneError(Exception):
    """The child has ended while it had a file open."""

    def __init__(self, opening: Opening, how: str, *, is_innocent: bool = False) -> None:
        super().__init__(how)
        self.opening = opening
        self.how = how
        self.is_innocent = (
            is_innocent  # it may have been anybody: somebody killed it, or the nursery, which takes it with it
        )


class _StaysClosedError(Exception):
    """There is no child for this file."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Round:
    """One order on its way through one child, or through a few where files are too much for them.

    All of them share one account: the time until `deadline_s`, in which no child takes more than that of the processor,
    and MAX_DEATHS children.
    """

    def __init__(self, order: OpenOrder, settings: OpenSettings, home: Home, report: Report, place: Place) -> None:
        self._order = order
        self._settings = settings
        self._home = home
        self._report = report
        self._place = place
        self._ends_s = time.monotonic() + settings.deadline_s
        self._values_left = MAX_VALUES_BYTES
        self._content_left = _KEPT_FILES[order.keep] * settings.max_file_mb * MEGABYTE
        self._shown_left = MAX_SHOWN_BYTES
        self._child: ChildHandle | None = None
        self._is_first = True  # file for this child
        self._deaths = 0

    def run(self) -> Iterator[OpenedFile]:
        """Open one file after the other."""
        try:
            for file in self._order.files:
                yield self._open(file, is_last=file is self._order.files[-1])
        finally:
            self._let_go()

    def _open(self, file: FileToOpen, *, is_last: bool) -> OpenedFile:
        if file.size_bytes > self._settings.max_file_mb * MEGABYTE:
            return _leave_closed(file, Opening.LIMIT, "opening.too-large")
        may_try_again = True
        while self._deaths < MAX_DEATHS:
            try:
                return self._ask(self._take(), file, self._share(is_last=is_last))
            except _StaysClosedError as error:
                return _leave_closed(file, Opening.TOO_SLOW, error.code)
            except NurseryGoneError:
                return _leave_closed(file, Opening.CRASHED, DOWN)
            except _ChildGoneError as error:
                self._deaths += 1
                if not error.is_innocent or not may_try_again:
                    return _leave_closed(file, error.opening, "opening.died", error.how)
                may_try_again = False
        return _leave_closed(file, Opening.CRASHED, GIVEN_UP)

    def _share(self, *, is_last: bool) -> float:
        """Give until when this file may take: a slow one leaves half of the time to those behind it."""
        now_s = time.monotonic()
        return self._ends_s if is_last else now_s + (self._ends_s - now_s) / 2

    def _take(self) -> ChildHandle:
        if self._child is None:
            self._child = self._take_new()
        if self._place.is_recalled:
            raise _StaysClosedError(BUSY)
        return self._child

    def _take_new(self) -> ChildHandle:
        child = self._home.nursery().take(self._ends_s)
        if child is None:  # none is born in time: where this mail has ended some, that is its own doing
            raise _StaysClosedError(GIVEN_UP if self._deaths else BUSY)
        self._is_first = True
        child.mails += 1
        self._place.end_child = lambda: child.nursery.kill(child)
        return child

    def _ask(self, child: ChildHandle, file: FileToOpen, until_s: float) -> OpenedFile:
        room = self._find_room()
        try:
            self._send(child, file, room, until_s)
            answer = read_frame(child.sock, room.all_bytes, until_s)
            opened = read_answer(answer, file, self._order.keep)
        except TimeoutError:
            raise self._end(child, Opening.TOO_SLOW, "too slow") from None
        except (BadAnswerError, ValueError):
            raise self._end(child, Opening.CRASHED, "bad answer") from None
        except (EOFError, OSError):
            raise self._find_out(child) from None
        content_bytes = sum(len(each.content) for each in opened.walk())
        self._content_left -= min(content_bytes, self._content_left)
        shown = [entity for each in opened.walk() for entity in each.shown]
        self._shown_left -= min(count_shown(shown), self._shown_left)
        values_bytes = len(answer) - content_bytes - sum(map(len, shown))
        self._values_left -= min(max(values_bytes, 0), self._values_left)
        return opened

    def _find_room(self) -> Room:
        """Give how large the next answer may be: all about one mail lie in memory together."""
        content_bytes = min(self._content_left, self._settings.max_file_mb * MEGABYTE)
        return Room(max(self._values_left, LEAST_VALUES_BYTES), content_bytes, self._shown_left)

    def _send(self, child: ChildHandle, file: FileToOpen, room: Room, until_s: float) -> None:
        order = Order(
            path=file.path,
            name=_clean(file.name[:MAX_NAME_CHARS]),
            declared_type=_clean(file.declared_type[:MAX_TYPE_CHARS]),
            size_bytes=file.size_bytes,
            is_first=self._is_first,
            passwords=self._passwords() if self._is_first else (),
            keep=self._order.keep.name,
            room=room,
            deadline_s=until_s - time.monotonic(),
        )
        self._is_first = False
        write_frame(child.sock, encode(order), until_s)
        for piece in file.iterate():
            write_bytes(child.sock, piece, until_s)

    def _passwords(self) -> tuple[str, ...]:
        return tuple(_clean(word[:MAX_PASSWORD_CHARS]) for word in self._order.passwords[:MAX_PASSWORDS])

    def _end(self, child: ChildHandle, opening: Opening, how: str) -> _ChildGoneError:
        self._child = None
        child.nursery.end(child)
        self._report("sandbox_child_ended", how=how)
        return _ChildGoneError(opening, how)

    def _find_out(self, child: ChildHandle) -> Exception:
        if self._place.is_recalled:
            return _StaysClosedError(BUSY)
        self._child = None
        death = child.nursery.wait_for_death(child, DEATH_WAIT_S)
        child.nursery.end(child)  # it may have closed the stream, and live on
        opening, how = _explain(death, self._settings.memory_mb * MEGABYTE)
        self._report("sandbox_child_died", how=how)
        return _ChildGoneError(opening, how, is_innocent=how == "SIGKILL" or child.nursery.is_gone)

    def _let_go(self) -> None:
        child = self._child
        if child is None:
            return
        self._place.end_child = _end_nobody  # from here on it is another's, unless it is being ended
        if self._place.is_recalled:
            child.nursery.end(child)
            self._report("sandbox_child_ended", how="recalled")
        elif child.mails >= self._settings.mails_per_child:
            child.nursery.retire(child)
        else:
            child.nursery.give_back(child)


def _end_nobody() -> None:
    """There is no child to be ended."""


def _explain(death: Died | None, memory_bytes: int) -> tuple[Opening, str]:
    """Tell from how a child ended what became of the file that it had open."""
    if death is None:
        return Opening.CRASHED, GONE
    code = os.waitstatus_to_exitcode(death.status)
    how = signal.Signals(-code).name if code < 0 else f"exit {code}"
    if how in ("SIGALRM", "SIGXCPU"):
        return Opening.TOO_SLOW, how
    was_full = how == "SIGABRT" and death.most_memory_bytes > memory_bytes * FULL_SHARE
    if was_full or how == "SIGKILL" or code == EXIT_NO_MEMORY:
        return Opening.LIMIT, how  # nobody but the kernel kills, when memory is short
    return Opening.CRASHED, how


def _leave_closed(file: FileToOpen, opening: Opening, code: str, text: str = "") -> OpenedFile:
    digest = hashlib.sha256()  # lists may know it all the same
    for piece in file.iterate():
        digest.update(piece)
    name = file.name[:MAX_NAME_CHARS]
    return OpenedFile(
        file.path, name, FileKind.UNKNOWN, file.size_bytes, opening, digest.hexdigest(), (Trait(code, text),)
    )


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
