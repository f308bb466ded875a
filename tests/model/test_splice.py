from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.splice import Splice, apply_splices

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
