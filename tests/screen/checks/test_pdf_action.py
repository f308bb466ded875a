"""Beyond the corpus cases: which scripts are grave, and PDFs that lie in other files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Dictionary

from built_files import build_file
from built_files.pages import act, build_pdf, field, form, open_with, script, zip_up
from screen_cases import find, find_codes, write_attachment

CHECK = "pdf_action"


def judge(content: bytes, name: str = "a.pdf") -> list[str]:
    return find_codes(CHECK, write_attachment(name, content))


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("app.alert(1)", ["script"]),
        ("this.print()", ["form_script"]),
        ("print({bUI: true})", ["form_script"]),
        ("this.printer = app.openDoc('a')", ["grave_script"]),
        ("app.launchURL('https://a.example/')", ["grave_script"]),
        ("this.submitForm('https://a.example/')", ["grave_script"]),
        ("var f = this[String.fromCharCode(101)]", ["grave_script"]),
        ("util.printf('%5.2f', 7)", ["script"]),
        ("util.printf('%45000f', 7)", ["grave_script"]),
    ],
)
def test_a_script_that_runs_by_itself_is_judged_by_what_it_reaches_for(code: str, found: list[str]) -> None:
    assert judge(build_pdf(open_with(script(code)))) == found


def test_a_button_of_a_form_may_send_and_open() -> None:
    button = field("send", A=script("this.submitForm('https://a.example/'); app.launchURL('https://a.example/')"))
    assert judge(build_pdf(form(button))) == ["form_script"]


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("chapter2.pdf", ["strange_link"]),
        ("plans/first floor.dwg", ["strange_link"]),
        ("setup.exe", ["launch"]),
        ("plan.pdf.exe", ["launch"]),
        (r"\\192.0.2.1\a.pdf", ["launch"]),
        ("cmd", ["launch"]),
    ],
)
def test_a_click_may_lead_to_the_next_chapter_but_start_no_program(target: str, found: list[str]) -> None:
    assert judge(build_pdf(form(field("a", A=act("Launch", F=target))))) == found


def test_a_form_may_take_in_files_and_number_its_sheets() -> None:
    scripts = ("this.importDataObject('Receipt')", "event.value = String.fromCharCode(204) + util.printf('%06d', n)")
    for code in scripts:
        assert judge(build_pdf(form(field("a", AA=Dictionary(C=script(code)))))) == ["form_script"]


def test_a_link_to_a_document_of_the_web_is_no_strange_machine() -> None:
    def build(place: str) -> bytes:
        return build_pdf(form(field("a", A=act("GoToR", F=place))))

    assert judge(build("https://a.example/b.pdf")) == []
    assert judge(build("//192.0.2.1/b.pdf")) == ["remote_file"]


def test_a_pdf_in_an_archive_is_judged_and_pointed_at() -> None:
    (finding,) = find(CHECK, write_attachment("a.zip", zip_up(bill_pdf=build_file("launch.pdf"))))
    assert finding.code == "pdf_action.launch"
    assert finding.evidence[0].file == "1.2:1"
    assert "bill.pdf" in finding.says
    assert "cmd.exe" in finding.says_zh


def test_each_kind_is_told_once_for_each_file() -> None:
    fields = [field(f"Password {number}") for number in range(20)]
    assert judge(build_pdf(form(*fields))) == ["secret_field"]


@given(st.text(max_size=60))
def test_any_script_gives_a_value(code: str) -> None:
    judge(build_pdf(open_with(script(code))))
