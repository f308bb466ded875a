"""A URL may carry the reader's address, plain or in code."""

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.screen.coded_addresses import MAX_TOKENS, carries_address, carries_coded_address

ADDRESS = b"nora.lindqvist@mill-street.example"


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(ADDRESS).decode(),
        base64.urlsafe_b64encode(b"n+" + ADDRESS).decode().rstrip("="),
        ADDRESS.hex(),
        ADDRESS.hex().upper(),
        f"?id=12345678901234567890&to={ADDRESS.hex()}&x",
        f"。{base64.b64encode(ADDRESS).decode()}",
        f"?to={base64.b64encode(ADDRESS).decode()}%3D",
    ],
)
def test_a_coded_address_is_seen(text: str) -> None:
    assert carries_coded_address(text)
    assert carries_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abcdefghijklmnopqrstuvwxyz",
        base64.b64encode(b"no address at all").decode(),
        base64.b64encode(b"\x80" + ADDRESS).decode(),
        b"no address, but 40 of it @".hex(),
        "x" + ADDRESS.hex(),
        "é" + base64.b64encode(ADDRESS).decode(),
        base64.b64encode(ADDRESS).decode().rstrip("=") + "é",
    ],
)
def test_other_words_hold_none(text: str) -> None:
    assert not carries_coded_address(text)


def test_a_plain_address_is_in_no_code() -> None:
    assert carries_address("#nora%40mill.example")
    assert not carries_coded_address("#nora%40mill.example")


def test_no_more_than_the_first_words_are_decoded() -> None:
    word, coded = "Q" * 12, base64.b64encode(ADDRESS).decode()
    assert carries_coded_address(" ".join([word] * (MAX_TOKENS - 1) + [coded]))
    assert not carries_coded_address(" ".join([word] * MAX_TOKENS + [coded]))


@given(st.from_regex(rb"[\w.+-]{1,30}@[\w-]{1,20}\.[\w-]{1,20}", fullmatch=True))
def test_every_address_is_found_in_base64(address: bytes) -> None:
    assert carries_coded_address(base64.urlsafe_b64encode(address).decode().rstrip("=") + "=") is (
        len(base64.b64encode(address).rstrip(b"=")) >= 12
    )


def test_a_slash_is_a_digit_and_the_paths_own() -> None:
    coded = base64.b64encode(b"?\xff?" + b"nora.lindqvist@mill.example").decode()
    assert carries_coded_address(f"https://a.example/in/{base64.b64encode(ADDRESS).decode()}/now")
    assert not carries_coded_address(f"https://a.example/{coded[:4]}/{coded[5:9]}")


@given(st.text(max_size=200))
def test_any_text_may_be_asked(text: str) -> None:
    carries_address(text)


@pytest.mark.parametrize("filling", ["4", "40", "a@", "%40", "QUJD", "@a."])
def test_long_texts_take_no_time(filling: str) -> None:
    started = time.process_time()
    carries_address(filling * 20_000)
    assert time.process_time() - started < 1
