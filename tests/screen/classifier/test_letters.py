"""Foreign letters come out as Unicode's own normalisation gives them, and nothing foreign is left that is no letter."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.screen.classifier.letters import KEPT, NOISE, decode_plain, encode_plain, write_plainly
from gatepost.screen.exchange import MAX_EXCHANGED

FOREIGN = st.text(st.characters(min_codepoint=0x80))
MIXED = st.text(
    st.sampled_from("aS Σςéİﬁ½ｶﾞ\u3099か\u0301\u1100\u1161한…’“\u200b\u00ad\ufe0f€￥🙂①\u2028\udcff\ud800")
    | st.characters()
)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("ＡＢＣ", "abc"),
        ("pay\u200bpal", "paypal"),
        ("e\u0301", "é"),
        ("ｶﾞ", "ガ"),
        ("ΟΔΟΣ", "οδος"),
        ("a\u00a0b\u2028c", "a b c"),
        ("“5€”", f"{NOISE}5€{NOISE}"),
        ("İ", f"i{NOISE}"),
    ],
)
def test_letters_are_written_plainly(written: str, plain: str) -> None:
    assert write_plainly(written) == plain


@given(FOREIGN | MIXED)
def test_letters_are_those_of_the_whole_text_normalised(text: str) -> None:
    whole = unicodedata.normalize("NFKC", text).lower()
    letters = "".join(letter for letter in whole if letter.isalnum() and letter not in "\u115f\u1160")  # invisible
    assert "".join(filter(str.isalnum, write_plainly(text).lower())).replace("ς", "σ") == letters.replace("ς", "σ")


@given(FOREIGN | MIXED)
def test_nothing_else_that_is_foreign_is_left(text: str) -> None:
    plain = write_plainly(text)
    assert all(one.isascii() or one.isalnum() or one in KEPT or one == NOISE for one in plain)
    assert decode_plain(encode_plain(plain)) == plain


def test_many_distinct_characters_are_written_as_few_are() -> None:
    wide = [chr(0xFF21 + place % 26) + chr(0x2460 + place) for place in range(MAX_EXCHANGED)]
    assert write_plainly("".join(wide)) == "".join(map(write_plainly, wide))
