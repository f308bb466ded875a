"""What is quickly looked through holds what the source holds, and is worked out once."""

from gatepost.message.parse import parse_message
from gatepost.screen.packed import MAX_SOURCE_CHARS, pack_source


def test_a_source_is_packed_in_small_letters_and_noughts() -> None:
    part = parse_message("Content-Type: text/html; charset=utf-8\r\n\r\n<BR>É 12".encode()).root
    assert pack_source(part) == "<br>É 00".encode()


def test_a_part_is_packed_once_and_only_its_beginning() -> None:
    part = parse_message(b"Subject: a\r\n\r\n" + b"x" * (MAX_SOURCE_CHARS + 1)).root
    assert len(pack_source(part)) == MAX_SOURCE_CHARS
    assert pack_source(part) is pack_source(part)
