"""What an EHLO answer says, and what it fails to say."""

from hypothesis import given
from hypothesis import strategies as st

from gatepost.wire.smtp.capabilities import Capabilities, parse_capabilities
from gatepost.wire.smtp.client_replies import ServerReply


def parse(*lines: str) -> Capabilities:
    return parse_capabilities(ServerReply(250, "", ("mx.example", *lines)))


def test_keywords_count_in_any_case() -> None:
    assert "PIPELINING" in parse("pipelining")


def test_the_first_line_is_a_greeting_and_no_keyword() -> None:
    assert "MX" not in parse_capabilities(ServerReply(250, "", ("MX hello",)))


def test_a_server_that_says_nothing_has_no_limits() -> None:
    nothing = Capabilities()
    assert (nothing.size_limit_bytes, nothing.recipients_limit, nothing.mails_limit) == (0, 0, 0)


def test_limits_are_read() -> None:
    found = parse("SIZE 35882577", "LIMITS RCPTMAX=20 MAILMAX=5 RCPTDOMAINMAX=1")
    assert (found.size_limit_bytes, found.recipients_limit, found.mails_limit) == (35882577, 20, 5)


def test_numbers_that_are_none_count_as_not_said() -> None:
    found = parse("SIZE ten", "LIMITS RCPTMAX=-1 MAILMAX=" + "9" * 30)
    assert (found.size_limit_bytes, found.recipients_limit, found.mails_limit) == (0, 0, 0)


def test_of_a_keyword_said_twice_the_first_counts() -> None:
    assert parse("SIZE 10", "SIZE 20").size_limit_bytes == 10


@given(st.lists(st.text(max_size=40), max_size=8))
def test_any_lines_give_capabilities(lines: list[str]) -> None:
    found = parse(*lines)
    assert min(found.size_limit_bytes, found.recipients_limit, found.mails_limit) >= 0
