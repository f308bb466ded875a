"""The links in files, as the checks of links take them."""

import base64
from dataclasses import replace

from built_files import build_file
from built_files.pages import build_pdf, draw_code, link, save_picture
from gatepost.flow.open import make_order
from gatepost.message.attachments.opening import open_files
from gatepost.message.parse import parse_message
from gatepost.model.contents import NO_CONTENTS, Contents, FoundLink, LinkSource
from gatepost.model.envelope import Envelope
from gatepost.model.proof import UNPROVEN
from gatepost.screen.case import Case
from gatepost.screen.file_links import MAX_LINKS, list_file_links, read_file_hosts, read_file_links
from screen_cases import write_attachment, write_mail


def build_case(name: str, content: bytes) -> Case:
    message = parse_message(write_attachment(name, content))
    contents = open_files(make_order(message))
    return Case(message, Envelope(None, (), "", "", protocol=""), UNPROVEN, frozenset(), contents=contents)


def test_a_link_is_followed_and_points_at_its_file() -> None:
    case = build_case("a.pdf", build_pdf(link("https://www.google.com/url?q=https%3A%2F%2Fa.example%2Fx")))
    (opened,) = read_file_links(case)
    assert (opened.host, opened.target) == ("a.example", "https://a.example/x")
    assert opened.evidence.file == "1.2"
    assert opened.evidence.span == case.message.attachments[0].body_span
    assert list(read_file_hosts(case)) == ["www.google.com", "a.example"]


def test_the_source_of_a_link_is_known() -> None:
    case = build_case("a.png", save_picture(draw_code("https://a.example/")))
    assert [(one.opened.host, one.source) for one in list_file_links(case)] == [("a.example", LinkSource.QR_CODE)]


def test_a_mail_without_files_has_none() -> None:
    case = replace(build_case("a.pdf", build_file("plain.pdf")), contents=NO_CONTENTS)
    assert (list_file_links(case), read_file_hosts(case)) == ((), {})


def test_other_contents_of_the_same_mail_are_read_anew() -> None:
    case = build_case("a.pdf", build_pdf(link("https://a.example/")))
    assert len(list_file_links(case)) == 1
    assert list_file_links(case) is list_file_links(case)
    assert list_file_links(replace(case, contents=Contents((build_case("a.pdf", b"%PDF").contents.files[0],)))) == ()


def test_links_of_the_mail_itself_are_not_given_again() -> None:
    coded = base64.b64encode(save_picture(draw_code("https://b.example/"))).decode()
    body = f"<a href='https://a.example/'>x</a><img src='data:image/png;base64,{coded}'>"
    message = parse_message(write_mail(body, html=True))
    contents = open_files(make_order(message))
    case = Case(message, Envelope(None, (), "", "", protocol=""), UNPROVEN, frozenset(), contents=contents)
    assert [(one.opened.host, one.opened.file) for one in list_file_links(case)] == [("b.example", "1:1")]


def test_the_same_address_counts_once_and_many_are_cut() -> None:
    case = build_case("a.pdf", build_file("plain.pdf"))
    many = tuple(FoundLink(f"https://a.example/{number // 2}") for number in range(4 * MAX_LINKS))
    case = replace(case, contents=Contents((replace(case.contents.files[0], links=many),)))
    assert len(list_file_links(case)) == MAX_LINKS
