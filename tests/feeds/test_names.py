import can_ada
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.feeds.names import Name, NameKind, ReadUrl, name_host, name_url, read_entry, read_url


@pytest.mark.parametrize(
    "other",
    [
        "http://evil.example/a?b=c", "HTTPS://EVIL.example:443/a?b=c", "http://evil.example:80/a?b=c",
        "https://evil.example./a?b=c", "https://evil.example/a?b=c#part", "https://me:word@evil.example/a?b=c",
        "https:\\\\evil.example\\a?b=c", " https://evil.example/x/../a?b=c\n", "https://evil.example/%61?%62=%63",
        "//evil.example/a?b=c", "https:/evil.example/a?b=c", "ht\ttps://evil.example/a?b=c",
        "https://\uff45vil.example/a?b=c", "https://evil%2Eexample/a?b=c",
    ],
)  # fmt: skip
def test_ways_to_write_one_url_are_one(other: str) -> None:
    assert read_url(other) == read_url("https://evil.example/a?b=c")


@pytest.mark.parametrize(
    "other",
    [
        "https://evil.example/A?b=c", "https://evil.example/a/?b=c", "https://evil.example:8443/a?b=c",
        "https://www.evil.example/a?b=c", "https://evil.example/a?b=d", "https://evil.example/a%2Fx?b=c",
        "https://evil.example/a?b=c&d", "https://evil.example.org/a?b=c",
    ],
)  # fmt: skip
def test_other_urls_are_others(other: str) -> None:
    assert read_url(other) != read_url("https://evil.example/a?b=c")


def test_percent_encoding_is_written_in_one_way() -> None:
    assert read_url("http://e.example/%2f%7E%c3%a4%zz") == ReadUrl("e.example", "e.example/%2F~%C3%A4%zz", "")


def test_international_hosts_are_read_as_browsers_do() -> None:
    assert read_url("http://B\u00fccher.example/") == read_url("http://xn--bcher-kva.example")
    broken = read_url("http://xn--a.example/x-_-y")
    assert broken is not None
    assert (broken.host, broken.place) == ("xn--a.example", "xn--a.example/x-_-y")


@pytest.mark.parametrize(
    "url", ["", "mailto:a@b.example", "javascript:alert(1)", "/a", "http://", "\udc80", "http://a b/"]
)
def test_what_opens_no_host_is_none(url: str) -> None:
    assert read_url(url) is None


def test_a_relative_url_is_read_with_its_base() -> None:
    assert read_url("login.php?a", "https://evil.example/x/y") == ReadUrl(
        "evil.example", "evil.example/x/login.php", "?a"
    )


@given(st.text(max_size=80))
def test_any_text_is_read_and_what_was_read_reads_the_same(text: str) -> None:
    found = read_url(text) or read_url(f"http://{text}")
    if found is not None:
        again = read_url(f"http://{found.place}{found.query}")
        assert again is not None
        assert again.host == found.host


@given(
    st.sampled_from(["a", "%41", "%2f", "/", ".", "..", "%2e", "?", "&", "#", "\u00e4", "\\", "\t", " ", "%"]).map(str)
)
def test_the_host_is_the_one_that_a_browser_opens(tail: str) -> None:
    found = read_url(f"https://evil.example/{tail}")
    assert found is not None
    assert found.host == can_ada.parse(f"https://evil.example/{tail}").hostname


def test_a_host_lies_below_its_parents_and_an_address_below_nothing() -> None:
    assert [name.text for name in name_host("a.b.co.uk")] == ["a.b.co.uk", "b.co.uk", "co.uk"]
    assert [name.text for name in name_host("192.0.2.1")] == ["192.0.2.1"]
    assert len(name_host("a." * 120 + "example")) <= 9


def test_a_name_has_another_key_with_another_salt_or_kind() -> None:
    name = Name(NameKind.PAGE, "evil.example/a")
    keys = {name.make_key(b"1" * 16), name.make_key(b"2" * 16), name._replace(kind=NameKind.URL).make_key(b"1" * 16)}
    assert len(keys) == 3
    assert all(0 <= key < 2**64 for key in keys)


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("https://evil.example/a", ReadUrl("evil.example", "evil.example/a", "")),
        ("evil.example/a?b", ReadUrl("evil.example", "evil.example/a", "?b")),
        ("evil.example:8080", ReadUrl("evil.example", "evil.example:8080/", "")),
        ("Evil.example.", Name(NameKind.HOST, "evil.example")),
        ("*.evil.example", Name(NameKind.HOST, "evil.example")),
        (".evil.example", Name(NameKind.HOST, "evil.example")),
        ("192.0.2.1", Name(NameKind.HOST, "192.0.2.1")),
        ("\u6d4b\u8bd5.example", Name(NameKind.HOST, "xn--0zwm56d.example")),
        ("AB" * 32, Name(NameKind.FILE, "ab" * 32)),
        ("localhost", None), ("http://intranet/a", None), ("ann@evil.example", None), ("mailto:a@b.example", None),
        ("two words", None), ("https://evil.example/a b", None), ("<html>", None), ("ab" * 31, None), ("", None),
        ("hxxps://evil.example/a", None), ("*", None), ("a" * 20_000 + ".example", None),
    ],
)  # fmt: skip
def test_an_entry_is_a_url_a_host_or_a_file(text: str, entry: ReadUrl | Name | None) -> None:
    assert read_entry(text) == entry


@given(st.text(max_size=100))
def test_any_text_is_an_entry_or_none(text: str) -> None:
    match read_entry(text):
        case ReadUrl() as url:
            assert url.host
            assert {name.kind for name in name_url(url)} == {NameKind.URL, NameKind.PAGE}
        case Name(text=named):
            assert named
        case found:
            assert found is None
