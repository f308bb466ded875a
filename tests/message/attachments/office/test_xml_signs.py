"""What the XML of documents does by itself, in every dialect."""

import base64

import pytest

from built_files.office import write_field
from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.xml_signs import XmlSigns


def read(content: str | bytes, *, is_macro_sheet: bool = False) -> tuple[list[tuple[str, str]], dict[str, bytes]]:
    insides, files = Insides(), dict[str, bytes]()
    raw = content.encode() if isinstance(content, str) else content
    XmlSigns(insides, files.__setitem__).read(raw, is_macro_sheet=is_macro_sheet)
    return [(trait.code, trait.text) for trait in insides.traits], files


def wrap(body: str) -> str:
    return f'<d xmlns:w="w" xmlns:r="r" xmlns:x="x" xmlns:o="o" xmlns:a="a">{body}</d>'


@pytest.mark.parametrize("letter", ["", "é", "-", "密"])
def test_a_letter_that_base64_does_not_have_hides_neither_the_file_nor_what_follows(letter: str) -> None:
    coded = base64.b64encode(b"one file").decode()
    body = f'<w:binData w:name="a.mso">{coded[:5]}{letter}{coded[5:]}</w:binData>{write_field("DDEAUTO cmd")}'
    traits, files = read(wrap(body))
    assert files == {"a.mso": b"one file"}
    assert [code for code, _ in traits] == ["office.dde_command"]


def test_base64_that_is_cut_hides_nothing_that_follows() -> None:
    traits, files = read(wrap(f"<w:binData>QUJDR</w:binData>{write_field('DDEAUTO cmd')}"))
    assert files == {}
    assert [code for code, _ in traits] == ["office.bad_base64", "office.dde_command"]


def test_an_instruction_in_pieces_is_put_together() -> None:
    assert read(wrap(write_field("D", "DE", "AUTO cmd", " /c calc")))[0] == [("office.dde_command", "cmd /c calc")]


def test_text_between_the_pieces_counts_inside_of_a_field_only() -> None:
    mark = '<w:fldChar w:fldCharType="{}"/>'
    inside = f"{mark.format('begin')}<w:t>DDE cmd </w:t><w:instrText>/c calc</w:instrText>{mark.format('end')}"
    body = f"{inside}<w:t>DDE x</w:t>"
    assert read(wrap(body))[0] == [("office.dde_command", "cmd /c calc")]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('<w:fldSimple w:instr="DDE cmd /c calc"/>', "office.dde_command"),
        ('<ddeLink ddeService="cmd" ddeTopic="/c calc"/>', "office.dde_command"),
        ('<o:dde-source o:dde-application="cmd" o:dde-topic="/c"/>', "office.dde_command"),
        ("<x:Cell x:Formula=\"=cmd|'/c calc'!A1\"/>", "office.dde_command"),
        ("<x:Path>cmd|/c calc.exe</x:Path>", "office.dde_command"),
        (
            '<Relationship Type="t/oleObject" Target="https://a.example/x!" TargetMode="External"/>',
            "office.strange_target",
        ),
        ('<o:OLEObject ProgID="Equation.3"/>', "office.equation"),
        ('<o:OLEObject ProgID="Word.Document.8" Type="Link"/>', "office.linked_object"),
        ('<a:ocx a:classid="{8856F961-340A-11D0-A96B-00C04FD705A2}"/>', "office.activex"),
        ('<a:hlinkClick action="ppaction://program"/>', "office.runs_program"),
        ('<a:hlinkClick action="ppaction://macro?name=x"/>', "office.macro_by_hand"),
        ('<customUI onLoad="Start"/>', "office.ribbon_macro"),
        ('<x:event-listener x:event-name="dom:load" x:href="vnd.sun.star.script:A"/>', "office.macro_autorun"),
        ('<x:event-listener x:event-name="dom:click" x:href="vnd.sun.star.script:A"/>', "office.macro_by_hand"),
        (
            '<property name="_AssemblyLocation"><x:lpwstr>https://a.example/x.vsto|0|vstolocal</x:lpwstr></property>',
            "office.remote_add_in",
        ),
        ('<x:textPr sourceFile="https://a.example/x.csv"/>', "office.loads"),
        ('<x:webPr url="https://a.example/x"/>', "office.loads"),
        ('<x:dbPr connection="Provider=x"/>', "office.data_connection"),
        ('<x:section-source x:href="https://a.example/x.odt"/>', "office.external_object"),
        ('<x:image x:href="https://a.example/x.png"/>', "office.loads_picture"),
        ('<x:a x:href="cmd.exe /c calc"/>', "office.runs_program"),
        ("<x:encryption-data/>", "office.locked"),
        ('<definedName name="_xlnm.Auto_Open" hidden="1">A!B1</definedName>', "office.xlm_autorun"),
        ("<c><f>cmd|'/c calc'!A0</f></c>", "office.dde_command"),
        ("<c><x:f>cmd|&apos;/c calc&apos;!A0</x:f></c>", "office.dde_command"),
        ('<c><f>_xlfn.WEBSERVICE("https://a.example/?"&amp;A1)</f></c>', "office.loads"),
        ('<c><f>_xlfn.IMAGE("https://a.example/x.png")</f></c>', "office.loads_picture"),
        ('<connection id="1" odcFile="https://a.example/x.odc"/>', "office.data_connection"),
        ('<connection id="1"><dbPr connection="DSN=stock"/></connection>', "office.data_connection"),
        ('<w:connectString w:val="Provider=ACE;Data Source=a.mdb"/>', "office.data_connection"),
        ('<x:shape href="ms-msdt:/id x"/>', "office.strange_target"),
    ],
)
def test_each_sign_is_noted(body: str, code: str) -> None:
    assert [found for found, _ in read(wrap(body))[0]][:1] == [code]


@pytest.mark.parametrize(
    "body",
    [
        '<Relationship Type="t/oleObject" Target="embeddings/a.bin"/>',
        '<property name="_AssemblyLocation"><x:lpwstr>Totals.vsto|0|vstolocal</x:lpwstr></property>',
        '<property name="Site"><x:lpwstr>https://a.example/</x:lpwstr></property>',
        '<x:a x:href="https://a.example/"/>',
        '<x:image x:href="Pictures/a.png"/>',
        '<o:OLEObject ProgID="Excel.Sheet.12" Type="Embed"/>',
        '<definedName name="_xlnm.Print_Area">A!B1</definedName>',
        '<x:Cell x:Formula="=SUM(A1:A2)"/>',
        '<c><f>HYPERLINK("https://a.example/","a")</f></c>',
        '<x:shape href="https://a.example/"/>',
        "<f>EXEC(1)</f>",
    ],
)
def test_ordinary_elements_are_not(body: str) -> None:
    assert read(wrap(body))[0] == []


def test_formulas_of_macro_sheets_count() -> None:
    assert read("<m><definedName/><f>EXEC(&quot;x&quot;)</f></m>", is_macro_sheet=True)[0] == [
        ("office.xlm_command", "EXEC")
    ]


def test_links_of_formulas_and_shapes_are_given_on() -> None:
    insides = Insides()
    body = '<c><f>HYPERLINK("https://a.example/","a")</f></c><x:shape href="https://b.example/"/>'
    XmlSigns(insides).read(wrap(body).encode())
    assert [link.url for link in insides.links] == ["https://a.example/", "https://b.example/"]


def test_macros_of_flat_documents_are_read() -> None:
    module = '<o:module o:name="Greeting"><o:source-code>Sub Main\nShell("calc")\nEnd Sub</o:source-code></o:module>'
    traits, _ = read(wrap(module))
    assert traits[0] == ("office.macro", "Greeting")
    assert "office.macro_suspicious" in {code for code, _ in traits}
    assert read(wrap("<o:module/><o:source-code> </o:source-code>"))[0] == []


def test_files_in_the_xml_are_handed_on() -> None:
    data = base64.b64encode(b"data").decode()
    body = f'<pkg:part pkg:name="/word/vbaProject.bin"><pkg:binaryData>{data}</pkg:binaryData></pkg:part>'
    assert read(f'<a xmlns:pkg="p">{body}</a>')[1] == {"/word/vbaProject.bin": b"data"}


def test_wide_letters_are_read() -> None:
    assert read(wrap('<w:fldSimple w:instr="DDE cmd /c calc"/>').encode("utf-16"))[0] == [
        ("office.dde_command", "cmd /c calc")
    ]


def test_what_was_seen_before_the_damage_stays() -> None:
    insides = Insides()
    with pytest.raises(Exception, match="mismatched"):
        XmlSigns(insides).read(b'<a><w:fldSimple w:instr="DDE cmd /c calc"/></b>'.replace(b"w:", b""))
    assert [trait.code for trait in insides.traits] == ["office.dde_command"]


def test_a_sheet_of_numbers_costs_no_parsing() -> None:
    assert read(b"<worksheet><not well formed" + b"<c><v>1</v></c>" * 10) == ([], {})


def test_links_of_xps_are_given_on() -> None:
    insides = Insides()
    XmlSigns(insides).read(b'<FixedPage><Path FixedPage.NavigateUri="https://a.example/in"/></FixedPage>')
    assert [link.url for link in insides.links] == ["https://a.example/in"]
