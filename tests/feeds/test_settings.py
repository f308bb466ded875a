import msgspec
import pytest

from gatepost.feeds.settings import FeedSettings, FeedsSettings, Threat
from gatepost.model.errors import BadSettings


def test_nothing_is_fetched_unless_it_is_named() -> None:
    assert FeedsSettings().lists == {}


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "either url or file"),
        ({"url": "https://a.example/", "file": "/a"}, "either url or file"),
        ({"url": "http://a.example/"}, "https://"),
        ({"url": "file:///etc/passwd"}, "https://"),
        ({"url": "https://a.example/ b"}, "spaces"),
        ({"url": "https://a.example/", "checksum_url": "http://a.example/sha"}, "checksum_url"),
        ({"url": "https://a.example/", "token": "a\r\nHost: b"}, "token"),
        ({"url": "https://a.example/", "token_header": "a: b"}, "token"),
        ({"url": "https://a.example/", "signature_url": "https://a.example/s"}, "belong together"),
    ],
)
def test_what_can_never_be_fetched_is_refused(values: dict[str, str], says: str) -> None:
    with pytest.raises(BadSettings, match=says):
        msgspec.convert(values, FeedSettings)


def test_http_needs_leave() -> None:
    assert FeedSettings(url="http://a.example/", allow_http=True).threat is Threat.PHISHING


@pytest.mark.parametrize("name", ["", "A", "a b", "../a", "a.table", "a" * 41, "a/b", "-a"])
def test_a_name_fits_into_file_names_and_metrics(name: str) -> None:
    with pytest.raises(BadSettings, match="name"):
        FeedsSettings(lists={name: FeedSettings(file="/a")})


def test_lists_are_limited_in_number() -> None:
    with pytest.raises(BadSettings, match="more than 32"):
        FeedsSettings(lists={f"a{number}": FeedSettings(file="/a") for number in range(33)})
