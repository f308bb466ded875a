"""What is remembered of the DNS, for how long, and what gives way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doubles import FakeClock
from gatepost.model.ports import DnsAnswer, DnsStatus
from gatepost.net.dns_cache import FAILURE_KEPT_S, UNIT_BYTES, DnsCache, Failure, Reply, Told

FOUND = DnsAnswer(("192.0.2.1",), DnsStatus.FOUND)
ABSENT: DnsAnswer[str] = DnsAnswer((), DnsStatus.NO_NAME)
NO_DATA: DnsAnswer[str] = DnsAnswer((), DnsStatus.NO_DATA)


@pytest.mark.parametrize(
    ("told", "ttl_s", "kept_s"),
    [
        (FOUND, 300, 300),
        (FOUND, 0, 5),
        (FOUND, 2**31 - 1, 86_400),
        (ABSENT, 300, 300),
        (ABSENT, 0, 5),
        (ABSENT, 86_400, 10_800),
        (NO_DATA, 86_400, 10_800),
        (Failure("no"), 300, FAILURE_KEPT_S),
    ],
)
def test_a_reply_is_kept_as_long_as_it_says_within_bounds(told: Told, ttl_s: float, kept_s: float) -> None:
    clock = FakeClock()
    cache = DnsCache(10, clock)
    cache.keep(("a.example", "A"), Reply(told, ttl_s))
    clock.advance(kept_s - 0.5)
    assert cache.find(("a.example", "A")) is told
    clock.advance(0.5)
    assert cache.find(("a.example", "A")) is None


def test_names_and_types_are_told_apart() -> None:
    cache = DnsCache(10, FakeClock())
    cache.keep(("a.example", "A"), Reply(FOUND, 300))
    assert cache.find(("a.example", "AAAA")) is None
    assert cache.find(("b.example", "A")) is None


def test_what_was_used_longest_ago_gives_way() -> None:
    cache = DnsCache(3, FakeClock())
    for name in "abc":
        cache.keep((name, "A"), Reply(FOUND, 300))
    cache.find(("a", "A"))
    cache.keep(("d", "A"), Reply(FOUND, 300))
    assert [name for name in "abcd" if cache.find((name, "A"))] == ["a", "c", "d"]


def test_a_large_answer_takes_the_room_of_several() -> None:
    cache = DnsCache(10, FakeClock())
    for name in "abcdef":
        cache.keep((name, "A"), Reply(FOUND, 300))
    cache.keep(("large", "TXT"), Reply(FOUND, 300, UNIT_BYTES * 7))
    assert [name for name in "abcdef" if cache.find((name, "A"))] == ["e", "f"]


def test_an_answer_larger_than_the_cache_is_not_kept() -> None:
    cache = DnsCache(10, FakeClock())
    cache.keep(("large", "TXT"), Reply(FOUND, 300, UNIT_BYTES * 11))
    assert cache.find(("large", "TXT")) is None
    cache.keep(("a", "A"), Reply(FOUND, 300))
    assert cache.find(("a", "A")) is FOUND


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 8 * UNIT_BYTES)), max_size=50))
def test_the_cache_never_outgrows_its_bound_and_a_new_answer_takes_the_place_of_the_old(
    kept: list[tuple[str, int]],
) -> None:
    cache = DnsCache(9, FakeClock())
    for name, size_bytes in kept:
        told = DnsAnswer((str(size_bytes),), DnsStatus.FOUND)
        cache.keep((name, "TXT"), Reply(told, 300, size_bytes))
        assert cache.find((name, "TXT")) is told  # 8 * 512 bytes fit into 9 units
    still = [cache.find((name, "TXT")) for name in "abcdefgh"]
    sizes = [int(told.records[0]) for told in still if isinstance(told, DnsAnswer)]
    assert sum(1 + size_bytes // UNIT_BYTES for size_bytes in sizes) <= 9
