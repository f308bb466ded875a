"""Beyond the corpus cases: how deep, how many, and whose business a page is."""

from built_files import build_file
from built_files.pages import EML, page, sign_in_page, smuggle, zip_up
from gatepost.screen.checks.inner_page import MAX_LURE_FILES
from screen_cases import find, find_codes, write_attachment

CHECK = "inner_page"
JUMP = page("<script>location = 'https://a.example/'</script>")


def judge(content: bytes, name: str = "a.zip") -> list[str]:
    return find_codes(CHECK, write_attachment(name, content))


def test_an_attached_page_is_told_by_others() -> None:
    assert judge(sign_in_page(), "a.html") == []


def test_a_page_that_hides_in_a_page_is_told_by_others() -> None:
    assert judge(smuggle(sign_in_page(), "b.html"), "a.html") == []


def test_a_page_deep_inside_is_told_with_the_file_that_the_reader_sees() -> None:
    (finding,) = find(CHECK, write_attachment("bill.zip", zip_up(b_zip=build_file("sign-in-inside.zip"))))
    assert (finding.code, finding.evidence[0].file) == ("inner_page.password", "1.2:1.1")
    assert finding.says == "The page bill.html in bill.zip asks for a password."


def test_scripts_count_in_small_archives_only() -> None:
    assert judge(zip_up(**{f"a{n}_html": JUMP for n in range(MAX_LURE_FILES)}))[:1] == ["jumps"]
    assert judge(zip_up(**{f"a{n}_html": JUMP for n in range(MAX_LURE_FILES + 1)})) == []
    many = {f"a{n}_html": sign_in_page() for n in range(MAX_LURE_FILES + 1)}
    assert set(judge(zip_up(**many))) == {"password"}


def test_a_calendar_that_asks_for_a_password_is_told() -> None:
    lines = "X-ALT-DESC;FMTTYPE=text/html:<form><input type=password></form>"
    calendar = f"BEGIN:VCALENDAR\r\n{lines}\r\nEND:VCALENDAR\r\n".encode()
    assert judge(calendar, "a.ics") == ["password"]


def test_a_plain_mail_is_nothing() -> None:
    assert judge(EML + b"\r\nHello.\r\n", "a.eml") == []
