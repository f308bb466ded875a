"""ARC fields form a chain, or it is told why not."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from arc_mails import PLAIN, seal_often
from gatepost.message.parse import parse_message
from gatepost.origin.arc_chain import (
    MAX_CHAIN_BYTES,
    MAX_INSTANCES,
    BrokenChain,
    build_seal_data,
    find_sets,
    join_sets,
    read_instance,
    read_message_signature,
    read_results,
    read_seal,
)
from gatepost.origin.dkim_signature import BadSignature

THREE = seal_often(PLAIN, "one.example", "two.example", "three.example")


def cut_field(raw: bytes, name: str, instance: int) -> tuple[bytes, bytes]:
    """Give the mail without one field, and the field."""
    header = next(header for header in parse_message(raw).all_headers(name) if read_instance(header) == instance)
    span = header.span
    return raw[: span.start] + raw[span.end :], raw[span.start : span.end]


def tell(raw: bytes) -> str:
    with pytest.raises(BrokenChain) as broken:
        find_sets(parse_message(raw))
    return broken.value.public


def test_sets_are_given_oldest_first_wherever_their_fields_stand() -> None:
    rest, seal = cut_field(THREE, "arc-seal", 1)
    sets = find_sets(parse_message(seal + rest))
    assert [arc_set.instance for arc_set in sets] == [1, 2, 3]
    assert [read_seal(arc_set.seal).domain for arc_set in sets] == ["one.example", "two.example", "three.example"]


@pytest.mark.parametrize("name", ["arc-seal", "arc-message-signature", "arc-authentication-results"])
def test_a_field_that_is_missing_is_named(name: str) -> None:
    for instance in (1, 2, 3):
        raw, _ = cut_field(THREE, name, instance)
        assert tell(raw) == f"There is no {name} header of instance {instance}."


@pytest.mark.parametrize("name", ["arc-seal", "arc-message-signature", "arc-authentication-results"])
def test_a_field_that_stands_twice_is_named(name: str) -> None:
    _, field = cut_field(THREE, name, 2)
    assert tell(field + THREE) == f"There are two {name} headers of instance 2."


def test_a_whole_set_may_not_be_missing() -> None:
    raw = THREE
    for name in ("arc-seal", "arc-message-signature", "arc-authentication-results"):
        raw, _ = cut_field(raw, name, 2)
    assert tell(raw).endswith("of instance 2.")


def test_fifty_sets_are_a_chain_and_one_more_is_none() -> None:
    sets = [
        f"ARC-Seal: i={i}\r\nARC-Message-Signature: i={i}\r\nARC-Authentication-Results: i={i}; x\r\n"
        for i in range(1, MAX_INSTANCES + 2)
    ]
    assert len(find_sets(parse_message("".join(sets[:-1]).encode()))) == MAX_INSTANCES
    assert "more than 50" in tell("".join(sets).encode())
    assert "no instance from 1 to 50" in tell(sets[-1].encode())


def test_a_chain_that_is_too_long_is_not_hashed() -> None:
    assert "longer than" in tell(b"ARC-Seal: i=1; b=" + b"a" * MAX_CHAIN_BYTES + b"\r\n\r\n")


@pytest.mark.parametrize(
    ("field", "instance"),
    [
        (b"ARC-Authentication-Results: i=7; x", 7),
        (b"ARC-Authentication-Results:\r\n (a) i (b) = 07 (c) ; x", 7),
        (b"ARC-Authentication-Results: x; i=7;", None),
        (b"ARC-Authentication-Results: i=7 x", None),
        (b"ARC-Authentication-Results: i=0; x", None),
        (b"ARC-Seal: a=b; i=50", 50),
        (b"ARC-Seal: a=b; i=51", None),
        (b"ARC-Seal: a=b; i=1; i=1", None),
        (b"ARC-Seal: a=b; i=-1", None),
        (b"ARC-Seal: a=b; i=\xd9\xa1", None),
        (b"ARC-Seal: a=b;; i=1", None),
    ],
)
def test_an_instance_is_a_number_from_1_to_50(field: bytes, instance: int | None) -> None:
    assert read_instance(parse_message(field).headers[0]) == instance


def test_a_seal_signs_all_that_came_before_and_itself_without_its_signature() -> None:
    sets = find_sets(parse_message(THREE))
    first, second, third = build_seal_data(THREE, sets)
    assert first.startswith(b"arc-authentication-results:i=1;")
    assert b"; b=; cv=none;" in first
    assert third == join_sets(THREE, sets[:2]) + third.removeprefix(join_sets(THREE, sets[:2]))
    assert (second.count(b"arc-seal:"), second.count(b"b=;")) == (2, 1)
    assert not third.endswith(b"\r\n")


def test_a_message_signature_without_c_is_relaxed() -> None:
    header = parse_message(b"ARC-Message-Signature: i=1; a=rsa-sha256; d=a.b; s=c; h=From; bh=YQ==; b=YQ==").headers[0]
    signature = read_message_signature(header)
    assert (signature.header_form, signature.body_form, signature.signed_names) == ("relaxed", "relaxed", ("from",))


@given(st.binary(max_size=80) | st.from_regex(rb"[ ;=a-z0-9,/:*]{0,80}", fullmatch=True))
def test_any_value_is_read_or_refused(value: bytes) -> None:
    raw = b"ARC-Seal: a=rsa-sha256; d=a.b; s=c; b=YQ==; " + value.replace(b"\n", b"").replace(b"\r", b"")
    for header in parse_message(raw).headers:
        with suppress(BadSignature):
            assert read_seal(header).domain == "a.b"
        with suppress(BadSignature):
            assert read_message_signature(header).domain == "a.b"


def skip_slowly(value: bytes, position: int) -> int:
    """Go on behind blanks and whole comments; a comment without an end is none."""
    while position < len(value):
        end = position + 1
        if value[position:end] == b"(":
            while value[end : end + 1] not in (b"(", b")", b"\\", b""):
                end += 1
            if value[end : end + 1] != b")":
                break
            end += 1
        elif value[position:end] not in (b" ", b"\t"):
            break
        position = end
    return position


def read_results_slowly(value: bytes) -> bytes | None:
    position = 0
    for sign in (b"i", b"=", b"12", b";"):
        position = skip_slowly(value, position)
        if not value.startswith(sign, position):
            return None
        position += len(sign)
    return value[position:]


@given(st.lists(st.sampled_from([b"i", b"=", b"12", b";", b"(", b")", b"(a)", b" ", b"\\"]), max_size=12))
@example([b"(", b"i", b"=", b"12", b";"])
@example([b"i", b"(", b"=", b"12", b";"])
@example([b"i", b"=", b"12", b"(", b";", b" pass"])
def test_an_instance_stands_behind_whole_comments_only(pieces: list[bytes]) -> None:
    value = b"".join(pieces)
    assert read_results(b"ARC-Authentication-Results:" + value) == read_results_slowly(value)
