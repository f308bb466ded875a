import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.feeds.layouts import MAX_LINE_BYTES, read_entries
from gatepost.feeds.settings import Layout
from gatepost.feeds.trouble import FeedTrouble


def read(content: bytes, layout: Layout = Layout.LINES, column: str = "url", piece_bytes: int = 7) -> list[str]:
    pieces = (content[start : start + piece_bytes] for start in range(0, len(content), piece_bytes))
    return list(read_entries(pieces, layout, column))


def test_lines_of_openphish_and_urlhaus_are_read() -> None:
    text = b"\xef\xbb\xbf# URLhaus\r\n#\r\n\r\nhttp://a.example/1\r\n  https://b.example/?x=1#y\t\r\nhttps://c.example"
    assert read(text) == ["http://a.example/1", "https://b.example/?x=1#y", "https://c.example"]


def test_hosts_files_and_comments_are_read() -> None:
    text = (
        b"0.0.0.0 a.example # why\n127.0.0.1\tb.example\n::1 c.example\n; no\n// no\nd.example ; why\ne.example other\n"
    )
    assert read(text) == ["a.example", "b.example", "c.example", "d.example", ""]


def test_a_line_that_is_no_text_is_counted_and_not_read() -> None:
    assert read(b"a.example\n\xff\xfe\nb.example\n") == ["a.example", "", "b.example"]


PHISHTANK = b"""phish_id,url,phish_detail_url,submission_time,verified,verification_time,online,target
1,https://a.example/x,http://p.example/1,2026-01-01T00:00:00+00:00,yes,2026-01-01T00:00:00+00:00,yes,Other
2,"https://b.example/?a=1,2",http://p.example/2,2026-01-01T00:00:00+00:00,yes,2026-01-01,yes,"Bank, Inc."
3,"https://cut.example/
"""
URLHAUS = b"""################
# abuse.ch URLhaus Database Dump (CSV - recent URLs only) #
#
# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter
"9","2026-01-01 00:00:00","http://a.example/i","online","2026-01-01","malware_download","elf,mozi","https://u.example/9","x"
"8","2026-01-01 00:00:00","http://b.example:8080/i.sh","offline","","malware_download","None","https://u.example/8","y"
# end
"""
BAZAAR = b"""# "first_seen_utc","sha256_hash","md5_hash"
"2026-01-01 00:00:00", "ab", "cd"
"""


def test_csv_of_phishtank_urlhaus_and_bazaar_is_read() -> None:
    assert read(PHISHTANK, Layout.CSV) == ["https://a.example/x", "https://b.example/?a=1,2", ""]
    assert read(URLHAUS, Layout.CSV) == ["http://a.example/i", "http://b.example:8080/i.sh"]
    assert read(BAZAAR, Layout.CSV, "sha256_hash") == ["ab"]


@pytest.mark.parametrize("text", [b"a,b\n1,2\n", b"https://a.example/\n", b"# only\nx\n"])
def test_csv_without_the_column_is_refused(text: bytes) -> None:
    with pytest.raises(FeedTrouble, match="no column 'url'"):
        read(text, Layout.CSV)


def test_json_of_phishtank_and_urlhaus_is_read() -> None:
    phishtank = [
        {"phish_id": 1, "url": "https://a.example/", "verified": "yes", "online": "yes", "details": [{"url": "no"}]},
        {"phish_id": 2, "url": "https://b.example/", "verified": "no"},
        {"phish_id": 3, "url": None},
        {"phish_id": 4, "url": ["x"]},
    ]
    assert read(json.dumps(phishtank).encode(), Layout.JSON) == ["https://a.example/", "", ""]
    dump = {"7": [{"url": "http://a.example/1"}], "8": [{"url": "http://b.example/2", "tags": ["x", {"y": 1}]}]}
    assert read(json.dumps(dump).encode(), Layout.JSON) == ["http://a.example/1", "http://b.example/2"]
    api = {"query_status": "ok", "urls": [{"url": "http://a.example/1", "id": "1"}]}
    assert read(json.dumps(api).encode(), Layout.JSON) == ["http://a.example/1"]
    by_name = {"a": {"host": "a.example"}, "count": 1}
    assert read(json.dumps(by_name).encode(), Layout.JSON, "host") == ["a.example"]


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b'"text"', b"[1, 2]", b"[" * 100_000, b'{"a":' * 100_000, b"[{}] [{}]", b'[{"url": "\xff"}]', b"null"],
)
def test_json_that_holds_no_records_is_refused(text: bytes) -> None:
    with pytest.raises(FeedTrouble, match="no JSON"):
        read(text, Layout.JSON, piece_bytes=10_000)


@pytest.mark.parametrize("layout", list(Layout))
@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE html><title>Sorry</title>", b"\r\n  <html>\n", b"\xef\xbb\xbf<?xml version='1.0'?>", b"<HTML>"]
)
def test_a_page_is_no_list(layout: Layout, page: bytes) -> None:
    with pytest.raises(FeedTrouble, match="page of HTML"):
        read(page, layout, piece_bytes=3)


@pytest.mark.parametrize("layout", [Layout.LINES, Layout.CSV])
def test_an_endless_line_is_refused_before_it_fills_the_memory(layout: Layout) -> None:
    def endless() -> Iterator[bytes]:
        yield b"url\n"
        for _ in range(10):
            yield b"a" * 10_000
        raise AssertionError("read on")

    with pytest.raises(FeedTrouble, match=f"more than {MAX_LINE_BYTES} bytes"):
        list(read_entries(endless(), layout, "url"))


def test_nul_bytes_are_no_text() -> None:
    with pytest.raises(FeedTrouble, match="NUL"):
        read(b"a.example\n\0\n")


@given(st.binary(max_size=300), st.sampled_from(list(Layout)), st.integers(1, 50), st.integers(1, 50))
def test_any_bytes_are_entries_or_trouble_however_they_are_cut(
    content: bytes, layout: Layout, one: int, other: int
) -> None:
    def outcome(piece_bytes: int) -> list[str] | str:
        try:
            return read(b"url\n" * (layout is Layout.CSV) + content, layout, piece_bytes=piece_bytes)
        except FeedTrouble as trouble:
            return trouble.public

    assert outcome(one) == outcome(other)
