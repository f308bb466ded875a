"""Content: where it ends, what it is, what is wrong with it; the same however it was cut."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.wire.smtp.data import MAX_TEXT_LINE_BYTES, ChunkedContent, Content, DottedContent, Fault

LARGE = 10_000_000
ALPHABET = st.lists(st.sampled_from([b"\r\n", b".", b"\r", b"\n", b"\0", b"a", b"\r\n.", b"..", b"xyz"]), max_size=40)


def read_dotted(pieces: list[bytes], max_size_bytes: int = LARGE) -> tuple[Fault, bytes, int, bytes] | None:
    """Give fault, content, size, and what follows the end; None while there is no end."""
    dotted = DottedContent(Content(max_size_bytes))
    for number, piece in enumerate(pieces):
        end = dotted.feed(piece, 0)
        if end is not None:
            rest = piece[end:] + b"".join(pieces[number + 1 :])
            return dotted.content.fault, dotted.content.take_kept(), dotted.content.size_bytes, rest
    return None


def read_chunks(chunks: list[list[bytes]], max_size_bytes: int = LARGE) -> tuple[Fault, bytes]:
    chunked = ChunkedContent(Content(max_size_bytes))
    for pieces in chunks:
        chunked.announce(sum(map(len, pieces)))
        ends = [chunked.feed(piece, 0) for piece in pieces]
        assert ends[:-1] == [None] * (len(pieces) - 1) or b"" in pieces
    chunked.finish()
    return chunked.content.fault, chunked.content.take_kept()


def cut(whole: bytes, data: st.DataObject) -> list[bytes]:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=12)))
    return [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]


def read_line_by_line(wire: bytes) -> tuple[bytes, bytes] | None:
    """The slow and obvious reading of RFC 5321 §4.5.2, for wires without bare line ends."""
    content = b""
    rest = wire
    while b"\r\n" in rest:
        line, _, rest = rest.partition(b"\r\n")
        if line == b".":
            return content, rest
        content += line.removeprefix(b".") + b"\r\n"
    return None


@pytest.mark.parametrize(
    ("wire", "content", "rest"),
    [
        (b".\r\n", b"", b""),
        (b"a\r\n.\r\nQUIT\r\n", b"a\r\n", b"QUIT\r\n"),
        (b"..\r\n.\r\n", b".\r\n", b""),
        (b".a\r\n..b\r\n.\r\n", b"a\r\n.b\r\n", b""),
        (b"\r\n\r\n.\r\n.\r\n", b"\r\n\r\n", b".\r\n"),
        (b"a.\r\n.\r\n", b"a.\r\n", b""),
    ],
)
def test_only_a_dot_alone_on_its_line_ends_the_mail(wire: bytes, content: bytes, rest: bytes) -> None:
    assert read_dotted([wire]) == (Fault.NONE, content, len(content), rest)


@pytest.mark.parametrize(
    "fake_end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\r\n.\r\r\n", b"\r\n.\0\r\n"]
)
def test_nothing_like_an_end_is_an_end(fake_end: bytes) -> None:
    read = read_dotted([b"text" + fake_end + b"MAIL FROM:<x@a.example>\r\n.\r\nrest"])
    assert read is not None
    fault, content, _, rest = read
    assert fault in {Fault.BARE_LINE_END, Fault.NUL}
    assert (content, rest) == (b"", b"rest")


@given(ALPHABET, st.data())
def test_data_does_not_depend_on_the_cuts(words: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(words)
    limit = data.draw(st.sampled_from([5, LARGE]))
    assert read_dotted(cut(whole, data), limit) == read_dotted([whole], limit)


@given(st.lists(st.sampled_from([b"\r\n", b".", b"a", b"\r\n.", b"..", b"\r\n.\r\n"]), max_size=40))
def test_data_is_what_reading_line_by_line_gives(words: list[bytes]) -> None:
    whole = b"".join(words)
    read = read_dotted([whole])
    expected = read_line_by_line(whole)
    assert (read and (read[1], read[3])) == expected


@given(ALPHABET, st.data())
def test_chunks_do_not_depend_on_cuts_or_on_borders(words: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(words)
    whole_read = read_chunks([[whole]])
    assert read_chunks([cut(chunk, data) for chunk in cut(whole, data)]) == whole_read
    has_bare = any(end in whole.replace(b"\r\n", b"") for end in (b"\r", b"\n"))
    assert (Fault.BARE_LINE_END in whole_read[0]) is has_bare
    assert whole_read[1] == (b"" if whole_read[0] else whole)


@pytest.mark.parametrize("cut_bytes", [1, 7, 1000, 65_536, 1_000_000])
def test_a_line_may_have_65536_bytes_and_no_more(cut_bytes: int) -> None:
    for extra, fault in ((0, Fault.NONE), (1, Fault.LONG_LINE)):
        line = b"x" * (MAX_TEXT_LINE_BYTES - 2 + extra) + b"\r\n"
        wire = b"short\r\n" + line + b"short\r\n.\r\n"
        read = read_dotted([wire[start : start + cut_bytes] for start in range(0, len(wire), cut_bytes)])
        assert read is not None
        assert read[0] == fault


def test_faults_are_told_in_one_order_whatever_came_first() -> None:
    wire = b"x" * 100 + b"\r\n" + b"bare\nline\0\r\n.\r\n"
    for pieces in ([wire], [wire[:102], wire[102:]]):
        read = read_dotted(pieces, 50)
        assert read is not None
        assert read[0] == Fault.TOO_LARGE | Fault.BARE_LINE_END | Fault.NUL


def test_what_is_wrong_or_abandoned_is_not_kept() -> None:
    dotted = DottedContent(Content(1000))
    dotted.feed(b"x" * 500, 0)
    assert dotted.content.kept_bytes == 500
    dotted.feed(b"x" * 600, 0)
    assert dotted.content.kept_bytes == 0
    other = DottedContent(Content(1000))
    other.feed(b"x" * 500, 0)
    other.content.abandon()
    other.feed(b"x" * 100, 0)
    assert (other.content.kept_bytes, other.content.seen_bytes) == (0, 600)


def test_many_tiny_pieces_cost_no_more_than_in_proportion() -> None:
    """A mail of a million bytes in pieces of 10: with a copy for each piece it would take minutes."""
    dotted = DottedContent(Content(LARGE))
    piece = b"01234567\r\n"
    started_s = time.process_time()
    for _ in range(100_000):
        dotted.feed(piece, 0)
    assert time.process_time() - started_s < 5
    assert dotted.feed(b".\r\n", 0) == 3
    assert dotted.content.take_kept() == piece * 100_000
