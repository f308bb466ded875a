"""The line in front of the sandbox: whose mail is opened next, who waits, and who has had a child for too long.

Clients are told apart by their networks. Whose files were quick goes first, newcomers next, whose files were slow last.
A network gets at most half of the children while another waits, and one that is not known to be quick never gets more,
unless no other was ever seen. Where others wait, a child is taken back from a network that has more than its half, and
from a mail that has had it for long; after that, those who are not known to be quick leave one to those who are.
Fails: a mail that waited too long, or in too long a line, gets no place.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from gatepost.net.sandbox.accounts import Account, Accounts

MAX_WAITING = 48  # orders; each has a thread (flow/judging.py OPENER_THREADS)
LOOK_EVERY_S = 0.1  # whether somebody has had a child for too long
BORROWED_S = 0.5  # for which a network may at least have more than its half
PRESSED_S = 60.0  # after a child had to be taken back from a network within its half: there are many of them
PATIENCE = 0.2  # of the longest wait: before a mail within its half is put aside for another


@dataclass(slots=True, eq=False)
class Place:
    """The right to hold one child of the sandbox, for one order."""

    account: Account
    stamp_s: float
    asked_s: float
    since_s: float = 0.0
    is_given: bool = False
    is_turned_away: bool = False  # while it waited
    is_recalled: bool = False  # others wait: the order is put aside
    end_child: Callable[[], object] = lambda: None  # set by who holds it

    @property
    def waited_s(self) -> float:
        """Give how long it was waited for."""
        return self.since_s - self.asked_s


class Line:
    """All orders of one sandbox; any thread may come."""

    def __init__(self, places: int, longest_wait_s: float, slice_s: float) -> None:
        """Give so many places; a mail may keep one for `slice_s` although others wait for it."""
        self._free = places
        self._half = max(places // 2, 1)
        self._for_strangers = max(places - 1, 1)  # all together, where many press
        self._pressed_until_s = -math.inf
        self._longest_wait_s = longest_wait_s
        self._slice_s = slice_s
        self._accounts = Accounts()
        self._waiting: list[Place] = []
        self._held: list[Place] = []
        self._changed = threading.Condition()

    def enter(self, network: str) -> Place | None:
        """Give a place, which `leave` must give back; None where the mail has to come again."""
        asked_s = time.monotonic()  # who waits for the lock waits
        with self._changed:
            place = self._queue(self._accounts.find(network), asked_s)
            try:
                self._hand_out()
                self._wait(place)
            finally:
                if place in self._waiting:
                    self._waiting.remove(place)
            return place if place.is_given else None

    def leave(self, place: Place) -> None:
        """Let the next one have it."""
        with self._changed:
            self._held.remove(place)
            self._free += 1
            place.account.holding -= 1
            held_s = time.monotonic() - place.since_s
            place.account.note(max(held_s, self._slice_s) if place.is_recalled else held_s)
            self._hand_out()

    def __len__(self) -> int:
        """Say how many orders wait."""
        return len(self._waiting)

    def _queue(self, account: Account, asked_s: float) -> Place:
        place = Place(account, self._accounts.stamp(account), asked_s)
        self._waiting.append(place)
        if len(self._waiting) > MAX_WAITING:
            last = max(self._waiting, key=lambda one: (one.stamp_s, one.asked_s))
            last.is_turned_away = True
            self._waiting.remove(last)
            self._changed.notify_all()
        return place

    def _wait(self, place: Place) -> None:
        ends_s = place.asked_s + self._longest_wait_s
        while not (place.is_given or place.is_turned_away):
            left_s = ends_s - time.monotonic()
            if left_s <= 0:
                return
            self._changed.wait(min(left_s, LOOK_EVERY_S))
            self._hand_out()  # to whom only time kept back: once fewer press, strangers may have the last child, too
            self._recall()

    def _hand_out(self) -> None:
        """Give free places to those whose turn it is."""
        while self._free and (place := self._find_next()):
            self._waiting.remove(place)
            self._free -= 1
            place.account.holding += 1
            place.since_s = time.monotonic()
            place.is_given = True
            self._held.append(place)
            self._accounts.serve(place.stamp_s)
            self._changed.notify_all()

    def _find_next(self) -> Place | None:
        """Give the order whose turn it is among those that may have a place now."""
        waiting = self._list_first()
        if not self._has_room_for_strangers():
            waiting = [one for one in waiting if one.account.is_quick]
        if not waiting:
            waiting = [one for one in self._waiting if one.account.is_quick or len(self._accounts) == 1]
        return min(waiting, key=_get_stamp, default=None)

    def _list_first(self) -> list[Place]:
        return [one for one in self._waiting if one.account.holding < self._half]

    def _has_room_for_strangers(self) -> bool:
        strangers = sum(1 for place in self._held if not place.account.is_quick)
        return strangers < self._for_strangers or time.monotonic() >= self._pressed_until_s

    def _recall(self) -> None:
        """Put the mail aside that has had a child for longest, where the next one should not wait for it."""
        waiter = min(self._list_first(), key=_get_stamp, default=None)
        if waiter is None or any(place.is_recalled for place in self._held):
            return
        now_s = time.monotonic()
        late = [place for place in self._held if self._is_too_long(place, waiter, now_s)]
        if late:
            place = min(late, key=lambda one: one.since_s)
            place.is_recalled = True
            if place.account.holding <= self._half:
                self._pressed_until_s = now_s + PRESSED_S
            place.end_child()

    def _is_too_long(self, place: Place, waiter: Place, now_s: float) -> bool:
        held_s = now_s - place.since_s
        if place.account is waiter.account or held_s <= waiter.account.pace_s:
            return False
        if place.account.holding > self._half:
            return held_s >= BORROWED_S
        has_waited_s = now_s - waiter.asked_s
        return held_s >= self._slice_s and has_waited_s >= self._longest_wait_s * PATIENCE


def _get_stamp(place: Place) -> float:
    return place.stamp_s
