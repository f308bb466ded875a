"""What kind of hosting a URL opens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.links import find_host
from gatepost.model.address import Domain
from gatepost.screen.hosting import Hosting, find_hosting, list_hosts


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://owa.web.app/", "site"),
        ("https://a.github.io/b", "site"),
        ("https://a.run.app/", "app"),
        ("https://a.workers.dev/", "app"),
        ("https://pub-1.r2.dev/x.html", "bucket"),
        ("https://s3.amazonaws.com/b/x.html", "bucket"),
        ("https://b.s3.eu-west-1.amazonaws.com/x.html", "bucket"),
        ("https://b.s3-website-us-east-1.amazonaws.com/", "bucket"),
        ("https://forms.gle/x", "form"),
        ("https://docs.google.com/forms/d/1", "form"),
        ("https://docs.google.com\\forms\\d", "form"),
        ("https://docs.google.com/document/d/1", "paper"),
        ("https://a.notion.site/b", "paper"),
        ("https://ipfs.io/ipfs/x", "proxy"),
        ("https://a-b.translate.goog/", "proxy"),
        ("https://a.duckdns.org/", "tunnel"),
    ],
)
def test_a_host_of_anybodys_pages_is_known(url: str, kind: str) -> None:
    assert find_hosting(url, find_host(url)) is Hosting(kind)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.google.com/forms",
        "https://docs.google.com.evil.example/forms",
        "https://web.app.evil.example/",
        "https://myweb.app.example/",
        "https://email.amazonaws.com/",
        "https://clickup.com/",
        "https://localhost/",
        "mailto:a@web.app",
    ],
)
def test_other_hosts_are_their_owners(url: str) -> None:
    assert find_hosting(url, find_host(url)) is None


def test_every_host_of_the_table_is_a_domain() -> None:
    assert [host for host in list_hosts() if str(Domain.parse(host)) != host] == []


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_may_be_asked_about(url: str, host: str) -> None:
    find_hosting(url, host)
    assert find_hosting(url, f"{host}.web.app") is Hosting.SITE
