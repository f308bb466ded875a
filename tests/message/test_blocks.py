"""Files that stand in a text without MIME."""

import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ambiguous_mails import Payload, encode_binhex, encode_yenc
from gatepost.message.blocks import find_blocks

CONTENT = bytes(range(256)) * 2
FILE = Payload("a file.bin", "", CONTENT)
UUENCODED = b"begin 644 a file.bin\r\n" + FILE.uuencoded + b"`\r\nend\r\n"
BASE64 = b"begin-base64 644 a file.bin\n" + binascii.b2a_base64(CONTENT) + b"====\n"


@pytest.mark.parametrize("block", [UUENCODED, BASE64, encode_yenc(FILE), encode_binhex(FILE)])
@pytest.mark.parametrize("before", [b"", b"See the file.\r\n\r\n"])
def test_each_form_is_found_with_its_name(block: bytes, before: bytes) -> None:
    (found,) = find_blocks(before + block + b"bye\r\n")
    assert (found.name, found.content) == ("a file.bin", CONTENT)


@pytest.mark.parametrize("first", [ord("=") - 42, (0 - 42) % 256])
def test_a_sign_that_was_escaped_escapes_nothing(first: int) -> None:
    content = bytes(value for second in range(256) for value in (first, second))
    (found,) = find_blocks(encode_yenc(Payload("a", "", content)))
    assert found.content == content


def test_several_blocks_are_found() -> None:
    assert [block.content for block in find_blocks(UUENCODED + b"and\r\n" + UUENCODED)] == [CONTENT, CONTENT]


def test_a_block_without_an_end_goes_to_the_end_of_the_text() -> None:
    assert [block.content for block in find_blocks(b"begin 644 x\n" + FILE.uuencoded)] == [CONTENT]


def test_runs_of_binhex_are_written_out() -> None:
    # header and fork as RFC 1741 has them: 0x90 and a count stand for a repeated byte, 0x90 0x00 for 0x90 itself
    (found,) = find_blocks(encode_binhex(Payload("a", "", b"x\x90y")))
    assert found.content == b"x\x90y"


@pytest.mark.parametrize(
    "text",
    [
        b"we begin 644 things",
        b"begin with this",
        b"> begin 644 a\n> M",
        b"begin 644 a\nend\n",
        b"=ybegin later",
        b"(This file must be converted with BinHex 4.0)\n\n:!!:",
    ],
)
def test_what_only_sounds_like_a_block_is_none(text: bytes) -> None:
    assert find_blocks(text) == ()


@given(st.sampled_from([UUENCODED, BASE64, encode_yenc(FILE), encode_binhex(FILE)]), st.integers(0, 900))
def test_a_block_may_be_cut_anywhere(block: bytes, length: int) -> None:
    for found in find_blocks(block[:length]):
        assert len(found.content) <= len(CONTENT) + 3


@given(st.binary(max_size=300))
def test_any_text_can_be_searched(text: bytes) -> None:
    for form in (b"begin 644 a\n", b"=ybegin name=a\n", b"(This file must be converted with BinHex 4.0)\n:"):
        assert len(find_blocks(form + text)) <= 20


@pytest.mark.timeout(20)
def test_blanks_behind_a_beginning_take_no_time() -> None:
    assert find_blocks((b"begin 644" + b" " * 1_000_000 + b"\0\n") * 4) == ()
