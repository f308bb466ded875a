"""Oddities of structure that only the bytes show; honest files show none."""

import zlib

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from built_files.pages import build_pdf, link
from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.pdf.actions import Observer
from gatepost.message.attachments.pdf.raw import (
    cut_streams,
    find_hidden_names,
    holds_bomb,
    note_raw_actions,
    note_structure,
    unpack_streams,
)
from gatepost.model.file_kinds import FileKind

PLAIN = build_pdf(link("https://a.example/"))


def note(content: bytes) -> set[str]:
    insides = Insides()
    note_structure(content, cut_streams(content)[0], insides)
    return {trait.code for trait in insides.traits}


def act(*pieces: bytes) -> list[tuple[str, str]]:
    insides = Insides()
    observer = Observer(File("1", "", b"", FileKind.PDF), insides, Desk({}))
    note_raw_actions(pieces, observer)
    return [(trait.code, trait.text) for trait in insides.traits if trait.code != "pdf.raw_name"]


def test_an_honest_file_is_not_odd() -> None:
    assert note(PLAIN) == set()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (PLAIN.replace(b"%PDF-1.", b"%PDF-9."), "pdf.odd_header"),
        (b"%PDF-1.\n" + PLAIN[9:], "pdf.odd_header"),
        (b"\n" * 2_000 + PLAIN, "pdf.odd_header"),
        (b"MZ junk\n" + PLAIN, "pdf.late_header"),
        (PLAIN + b"%%EOF", "pdf.revisions"),
        (PLAIN + b"x" * 5_000, "pdf.data_behind"),
        (PLAIN + b"\n%7 0 obj <<>> endobj", "pdf.commented_object"),
        (b"%PDF-1.4\nstream\n xref 0 1 endstream\nstartxref 20\n%%EOF", "pdf.table_in_stream"),
    ],
)
def test_an_oddity_is_told(content: bytes, code: str) -> None:
    assert code in note(content)


def test_objects_packed_too_well_are_a_bomb_and_pictures_are_none() -> None:
    many = b"".join(b"<</Type/ObjStm>>stream\n" + zlib.compress(bytes(9_000_000)) + b"endstream " for _ in range(6))
    packed = zlib.compress(bytes(60_000_000))
    assert holds_bomb(many)
    assert holds_bomb(b"<</Type/Obj#53tm/N 1>>stream\r\n" + packed + b"\nendstream")
    assert not holds_bomb(b"<</Subtype/Image>>stream\n" + packed + b"\nendstream")
    assert not holds_bomb(build_pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate))


def test_streams_are_cut_out() -> None:
    outside, streams = cut_streams(b"a stream\r\nINNER\nendstream b stream c")
    assert outside.split() == [b"a", b"b", b"stream", b"c"]
    assert streams == [b"INNER\n"]


def test_only_telling_names_in_code_are_hidden() -> None:
    assert find_hidden_names(b"/Java#53cript /Lime#20Green /JavaScript /#4a#53(x)") == {"JavaScript", "JS"}


def test_strings_are_read_with_their_escapes() -> None:
    assert act(
        rb"/OpenAction<</JS(a\(1\)\n\101\
b)>>"
    ) == [("pdf.javascript", "open: a(1) Ab")]
    assert act(b"/#4c#61unch /F(a.exe) /P(/c)") == [("pdf.launch", "elsewhere: a.exe /c")]


def test_streams_are_unpacked_as_far_as_all_may_go() -> None:
    streams = [zlib.compress(b"inner"), b"plain", *[zlib.compress(bytes(4_000_000))] * 20]
    unpacked = list(unpack_streams(streams))
    assert unpacked[:2] == [b"inner", b"plain"]
    assert sum(map(len, unpacked)) < 17_000_000


@pytest.mark.parametrize(
    "unit", [b"stream", b"/JS(", b"startxref 1 ", b"%1 0 obj", b"/#4a", b"(((\\", b"/F(", b"\r\n%"]
)
def test_a_long_file_of_one_kind_of_junk_takes_no_time(unit: bytes) -> None:
    content = b"%PDF-1.4 " + unit * (1_000_000 // len(unit))
    outside, streams = cut_streams(content)
    note(content)
    find_hidden_names(outside)
    act(outside, *unpack_streams(streams))


@given(st.binary(max_size=300))
def test_any_bytes_give_a_value(content: bytes) -> None:
    note(content)
    act(content)
