import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.splice import Splice, apply_splices, merge_splices

PIECES = st.lists(st.tuples(st.binary(max_size=9), st.binary(max_size=9), st.binary(max_size=9)), max_size=6)


@given(PIECES, st.binary(max_size=9))
def test_splices_replace_their_places_and_nothing_else(pieces: list[tuple[bytes, bytes, bytes]], tail: bytes) -> None:
    """Each piece is (kept, removed, put in its place)."""
    raw, wanted, splices = b"", b"", []
    for kept, removed, inserted in pieces:
        raw += kept
        splices.append(Splice(len(raw), len(removed), inserted))
        raw += removed
        wanted += kept + inserted
    assert apply_splices(raw + tail, splices) == wanted + tail


def test_no_splice_leaves_the_mail_as_it_is() -> None:
    assert apply_splices(b"A: 1\r\n\r\nhi", []) == b"A: 1\r\n\r\nhi"


def test_edits_of_two_hands_are_made_together_where_they_do_not_meet() -> None:
    ours, theirs = [Splice(0, 0, b"1"), Splice(4, 2, b"")], [Splice(0, 2, b"2"), Splice(2, 0, b"3"), Splice(6, 1, b"4")]
    merged = merge_splices(ours, theirs)
    assert [splice.inserted for splice in merged] == [b"1", b"2", b"3", b"", b"4"]
    assert apply_splices(b"abcdefgh", merged) == b"123cd4h"


@pytest.mark.parametrize("other", [Splice(4, 2, b""), Splice(5, 0, b"x"), Splice(3, 2, b""), Splice(5, 5, b"")])
def test_edits_of_the_same_bytes_are_not_made(other: Splice) -> None:
    with pytest.raises(ValueError, match="two edits"):
        merge_splices([Splice(4, 2, b"")], [other])
