"""Beyond the corpus cases: nothing is said before the sender is proven, and how much belongs to it is measured."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.finding import Feature
from gatepost.model.proof import UNPROVEN, AuthResult, Proof
from screen_cases import examine, find_codes, write_mail

CHECK = "bulk_sender"
PROVEN = Proof(dmarc=AuthResult.PASS)
HEAD = (
    "List-Unsubscribe: <https://garden-weekly.com/out>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    "Reply-To: {answer}\r\n"
)
SENDER = "Garden <news@garden-weekly.com>"


def measure_stability(body: str, answer: str, proof: Proof = PROVEN) -> list[float]:
    seen = examine(CHECK, write_mail(body, sender=SENDER, head=HEAD.format(answer=answer)), proof=proof)
    return [one.value for one in seen if isinstance(one, Feature)]


@pytest.mark.parametrize(
    ("body", "answer", "stable"),
    [
        ("https://www.garden-weekly.com/", "a@garden-weekly.com", 1.0),
        ("https://mill-lane.example/", "a@garden-weekly.com", 0.5),
        ("https://www.garden-weekly.com/ https://mill-lane.example/", "a@garden-weekly.com", 0.75),
        ("https://mill-lane.example/", "a@mill-lane.example", 0.0),
    ],
)
def test_each_kind_of_place_counts_alike(body: str, answer: str, stable: float) -> None:
    assert measure_stability(body, answer) == [stable]


@pytest.mark.parametrize("result", [word for word in AuthResult if word is not AuthResult.PASS])
def test_nothing_is_said_of_a_sender_who_is_not_proven(result: AuthResult) -> None:
    assert measure_stability("https://garden-weekly.com/", "a@garden-weekly.com", Proof(dmarc=result)) == []
    assert measure_stability("https://garden-weekly.com/", "a@garden-weekly.com", UNPROVEN) == []


def test_two_senders_are_not_one_organisation() -> None:
    head = HEAD.format(answer="a@garden-weekly.com") + "From: b@mill-lane.example\r\n"
    assert find_codes(CHECK, write_mail("", sender=SENDER, head=head), proof=PROVEN) == []


@given(st.text(alphabet="<>htps:/mailo,@. \t", max_size=200))
def test_any_way_out_can_be_written(way: str) -> None:
    head = f"List-Unsubscribe: {way}\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    find_codes(CHECK, write_mail("", sender=SENDER, head=head), proof=PROVEN)
