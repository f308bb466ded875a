import pytest

from gatepost.learn.looking import look_at, look_at_case
from gatepost.message.parse import parse_message
from gatepost.model.errors import BadSettings
from gatepost.model.proof import UNPROVEN, AuthResult, Proof
from gatepost.screen.case import Case, Kit, LoadedCheck
from gatepost.screen.classifier.evidence import AUTHOR_PROVEN, SENDER_PROVEN
from gatepost.screen.kit import build_kit
from gatepost.screen.settings import ScreenSettings
from store_builders import build_arrival

KIT = build_kit(ScreenSettings(model="none"))
MAIL = b"From: Ann <ann@woodwork.example>\r\nSubject: claim your prize\r\n\r\nhttp://192.0.2.1/\r\n"


def break_down(*_: object) -> None:
    raise ZeroDivisionError


def with_broken_check() -> Kit:
    return Kit(KIT.settings, KIT.tables, (LoadedCheck("broken", break_down),), {})  # type: ignore[arg-type]


def test_what_is_seen_holds_no_zeros_and_the_words() -> None:
    seen = look_at(MAIL, KIT)
    assert 0 not in seen.numbers.values()
    assert seen.numbers["url_tricks.ip_host"] == 1
    assert seen.numbers["shape.links"] > 0
    assert seen.words.buckets.size > 4
    assert not {AUTHOR_PROVEN, SENDER_PROVEN} & seen.numbers.keys()


def test_what_is_known_of_a_mail_is_looked_at_too() -> None:
    proof = Proof(AuthResult.PASS, AuthResult.NONE, AuthResult.NONE, AuthResult.NONE)
    case = Case(parse_message(MAIL), build_arrival().envelope, proof, frozenset())
    seen = look_at_case(case, KIT)
    assert seen is not None
    assert seen.numbers[SENDER_PROVEN] == 1


def test_a_check_that_breaks_is_no_evidence() -> None:
    case = Case(parse_message(MAIL), build_arrival().envelope, UNPROVEN, frozenset())
    assert look_at_case(case, with_broken_check()) is None
    with pytest.raises(BadSettings, match="A check broke"):
        look_at(MAIL, with_broken_check())
