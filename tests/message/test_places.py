from gatepost.message.places import MAX_MISSES, Locator
from gatepost.model.finding import Span

RAW = b"0123 http://a/?b&amp;c x http://a/?b&amp;c \xc3\xa9 end"
BODY = Span(5, len(RAW))


def test_pieces_are_found_in_their_order() -> None:
    locator = Locator(RAW, BODY, BODY, is_direct=True)
    assert [locator.find("http://a/?b&c").start for _ in range(2)] == [5, 25]
    assert locator.find("é") == Span(43, 45)


def test_a_piece_out_of_order_is_found_from_the_beginning() -> None:
    locator = Locator(RAW, BODY, BODY, is_direct=True)
    assert locator.find("end").start == 46
    assert locator.find("http").start == 5


def test_what_is_not_there_has_the_place_of_the_body() -> None:
    locator = Locator(RAW, BODY, BODY, is_direct=True)
    assert locator.find("nowhere") == locator.find("") == locator.find("0123") == BODY
    assert Locator(RAW, BODY, BODY, is_direct=False).find("end") == BODY


def test_after_many_misses_nobody_looks_any_more() -> None:
    locator = Locator(RAW, BODY, BODY, is_direct=True)
    for number in range(MAX_MISSES):
        locator.find(f"miss{number}")
    assert locator.find("end") == BODY
