"""Canonical forms, on bytes that try to confuse them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.parse import parse_message
from gatepost.origin.dkim_canonical import (
    Form,
    canonicalize_body,
    canonicalize_header,
    canonicalize_selected,
    empty_signature,
    relax_header,
    select_headers,
    take_field,
)

AWKWARD = st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"\r", b"\n", b"a", b":", b";", b"b=", b"\x0b"])).map(
    b"".join
)


@pytest.mark.parametrize(
    ("body", "relaxed", "simple"),
    [
        (b"", b"", b"\r\n"),
        (b"\r\n\r\n", b"", b"\r\n"),
        (b" C \r\nD \t E\r\n\r\n\r\n", b" C\r\nD E\r\n", b" C \r\nD \t E\r\n"),
        (b"x\r\r\n\r\n", b"x\r\r\n", b"x\r\r\n"),
        (b"no end", b"no end\r\n", b"no end\r\n"),
        (b"bare\nlines\n\n", b"bare\r\nlines\r\n", b"bare\r\nlines\r\n"),
    ],
)
def test_a_body_ends_in_the_form_of_the_standard(body: bytes, relaxed: bytes, simple: bytes) -> None:
    assert canonicalize_body(body, Form.RELAXED) == relaxed
    assert canonicalize_body(body, Form.SIMPLE) == simple


@given(AWKWARD, st.sampled_from(Form))
def test_a_canonical_body_is_its_own_canonical_form(body: bytes, form: Form) -> None:
    once = canonicalize_body(body, form)
    assert canonicalize_body(once, form) == once


@given(AWKWARD, st.sampled_from(Form))
def test_a_canonical_header_is_its_own_canonical_form(value: bytes, form: Form) -> None:
    once = canonicalize_header(b"Name:" + value + b"\r\n", form)
    assert canonicalize_header(once, form) == once


def test_only_b_is_emptied_and_never_bh() -> None:
    field = b"DKIM-Signature: bh=1; z=b; \r\n b =\r\n abc\r\n d\r\n; s=b=2\r\n"
    assert empty_signature(field) == b"DKIM-Signature: bh=1; z=b; \r\n b =; s=b=2\r\n"


def test_headers_are_selected_from_the_bottom_up() -> None:
    message = parse_message(b"To: 1\r\nTo: 2\r\nFrom: a\r\n\r\n")
    selected = select_headers(message, ["to", "from", "to", "to", "absent"])
    assert [header.value for header in selected] == [b" 2", b" a", b" 1"]


@given(raw=st.lists(st.sampled_from([b"A: b", b"\r\n", b"\n", b"\r", b" ", b"\t", b"\v", b"\f", b"x", b"\x1c", b":"])))
def test_the_short_way_to_a_relaxed_header_says_the_same_as_the_long_one(raw: list[bytes]) -> None:
    message = parse_message(b"A: 1\r\n" + b"".join(raw) + b"\r\n\r\nbody")
    names = [header.name for header in message.headers]
    long_way = [relax_header(take_field(message.raw, header)) for header in select_headers(message, names)]
    assert canonicalize_selected(message, names, Form.RELAXED) == b"".join(long_way)
