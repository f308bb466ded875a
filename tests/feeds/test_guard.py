import pytest

from gatepost.feeds.guard import Guard, build_guard
from gatepost.feeds.names import Name, NameKind, read_entry

GUARD = build_guard(["bank.example", "both.example"], ["pages.example", "both.example", "wix.com"])


@pytest.mark.parametrize(
    "host",
    [
        "google.com", "docs.google.com", "www.dropbox.com", "bank.example", "a.bank.example", "pages.example",
        "www.pages.example", "github.io", "co.uk", "com", "blogspot.com", "127.0.0.1", "10.1.2.3", "[::1]",
        "192.168.0.1", "a.both.example", "wix.com", "www.wix.com", "pan.baidu.com",
    ],
)  # fmt: skip
def test_what_belongs_to_many_is_shielded(host: str) -> None:
    assert GUARD.shields(host)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.pages.example", "evil.github.io", "shop.co.uk", "8.8.8.8", "notgoogle.com", "evil.wix.com",
     "google.com.evil.example", "unheard.of"],
)  # fmt: skip
def test_what_belongs_to_one_is_not(host: str) -> None:
    assert not GUARD.shields(host)


def name(text: str, *, whole_hosts: bool = False, guard: Guard = GUARD) -> Name | None:
    entry = read_entry(text)
    assert entry is not None
    return guard.name_entry(entry, whole_hosts=whole_hosts)


@pytest.mark.parametrize("whole_hosts", [False, True])
@pytest.mark.parametrize(
    "text", ["https://docs.google.com/", "docs.google.com", "*.google.com", "http://github.io", "co.uk"]
)
def test_no_list_can_block_a_shared_site(text: str, *, whole_hosts: bool) -> None:
    assert name(text, whole_hosts=whole_hosts) is None


def test_a_page_of_a_shared_site_is_blocked_as_it_is_written_and_no_further() -> None:
    assert name("https://docs.google.com/forms/d/1/viewform") == Name(
        NameKind.URL, "docs.google.com/forms/d/1/viewform"
    )
    assert name("https://www.google.com/url") == Name(NameKind.URL, "www.google.com/url")


def test_a_page_elsewhere_is_blocked_with_any_query_and_a_query_only_as_it_is() -> None:
    assert name("https://evil.example/a") == Name(NameKind.PAGE, "evil.example/a")
    assert name("https://evil.example/a?b") == Name(NameKind.URL, "evil.example/a?b")


def test_a_url_of_a_whole_host_blocks_the_host_only_when_told_so() -> None:
    assert name("https://evil.example/") == Name(NameKind.PAGE, "evil.example/")
    assert name("https://evil.example/", whole_hosts=True) == Name(NameKind.HOST, "evil.example")
    assert name("https://evil.example/a", whole_hosts=True) == Name(NameKind.PAGE, "evil.example/a")
    assert name("https://evil.example:8080/", whole_hosts=True) == Name(NameKind.PAGE, "evil.example:8080/")


def test_a_domain_and_a_file_are_kept_as_they_are() -> None:
    assert name("evil.example") == Name(NameKind.HOST, "evil.example")
    assert name("ab" * 32) == Name(NameKind.FILE, "ab" * 32)
