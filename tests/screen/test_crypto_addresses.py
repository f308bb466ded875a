"""An address is told from other words by its checksum."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.screen.crypto_addresses import MAX_CANDIDATES, find_crypto_addresses

BITCOIN = "1BoxZ19ncciSHLLxkY3QM5ViszQgdhGSKF"
TRON = "TFnPL6nwMz5dugbjUJroEo6oZhmpgthdXk"
SEGWIT = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"  # BIP 173, test vectors
TAPROOT = "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"  # BIP 350, test vectors


@pytest.mark.parametrize("address", [BITCOIN, TRON, SEGWIT, TAPROOT])
@pytest.mark.parametrize("around", ["{}", "send to {}.", "地址：{}，请", "({})"])
def test_an_address_is_found_in_any_sentence(address: str, around: str) -> None:
    assert list(find_crypto_addresses(around.format(address))) == [address]


@pytest.mark.parametrize("address", [BITCOIN, TRON, SEGWIT, TAPROOT])
def test_one_changed_letter_makes_it_another_word(address: str) -> None:
    changed = address[:-1] + ("q" if address[-1] != "q" else "p")
    assert list(find_crypto_addresses(changed)) == []


@pytest.mark.parametrize("address", [BITCOIN, SEGWIT])
def test_within_a_longer_word_it_is_none(address: str) -> None:
    assert list(find_crypto_addresses(f"x{address} {address}9")) == []


def test_the_first_letter_must_fit_the_kind() -> None:
    assert list(find_crypto_addresses("3" + BITCOIN[1:])) == []


def test_many_words_are_tried_up_to_a_limit() -> None:
    wrong = "1" * 30
    assert list(find_crypto_addresses(f"{wrong} " * (MAX_CANDIDATES - 1) + BITCOIN)) == [BITCOIN]
    assert list(find_crypto_addresses(f"{wrong} " * MAX_CANDIDATES + BITCOIN)) == []


@given(st.text(alphabet="13LTbc1qpz0OIl ", max_size=400))
def test_any_text_can_be_searched(text: str) -> None:
    assert all(address in text for address in find_crypto_addresses(text))
