"""Beyond the corpus cases: SVG in other files."""

import base64

from built_files import build_file
from built_files.pages import draw_svg, page, zip_up
from screen_cases import find, find_codes, write_attachment

CHECK = "svg_script"


def test_a_picture_in_an_archive_is_judged() -> None:
    (finding,) = find(CHECK, write_attachment("a.zip", zip_up(shelf_svg=build_file("leading.svg"))))
    assert (finding.code, finding.evidence[0].file) == ("svg_script.leads_away", "1.2:1")
    assert "shelf.svg" in finding.says


def test_a_picture_that_a_page_carries_is_judged() -> None:
    coded = base64.b64encode(build_file("scripted.svg")).decode()
    carrier = page(f"<iframe src='data:image/svg+xml;base64,{coded}'>")
    assert find_codes(CHECK, write_attachment("a.html", carrier, "text/html")) == ["script"]


def test_a_script_that_builds_a_page_leads_away() -> None:
    svg = draw_svg("<script>document.documentElement.innerHTML = atob(d)</script>")
    assert find_codes(CHECK, write_attachment("a.svg", svg, "image/svg+xml")) == ["leads_away"]


def test_a_page_is_no_picture() -> None:
    assert find_codes(CHECK, write_attachment("a.html", page("<script>location = 'b'</script>"), "text/html")) == []
