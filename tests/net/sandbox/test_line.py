"""Who is let into the sandbox, who waits, and who has to give a child back."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed

import pytest

from gatepost.net.sandbox.line import BORROWED_S, MAX_WAITING, Line, Place
from sandboxes import wait_until


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(MAX_WAITING + 10) as pool:
        yield pool


def enter(line: Line, network: str) -> Place:
    place = line.enter(network)
    assert place is not None
    return place


def make_quick(line: Line, *networks: str) -> None:
    for network in networks:
        line.leave(enter(line, network))


def make_slow(line: Line, network: str) -> None:
    place = enter(line, network)
    place.since_s -= 20
    line.leave(place)


def queue(threads: ThreadPoolExecutor, line: Line, network: str) -> "Future[Place | None]":
    """Let an order come, and stand in the line."""
    count = len(line)
    future = threads.submit(line.enter, network)
    wait_until(lambda: future.done() or len(line) > count)
    return future


def serve_all(line: Line, waiting: "list[Future[Place | None]]") -> None:
    """Let all who still wait come in and go, so that no thread is left."""
    for each in as_completed(waiting):
        if place := each.result():
            line.leave(place)


def test_a_quick_network_has_all_children_while_no_other_waits() -> None:
    line = Line(4, 0.2, 9)
    make_quick(line, "quick", "other")
    assert all(line.enter("quick") for _ in range(4))
    assert line.enter("quick") is None


@pytest.mark.parametrize(("children", "most"), [(1, 1), (2, 1), (3, 1), (4, 2), (8, 4)])
def test_a_network_that_is_not_known_to_be_quick_has_half_of_them_at_most(children: int, most: int) -> None:
    line = Line(children, 0.1, 9)
    make_quick(line, "other")
    make_slow(line, "slow")
    for network in ("new", "slow"):
        places = [enter(line, network) for _ in range(most)]
        assert line.enter(network) is None
        for place in places:
            line.leave(place)


def test_where_no_other_was_ever_seen_one_network_has_all() -> None:
    line = Line(2, 0.1, 9)
    make_slow(line, "relay")
    assert [bool(line.enter("relay")) for _ in range(3)] == [True, True, False]


def test_two_quick_networks_leave_no_child_idle(threads: ThreadPoolExecutor) -> None:
    line = Line(3, 1, 9)
    make_quick(line, "a", "b")
    places = [threads.submit(line.enter, network) for network in "abab"]
    wait_until(lambda: sum(place.done() for place in places) == 3)
    assert sum(bool(place.result()) for place in places) == 3


def test_the_line_is_served_by_pace_and_in_turns(threads: ThreadPoolExecutor) -> None:
    line, order = Line(1, 5, 99), ["slow", "new", "new", "fresh", "quick"]
    make_slow(line, "slow")
    make_quick(line, "quick")
    place, waiting = enter(line, "quick"), [queue(threads, line, network) for network in order]
    line.leave(place)
    served = []
    for each in as_completed(waiting):
        served.append(order[waiting.index(each)])
        line.leave(each.result() or place)
    assert served == ["quick", "new", "fresh", "new", "slow"]


def test_who_waits_too_long_gets_no_place_and_keeps_none_from_others() -> None:
    line = Line(1, 0.1, 9)
    place, started_s = enter(line, "a"), time.monotonic()
    assert line.enter("b") is None
    assert 0.1 <= time.monotonic() - started_s < 2
    line.leave(place)
    assert line.enter("b")


def test_in_a_line_that_is_too_long_the_slow_and_the_greedy_are_turned_away(threads: ThreadPoolExecutor) -> None:
    line = Line(1, 5, 99)
    make_quick(line, "quick")
    place = enter(line, "quick")
    greedy = [queue(threads, line, "greedy") for _ in range(MAX_WAITING)]
    others = [threads.submit(line.enter, network) for network in ("quick", "new")]
    wait_until(lambda: sum(each.done() for each in greedy) == 2)
    assert [each.result() for each in greedy if each.done()] == [None, None]
    assert not any(each.done() for each in others)
    line.leave(place)
    serve_all(line, [*others, *greedy])


def test_more_than_the_half_is_given_back_soon_when_another_waits(threads: ThreadPoolExecutor) -> None:
    line, ended = Line(2, 5, 99), []
    first, second = enter(line, "attacker"), enter(line, "attacker")
    first.end_child = lambda: ended.append("first")
    other = queue(threads, line, "other")
    started_s = time.monotonic()
    wait_until(lambda: ended)
    assert time.monotonic() - started_s < BORROWED_S + 3
    assert (first.is_recalled, second.is_recalled, ended) == (True, False, ["first"])
    line.leave(first)
    assert other.result(5)


def test_a_mail_that_was_put_aside_counts_as_a_slow_one(threads: ThreadPoolExecutor) -> None:
    line = Line(2, 5, 10)
    make_quick(line, "relay")
    places = [enter(line, "relay") for _ in range(2)]
    other = queue(threads, line, "other")
    wait_until(lambda: places[0].is_recalled)
    line.leave(places[0])
    assert other.result(5)
    assert not places[0].account.is_quick


def test_many_networks_with_slow_mails_each_cannot_keep_another_out(threads: ThreadPoolExecutor) -> None:
    line = Line(2, 2, 0.6)
    make_quick(line, "regular")
    slow = [enter(line, "one"), enter(line, "two")]
    other = queue(threads, line, "regular")
    wait_until(lambda: any(place.is_recalled for place in slow))
    assert slow[0].is_recalled
    assert not slow[1].is_recalled
    line.leave(slow[0])
    assert other.result(5)


def test_nobody_is_put_aside_for_one_who_is_as_slow(threads: ThreadPoolExecutor) -> None:
    line = Line(1, 1.2, 0.1)
    make_slow(line, "slow")
    place = enter(line, "honest")
    assert queue(threads, line, "slow").result(5) is None
    assert not place.is_recalled


def test_where_many_press_one_child_is_left_to_those_who_are_known(threads: ThreadPoolExecutor) -> None:
    line = Line(2, 2, 0.6)
    make_quick(line, "regular")
    strangers = [enter(line, "one"), enter(line, "two")]
    other = queue(threads, line, "three")
    wait_until(lambda: strangers[0].is_recalled)
    line.leave(strangers[0])
    assert not other.done()
    line.leave(enter(line, "regular"))
    wait_until(lambda: strangers[1].is_recalled)
    line.leave(strangers[1])
    assert other.result(5)


def test_who_waited_only_for_the_press_to_be_over_comes_in_then(threads: ThreadPoolExecutor) -> None:
    line = Line(2, 5, 9)
    make_slow(line, "one")
    held = enter(line, "two")
    line._pressed_until_s = time.monotonic() + 0.5  # noqa: SLF001 - as after a recall, but sooner over
    waiting = threads.submit(line.enter, "three")
    place = waiting.result(2)
    assert place is not None
    assert place.waited_s >= 0.4
    for one in (held, place):
        line.leave(one)
