"""What EHLO promises follows from the profile."""

import pytest

from gatepost.model.errors import BadAddress
from gatepost.wire.smtp.profile import ServerProfile, build_ehlo_reply, build_greeting, build_helo_reply


def test_the_limits_that_hold_are_the_limits_announced() -> None:
    profile = ServerProfile("mx.example", max_size_bytes=70_000, max_recipients=101, max_mails=7)
    lines = build_ehlo_reply(profile, tls_is_active=False).lines
    assert "SIZE 70000" in lines
    assert "LIMITS MAILMAX=7 RCPTMAX=101" in lines


def test_starttls_is_offered_only_where_it_would_be_taken() -> None:
    profile = ServerProfile("mx.example", tls_is_offered=True)
    assert "STARTTLS" in build_ehlo_reply(profile, tls_is_active=False).lines
    assert "STARTTLS" not in build_ehlo_reply(profile, tls_is_active=True).lines
    assert "STARTTLS" not in build_ehlo_reply(ServerProfile("mx.example"), tls_is_active=False).lines


def test_greeting_and_hello_begin_with_the_host_name() -> None:
    profile = ServerProfile("mx.example")
    assert build_greeting(profile).wire == b"220 mx.example ESMTP\r\n"
    assert build_helo_reply(profile).wire == b"250 mx.example\r\n"
    assert build_ehlo_reply(profile, tls_is_active=False).lines[0] == "mx.example"


@pytest.mark.parametrize("host_name", ["", "a b", "mx..example", "-"])
def test_a_host_without_a_proper_name_is_refused_at_once(host_name: str) -> None:
    with pytest.raises(BadAddress):
        ServerProfile(host_name)
