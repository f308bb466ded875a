"""Pages and SVG pictures are opened with what they hide, and nothing of them is run."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from built_files import build_file
from built_files.pages import draw_code, save_picture
from code_drawings import DRAWN, PLACES, URL
from file_samples import PE
from gatepost.message.attachments.openers import page as opener
from gatepost.model.contents import LinkSource, Opening
from gatepost.model.file_kinds import FileKind
from opened_files import codes, links, open_alone, texts

ARCHIVE = build_file("notes.zip")
CODED = base64.b64encode(ARCHIVE).decode()
SMUGGLER = f"<html><script>var b = new Blob([atob('{CODED}')]); a.download = 'Report 7.zip'</script></html>"


def test_a_file_that_a_script_would_build_is_opened_under_its_name() -> None:
    opened = open_alone(opener, SMUGGLER.encode())
    assert {"page.script", "page.builds"} <= codes(opened)
    assert texts(opened, "page.hidden_file") == ["zip: atob"]
    assert [(file.name, file.kind, file.content) for file in opened.files] == [("Report 7.zip", FileKind.ZIP, ARCHIVE)]


def test_a_page_within_a_page_is_opened() -> None:
    inner = "&lt;form action='https://a.example/'&gt;&lt;input type=password&gt;&lt;/form&gt;"
    opened = open_alone(opener, f'<html><iframe srcdoc="{inner}"></iframe></html>'.encode())
    assert codes(opened) == {"page.inner_page"}
    assert codes(opened.files[0]) == {"page.password_form"}


def test_more_pages_within_a_page_than_are_opened_are_told() -> None:
    opened = open_alone(opener, b"<html>" + b"<iframe srcdoc='<p>hi</p>'></iframe>" * 101, FileKind.HTML)
    assert opened.opening is Opening.LIMIT
    assert "opening.unseen" in codes(opened)


def test_a_page_that_is_written_by_a_script_is_opened() -> None:
    opened = open_alone(opener, b"<script>document.write(unescape('%3Cform%3E%3Cinput type=password%3E'))</script>")
    assert codes(opened.files[0]) == {"page.password_form"}


def test_a_picture_in_a_page_is_opened_and_not_told() -> None:
    coded = base64.b64encode(save_picture(draw_code("https://a.example/"))).decode()
    opened = open_alone(opener, f"<html><img src='data:image/png;base64,{coded}'></html>".encode())
    assert (codes(opened), [file.kind for file in opened.files]) == (set(), [FileKind.PNG])


def test_a_picture_with_a_form_is_looked_at_as_a_page() -> None:
    svg = (
        b"<svg xmlns='http://www.w3.org/2000/svg'><foreignObject><form action='https://a.example/'>"
        b"<input type='password'/></form></foreignObject></svg>"
    )
    opened = open_alone(opener, svg)
    assert (opened.kind, codes(opened)) == (FileKind.SVG, {"page.password_form"})
    assert links(opened) == ["https://a.example/"]


def test_a_file_in_a_script_is_opened() -> None:
    opened = open_alone(opener, f"$b = [Convert]::FromBase64String('{CODED}')".encode(), "a.ps1")
    assert [file.kind for file in opened.files] == [FileKind.ZIP]


def test_a_document_in_a_bill_for_programs_is_opened() -> None:
    bill = (
        f"<?xml version='1.0'?><Invoice xmlns='urn:x'><Embedded mimeCode='application/zip'>{CODED}</Embedded></Invoice>"
    )
    opened = open_alone(opener, bill.encode())
    assert (opened.kind, [file.content for file in opened.files]) == (FileKind.XML, [ARCHIVE])


def test_a_plain_page_has_nothing_to_tell() -> None:
    opened = open_alone(opener, b"<html><p>Bring the long ladder.</p></html>")
    assert (opened.opening, opened.traits, opened.files) == (Opening.OPENED, (), ())


def test_of_a_page_past_the_limit_beginning_and_end_are_looked_at() -> None:
    words = b"<p>words</p>" * (opener.MAX_CHARS // 24)
    middle = open_alone(opener, b"<html>" + words * 2 + SMUGGLER.encode() + words)
    end = open_alone(opener, b"<html>" + words * 3 + SMUGGLER.encode())
    assert (middle.opening, middle.files) == (Opening.LIMIT, ())
    assert (end.opening, [file.name for file in end.files]) == (Opening.LIMIT, ["Report 7.zip"])


def test_the_end_is_seen_behind_a_beginning_that_swallows_it() -> None:
    page = b"<html><!--" + b"words " * (opener.MAX_CHARS // 5) + b"<a href='https://a.example/'>Go</a>"
    opened = open_alone(opener, page)
    assert (opened.opening, links(opened)) == (Opening.LIMIT, ["https://a.example/"])


def test_a_file_longer_than_the_limit_is_known_by_its_beginning() -> None:
    coded = base64.b64encode(PE + bytes(opener.MAX_CHARS)).decode()
    page = f"<html><script>var b = atob('{coded}'); a.download = 'plan.exe'; a.click()</script>"
    opened = open_alone(opener, page.encode())
    assert (opened.opening, opened.files[0].name) == (Opening.LIMIT, "plan.exe")
    assert "page.hidden_file" in codes(opened)


def test_a_code_that_a_page_or_a_picture_draws_is_read() -> None:
    cells = "".join("<tr>" + "".join(f"<td bgcolor=#{'000' if m == '1' else 'fff'}>" for m in row) for row in DRAWN)
    squares = "".join(f"<rect x='{x}' y='{y}' width='1' height='1'/>" for x, y in PLACES)
    for source in (f"<html><table>{cells}</table>", f"<svg xmlns='http://www.w3.org/2000/svg'>{squares}</svg>"):
        assert links(open_alone(opener, source.encode()), LinkSource.QR_CODE) == [URL]


@given(st.text(max_size=300))
def test_any_text_gives_a_value(text: str) -> None:
    open_alone(opener, f"<html>{text}".encode("utf-8", "replace"))


def test_xml_is_looked_at_as_the_page_that_a_browser_shows() -> None:
    head = b'<?xml version="1.0"?><r xmlns:h="http://www.w3.org/1999/xhtml">'
    form = b'<h:form action="https://a.example/"><h:input type="password"/></h:form></r>'
    opened = open_alone(opener, head + form, FileKind.HTML)
    assert (codes(opened) & {"page.password_form"}, links(opened)) == ({"page.password_form"}, ["https://a.example/"])
    assert "page.script" in codes(open_alone(opener, head + b"<h:script>go()</h:script></r>", FileKind.HTML))
