"""Every status has an explanation in both languages."""

from hypothesis import given
from hypothesis import strategies as st

from gatepost.deliver.bounce_texts import compose_text, explain_status


@given(st.from_regex(r"[45]\.[0-9]{1,3}\.[0-9]{1,3}", fullmatch=True))
def test_every_status_is_explained(status: str) -> None:
    english, chinese = explain_status(status)
    assert english.isascii()
    assert not chinese.isascii()


def test_the_closest_explanation_is_given() -> None:
    assert explain_status("5.1.10")[0] == "The mailbox does not exist."
    assert explain_status("5.2.2")[0] == "The mailbox is full."
    assert explain_status("5.5.0")[0] == "The receiving system refused the mail."
    assert explain_status("4.4.1")[0] == "The receiving system did not take the mail in time."


def test_braces_in_what_strangers_said_stay_as_they_are() -> None:
    assert "{hostname}" in compose_text([("b@x.org", "5.0.0", "{hostname}{0}")], "gate.example")
