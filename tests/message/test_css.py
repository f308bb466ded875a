import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.css import (
    HIDDEN,
    MAX_KEPT_CHARS,
    MAX_RULES,
    PLAIN,
    READABLE,
    FontSize,
    Look,
    hides,
    read_rules,
    read_style,
)

STYLE_TEXT = (
    "display visibility opacity overflow clip color font-size font left text-indent height transform : : : ; ; none"
    " hidden collapse transparent 0 0px .0em +0 -0 1px -999px scale(0) rect(0,0,0,0) FONT-SIZE { }"
)
STYLE_WORDS = (*STYLE_TEXT.split(), " ", "\t", "\xa0")


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "Display : NONE !important",
        "color:red;display:none",
        "opacity:0",
        "opacity: 0.01",
        "max-height:0;overflow:hidden",
        "overflow:hidden; height:0px",
        "width:0;overflow:clip",
        "text-indent:-9999px",
        "position:absolute;left:-1000px",
        "top:-100em",
        "color:transparent",
        "transform:scale(0)",
        "clip:rect(0,0,0,0)",
        "clip: rect(0 0 0 0)",
    ],
)
def test_these_styles_take_an_element_out_of_sight(style: str) -> None:
    assert read_style(style).is_gone


@pytest.mark.parametrize(
    "style",
    [
        "",
        "color:red",
        "display:block",
        "opacity:1",
        "opacity:.9",
        "opacity:x",
        "max-height:0",
        "overflow:hidden;height:10px",
        "line-height:0",
        "text-indent:-20px",
        "left:-10px",
        "margin-left:-9999px",
        "clip:rect(0,100px,50px,0)",
        "mso-hide:all",
        "x-display:none",
    ],
)
def test_these_styles_hide_nothing(style: str) -> None:
    assert not read_style(style).is_gone


@pytest.mark.parametrize(
    ("style", "size"),
    [
        ("font-size:0", FontSize.ZERO),
        ("font-size:0px !important", FontSize.ZERO),
        ("font-size:0.0em", FontSize.ZERO),
        ("font:0/0 a", FontSize.ZERO),
        ("font-size:14px", FontSize.READABLE),
        ("font:bold 14px/1.2 Arial", FontSize.READABLE),
        ("font-size:large", FontSize.READABLE),
        ("font-size:1em", FontSize.UNSAID),  # of nothing is nothing
        ("font-size:100%", FontSize.UNSAID),
        ("font:inherit", FontSize.UNSAID),
        ("color:red", FontSize.UNSAID),
    ],
)
def test_letters_of_size_zero_are_told_from_readable_ones(style: str, size: FontSize) -> None:
    assert read_style(style).font_size is size


def test_visibility_can_be_taken_away_and_given_back() -> None:
    found = [read_style(style).is_invisible for style in ("visibility:hidden", "visibility:visible", "color:red")]
    assert found == [True, False, None]


def test_a_stronger_look_leaves_to_the_weaker_what_it_does_not_say() -> None:
    block = read_style("display:block")
    assert block.over(HIDDEN).is_gone is False
    assert PLAIN.over(HIDDEN) == HIDDEN
    assert READABLE.over(HIDDEN) == Look(is_gone=True, font_size=FontSize.READABLE)


def test_rules_with_simple_selectors_that_hide_are_found() -> None:
    sheet = """
    @import url(x.css); .imported, p.gone , #box { display: none }
    /* .comment{display:none} */ .red{color:red} .zero{font-size:0} .a .b{display:none} .c:hover{display:none}
    @media only screen { .small{display:none} .small2{display:none} } .after{visibility:hidden}
    @font-face { font-family: x; display: none }
    """
    assert sorted(read_rules(sheet)) == ["#box", ".after", ".gone", ".imported", ".zero"]


def test_no_more_rules_are_kept_than_the_limit() -> None:
    sheet = "".join(f".c{number}{{display:none}}" for number in range(MAX_RULES + 10))
    assert len(read_rules(sheet)) == MAX_RULES


@given(st.text(alphabet="{}@;:.#,a /*display:none0px-", max_size=80))
def test_any_text_is_a_style_and_a_sheet(text: str) -> None:
    assert isinstance(read_style(text), Look)
    assert all(name[0] in ".#" for name in read_rules(text))


@pytest.mark.parametrize("char_count", [MAX_KEPT_CHARS, MAX_KEPT_CHARS + 1])
def test_a_style_is_read_alike_whether_it_is_remembered_or_too_long_for_that(char_count: int) -> None:
    style = "display:none".rjust(char_count, " ")
    assert read_style(style).is_gone
    assert read_style(style).is_gone
    assert not read_style(style.replace("none", "flex")).is_gone


@given(st.lists(st.sampled_from(STYLE_WORDS), max_size=12).map("".join))
def test_what_cannot_hide_is_told_without_reading_it(style: str) -> None:
    assert hides(style) is read_style(style).hides


def test_a_colon_in_a_value_does_not_swallow_what_follows() -> None:
    assert hides("background: url(http://a.example/b); display: none")
    assert hides("x: display: none")


def test_a_style_of_names_without_colons_is_read_once() -> None:
    """Each letter was taken for the beginning of a name: thirty such styles cost twelve seconds."""
    started_s = time.process_time()
    for number in range(10):
        assert read_style(f"{'-w' * 10_000}{number}") == PLAIN
    assert time.process_time() - started_s < 1
