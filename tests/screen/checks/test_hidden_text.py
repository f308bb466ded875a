"""Beyond the corpus cases: how much counts."""

import pytest

from gatepost.screen.checks.hidden_text import MIN_HIDDEN_CHARS
from screen_cases import find_codes, measure, write_mail

CHECK = "hidden_text"


def mail(hidden: int, shown: int) -> bytes:
    return write_mail(f'<p>{"s" * shown}</p><div style="display:none">{"h" * hidden}</div>', html=True)


@pytest.mark.parametrize(
    ("hidden", "shown", "codes"),
    [
        (MIN_HIDDEN_CHARS, 10, ["padding"]),
        (MIN_HIDDEN_CHARS - 1, 10, []),
        (MIN_HIDDEN_CHARS, MIN_HIDDEN_CHARS, []),
        (0, 0, []),
    ],
)
def test_only_much_hidden_text_counts(hidden: int, shown: int, codes: list[str]) -> None:
    assert find_codes(CHECK, mail(hidden, shown)) == codes


def test_the_share_of_hidden_text_is_measured() -> None:
    assert measure(CHECK, mail(300, 100)) == {"hidden_text.share": 0.75}
    assert measure(CHECK, write_mail("<p>x</p>", html=True)) == {}
