"""How an upstream is named in the settings, and how its channel is protected."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.deliver.settings import RouteSettings
from gatepost.deliver.upstream import Encryption, Upstream, is_loopback, parse_upstream
from gatepost.model.errors import BadSettings
from gatepost.model.ports import Endpoint
from gatepost.wire.smtp.client import Dialect


def parse(text: str) -> Upstream:
    return parse_upstream(RouteSettings(upstream=text), "[deliver]")


@pytest.mark.parametrize(
    ("text", "endpoint", "dialect"),
    [
        ("smtp://mx.example.org", Endpoint("mx.example.org", 25), Dialect.SMTP),
        ("smtp://mx:2525/", Endpoint("mx", 2525), Dialect.SMTP),
        ("smtps://mx.example.org", Endpoint("mx.example.org", 465), Dialect.SMTP),
        ("lmtp://127.0.0.1", Endpoint("127.0.0.1", 24), Dialect.LMTP),
        ("smtp://[2001:db8::1]:25", Endpoint("2001:db8::1", 25), Dialect.SMTP),
        ("lmtp+unix:/run/dovecot/lmtp", Endpoint("", 0, "/run/dovecot/lmtp"), Dialect.LMTP),
        ("lmtp+unix:///run/dovecot/lmtp", Endpoint("", 0, "/run/dovecot/lmtp"), Dialect.LMTP),
    ],
)
def test_upstreams_are_read(text: str, endpoint: Endpoint, dialect: Dialect) -> None:
    found = parse(text)
    assert (found.endpoint, found.dialect) == (endpoint, dialect)


@pytest.mark.parametrize(
    "text",
    [
        "mx.example.org", "http://mx.example.org", "smtp://", "smtp://user:secret@mx.example.org", "smtp://mx:0",
        "smtp://mx:65536", "smtp://mx:", "smtp://mx/path", "smtp://-mx", "smtp://m x", "smtp://mx\n",
        "lmtp+unix:run/lmtp", "lmtp+unix:", "lmtp+unix:/a\0b", "lmtp+unix:/" + "x" * 107, "smtp://[::1", "SMTP://mx",
    ],
)  # fmt: skip
def test_what_names_no_upstream_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(BadSettings, match=r"^\[deliver\] upstream cannot be"):
        parse(text)


@given(st.text(max_size=40))
def test_any_text_is_an_upstream_or_a_bad_setting(text: str) -> None:
    for prefix in ("", "smtp://", "lmtp+unix:/"):
        try:
            upstream = parse(prefix + text)
        except BadSettings as error:
            assert error.public.startswith("[deliver] upstream")  # noqa: PT017 - text without an error is fine, too
        else:
            assert isinstance(upstream, Upstream)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("smtp://mx.example.org", Encryption.REQUIRED),
        ("lmtp://10.0.0.5:24", Encryption.REQUIRED),
        ("smtp://127.0.0.2", Encryption.NONE),
        ("smtp://[::1]:25", Encryption.NONE),
        ("smtp://localhost:25", Encryption.NONE),
        ("smtp://localhost.example.org:25", Encryption.REQUIRED),
        ("smtps://127.0.0.1", Encryption.FROM_START),
        ("lmtp+unix:/run/lmtp", Encryption.NONE),
    ],
)
def test_only_a_peer_on_this_machine_needs_no_encryption(text: str, expected: Encryption) -> None:
    assert parse(text).encryption is expected


def test_weaker_and_stronger_wishes_are_followed() -> None:
    weaker = RouteSettings(upstream="smtp://mx.example.org", allow_plaintext=True, allow_8bit_unannounced=True)
    stronger = RouteSettings(upstream="smtp://127.0.0.1", tls_on_loopback=True, tls_name="mx.example.org")
    assert parse_upstream(weaker, "").encryption is Encryption.IF_OFFERED
    assert parse_upstream(weaker, "").takes_8bit_unannounced
    assert parse_upstream(stronger, "").encryption is Encryption.REQUIRED
    assert parse_upstream(stronger, "").tls_name == "mx.example.org"


def test_plaintext_is_never_used_where_tls_comes_from_the_start() -> None:
    settings = RouteSettings(upstream="smtps://mx.example.org", allow_plaintext=True)
    assert parse_upstream(settings, "").encryption is Encryption.FROM_START


@pytest.mark.parametrize("host", ["10.0.0.1", "mx.example.org", "0.0.0.0", "::", "::ffff:127.0.0.1.example"])
def test_a_host_that_may_be_elsewhere_is_not_loopback(host: str) -> None:
    assert not is_loopback(host)
