"""An address that reaches the edge is joined with what goes on in the next line, and no other is."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.attachments.pdf.wrapped import MAX_MORE_LINES, join_wrapped


def join(*lines: str) -> list[str]:
    return list(join_wrapped("\n".join(lines)))


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (("Sign in at https://evil.exa", "mple/login"), ["https://evil.example/login"]),
        (("See www.evil.example/lo", "gin?id=7, then go on"), ["www.evil.example/login?id=7,"]),
        (("https://evil.example/", "login", "Thank you"), ["https://evil.example/login"]),
        (("https://evil-", "example.example/"), ["https://evil-example.example/"]),
        (("https://", "evil.example/login"), ["https://evil.example/login"]),
        (("A long line of text in front", "https://evil.example/a?b=", "c"), ["https://evil.example/a?b=c"]),
        (
            ("https://evil.example/a/", "b/c/d/e/f/g/h/i/j/k/l/", "m/n end"),
            ["https://evil.example/a/b/c/d/e/f/g/h/i/j/k/l/", "https://evil.example/a/b/c/d/e/f/g/h/i/j/k/l/m/n"],
        ),
    ],
)
def test_what_goes_on_is_joined(lines: tuple[str, ...], joined: list[str]) -> None:
    assert join(*lines) == joined


@pytest.mark.parametrize(
    "lines",
    [
        ("Our page is https://woodwork.example", "Thank you for your order."),
        ("Our page is https://woodwork.example/oak", "Ann"),
        ("https://woodwork.example", "https://oak.example/"),
        ("https://woodwork.example/", "www.oak.example"),
        ("https://woodwork.example", "", "oak/beech"),
        ("https://woodwork.example ", "oak/beech"),
        ("See a.b", "A long line, of which a reader knows that the one above it is not full", "x/y"),
        ("www.a.example", "4 boards of oak, each as wide as the last ones were, and sanded on both sides"),
        ("no address", "a/b"),
        ("",),
    ],
)
def test_what_does_not_go_on_is_not_joined(lines: tuple[str, ...]) -> None:
    assert join(*lines) == []


def test_an_address_goes_on_for_a_few_lines_only() -> None:
    assert len(join("https://evil.example/a/", *["b/"] * 20)) == MAX_MORE_LINES


@pytest.mark.parametrize(
    "text", ["https://a/\n", "www.", "a://", "https://a.example/ ", "\nb/", "x" * 3_999 + "\n", "www." * 900 + "\n"]
)
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    list(join_wrapped(text * (1_000_000 // len(text))))
    assert time.process_time() - start < 3


@given(st.lists(st.sampled_from(["https://", "www.", "a.b/", "\n", " ", "-", "x"])))
def test_each_begins_as_an_address_and_has_no_blank(pieces: list[str]) -> None:
    for address in join_wrapped("".join(pieces)):
        assert address.startswith(("https://", "www."))
        assert not set(address) & {" ", "\n"}
