"""Beyond the corpus cases: whose the page is, and how many codes are told."""

from PIL import Image

from built_files.pages import draw_code, save_picture
from gatepost.screen.checks.qr_code import MAX_TOLD
from screen_cases import find, find_codes, write_attachment

CHECK = "qr_code"


def write_code(url: str) -> bytes:
    return write_attachment("a.png", save_picture(draw_code(url)), "image/png")


def test_a_code_to_the_sender_to_us_or_to_a_well_known_organisation_is_only_told() -> None:
    coded = "?e=bm9yYS5saW5kcXZpc3RAbWlsbC1zdHJlZXQuZXhhbXBsZQ=="
    assert find_codes(CHECK, write_code(f"https://stranger.example/{coded}")) == ["addressed"]
    assert find_codes(CHECK, write_code(f"https://shop.woodwork.example/{coded}")) == ["link"]
    assert find_codes(CHECK, write_code(f"https://www.paypal.com/{coded}")) == ["link"]
    assert find_codes(CHECK, write_code(f"https://mill-street.example/{coded}"), own=("mill-street.example",)) == [
        "link"
    ]


def test_the_finding_names_the_host_and_points_at_the_picture() -> None:
    (finding,) = find(CHECK, write_code("https://stranger.example/x"))
    assert finding.says == "A code in a picture leads to stranger.example."
    assert (finding.evidence[0].text, finding.evidence[0].file) == ("https://stranger.example/x", "1.2")


def test_a_code_that_opens_no_page_is_not_told() -> None:
    assert find_codes(CHECK, write_code("tel:+4144668180")) == []
    assert find_codes(CHECK, write_code("Bring the long ladder.")) == []


def test_a_few_codes_are_told_of_many() -> None:
    sheet = Image.new("L", (900, 900), 255)
    for number in range(9):
        code = draw_code(f"https://stranger{number}.example/")
        sheet.paste(code, (number % 3 * 290, number // 3 * 290))
    assert len(find_codes(CHECK, write_attachment("a.png", save_picture(sheet), "image/png"))) == MAX_TOLD
