import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.html import MAX_HTML_CHARS, find_meta_charset, read_html
from gatepost.message.message import HtmlView, LinkKind
from gatepost.message.places import Locator
from gatepost.model.finding import Span


def read(html: str) -> HtmlView:
    return read_html(html, Locator(b"", Span(0, 0), Span(3, 9), is_direct=False))


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ("", ""),
        ("plain", "plain"),
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("one<br>two", "one\ntwo"),
        ("<div>one</div>two", "one\ntwo"),
        ("<b>P</b>ay<i>Pal</i>", "PayPal"),
        (" one \n  two\t<b> three</b>", "one two three"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("<pre>a\n  b</pre>c\nd", "a\nb\nc d"),
        ("a&nbsp;&amp;&lt;b&#x4f60;", "a &<b你"),
        ("<script>x</script><style>y</style><title>t</title><template>z</template>a<!-- c -->", "a"),
        ("<noscript>shown</noscript>", "shown"),
        ("<iframe>fallback</iframe>a", "a"),
        ("<p>one<p>two</div></span>three", "one\ntwothree"),
        ("<select><option>a<option>b</select>", "a\nb"),
        ("<textarea>typed</textarea>", "typed"),
    ],
)
def test_visible_text_has_a_line_for_each_block(html: str, seen: str) -> None:
    assert read(html).text == seen


@pytest.mark.parametrize(
    ("html", "seen", "hidden"),
    [
        ('a<div style="display:none">b<p>c</p></div>d', "ad", "b\nc"),
        ('<div style="display:none">a<p style="display:block">b</p></div>c', "c", "a\nb"),
        ("<span hidden>a</span>b", "b", "a"),
        ('<style>.x{display:none}</style><p class="y X">a</p>b', "b", "a"),
        ('<style>.x{display:none}</style><p class=x style="display:block">a</p>', "a", ""),
        ("<style>@media print{.x{display:none}}</style><p class=x>a</p>", "a", ""),
        ('<div style="font-size:0">a<span style="font-size:14px">b</span>c</div>', "b", "a\nc"),
        ('<p style="font-size:0">a<font size=2>b</font></p>', "b", "a"),
        ('<div style="visibility:hidden">a<b style="visibility:visible">b</b>c</div>d', "bd", "a\nc"),
        ('<font style="display:none">a<p>b</p></font>c', "c", "a\nb"),
        ('<p style="display:none">a</p>' * 2 + "b", "b", "a\na"),
        ('<b style="display:none"><div>a</b>b</div>c', "b\nc", "a"),
    ],
)
def test_what_is_out_of_sight_is_told_apart(html: str, seen: str, hidden: str) -> None:
    view = read(html)
    assert (view.text, view.hidden_text) == (seen, hidden)


def test_an_anchor_shows_its_visible_text_and_the_host_that_it_names() -> None:
    view = read('<a href="https://evil.example/"><b>www.Pay</b><i hidden>x</i>pal.com <img></a>')
    (link,) = view.links
    assert (link.kind, link.shown, link.shown_host, link.target_host, link.span) == (
        LinkKind.ANCHOR,
        "www.Paypal.com",
        "www.paypal.com",
        "evil.example",
        Span(3, 9),
    )


def test_urls_in_text_are_links_but_not_the_text_of_anchors() -> None:
    view = read(
        'see www.a.com <a href="http://b.com/">http://b.com/</a> and c<b>.com</b>/x <p style="display:none">d.com'
    )
    assert [(link.kind, link.target_host) for link in view.links] == [
        (LinkKind.ANCHOR, "b.com"),
        (LinkKind.TEXT, "www.a.com"),
        (LinkKind.TEXT, "c.com"),
    ]


def test_anchors_without_target_are_no_links() -> None:
    assert read("<a name=x>y</a><a>z</a><a href=''>q</a>").links == ()


def test_heavy_html_is_flattened_but_its_links_are_kept() -> None:
    view = read("<div>" * 12_000 + "<a href=http://x.example/>y</a><form action=z><input type=password>")
    assert (view.limits, view.text) == (("limit.html_tags",), "y")
    assert {link.target for link in view.links} == {"z", "http://x.example/"}
    assert view.forms[0].has_password_field


def test_endless_html_is_cut_and_told() -> None:
    view = read("x" * MAX_HTML_CHARS + "<a href=http://x.example/>y</a>")
    assert (view.limits, view.links) == (("limit.html_size",), ())


@pytest.mark.parametrize(
    ("html", "charset"),
    [
        (b'<meta charset="gb2312">', "gb2312"),
        (b"<META http-equiv=Content-Type content='text/html; charset=Big5'>", "Big5"),
        (b"<p charset=x>", ""),
        (b" " * 3_000 + b"<meta charset=x>", ""),
        (b"", ""),
    ],
)
def test_a_meta_tag_names_the_charset(html: bytes, charset: str) -> None:
    assert find_meta_charset(html) == charset


TAGS = [
    "<a href=x.com>",
    "</a>",
    "<p style='display:none'>",
    "</p>",
    "<table>",
    "<td>",
    "<form>",
    "<input>",
    "<b>",
    "</b>",
    "t ",
]


@given(st.lists(st.sampled_from(TAGS), max_size=40))
def test_no_word_is_lost_wherever_tags_stand(pieces: list[str]) -> None:
    view = read("".join(pieces))
    assert view.text.split().count("t") + view.hidden_text.split().count("t") == pieces.count("t ")


@given(st.text(max_size=100) | st.text(alphabet="<>/ab='\"&;#x- ", max_size=60))
def test_any_text_is_html(html: str) -> None:
    view = read(html)
    assert view.text == view.text.strip()


@pytest.mark.timeout(20)
def test_blanks_behind_the_name_of_a_charset_take_no_time() -> None:
    for _ in range(2_000):  # as many parts as a mail may have
        assert find_meta_charset(b"<meta charset=" + b"\t" * 2_030) == ""


@pytest.mark.parametrize("name", ["shadowrootmode", "SHADOWROOTMODE", "shadowroot"])
def test_what_a_browser_shows_of_a_template_is_read(name: str) -> None:
    view = read(f"<div><TEMPLATE a {name}=open><form><input type=password></form>Sign in</template></div>")
    assert (view.text, [form.has_password_field for form in view.forms]) == ("Sign in", [True])
    assert read("<template><form><input type=password></form>Sign in</template>").forms == ()
