import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from gatepost.message.html import read_html
from gatepost.message.html_guard import (
    MAX_ALIKE,
    MAX_ATTRIBUTES,
    MAX_TREE_TAGS,
    cut_between_tags,
    flatten,
    is_too_heavy,
)
from gatepost.message.places import Locator
from gatepost.model.finding import Span

LOCATOR = Locator(b"", Span(0, 0), Span(0, 0), is_direct=False)

FONTS = "".join(f"<font c{number}>" for number in range(500))


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 10_001,
        "<p>" + FONTS + "<p>x" * 1_000,
        "<p>" + "".join(f"<font c{number}><!--</font>-->" for number in range(500)) + "<p>x" * 1_000,
        "<p>" + "".join(f"<font c{number}><p title='</font>'>" for number in range(500)) + "<p>x" * 1_000,
        "<p>" + "".join(f"<font c{number}><table><td></font></table>" for number in range(500)) + "<p>x" * 1_000,
        "<svg><title>" + FONTS + "<p>x" * 1_000,
        "<\u017fcript>" + FONTS + "<p>x" * 1_000,  # a long s makes no script
        "<a " + " ".join(f"attribute{number}=1" for number in range(MAX_ATTRIBUTES * 2)) + ">",
        '<a b" ' + " ".join(f"attribute{number}='>'" for number in range(MAX_ATTRIBUTES * 2)) + ">",
        "".join(f"<body attribute{number}=1>" for number in range(MAX_ATTRIBUTES * 2)),
        "</body\n" + " ".join(f"a{number}" for number in range(MAX_ATTRIBUTES + 1)) + ">" + "<p>x" * 9_900,
        ("<HTML" + "".join(f"/a{number}" for number in range(400)) + ">") * 6 + "<p>x" * 9_900,
        "<p x= '>'" + " b='>'".join(f"a{number}" for number in range(MAX_ATTRIBUTES + 1)) + ">" + "<p>x" * 9_900,
        "x" * 40_000 + "<p " + " ".join(f"a{number}" for number in range(MAX_ATTRIBUTES + 1)),
    ],
)
def test_bombs_are_seen(html: str) -> None:
    assert is_too_heavy(html)


@pytest.mark.parametrize(
    "html",
    [
        "",
        "plain text",
        "<p>x</p>" * 3_000,
        "<font color=red>x</font>" * 3_000,
        "<img src='data:image/png;base64," + "A" * 1_000_000 + "'>",
        "<p title='" + "a=b " * 100_000 + "'>",
        "<!--" + "<font c1>" * 5_000 + "-->",
        "<style>" + "a b c " * 20_000 + "</style>",
    ],
)
def test_honest_html_is_let_through(html: str) -> None:
    assert not is_too_heavy(html)


def test_flattening_keeps_text_links_forms_images_and_that_there_is_a_script() -> None:
    html = (
        "<div><p>One<br>two</p><!-- no --><script>var x='<p>'</script><A HREF='http://x/'>link</A>"
        "<form action=y><input name=z></form><img src=i><b>bold</b></div>"
    )
    flat = flatten(html)
    assert flat == (
        "<br>One<br>two<br><script></script><a HREF='http://x/'>link</a><form action=y><input name=z></form><img src=i>"
        "bold<br>"
    )


def test_flattening_cuts_the_attributes_of_a_huge_tag() -> None:
    html = "<a href=x " + " ".join(f"attribute{number}=1" for number in range(1_000)) + ">y</a>"
    node = LexborHTMLParser(flatten(html)).css_first("a")
    assert node is not None
    assert (node.attributes["href"], len(node.attributes)) == ("x", 50)


@pytest.mark.parametrize(
    "unit", ["<div>", "<ul><li>", "<b>", "<a href=x><div>", "<p><font a>", "<table><tr><td>", "<form>"]
)
def test_what_the_guard_lets_through_is_built_in_a_fraction_of_a_second(unit: str) -> None:
    html = unit * (9_900 // unit.count("<"))
    started = time.process_time()
    LexborHTMLParser(flatten(html) if is_too_heavy(html) else html)
    assert time.process_time() - started < 0.5


@given(st.text(alphabet="<>/!-='\" abfont", max_size=80))
def test_any_text_can_be_flattened_to_safe_html(html: str) -> None:
    is_too_heavy(html)
    assert not is_too_heavy(flatten(html))


@pytest.mark.parametrize("filling", ["<i>a</i>", "<svg>", "<p>a"])
@pytest.mark.parametrize(
    "acting",
    [
        "<script src='https://a.example/'></script>",
        "<SCRIPT>go()</SCRIPT>",
        "<body onload=go()>",
        "<p class=a onclick = 'go()'>",
        "<script>",
    ],
)
def test_a_script_among_many_tags_is_counted(filling: str, acting: str) -> None:
    assert read_html(filling * MAX_TREE_TAGS + acting, LOCATOR).script_count == 1


@pytest.mark.parametrize(
    "frame", ["<iframe src=//a.example/ >", "<object data='//a.example/'><p>", "<embed src=//a.example/ >"]
)
def test_a_site_among_many_tags_is_seen(frame: str) -> None:
    assert read_html("<i>a</i>" * MAX_TREE_TAGS + frame, LOCATOR).frames == ("//a.example/",)


@pytest.mark.parametrize("unit", ["<a> ", "<img src=https://a.example/>", "<option>", "<div>", "<p>\n"])
def test_many_tags_that_are_the_same_leave_little(unit: str) -> None:
    tracemalloc.start()
    flat = flatten(unit * (600_000 // len(unit)))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert flat.count("<") <= MAX_ALIKE + 1
    assert most < 15_000_000


def test_empty_lines_become_one_and_what_follows_stays() -> None:
    assert flatten("<p> <p>&nbsp; <p> &nbsp; a &nbsp;<i>b</i>") == "<br> &nbsp; a &nbsp;b"


def test_html_is_cut_between_its_tags() -> None:
    assert cut_between_tags("<p>one</p><p a='> <b'>two", 20) == (["<p>one</p>", "<p a='> <b'>two"], False)
    assert cut_between_tags("<p>one", 12) == (["<p>one"], False)
    assert cut_between_tags("<script>a < b; c = '<p>'</script><p>", 12)[0] == [
        "<script>a < b; c = '<p>'</script>",
        "<p>",
    ]
    assert cut_between_tags("one <p class='a b c d e'> two", 12) == (["one ", "<p class='a b c d e'> two"], True)


@given(st.text(alphabet="<>/ab='\"! -", max_size=200), st.integers(1, 50))
def test_pieces_of_any_html_are_all_of_it(html: str, most_chars: int) -> None:
    pieces, _ = cut_between_tags(html, most_chars)
    assert "".join(pieces) == html
