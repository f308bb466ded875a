"""The test virus is found wherever pages, PDF, pictures, mails, calendars and shortcuts may carry a file."""

import base64

import pikepdf
import pytest

from built_files.pages import EML, build_pdf, build_shortcut, carry, draw_code, page, save_picture, smuggle, zip_up
from screen_cases import find_codes, write_attachment

EICAR = b"".join((rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", rb"ANTIVIRUS-TEST-FILE!$H+H*"))
ARCHIVE = zip_up(a_com=EICAR)
CODED = base64.b64encode(ARCHIVE).decode()
KEY = pikepdf.Encryption(user="", owner="tulip")


def write_mail_with_file() -> bytes:
    return (
        EML
        + b'Content-Type: application/zip; name="a.zip"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + base64.encodebytes(ARCHIVE)
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", build_pdf(carry("a.com", EICAR))),
        ("a.pdf", build_pdf(carry("a.zip", ARCHIVE), compress_streams=True, encryption=KEY)),
        ("a.pdf", build_pdf(carry("b.pdf", build_pdf(carry("a.com", EICAR))))),
        ("a.html", smuggle(ARCHIVE, "a.zip")),
        ("a.html", smuggle(EICAR, "a.com")),
        ("a.html", page(f"<script>var d = '{base64.b64encode(EICAR).decode()}'; go(atob(d))</script>")),
        ("a.html", page(f"<a download='a.zip' href='data:application/zip;base64,{CODED}'>x</a>")),
        ("a.html", page(f"<script>var d = [{','.join(map(str, ARCHIVE))}]</script>")),
        ("a.html", page(f"<iframe srcdoc=\"&lt;a href='data:application/zip;base64,{CODED}'&gt;\">")),
        ("a.svg", f"<svg xmlns='x'><a href='data:application/zip;base64,{CODED}'/></svg>".encode()),
        ("a.png", save_picture(draw_code("x")) + ARCHIVE),
        ("a.jpg", save_picture(draw_code("x").convert("L"), "JPEG") + EICAR),
        ("a.eml", write_mail_with_file()),
        ("a.zip", zip_up(a_eml=write_mail_with_file())),
        ("a.ics", f"BEGIN:VCALENDAR\r\nATTACH;ENCODING=BASE64;VALUE=BINARY:{CODED}\r\nEND:VCALENDAR\r\n".encode()),
        ("a.lnk", build_shortcut(arguments="/c x") + ARCHIVE),
        ("a.zip", zip_up(a_html=smuggle(build_pdf(carry("a.zip", ARCHIVE)), "a.pdf"))),
    ],
    ids=lambda value: value if isinstance(value, str) else str(len(value)),
)
def test_the_test_virus_is_found(name: str, content: bytes) -> None:
    assert find_codes("known_test_virus", write_attachment(name, content)) != []
