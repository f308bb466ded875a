"""Beyond the corpus cases: codings within each other, and what lies in what a page carries."""

import base64

from built_files import build_file
from built_files.pages import PROGRAM, page, smuggle, zip_up
from gatepost.message.attachments.desk import Limits
from screen_cases import find, find_codes, write_attachment

CHECK = "smuggled_file"


def judge(content: bytes, name: str = "a.html") -> list[str]:
    return find_codes(CHECK, write_attachment(name, content, "text/html"))


def test_the_name_under_which_a_file_is_handed_over_is_told() -> None:
    (finding,) = find(CHECK, write_attachment("a.html", build_file("smuggled-archive.html"), "text/html"))
    assert "(plan.zip)" in finding.says
    assert "（plan.zip）" in finding.says_zh
    assert finding.evidence[0].file == "1.2:1"


def test_a_file_coded_twice_is_found() -> None:
    once = base64.b64encode(zip_up(a_txt=b"words " * 60))
    assert judge(smuggle(base64.b64encode(once), "a.zip")) == ["archive"]


def test_a_page_within_pages_is_told_once_for_the_page_that_hides_it() -> None:
    inner = build_file("smuggled-program.html")
    assert judge(smuggle(inner, "b.html")) == ["page", "program"]


def test_a_page_in_an_archive_is_judged() -> None:
    assert judge(zip_up(a_html=build_file("smuggled-program.html")), "a.zip") == ["program"]


def test_of_what_a_script_carries_only_programs_count() -> None:
    for content, found in ((zip_up(a_txt=b"words " * 60), []), (PROGRAM, ["program"])):
        script = f"data = '{base64.b64encode(content).decode()}'\nprint(data)\n".encode()
        assert judge(zip_up(a_py=script), "a.zip") == found


def test_many_files_of_one_kind_are_told_once() -> None:
    coded = [base64.b64encode(zip_up(a_txt=b"%d " % number * 90)).decode() for number in range(5)]
    assert judge(page(" ".join(coded))) == ["archive"]
    assert Limits().files > len(coded)
