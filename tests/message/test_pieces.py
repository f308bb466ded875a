import pytest

from gatepost.message.pieces import Mailbox
from gatepost.model.finding import Span


@pytest.mark.parametrize(
    ("address", "domain"),
    [("a@B.Example", "b.example"), ("a@b@c.example.", "c.example"), ("a@ b ", "b"), ("a", ""), ("", ""), ("a@", "")],
)
def test_a_domain_stands_behind_the_last_at_sign(address: str, domain: str) -> None:
    assert Mailbox("", address, Span(0, 0)).domain == domain
