"""What is shown in the place of a mail is given on small: its texts whole, its files only by their beginning."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.attachments.shown import (
    ATTACHED_TYPE,
    MAX_FILE_BYTES,
    MAX_TEXT_FILE_BYTES,
    attach_entity,
    cut_entity,
    is_attached,
    list_files,
    write_entity,
)
from gatepost.message.message import Message
from gatepost.message.parse import parse_message
from gatepost.model.file_kinds import FileKind

MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
END = b"--b--\r\n"


def write_text(kind: str, text: bytes) -> bytes:
    return b"--b\r\nContent-Type: text/%b\r\n\r\n%b\r\n" % (kind.encode(), text)


def write_file(name: str, content: bytes) -> bytes:
    head = b"--b\r\nContent-Type: application/x; name=%b\r\nContent-Transfer-Encoding: base64\r\n\r\n" % name.encode()
    return head + base64.encodebytes(content)


def read_in_one_way(_message: Message) -> tuple[Message, ...]:
    return ()


def describe(message: Message) -> list[tuple[str, str, str, str]]:
    return [(part.path, part.content_type, part.filename, part.text) for part in message.walk()]


def test_a_small_mail_is_given_on_as_it_is() -> None:
    raw = MIXED + write_text("plain", b"Hello") + write_file("a.bin", b"x" * 100) + END
    assert cut_entity(parse_message(raw)) is raw


def test_large_files_are_cut_and_texts_are_not() -> None:
    texts = write_text("plain", b"Hello " * 90_000), write_text("html", b"<p>Hello " * 90_000)
    raw = MIXED + texts[0] + write_file("a.bin", bytes(300_000)) + texts[1] + write_file("b.bin", bytes(400_000)) + END
    cut = cut_entity(parse_message(raw))
    assert len(cut) < len(raw) - 700_000
    assert describe(parse_message(cut)) == describe(parse_message(raw))
    beginning = parse_message(cut).root.children[1].content
    assert len(beginning) > MAX_FILE_BYTES * 0.7
    assert not beginning.strip(b"\0")


def test_a_long_text_is_cut_where_it_is_attached_and_not_where_it_is_shown() -> None:
    text = b"apple, pear\r\n" * (MAX_TEXT_FILE_BYTES // 10)
    for disposition, is_cut in ((b"attachment", True), (b"inline", False)):
        head = b"--b\r\nContent-Type: text/plain\r\nContent-Disposition: %b\r\n\r\n" % disposition
        raw = MIXED + head + text + b"\r\n--b--\r\n"
        cut = cut_entity(parse_message(raw))
        assert (len(cut) < MAX_TEXT_FILE_BYTES + 200) is is_cut
        assert cut.endswith(b"apple, pear\r\n\r\n--b--\r\n")


def test_a_mail_within_it_keeps_its_texts() -> None:
    inner = b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\n" + b"Hello " * 90_000 + b"\r\n"
    raw = MIXED + inner + write_file("a.bin", bytes(100_000)) + END
    cut = cut_entity(parse_message(raw))
    assert len(cut) < len(raw)
    assert describe(parse_message(cut)) == describe(parse_message(raw))


@given(
    st.lists(st.sampled_from([b"--b\r\n", b"--b--\r\n", b"Content-Type: a/b\r\n", b"\r\n", b"x" * 70_000, b"\n--b"]))
)
def test_whatever_is_cut_has_the_same_parts(pieces: list[bytes]) -> None:
    message = parse_message(MIXED + b"".join(pieces))
    assert describe(parse_message(cut_entity(message))) == describe(message)


def test_a_text_is_written_so_that_it_is_read_as_it_was() -> None:
    text = "<p>Grüße\r\n--b\r\n\r\nFrom x".encode("cp1252")
    part = parse_message(write_entity(text, "html", "windows-1252")).root
    assert (part.content, part.content_type, part.text) == (text, "text/html", text.decode("cp1252"))
    assert parse_message(write_entity("你好".encode(), "plain")).text == "你好"


def test_a_charset_that_is_none_is_left_out() -> None:
    part = parse_message(write_entity(b"Hello", "plain", 'x"\r\nSubject: y')).root
    assert (part.text, part.parameters, len(part.headers)) == ("Hello", {}, 2)


def test_a_mail_that_is_attached_is_written_so_and_known_by_it() -> None:
    entity = attach_entity(b"Subject: x\r\n\r\nHello")
    root = parse_message(entity).root
    assert root.content_type == ATTACHED_TYPE
    assert root.message is not None
    assert (root.message.subject, root.message.text) == ("x", "Hello")
    assert [is_attached(one) for one in (entity, write_entity(b"x", "plain"))] == [True, False]


def test_files_are_listed_in_their_order_and_those_of_other_readings_last() -> None:
    named = b"--b\r\nContent-Type: text/plain; name=a.txt\r\n\r\nHello\r\n"
    message = parse_message(MIXED + named + write_text("plain", b"Hello") + write_file("a.bin", b"x") + END)
    assert [part.path for part in list_files(message, read_in_one_way)] == ["1.1", "1.3"]
    assert [part.path for part in list_files(message, read_in_one_way, FileKind.MHTML)] == ["1.1", "1.2", "1.3"]
    other = parse_message(MIXED + write_file("b.bin", b"x") + END)
    assert [part.filename for part in list_files(message, lambda _: (other,))] == ["a.txt", "a.bin", "b.bin"]
