"""Addresses in the stream of a link."""

import time

import pytest

from gatepost.message.attachments.office.moniker import MAX_TARGETS, find_targets


@pytest.mark.parametrize(
    "target", ["https://a.example/x.hta", "\\\\203.0.113.9\\share\\x", "script:https://a.example/x", "mhtml:x!y"]
)
@pytest.mark.parametrize("charset", ["ascii", "utf-16-le"])
def test_addresses_are_found_in_either_width(target: str, charset: str) -> None:
    stream = b"\x01\x00\x00\x02" + bytes(20) + target.encode(charset) + b"\x00\x00" + bytes(8)
    assert target in list(find_targets(stream))


def test_their_number_is_limited() -> None:
    stream = b"\x00".join(f"https://a.example/{number}".encode() for number in range(100))
    assert len(list(find_targets(stream))) == MAX_TARGETS


@pytest.mark.parametrize("stream", [b"a" * 2_000_000, b"a\x00" * 1_000_000, b"\\" * 2_000_000, b"h:/" * 600_000])
def test_no_stream_takes_long(stream: bytes) -> None:
    start = time.process_time()
    list(find_targets(stream))
    assert time.process_time() - start < 3
