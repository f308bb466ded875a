"""What the default reading shows."""

import pytest

from ambiguous_mails import HEAD, put
from gatepost.message.ambiguity.pieces import Ambiguity
from gatepost.message.ambiguity.shown import Shown, trim
from gatepost.message.message import Message
from gatepost.message.parse import parse_message
from gatepost.model.finding import Span

RAW = put(b"Content-Type: application/octet-stream; name=a.bin\r\n\r\nthe content of the file\r\n")


def see(raw: bytes = RAW, *signs: Ambiguity) -> tuple[Shown, Message]:
    message = parse_message(raw)
    return Shown(message, signs), message


def test_a_file_is_known_by_its_content_and_by_what_would_open_it() -> None:
    shown, _ = see()
    assert shown.knows_file(b"the content of the file")
    assert shown.knows_file(b"the content of the file", "other.bin")
    assert not shown.knows_file(b"the content of the file", "a.exe")
    assert not shown.knows_file(b"another content", "a.bin")


def test_a_file_that_was_added_is_known() -> None:
    shown, _ = see()
    shown.add_file(b"another content", "a.exe")
    assert shown.knows_file(b"another content", "b.exe")


def test_a_text_is_shown_but_no_file() -> None:
    shown, _ = see()
    assert not shown.knows_file(b"See the file.")
    assert shown.has_text(b"the   file.\r\n", is_html=False)
    assert not shown.has_text(b"See the file.", is_html=True)
    assert not shown.has_text(b"the other file", is_html=False)


def test_what_begins_alike_is_told() -> None:
    shown, _ = see(HEAD + b"\r\n" + b"x" * 100)
    assert shown.has_like(b"x" * 64 + b"y")
    assert not shown.has_like(b"x" * 63 + b"y")


def test_a_part_of_which_a_sign_tells_is_not_settled() -> None:
    text, file = parse_message(RAW).root.children
    assert see()[0].settled == {text.extent.start, file.extent.start}
    sign = Ambiguity("encoding.form", Span(file.whole.start, file.extent.start))
    assert see(RAW, sign)[0].settled == {text.extent.start}
    whole = Ambiguity("structure.bare_cr", Span(0, len(RAW)))
    assert see(RAW, whole)[0].settled == set()


def test_what_a_sign_tells_of_a_multipart_leaves_its_parts_settled() -> None:
    assert len(see(RAW, Ambiguity("structure.epilogue", Span(0, len(RAW))))[0].settled) == 2


def test_a_multipart_without_parts_is_not_settled() -> None:
    assert see(HEAD + b"Content-Type: multipart/mixed; boundary=a\r\n\r\nHi")[0].settled == set()


def test_blanks_at_the_ends_do_not_count() -> None:
    assert trim(b"\r\n a b\x00\r\n") == b"a b"


@pytest.mark.timeout(20)
def test_thousands_of_texts_are_not_sought_in_each_other() -> None:
    texts = [f"{'line of text ' * 400}{number} end".encode() for number in range(1_900)]
    sections = b"".join(b"--b\r\nContent-Type: text/plain\r\n\r\n" + text + b"\r\n" for text in texts)
    shown, _ = see(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + sections + b"--b--\r\n")
    assert all(shown.has_text(text, is_html=False) for text in texts)
    assert not any(shown.has_text(text[9:-4] + b"x", is_html=False) for text in texts[:900])


def test_a_text_that_is_part_of_the_shortest_is_shown() -> None:
    shown, _ = see(put(b"\r\nBring the long ladder.\r\n"))
    assert shown.has_text(b"the long ladder", is_html=False)
    assert not shown.has_text(b"the longest ladder", is_html=False)
