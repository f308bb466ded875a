"""What is seen of a PDF: actions with what sets them off, forms, files, locks, pictures, and odd structure."""

import zlib
from collections.abc import Callable

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String

from built_files.pages import act, build_pdf, carry, draw_code, field, form, link, open_with, script, show
from gatepost.message.attachments.desk import Limits
from gatepost.message.attachments.openers import pdf as opener
from gatepost.message.attachments.pdf.walk import MAX_VALUES
from gatepost.model.contents import LinkSource, Opening
from opened_files import codes, links, open_alone, texts

Change = Callable[[pikepdf.Pdf], None]


def open_changed(change: Change, **save: object) -> object:
    return open_alone(opener, build_pdf(change, **save))


def test_a_plain_document_has_nothing_to_tell() -> None:
    opened = open_alone(opener, build_pdf())
    assert (opened.opening, opened.traits, opened.links, opened.files) == (Opening.OPENED, (), (), ())


@pytest.mark.parametrize(
    ("change", "trait", "text"),
    [
        (open_with(script("app.alert(1)")), "pdf.javascript", "open: app.alert(1)"),
        (open_with(act("Launch", F=String("cmd.exe"))), "pdf.launch", "open: cmd.exe"),
        (
            open_with(act("Launch", Win=Dictionary(F=String("cmd.exe"), P=String("/c calc")))),
            "pdf.launch",
            "open: cmd.exe /c calc",
        ),
        (open_with(act("URI", URI=String("https://a.example/"))), "pdf.opens_link", "https://a.example/"),
        (open_with(act("SubmitForm", F=String("https://a.example/"))), "pdf.submits_at_open", "https://a.example/"),
        (open_with(act("GoToR", F=String(r"\\192.0.2.1\share\a"))), "pdf.remote_file", r"open: \\192.0.2.1\share\a"),
        (
            open_with(act("GoToE", F=Dictionary(UF=String("//192.0.2.1/a")))),
            "pdf.remote_file",
            "open: //192.0.2.1/a",
        ),
        (open_with(act("ImportData", F=String("a.fdf"))), "pdf.import_data", "open: a.fdf"),
        (link("javascript:alert(1)"), "pdf.odd_link", "javascript:alert(1)"),
        (form(field("Your e-mail password")), "pdf.secret_field", "Your e-mail password"),
        (form(field("a", Ff=1 << 13)), "pdf.secret_field", "a"),
        (form(field("a", AA=Dictionary(V=script("check()")))), "pdf.javascript", "field: check()"),
        (form(field("a", A=script("go()"))), "pdf.javascript", "click: go()"),
        (form(field("a", AA=Dictionary(PO=script("go()")))), "pdf.javascript", "open: go()"),
    ],
)
def test_what_a_document_does_is_told_with_what_sets_it_off(change: Change, trait: str, text: str) -> None:
    assert text in texts(open_alone(opener, build_pdf(change)), trait)


def test_scripts_of_the_document_are_found_in_a_tree_of_names() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        leaf = pdf.make_indirect(Dictionary(Names=Array([String("a"), script("first()")])))
        pdf.Root.Names = Dictionary(JavaScript=Dictionary(Kids=Array([leaf])))

    assert texts(open_alone(opener, build_pdf(change)), "pdf.javascript") == ["document: first()"]


def test_actions_that_follow_each_other_are_all_found() -> None:
    chain = act("JavaScript", JS=String("first()"), Next=Array([act("Launch", F=String("a.exe"))]))
    assert texts(open_alone(opener, build_pdf(open_with(chain))), "pdf.launch") == ["open: a.exe"]


def test_an_action_that_nothing_sets_off_is_found() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Hidden = pdf.make_indirect(Dictionary(Deep=Array([Dictionary(Deeper=script("go()"))])))

    assert texts(open_alone(opener, build_pdf(change)), "pdf.javascript") == ["elsewhere: go()"]


def test_an_action_that_follows_itself_is_told_once() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        action = pdf.make_indirect(script("again()"))
        action.Next = action
        pdf.Root.OpenAction = action

    assert texts(open_alone(opener, build_pdf(change)), "pdf.javascript") == ["open: again()"]


def test_what_scripts_reach_for_is_told() -> None:
    code = "this.exportDataObject({cName: 'a', nLaunch: 2}); eval(unescape('%u9090'))"
    opened = open_alone(opener, build_pdf(open_with(script(code))))
    assert set(texts(opened, "pdf.script_word")) == {"exportdataobject", "nlaunch", "eval(", "unescape(", "%u9090"}


def test_a_script_in_a_packed_stream_is_read() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = act("JavaScript", JS=pdf.make_stream(b"app.launchURL('a')"))

    opened = open_alone(opener, build_pdf(change, compress_streams=True))
    assert texts(opened, "pdf.javascript") == ["open: app.launchURL('a')"]


def test_links_are_given_on_with_the_base_of_the_document() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        link("login.html")(pdf)
        pdf.Root.URI = Dictionary(Base=String("https://a.example/x/"))

    assert links(open_alone(opener, build_pdf(link("https://b.example/y")))) == ["https://b.example/y"]
    assert links(open_alone(opener, build_pdf(change))) == ["https://a.example/x/login.html"]


def test_a_form_tells_where_its_answers_go() -> None:
    opened = open_alone(opener, build_pdf(form(field("a", A=act("SubmitForm", F=String("https://a.example/in"))))))
    assert links(opened, LinkSource.FORM) == ["https://a.example/in"]
    assert {"pdf.form", "pdf.submit"} <= codes(opened)


def test_an_xfa_form_is_read() -> None:
    xfa = b'<x><script contentType="application/x-javascript">a &lt; b; app.alert(1)</script><submit target="https://a.example/"/></x>'

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=Array([String("template"), pdf.make_stream(xfa)]))

    opened = open_alone(opener, build_pdf(change))
    assert texts(opened, "pdf.javascript") == ["field: a < b; app.alert(1)"]
    assert links(opened) == ["https://a.example/"]


def test_embedded_files_are_opened_under_their_names() -> None:
    opened = open_alone(opener, build_pdf(carry("bill.xml", b"<bill/>")))
    assert [(file.path, file.name, file.content) for file in opened.files] == [("1:1", "bill.xml", b"<bill/>")]


def test_what_stands_behind_more_values_than_are_looked_at_is_found_in_the_bytes() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Many = pdf.make_indirect(Array([Array([])] * (MAX_VALUES + 10)))
        pdf.pages[0].obj.AA = Dictionary(O=act("Launch", F=String("cmd.exe")))

    opened = open_alone(opener, build_pdf(change))
    assert (opened.opening, "pdf.launch" in codes(opened)) == (Opening.LIMIT, True)


def test_an_embedded_bomb_is_cut() -> None:
    bomb = build_pdf(carry("a", bytes(4_000_000)), compress_streams=True)
    assert len(bomb) < 20_000
    opened = open_alone(opener, bomb, limits=Limits(file_bytes=1_000))
    assert [(file.size_bytes, file.opening) for file in opened.files] == [(1_000, Opening.LIMIT)]


def test_a_locked_document_says_so_and_opens_with_a_password_of_the_mail() -> None:
    locked = build_pdf(open_with(script("go()")), encryption=pikepdf.Encryption(user="rose", owner="tulip"))
    opened = open_alone(opener, locked)
    assert (opened.opening, codes(opened)) == (Opening.LOCKED, {"pdf.locked"})
    opened = open_alone(opener, locked, "a.pdf", passwords=("wrong", "rose"))
    assert (opened.opening, codes(opened)) == (Opening.OPENED, {"pdf.unlocked", "password.in_mail"})
    assert texts(opened.files[0], "pdf.javascript") == ["open: go()"]


def test_a_document_that_anybody_may_read_is_read_though_it_is_encrypted() -> None:
    locked = build_pdf(open_with(script("go()")), encryption=pikepdf.Encryption(user="", owner="tulip"))
    assert texts(open_alone(opener, locked), "pdf.javascript") == ["open: go()"]


def test_actions_in_object_streams_are_read() -> None:
    packed = build_pdf(open_with(script("go()")), object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"JavaScript" not in packed
    assert texts(open_alone(opener, packed), "pdf.javascript") == ["open: go()"]


def test_codes_in_pictures_are_links() -> None:
    opened = open_alone(opener, build_pdf(show(draw_code("https://a.example/qr"))))
    assert links(opened, LinkSource.QR_CODE) == ["https://a.example/qr"]


def test_code_in_place_of_the_numbers_of_a_font_is_seen() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Font = pdf.make_indirect(Dictionary(FontMatrix=Array([1, 0, 0, 1, 0, String("0); alert(1")])))

    assert texts(open_alone(opener, build_pdf(change)), "pdf.script_in_font") == ["0); alert(1"]


def test_a_stream_that_is_packed_again_and_again_is_seen() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        packed = zlib.compress(zlib.compress(b"go()")).hex().encode() + b">"
        filters = Array([Name.ASCIIHexDecode, Name.FlateDecode, Name.FlateDecode])
        pdf.Root.OpenAction = act("JavaScript", JS=pikepdf.Stream(pdf, packed, Dictionary(Filter=filters)))

    opened = open_alone(
        opener, build_pdf(change, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    )
    assert texts(opened, "pdf.many_filters") == ["ASCIIHexDecode FlateDecode FlateDecode"]
    assert texts(opened, "pdf.javascript") == ["open: go()"]


def test_media_are_told() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj.Annots = Array([Dictionary(Subtype=Name.RichMedia), Dictionary(Subtype=Name.Screen)])

    assert codes(open_alone(opener, build_pdf(change))) == {"pdf.rich_media", "pdf.media"}


def test_a_name_in_code_is_seen_and_understood() -> None:
    plain = build_pdf(open_with(script("go()")), object_stream_mode=pikepdf.ObjectStreamMode.disable)
    coded = plain.replace(b"/JavaScript", b"/Java#53cript").replace(b"startxref", b"startxref ")
    opened = open_alone(opener, coded)
    assert texts(opened, "pdf.hidden_name") == ["JavaScript"]
    assert texts(opened, "pdf.javascript") == ["open: go()"]


def test_what_the_library_cannot_read_is_read_from_its_bytes() -> None:
    packed = zlib.compress(b"<</S/JavaScript/JS(app.alert\\(2\\))>>")
    ruin = b"%PDF-1.7\n<</OpenAction<</S/Launch/F(cmd.exe)>>>> /URI (https://a.example/)\nstream\n" + packed
    opened = open_alone(opener, ruin + b"\nendstream")
    assert opened.opening is Opening.BROKEN
    assert {"pdf.unreadable", "pdf.launch", "pdf.javascript"} <= codes(opened)
    assert texts(opened, "pdf.javascript") == ["elsewhere: app.alert(2)"]
    assert links(opened) == ["https://a.example/"]


def test_a_document_that_readers_mend_is_told() -> None:
    opened = open_alone(opener, build_pdf().replace(b"startxref", b"nonsense "))
    assert "pdf.repaired" in codes(opened)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_value(content: bytes) -> None:
    open_alone(opener, b"%PDF-1.4\n" + content)


@given(st.data())
def test_any_damage_gives_a_value(data: st.DataObject) -> None:
    whole = bytearray(build_pdf(form(field("a", A=script("go()")))))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(9, len(whole) - 1))] = data.draw(st.integers(0, 255))
    open_alone(opener, bytes(whole))


def test_a_complaint_is_told_in_words_though_it_names_no_place() -> None:
    pages = b"1 0 obj\n<</Kids[<</Parent 1 0 R/Contents[2 0 R]>>]/Resources<<>>>>\nendobj\n"
    stream = b"2 0 obj\n<<>>\nstream\nBT\nendstream\nendobj\n"
    opened = open_alone(opener, b"%PDF-1.\n" + pages + stream + b"trailer\n<</Root<</Pages 1 0 R>>>>")
    (complaint,) = texts(opened, "pdf.unreadable")
    assert complaint.startswith("operation for dictionary attempted on object of type null")
