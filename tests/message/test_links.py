import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.links import MAX_TEXT_LINKS, clean_target, find_host, find_shown_host, find_text_links
from gatepost.message.pieces import LinkKind
from gatepost.message.places import Locator
from gatepost.model.finding import Span


def find(text: str) -> list[tuple[str, str]]:
    """Give what is shown and the host, for each link of a text."""
    raw = text.encode("utf-8", "replace")
    whole = Span(0, len(raw))
    links = list(find_text_links(text, Locator(raw, whole, whole, is_direct=True)))
    assert all(link.kind is LinkKind.TEXT for link in links)
    assert all(raw[link.span.start : link.span.end].decode() == link.shown for link in links)
    return [(link.shown, link.target_host) for link in links]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://Example.COM/a", "example.com"),
        ("https://paypal.com@evil.example/", "evil.example"),
        ("https://evil.example\\@paypal.com/", "evil.example"),
        ("http:\\\\evil.example\\x", "evil.example"),
        ("http:evil.example", "evil.example"),
        ("ht\ntp://ev\til.example", "evil.example"),
        ("//evil.example/x", "evil.example"),
        ("\\/evil.example/x", "evil.example"),
        ("www.evil.example/x", "www.evil.example"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("http://3232235777/", "192.168.1.1"),
        ("http://[::1]/", "[::1]"),
        ("http://ＥＶＩＬ。example/", "evil.example"),
        ("http://%65vil.example/", "evil.example"),
        ("http://пример.рф/", "xn--e1afmkfd.xn--p1ai"),
        ("http://xn--zz--.example/", "xn--zz--.example"),
        ("mailto:a@b.example", ""),
        ("tel:+86", ""),
        ("cid:image001", ""),
        ("javascript:location='http://x.example'", ""),
        ("data:text/html,<a>", ""),
        ("relative/path", ""),
        ("#anchor", ""),
        ("http://", ""),
        ("http://a b/", ""),
        ("", ""),
        ("http://\ud800/", ""),
    ],
)
def test_the_host_is_the_one_a_browser_would_open(url: str, host: str) -> None:
    assert find_host(url) == host


def test_relative_urls_are_resolved_with_the_base() -> None:
    assert find_host("x", "https://base.example/y") == "base.example"
    assert find_host("//other.example", "https://base.example/y") == "other.example"
    assert find_host("x", "not a base") == ""


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://www.paypal.com/signin", "www.paypal.com"),
        ("Go to http://paypal.com now", "paypal.com"),
        ("paypal.com", "paypal.com"),
        (" (PayPal.com) ", "paypal.com"),
        ("paypal.com/signin?x=1", "paypal.com"),
        ("www.paypal.com", "www.paypal.com"),
        ("工商银行.中国", ""),
        ("http://工商银行.中国/", "xn--czr93rq40bruk.xn--fiqs8s"),
        ("Click here", ""),
        ("Read more...", ""),
        ("file.pdf", ""),
        ("a@paypal.com", ""),
        ("1.5", ""),
        ("", ""),
    ],
)
def test_the_shown_host_is_what_the_reader_takes_for_the_destination(text: str, host: str) -> None:
    assert find_shown_host(text) == host


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see http://a.example/b.", [("http://a.example/b", "a.example")]),
        ("(http://a.example/b)", [("http://a.example/b", "a.example")]),
        ("http://a.example/b_(c)", [("http://a.example/b_(c)", "a.example")]),
        ("<http://a.example/b>", [("http://a.example/b", "a.example")]),
        ('"http://a.example/b"', [("http://a.example/b", "a.example")]),
        ("请点击http://a.example/b。谢谢", [("http://a.example/b", "a.example")]),
        ("请访问http://a.example，谢谢", [("http://a.example", "a.example")]),
        ("网址：http://a.com点击这里", [("http://a.com", "a.com")]),
        ("（http://a.example/b）", [("http://a.example/b", "a.example")]),
        ("访问http://中文.com网站", [("http://中文.com", "xn--fiq228c.com")]),
        ("http://evil。com/x", [("http://evil。com/x", "evil.com")]),
        ("HTTPS://A.EXAMPLE", [("HTTPS://A.EXAMPLE", "a.example")]),
        ("http://127.0.0.1:8080/x", [("http://127.0.0.1:8080/x", "127.0.0.1")]),
        ("http://[::1]/x", [("http://[::1]/x", "[::1]")]),
        ("http:\\\\a.example\\b", [("http:\\\\a.example\\b", "a.example")]),
        ("http://bank.example@evil.example/", [("http://bank.example@evil.example/", "evil.example")]),
        ("www.a.example/b", [("www.a.example/b", "www.a.example")]),
        ("点击www.a.com。", [("www.a.com", "www.a.com")]),
        ("a.com, b.org/x and c.co.uk", [("a.com", "a.com"), ("b.org/x", "b.org"), ("c.co.uk", "c.co.uk")]),
        ("short.ly/abc", [("short.ly/abc", "short.ly")]),
        ("short.ly", []),
        ("setup.py main.rs it.is e.g.so a.b.c", []),
        ("joe@a.com joe@b.c.com <joe@a.com>", []),
        ("a.com@evil", []),
        ("x=a.com&b", []),
        ("1.2.3.4 3.14 v1.2.com-x", []),
        ("http:// www. .com http://.", []),
        ("http://a.example/x http://a.example/x", [("http://a.example/x", "a.example")] * 2),
        ("http://a.com/?u=http://b.com", [("http://a.com/?u=http://b.com", "a.com")]),
    ],
)
def test_links_in_text_are_those_that_clients_make(text: str, links: list[tuple[str, str]]) -> None:
    assert find(text) == links


@given(st.text(alphabet="htp:/w.acom@()。点 \n", max_size=60) | st.text(max_size=80))
def test_any_text_gives_links_with_hosts(text: str) -> None:
    assert all(host for _, host in find(text))


def test_no_more_links_are_found_than_the_limit() -> None:
    for text in ("http://a.com/ ", "a.com ", "www.a.com "):
        assert len(find(text * (MAX_TEXT_LINKS + 10))) == MAX_TEXT_LINKS


def test_targets_are_stripped_as_browsers_strip_them() -> None:
    assert clean_target(" \x01ht\ntp://x\t/\r \x1f") == "http://x/"


@given(st.text(alphabet="aZ0.-_xn", min_size=1, max_size=20), st.text(alphabet="/?#@:\\%\ta.", max_size=8))
def test_what_follows_the_host_does_not_change_it(host: str, rest: str) -> None:
    assert find_host(f"https://{host}/{rest}") == find_host(f"https://{host}/")
    assert find_host(f"http://{host}?{rest}") == find_host(f"http://{host}")


def test_a_name_with_a_wrong_ending_does_not_hide_the_one_behind_it() -> None:
    text = "see v1.2, e.g. setup.py; 3.50 at shop.example.com"
    assert [host for _, host in find(text)] == ["shop.example.com"]


def test_a_broken_punycode_label_hides_no_host_whatever_stands_behind_it() -> None:
    assert find_host("http://xn--bad.example/\u00e9") == "xn--bad.example"
    assert find_host("http:\\\\xn--bad.example?\u00e9") == "xn--bad.example"
