"""The account of a score adds up to the score, whatever was seen."""

import math

from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.parse import parse_message
from gatepost.model.envelope import Envelope
from gatepost.model.finding import Finding, Severity
from gatepost.model.proof import UNPROVEN
from gatepost.model.verdict import Contribution
from gatepost.screen.account import account_for
from gatepost.screen.case import Case
from gatepost.screen.kit import build_kit
from gatepost.screen.run import screen
from gatepost.screen.settings import ScreenSettings

KITS = {model: build_kit(ScreenSettings(model=model)) for model in ("", "none")}
WORDS = st.sampled_from(["invoice", "password", "urgent", "hello", "lottery", "http://192.0.2.1/x", "发票", "点击"])
MAILS = st.builds(
    lambda name, subject, text: f"From: {name} <a@b.example>\r\nSubject: {subject}\r\n\r\n{text}\r\n".encode(),
    WORDS,
    WORDS,
    st.lists(WORDS, max_size=30).map(" ".join),
)


@given(MAILS | st.binary(max_size=300), st.sampled_from(["", "none"]))
def test_every_account_adds_up_to_the_score(raw: bytes, model: str) -> None:
    envelope = Envelope(None, (), "", "", protocol="")
    screening = screen(Case(parse_message(raw), envelope, UNPROVEN, frozenset()), KITS[model])
    account = account_for(screening.bias, screening.contributions, screening.findings)
    assert account is not None
    assert account.probability == screening.score
    assert math.isclose(account.bias + math.fsum(one.log_odds for one in account.steps), account.log_odds)


def test_a_finding_is_told_in_chinese_as_the_reader_is_told() -> None:
    finding = Finding("html_form.shown", Severity.ODD, "A form.", "邮件含有表单。")
    account = account_for(-1.0, [Contribution("html_form.shown", 0.5, 1.0)], [finding])
    assert account is not None
    assert (account.steps[0].says, account.steps[0].says_zh) == ("The mail holds a form", "邮件含有表单")


def test_there_is_no_account_where_nothing_was_weighed() -> None:
    assert account_for(0.0, (), ()) is None
