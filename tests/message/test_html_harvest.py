import pytest

from gatepost.message.html import read_html
from gatepost.message.html_harvest import IDLE, MAX_FIELD_NAMES, MAX_FORMS, MAX_HTML_LINKS
from gatepost.message.message import HtmlForm, HtmlView, LinkKind
from gatepost.message.places import Locator
from gatepost.model.finding import Span


def read(html: str) -> HtmlView:
    raw = html.encode()
    whole = Span(0, len(raw))
    return read_html(html, Locator(raw, whole, whole, is_direct=True))


def targets(html: str, kind: LinkKind) -> list[str]:
    return [link.target for link in read(html).links if link.kind is kind]


def forms(html: str) -> list[tuple[str, bool, tuple[str, ...]]]:
    return [(form.action, form.has_password_field, form.field_names) for form in read(html).forms]


def test_links_of_every_kind_are_found() -> None:
    html = """<base href="https://base.example/"><link rel=stylesheet href=s.css><meta http-equiv=Refresh
    content="0; URL='http://refresh.example/'"><body background=bg.png><a href=a>A</a><map><area href=area></map>
    <form action=f><button formaction=b>go</button></form><img src=i srcset="i1 1x, i2 2x"><iframe src=if></iframe>
    <p style="background:url('css.png')">x</p><input type=image src=ii><object data=o></object><embed src=e>
    <svg><a xlink:href=sa>s</a><image href=si></svg><video src=v poster=vp></video><script src=js></script>"""
    assert targets(html, LinkKind.ANCHOR) == ["a", "area", "sa"]
    assert targets(html, LinkKind.FORM) == ["f", "b"]
    assert targets(html, LinkKind.REFRESH) == ["http://refresh.example/"]
    expected = ["s.css", "bg.png", "i", "i1", "1x,", "i2", "2x", "if", "css.png", "ii", "o", "e", "si", "v", "vp", "js"]
    assert [each for each in expected if not each[0].isdigit()] == targets(html, LinkKind.RESOURCE)


def test_relative_links_open_the_host_of_the_base() -> None:
    view = read('<base href="https://base.example/x/"><base href="http://second.example/"><a href="y">z</a>')
    assert (view.links[0].target_host, view.base_url) == ("base.example", "https://base.example/x/")


def test_links_stand_where_they_are_written_also_with_entities() -> None:
    html = '<a href="http://a.example/?x&amp;y"><img src="http://b.example/"></a> http://c.example'
    view = read(html)
    assert sorted(html[link.span.start : link.span.end] for link in view.links) == [
        "http://a.example/?x&amp;y",
        "http://b.example/",
        "http://c.example",
    ]


def test_forms_tell_action_password_and_visible_fields() -> None:
    html = (
        "<form action=' http://x.example/ '><input name=user><input type=password name=pw><input type=hidden name=h>"
        "<input type=submit><select name=s></select><textarea></textarea></form>"
    )
    assert forms(html) == [("http://x.example/", True, ("user", "pw", "s", "textarea"))]
    assert read(html).forms[0].span == Span(15, 32)


def test_loose_fields_make_a_form_without_action() -> None:
    assert forms("<input type=password><form action=a><input name=b></form><input name=c>") == [
        ("", True, ("password",)),
        ("a", False, ("b",)),
        ("", False, ("c",)),
    ]


def test_a_form_between_table_and_row_holds_the_fields_of_the_table() -> None:
    html = "<table><form action=a><tr><td><input type=password name=p></td></tr></form></table>"
    assert forms(html) == [("a", True, ("p",))]


def test_scripts_are_counted_in_all_their_forms() -> None:
    html = "<script></script><a href=' java\nscript:x'>y</a><img src=x onerror=z OnLoad=z><p title=on>"
    assert read(html).script_count == 4


def test_title_images_and_refresh_are_told() -> None:
    view = read("<title> My \n bank </title><title>2</title><img><img><meta http-equiv=refresh content=5>")
    assert (view.title, view.image_count, view.has_meta_refresh) == ("My bank", 2, True)


def test_more_than_the_limits_is_told_or_left_out() -> None:
    view = read("<a href=x>" * (MAX_HTML_LINKS + 1))
    assert (len(view.links), view.limits) == (MAX_HTML_LINKS, ("limit.links",))
    assert len(read("<form action=x></form>" * (MAX_FORMS + 5)).forms) == MAX_FORMS
    assert len(read("<form>" + "<input>" * (MAX_FIELD_NAMES + 5)).forms[0].field_names) == MAX_FIELD_NAMES


def test_a_form_is_a_value() -> None:
    assert read("<form action=x></form>").forms == (
        HtmlForm("x", has_password_field=False, field_names=(), span=Span(13, 14)),
    )


@pytest.mark.parametrize("name", ["background", "formaction", "hidden", "onclick", "poster", "src", "srcset"])
def test_no_attribute_that_matters_on_every_element_is_passed_by(name: str) -> None:
    assert name not in IDLE


def test_what_opens_a_resource_under_a_common_name_is_not_passed_by() -> None:
    html = "<link href=a.css><p style='background:URL(b.png)' class=x><object data=c></object></p>"
    assert targets(html, LinkKind.RESOURCE) == ["a.css", "b.png", "c"]


@pytest.mark.parametrize("base", ["/", "nowhere", "cid:1", "javascript:1", "http://", ""])
def test_a_base_that_leads_nowhere_hides_no_link(base: str) -> None:
    view = read(f'<base href="{base}"><base href="http://second.example/"><a href="https://evil.example/">z</a>')
    assert (view.links[0].target_host, view.base_url) == ("evil.example", "")


def test_a_base_without_a_scheme_is_completed() -> None:
    view = read('<base href="//base.example/x/"><a href="y">z</a>')
    assert view.links[0].target_host == "base.example"


def test_many_blanks_behind_a_width_cost_nothing() -> None:
    """They were tried in as many ways as the square of their number: 300 KB of them took four minutes."""
    view = read(f'<img src=a width="5{" " * 300_000}x" height=5><img src=b width="1 px " height=" 1">')
    assert view.tiny_image_count == 1
