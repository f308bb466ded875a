"""What answers mean; the whole table is walked in test_smtp.py, here is what needs no server."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.deliver.outcomes import MAX_SAYS_LENGTH, explain_admission, explain_answer, needs_smtputf8
from gatepost.deliver.parcel import Delivered, FailedForGood, FailedForNow, Parcel
from gatepost.deliver.upstream import Encryption, Upstream
from gatepost.model.address import Address
from gatepost.model.ports import Admission, Endpoint
from gatepost.wire.smtp.client import Answer, Dialect, Step
from gatepost.wire.smtp.client_replies import ReplyReader

UPSTREAM = Upstream(Dialect.SMTP, Endpoint("mx", 25), Encryption.NONE, "")
LINES = st.from_regex(r"[245][0-9][0-9]( [245]\.[0-9]{1,3}\.[0-9]{1,3})?( [ -~]{0,600})?", fullmatch=True)


def answer(line: str, step: Step = Step.RECIPIENT) -> Answer:
    reader = ReplyReader()
    reader.receive(f"{line}\r\n".encode())
    reply = reader.next_reply()
    assert reply is not None
    return Answer(step, reply)


@given(LINES, st.sampled_from(Step))
def test_every_answer_has_an_outcome_whose_status_fits(line: str, step: Step) -> None:
    outcome = explain_answer(answer(line, step), UPSTREAM)
    assert len(outcome.says) <= MAX_SAYS_LENGTH
    match outcome:
        case Delivered():
            assert line.startswith("2")
        case FailedForNow(status):
            assert status.startswith("4.")
        case FailedForGood(status):
            assert status.startswith("5.")
            assert line.startswith("5")


@pytest.mark.parametrize("code", [503, 530, 534, 535, 538])
def test_what_is_not_about_the_mail_does_not_bounce_it(code: int) -> None:
    assert isinstance(explain_answer(answer(f"{code} no", Step.MAIL), UPSTREAM), FailedForNow)


@given(LINES, st.sampled_from(Step))
def test_only_a_clear_no_to_a_recipient_makes_it_unknown(line: str, step: Step) -> None:
    if explain_admission(answer(line, step)) is Admission.UNKNOWN:
        assert step is Step.RECIPIENT
        assert line.startswith("5")


def parcel(content: bytes, to: str = "b@x.org", *, declared: bool = True) -> Parcel:
    return Parcel("0" * 32, None, (Address.parse(to),), content, needs_smtputf8=declared)


def test_a_mail_needs_smtputf8_where_its_addresses_or_its_declared_header_do() -> None:
    plain, header, body = b"A: b\r\n\r\nx", "A: é\r\n\r\nx".encode(), "A: b\r\n\r\né".encode()
    assert needs_smtputf8(parcel(plain, "é@x.org", declared=False))
    assert needs_smtputf8(parcel(header))
    assert not needs_smtputf8(parcel(header, declared=False))
    assert not needs_smtputf8(parcel(body))
    assert not needs_smtputf8(parcel(plain, "b@bücher.example"))
