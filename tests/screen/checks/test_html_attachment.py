"""Beyond the corpus cases: which scripts smuggle."""

import pytest

from screen_cases import find_codes, measure, write_attachment

CHECK = "html_attachment"


@pytest.mark.parametrize(
    "script",
    [
        'document.write(unescape("%3Cform%3E"))',
        'window.location = atob("aHR0cA==")',
        "var a = Uint8Array.from(x); var b = new  Blob([a])",
        "eval(String.fromCharCode(97, 98))",
        'e.innerHTML = decodeURIComponent("%3C")',
    ],
)
def test_a_script_that_decodes_and_hands_over_is_smuggling(script: str) -> None:
    page = f"<script>{script}</script>".encode()
    assert find_codes(CHECK, write_attachment("a.html", page, "text/html")) == ["smuggling"]


@pytest.mark.parametrize("script", ["alert(1)", "new Blob([x])", 'var text = atob("aHR0cA==")'])
def test_half_of_it_is_only_a_script(script: str) -> None:
    page = f"<script>{script}</script>".encode()
    assert find_codes(CHECK, write_attachment("a.html", page, "text/html")) == ["script"]


def test_a_picture_without_script_is_only_a_picture() -> None:
    assert find_codes(CHECK, write_attachment("a.svg", b"<svg><circle r='1'/></svg>", "image/svg+xml")) == []


def test_scripts_are_counted() -> None:
    page = b"<script>a()</script><script>b()</script>"
    assert measure(CHECK, write_attachment("a.html", page, "text/html")) == {"html_attachment.scripts": 2}


@pytest.mark.parametrize(
    ("end", "codes"),
    [
        (b"<script>alert(1)</script>", ["page", "script"]),
        (b"<script>document.write(unescape('%3C'))</script>", ["page", "smuggling"]),
        (b"<iframe src=https://a.example/></iframe>", ["page", "leads_on"]),
        (b"<p>Boards</p>", ["page"]),
    ],
)
def test_what_stands_behind_more_than_is_read_here_is_told(end: bytes, codes: list[str]) -> None:
    page = b"<p>Boards</p>" * 90_000 + end
    assert find_codes(CHECK, write_attachment("a.html", page, "text/html")) == codes


@pytest.mark.parametrize("page", [b"<object data=https://a.example/>", b"<frameset><frame src=//a.example/>"])
def test_a_page_that_shows_another_site_is_told(page: bytes) -> None:
    assert find_codes(CHECK, write_attachment("a.html", page, "text/html")) == ["leads_on"]
    assert find_codes(CHECK, write_attachment("a.html", b"<iframe src=b.html></iframe>", "text/html")) == ["page"]


def test_a_page_without_a_name_is_shown_in_the_mail_and_leads_nowhere() -> None:
    mail = write_attachment("a.html", b"<iframe src=https://a.example/></iframe>", "text/html")
    nameless = mail.replace(b'; filename="a.html"', b"")
    assert (nameless != mail, find_codes(CHECK, nameless)) == (True, ["page"])


def test_what_the_mail_itself_shows_is_no_attached_page() -> None:
    """It is opened, too, where a script stands in it."""
    page = b"<form action=https://a.example/><input></form><script>location='https://a.example/'</script>"
    mail = b"From: ann@a.example\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + page
    assert find_codes(CHECK, mail) == []
    assert "attached" not in find_codes("html_form", mail)
