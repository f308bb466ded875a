from gatepost.message.source import MAX_DEFECTS, Source
from gatepost.model.finding import Span


def test_spans_are_places_in_the_mail_or_that_of_the_encoded_body() -> None:
    source = Source(b"abcdef", b"abcdef")
    assert source.span(1, 3) == Span(1, 3)
    nested = source.open_nested(b"x", Span(2, 5))
    assert nested.span(0, 1) == nested.open_nested(b"y", Span(0, 1)).span(0, 1) == Span(2, 5)


def test_nested_sources_share_the_limits() -> None:
    source = Source(b"", b"", part_count=3, header_count=4)
    nested = source.open_nested(b"", Span(0, 0))
    nested.part_count += 1
    nested.header_count += 2
    nested.note("code", 0, 0)
    source.count_nested(nested)
    assert (source.part_count, source.header_count, len(source.defects)) == (4, 6, 1)


def test_defects_are_bounded_but_limits_are_always_told() -> None:
    source = Source(b"", b"")
    for _ in range(MAX_DEFECTS + 5):
        source.note("header.no_colon", 0, 0)
    source.note("limit.parts", 0, 0)
    assert (len(source.defects), source.defects[-1].code) == (MAX_DEFECTS + 1, "limit.parts")
