"""Where the nursery lives, with the line in front of it: started when it is needed, and again, ever more patiently.

Fails: NurseryGoneError while there is none.
"""

import math
import os
import threading
import time
import weakref

from gatepost.net.sandbox.frames import Limits
from gatepost.net.sandbox.handle import NurseryGoneError, NurseryHandle, Report
from gatepost.net.sandbox.line import Line
from gatepost.net.sandbox.settings import OpenSettings

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0
MAX_SHORT_LIVES = 10
STABLE_AFTER_S = 10.0  # a nursery that lived as long as this did not fail at its start
WRITTEN_FOR_READ = 2  # a child may write twice as much as a file may have
SLICE = 0.25  # of the deadline: a mail may hold a child for as long as this while others wait for it
MEGABYTE = 1024 * 1024


class Home:
    """One nursery at a time, for all threads of this process."""

    def __init__(self, settings: OpenSettings, report: Report, prepare: str, rules: bytes) -> None:
        self._settings = settings
        self._report = report
        self._prepare = prepare
        self._rules = rules
        self._handle: NurseryHandle | None = None
        self._is_closed = False
        self._started_s = -math.inf
        self._short_lives = 0
        self._wait_s = 0.0
        self._starting = threading.Lock()
        self.line = build_line(settings)
        _homes.add(self)

    def nursery(self) -> NurseryHandle:
        """Give the nursery that lives; raise NurseryGoneError where there is none now."""
        with self._starting:
            if self._handle is not None and self._handle.is_gone:
                self._take_leave(self._handle)
            if self._handle is None:
                self._start()
            if self._handle is None:
                raise NurseryGoneError
            return self._handle

    def _take_leave(self, handle: NurseryHandle) -> None:
        self._handle = None
        self._note_end(has_lived=time.monotonic() - self._started_s > STABLE_AFTER_S)
        self._report("sandbox_nursery_died", says=handle.last_words, restart_in_s=self._wait_s)

    def _note_end(self, *, has_lived: bool) -> None:
        """Start again at once after one short life, ever more patiently after several."""
        self._short_lives = 0 if has_lived else min(self._short_lives + 1, MAX_SHORT_LIVES)
        self._wait_s = (
            min(FIRST_WAIT_S * 2 ** (self._short_lives - 2), LONGEST_WAIT_S) if self._short_lives > 1 else 0.0
        )

    def _start(self) -> None:
        now_s = time.monotonic()
        if self._is_closed or now_s < self._started_s + self._wait_s:
            return
        self._started_s = now_s
        settings = self._settings
        try:
            limits = build_limits(settings)
            self._handle = NurseryHandle(settings.children, limits, self._prepare, self._report, self._rules)
        except OSError as error:
            self._note_end(has_lived=False)
            self._report("sandbox_not_started", says=str(error), restart_in_s=self._wait_s)

    def close(self) -> None:
        """End the nursery for good."""
        with self._starting:
            self._is_closed = True
            handle, self._handle = self._handle, None
        if handle is not None:
            handle.close()

    def forget(self) -> None:
        """In a process that was forked from ours: the nursery is the other's; another is started when it is needed."""
        self._starting = threading.Lock()
        self.line = build_line(self._settings)
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.forget()
        self._started_s, self._short_lives, self._wait_s = -math.inf, 0, 0.0


_homes: "weakref.WeakSet[Home]" = weakref.WeakSet()


def _forget_all() -> None:
    for home in list(_homes):
        home.forget()


os.register_at_fork(after_in_child=_forget_all)


def build_limits(settings: OpenSettings) -> Limits:
    """Give what a child may take by these settings."""
    file_bytes = settings.max_file_mb * MEGABYTE
    life_cpu_s = math.ceil(settings.deadline_s + 1) * (settings.mails_per_child + 1)
    return Limits(settings.memory_mb * MEGABYTE, WRITTEN_FOR_READ * file_bytes, life_cpu_s)


def build_line(settings: OpenSettings) -> Line:
    """Give the line in front of so many children."""
    return Line(settings.children, settings.wait_s, settings.deadline_s * SLICE)
